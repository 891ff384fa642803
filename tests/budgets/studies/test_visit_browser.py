"""A visit on a phone without a line: the note and the photo wait there, are sent when it is back, and stored once."""

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from budgets.models import FieldVisit
from tests.budgets.studies.tools import admitted, officer_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
PHONE = {"width": 360, "height": 740}


def a_photo() -> dict:
    """Larger than it needs to be."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((2400, 1800)).convert("RGB").save(out, "JPEG")
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def visit(page, note):
    page.get_by_label("Qué vio").fill(note)
    page.get_by_label("Foto").set_input_files(a_photo())
    page.get_by_role("button", name="Guardar la visita").click()


def test_visit_waits_on_the_phone_until_there_is_a_line_and_is_stored_once(settings, new_context, sign_in, problems):
    settings.SECOND_FACTOR_REQUIRED = False
    request = admitted()
    context = new_context(viewport=PHONE)
    sign_in(context, officer_of("technical", request.parish))
    page = context.new_page()
    page.goto(f"/presupuestos/solicitudes/{request.pk}/visita/")

    # No line: it is kept, the form is free for the next one, and the page that is closed takes nothing with it.
    context.set_offline(True)
    visit(page, "Primera: hay un bache.")
    waiting = page.locator("[data-visits-waiting]")
    expect(waiting).to_contain_text("Visitas que esperan en este teléfono: 1")
    expect(page.get_by_label("Qué vio")).to_have_value("")
    visit(page, "Segunda: la grada está rota.")
    expect(waiting).to_contain_text("Visitas que esperan en este teléfono: 2")
    page.close()
    assert FieldVisit.objects.count() == 0

    # The line is back for a moment: the server has the first one, and its answer is lost on the way.
    context.set_offline(False)
    lost = []

    def lose(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            return route.abort()
        return route.continue_()

    page = context.new_page()
    page.route("**/visita/", lose)
    page.goto("/presupuestos/dictamenes/")
    waiting = page.locator("[data-visits-waiting]")
    expect(waiting).to_contain_text("Visitas que esperan en este teléfono: 2")
    expect(waiting).to_contain_text("Todavía no hay señal")
    assert lost == [201]

    page.get_by_role("button", name="Enviar ahora").click()
    expect(waiting).to_contain_text("Enviada")
    assert sorted(FieldVisit.objects.values_list("note", flat=True)) == [
        "Primera: hay un bache.",
        "Segunda: la grada está rota.",
    ]
    assert {(v.width, v.height) for v in FieldVisit.objects.all()} == {(1600, 1200)}
    problems[:] = [told for told in problems if "ERR_INTERNET_DISCONNECTED" not in told and "ERR_FAILED" not in told]


def test_visit_without_a_script_is_an_ordinary_form(settings, new_context, sign_in):
    settings.SECOND_FACTOR_REQUIRED = False
    request = admitted()
    context = new_context(viewport=PHONE, java_script_enabled=False)
    sign_in(context, officer_of("technical", request.parish))
    page = context.new_page()
    page.goto(f"/presupuestos/solicitudes/{request.pk}/visita/")
    visit(page, "Hay un bache.")
    expect(page.get_by_text("La visita quedó guardada.")).to_be_visible()
    assert FieldVisit.objects.count() == 1
