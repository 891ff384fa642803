"""On a phone: a proposal becomes a request whose supports arrive live; similar ones; the form without a script."""

import re

import pytest
from playwright.sync_api import expect

from budgets.models import Request
from tests.browser.barriers import Glasses, Visitor
from tests.factories import (
    make_appointment,
    make_comment,
    make_parish,
    make_proposal,
    make_request,
    make_support,
    make_user,
    make_year,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}}


def test_proposal_becomes_a_request_and_its_supports_arrive_live(new_context, sign_in):
    make_year()
    parish = make_parish()
    author, neighbour = make_user(verified=True, parish=parish), make_user(verified=True, parish=parish)
    proposal = make_proposal(author=author, parish=parish, title="Luz en la curva de la tienda")
    phones = [new_context(**PHONE) for _ in range(2)]
    for context, person in zip(phones, (author, neighbour), strict=True):
        sign_in(context, person)
    page = phones[0].new_page()
    page.goto(proposal.get_absolute_url())
    page.get_by_role("link", name="Llevarla al presupuesto participativo").click()
    page.get_by_label("Obra: espacio público").check()
    page.get_by_role("button", name="Presentarla como solicitud").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(proposal.title)
    expect(page.get_by_text("Nació de una propuesta:")).to_be_visible()
    request = Request.objects.get()

    other = phones[1].new_page()
    other.goto(request.get_absolute_url())
    other.get_by_role("button", name="Apoyar esta solicitud").click()
    expect(other.get_by_text("Usted apoya esta solicitud.")).to_be_visible()
    expect(page.locator("[data-live-field=supports]").first).to_have_text("1")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_similar_requests_appear_while_typing_and_follow_the_parish(new_context, sign_in):
    make_year()
    here, there = make_parish(), make_parish("Calderón")
    make_request(title="Adoquinado de la calle Ajaví", parish=here)
    context = new_context(**PHONE)
    sign_in(context, make_user(verified=True, parish=here))
    page = context.new_page()
    page.goto("/presupuestos/solicitudes/nueva/")
    page.get_by_label("Título", exact=True).press_sequentially("Adoquinar la calle Ajaví")
    expect(page.get_by_role("link", name=re.compile("Apoye esta en su lugar"))).to_be_visible()
    page.get_by_label("¿Para qué parroquia es?").select_option(label=there.name)
    expect(page.get_by_role("link", name=re.compile("Apoye esta en su lugar"))).to_have_count(0)


def test_request_is_filed_without_a_script(new_context, sign_in):
    make_year()
    parish, person = make_parish(), make_user()
    context = new_context(**PHONE, java_script_enabled=False)
    sign_in(context, person)
    page = context.new_page()
    page.goto("/propuestas/nueva/")
    page.get_by_role("link", name="Pedirla").click()
    page.get_by_label("¿Qué es?").select_option(label="Proyecto social")
    page.get_by_label("¿Para qué parroquia es?").select_option(label=parish.name)
    page.get_by_label("Título", exact=True).fill("Taller de lectura")
    page.get_by_label(re.compile("Qué se pide")).fill("Las niñas y los niños no tienen dónde leer.")
    page.get_by_role("button", name="Presentar", exact=True).click()
    expect(page.get_by_text("Su solicitud está ingresada")).to_be_visible()
    assert Request.objects.get().status == "filed"


def test_pages_of_requests_have_no_barriers(browser, settings):
    """axe, 320 px and both colour schemes, also of forms that came back."""
    settings.SECOND_FACTOR_REQUIRED = False
    make_year()
    person = make_appointment(make_user(verified=True, parish=make_parish()), "desk").holder
    request = make_request(author=person, beneficiaries=3, neighbourhood="El Sol", communal_land=True)
    make_support(request.box)
    make_comment(request.thread)
    make_request(author=person, status="conditional")  # the longest of its labels
    returned = make_request(author=person, status="returned", status_reason="Falta el lugar.")
    kept, proposal = make_request(author=person, status="kept"), make_proposal(author=person, parish=make_parish())
    here = "/presupuestos/solicitudes/"
    pages = [f"{here}?q=prueba", f"{here}?q=nada", f"{here}nueva/", f"{here}desde-propuesta/{proposal.pk}/"]
    pages += [one.get_absolute_url() for one in (request, returned, kept, proposal)]
    pages += [f"{here}{request.pk}/{act}/" for act in ("editar", "retirar")]
    pages += [f"{here}{kept.pk}/retirar/", f"{request.get_absolute_url()}versiones/"]
    pages += ["/mostrador/solicitudes/", "/mostrador/solicitudes/nueva/", f"/mostrador/solicitudes/{request.pk}/"]
    visitor, worn = Visitor(person), Glasses(browser)
    shown = [(path, visitor.html(path)) for path in pages]
    forms = (f"{here}nueva/", f"{here}{request.pk}/retirar/", "/mostrador/solicitudes/nueva/")
    shown += [(f"{path} sent empty", visitor.html(path, {"action": "publish"})) for path in forms]
    found = [f"{path}: {barrier}" for path, html in shown for barrier in worn.barriers(html)]
    worn.context.close()
    assert found == []
