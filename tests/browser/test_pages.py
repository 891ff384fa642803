"""Every page as a screen reader meets it (axe, WCAG 2.2 AA), as nobody, resident and officer; full, empty, with errors.

The pages come from the table of addresses, so that a new one is looked at without anybody remembering it.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect

from decide.accounts.models import Appointment
from tests.accounts.conftest import BORN, CEDULA
from tests.factories import make_appointment, make_parish, make_proposal, make_user
from tests.test_every_address import city, fill, patterns  # noqa: F401 - a fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NO_PAGES = ("live", "salud", "media", "i18n", "robots", "cuentas/logout", "mi/datos/descargar", "propuestas/similares")
LISTS = ["/", "/propuestas/", "/parroquias/", "/respuestas/"]


def barriers(page) -> list[str]:
    """What axe finds, and what scrolls sideways."""
    found = [
        f"{page.url}: {violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    ]
    if (more := page.evaluate("document.documentElement.scrollWidth - innerWidth")) > 0:
        found.append(f"{page.url}: {more} px too wide")
    return found


def addresses(city, user=None, only=("",)):  # noqa: F811
    """The addresses of pages that `user` is shown, of the rooms that look different to them."""
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    routes = {route for route, _name in patterns() if not route.startswith(NO_PAGES) and route.startswith(only)}
    paths = sorted({fill(route, city) for route in routes})
    return [path for path in paths if client.get(path).status_code in (200, 403, 404)]


def walk(page, paths) -> list[str]:
    assert len(paths) > 10
    found = []
    for path in paths:
        page.goto(path)
        found += barriers(page)
    return found


def test_pages_for_anyone_have_no_barrier(new_context, city, problems):  # noqa: F811
    page = new_context(viewport={"width": 320, "height": 640}).new_page()

    assert walk(page, addresses(city)) == []
    forget_failed_loads(problems)


def test_pages_of_a_resident_have_no_barrier(new_context, sign_in, city, problems):  # noqa: F811
    context = new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    sign_in(context, city["resident"])
    rooms = ("propuestas", "mi/", "comentarios/<", "cuentas/2fa", "cuentas/password", "cuentas/email")

    assert walk(context.new_page(), addresses(city, city["resident"], rooms)) == []
    forget_failed_loads(problems)


def test_pages_of_an_officer_have_no_barrier(new_context, sign_in, city, settings, problems):  # noqa: F811
    settings.SECOND_FACTOR_REQUIRED = False
    officer = make_user()
    for office in Appointment.Office.values:
        make_appointment(officer, office, zone=city["parish"].zone, agency=city["proposal"].answer.agency)
    context = new_context(viewport={"width": 1280, "height": 900})
    sign_in(context, officer)

    assert walk(context.new_page(), addresses(city, officer, ("mostrador", "respuestas", "mi/", "parroquias"))) == []
    forget_failed_loads(problems)


def forget_failed_loads(problems):
    """A page that answers 403 or 404 says so in the console; that is no error of the page."""
    problems[:] = [problem for problem in problems if "Failed to load resource" not in problem]


def test_empty_city_has_no_barrier(new_context, live_asgi):
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    found = []
    for path in LISTS:
        page.goto(path)
        found += barriers(page)

    assert found == []


def test_forms_with_errors_have_no_barrier_and_name_them(new_context, sign_in, live_asgi, problems):
    make_parish()
    context = new_context(viewport={"width": 320, "height": 640})
    sign_in(context, make_user())
    page = context.new_page()
    found = []
    for path, button in [
        ("/propuestas/nueva/idea/", "Publicar"),
        ("/mi/residencia/", "Verificar"),
        ("/mi/perfil/", "Guardar"),
    ]:
        page.goto(path)
        page.evaluate("document.querySelectorAll('main input:not([type=hidden])').forEach(i => { i.value = ''; })")
        page.evaluate("document.querySelectorAll('main form').forEach(f => { f.noValidate = true; })")
        page.get_by_role("button", name=button).first.click()
        expect(page.get_by_text("Hay un problema")).to_be_visible()
        found += barriers(page)
    forget_failed_loads(problems)

    assert found == []


def test_steps_of_a_desk_have_no_barrier(new_context, sign_in, live_asgi, settings):
    """The pages that have no address of their own: the person in front, the receipt, what a code tells."""
    settings.SECOND_FACTOR_REQUIRED = False
    proposal, parish = make_proposal(), make_parish()
    context = new_context(viewport={"width": 320, "height": 640})
    sign_in(context, make_appointment(office="desk").holder)
    page = context.new_page()
    page.goto("/mostrador/verificar/")
    page.fill("[name=number]", CEDULA)
    page.fill("[name=birth_date]", BORN.isoformat())
    page.select_option("[name=parish]", str(parish.pk))
    page.check("[name=seen]")
    page.get_by_role("button", name="Verificar").click()
    expect(page.get_by_role("heading", name="Persona verificada")).to_be_visible()
    found = barriers(page)
    page.goto(f"/mostrador/propuestas/{proposal.pk}/")
    page.fill("[name=number]", CEDULA)
    page.get_by_label("La persona está presente").first.check()
    page.get_by_role("button", name="Registrar el apoyo").click()
    expect(page.get_by_role("heading", name="Comprobante de apoyo")).to_be_visible()
    found += barriers(page)
    code = re.search(r"[A-Z0-9]{4}(-[A-Z0-9]{4}){2}", page.inner_text("main")).group()
    page.goto("/seguimiento/")
    page.fill("[name=code]", code)
    page.get_by_role("button", name="Ver qué pasó").click()
    expect(page.get_by_text("Su apoyo está registrado")).to_be_visible()

    assert found + barriers(page) == []


def test_steps_of_a_sign_up_have_no_barrier(new_context, live_asgi):
    make_parish()
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto("/cuentas/signup/")
    page.fill("[name=display_name]", "Rosa")
    page.fill("[name=email]", "rosa@example.org")
    page.fill("[name=password1]", "guagua-pichincha-9")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="Crear mi cuenta").click()
    expect(page.get_by_role("heading", name="Confirme su correo")).to_be_visible()
    found = barriers(page)
    page.fill("[name=code]", "000000")
    page.get_by_role("button", name="Confirmar").click()
    expect(page.get_by_text("Hay un problema")).to_be_visible()

    assert found + barriers(page) == []


def test_planted_barrier_is_found(page):
    page.goto("/")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")

    assert any("image-alt" in barrier for barrier in barriers(page))
