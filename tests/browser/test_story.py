"""The story of the platform, played by five people in real browsers.

A resident of La Argelia files a proposal with a photo; two others support it and comment while a third watches the
count and the comments move without reloading; with the last support it reaches its threshold; the participation
office assigns it, and the agency answers before its deadline. The same without JavaScript, but for the watching.
"""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from decide.answers.models import Answer
from proposals.models import Proposal
from tests.factories import make_agency, make_appointment, make_category, make_parish, make_user

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

PHONE = {"width": 360, "height": 740}
TITLE = "Caminos seguros a la escuela"


def a_photo() -> dict:
    """What a phone would send: larger than it needs to be."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((2400, 1800)).convert("RGB").save(out, "JPEG")
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def enter(settings, new_context, sign_in):
    """`enter(who, **options)`: the telephone of one of the five."""
    settings.SUPPORT_THRESHOLD_SHARE, settings.SUPPORT_THRESHOLD_MINIMUM = 0, 2
    settings.SECOND_FACTOR_REQUIRED = False
    parish = make_parish()
    make_category("Seguridad y convivencia")
    agency = make_agency("EPMMOP", name="Empresa de Movilidad")
    people = {
        "author": make_user(display_name="Rosa Chicaiza", verified=True, parish=parish),
        "first": make_user(display_name="Jorge Mena", verified=True, parish=parish),
        "second": make_user(display_name="Lucía Paz", verified=True, parish=parish),
        "office": make_appointment(make_user(display_name="Marta Ruiz"), "participation").holder,
        "agency": make_appointment(make_user(display_name="Pedro Vaca"), "agency", agency=agency).holder,
    }

    def do(who, **options):
        context = new_context(viewport=PHONE, **options)
        sign_in(context, people[who])
        return context.new_page()

    return do


def file_proposal(page) -> str:
    """From the door to the published page, whose address is returned."""
    page.goto("/propuestas/nueva/")
    page.get_by_role("link", name=re.compile("idea", re.I)).first.click()
    page.get_by_label("Título", exact=True).fill(TITLE)
    page.get_by_label("Resumen", exact=True).fill("Luminarias, botones de auxilio y vecinos que acompañan.")
    page.get_by_label(re.compile(r"^\s*Propuesta")).fill("Hoy **nadie** pasa seguro por la curva de la tienda.")
    page.get_by_label("Tema", exact=True).select_option(label="Seguridad y convivencia")
    page.get_by_label("¿Para quién es?").select_option(label="La Argelia")
    page.locator("input[type=file]").first.set_input_files(a_photo())
    page.get_by_label("Qué se ve en la foto 1").fill("La curva sin luz")
    page.get_by_role("button", name="Publicar", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_role("img", name="La curva sin luz").first).to_be_visible()
    proposal = Proposal.objects.get()
    assert (proposal.status, proposal.photos.count(), proposal.box.threshold) == ("open", 1, 2)
    return proposal.get_absolute_url()


def support(page, address):
    page.goto(address)
    page.get_by_role("button", name="Apoyar esta propuesta").click()
    expect(page.get_by_text("Usted apoya esta propuesta.")).to_be_visible()


def comment(page, address, text):
    page.goto(address)
    page.get_by_label("Su comentario").fill(text)
    page.get_by_role("button", name="Publicar comentario").click()
    expect(page.get_by_text(text)).to_be_visible()


def assign(page):
    page.goto("/respuestas/escritorio/")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_label("Dependencia").first.select_option(label="Empresa de Movilidad")
    page.get_by_role("button", name="Asignar").click()
    expect(page.get_by_role("heading", name="¿Asignar la pregunta?")).to_be_visible()
    page.get_by_role("button", name="Asignar").click()
    expect(page.get_by_text("Empresa de Movilidad").first).to_be_visible()


def answer(page):
    page.goto("/respuestas/escritorio/")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_label("Aceptada", exact=True).check()
    page.get_by_label("Respuesta", exact=True).fill(
        "Se acepta. Colocaremos doce luminarias en las tres rutas antes de mayo. Los botones de auxilio los instala "
        "la Secretaría de Seguridad, con quien ya lo acordamos. El avance se verá aquí, con fotos."
    )
    page.get_by_role("button", name="Publicar la respuesta").click()
    expect(page.get_by_role("heading", name="¿Publicar esta respuesta?")).to_be_visible()
    page.get_by_role("button", name="Publicar la respuesta").click()
    expect(page.get_by_text("Colocaremos doce luminarias").first).to_be_visible()
    given = Answer.objects.get()
    assert (given.outcome, given.is_late) == ("accepted", False)


def test_resident_proposes_the_parish_supports_everyone_sees_it_live_and_the_city_answers(enter, new_context):
    address = file_proposal(enter("author"))

    # Somebody without an account watches.
    watcher = new_context().new_page()
    with watcher.expect_websocket() as opened:
        watcher.goto(address)
    opened.value.wait_for_event("framereceived")
    watcher.evaluate("window.notReloaded = true")
    total = watcher.locator("[data-live-field='supports']").first
    expect(total).to_have_text("0")

    first, second = enter("first"), enter("second")
    support(first, address)
    expect(total).to_have_text("1")
    comment(first, address, "Yo acompaño los martes, don.")
    expect(watcher.get_by_text("Yo acompaño los martes, don.")).to_be_visible()
    comment(second, address, "Y yo los jueves.")
    expect(watcher.get_by_text("Y yo los jueves.")).to_be_visible()
    changed = watcher.get_by_text("El estado de esta propuesta acaba de cambiar.")
    expect(changed).to_be_hidden()
    support(second, address)

    # With the last support it reaches its threshold, and the watcher never reloaded.
    expect(total).to_have_text("2")
    expect(changed).to_be_visible()
    expect(second.get_by_text("Alcanzó su umbral").first).to_be_visible()
    assert watcher.evaluate("window.notReloaded") is True
    assert Proposal.objects.get().status == "reached"

    assign(enter("office"))
    answer(enter("agency"))
    watcher.goto(address)
    expect(watcher.get_by_text("Colocaremos doce luminarias").first).to_be_visible()
    expect(watcher.get_by_text("Respondida").first).to_be_visible()


def test_the_same_story_without_javascript(enter):
    without = {"java_script_enabled": False}
    address = file_proposal(enter("author", **without))
    first, second = enter("first", **without), enter("second", **without)
    support(first, address)
    comment(first, address, "Yo acompaño los martes, don.")
    comment(second, address, "Y yo los jueves.")
    support(second, address)
    assert Proposal.objects.get().status == "reached"

    assign(enter("office", **without))
    answer(enter("agency", **without))
    first.goto(address)
    expect(first.get_by_text("Colocaremos doce luminarias").first).to_be_visible()
    first.get_by_role("button", name=re.compile("^Útil")).first.click()
    expect(first.get_by_role("button", name=re.compile(r"^Útil.*1")).first).to_be_visible()
