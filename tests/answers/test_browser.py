"""The officer's work in a real browser, without JavaScript."""

from datetime import date

import pytest

from decide.answers.models import Answer
from tests.answers.tools import LONG, make_officer, owe_assigned
from tests.factories import make_agency

pytestmark = pytest.mark.browser
REASON = "La luminaria está en un parque, y los parques los cuida la otra dependencia."


@pytest.fixture
def city(transactional_db):
    """A question that an agency has, and the officers of that agency and of the right one."""
    agency = make_agency("EPMMOP", name="Empresa Pública Metropolitana de Movilidad y Obras Públicas")
    parks = make_agency("EMGIRS", name="Dirección de Parques y Jardines")
    return {"officer": make_officer(agency), "gardener": make_officer(parks), "waiting": owe_assigned(agency)}


def test_officer_passes_on_and_answers_without_javascript(city, new_context, sign_in, settings, problems):
    settings.SECOND_FACTOR_REQUIRED = False
    officer, gardener = (
        new_context(java_script_enabled=False, viewport={"width": 360, "height": 800}) for _n in range(2)
    )
    sign_in(officer, city["officer"])
    sign_in(gardener, city["gardener"])
    address = f"/respuestas/{city['waiting'].pk}/"

    page = officer.new_page()
    page.goto("/respuestas/escritorio/")
    page.get_by_role("link", name="Luz para la calle S37").first.click()
    page.get_by_text("Pasarla a otra dependencia").click()
    form = page.locator("form[action$='pasar/']")
    form.get_by_label("Dependencia", exact=True).select_option(label="Dirección de Parques y Jardines")
    form.get_by_label("Por qué le corresponde").fill(REASON)
    form.get_by_role("button").click()
    page.get_by_role("button", name="Pasar la pregunta").click()
    assert "El plazo sigue corriendo" in page.get_by_role("status").first.inner_text()

    page = gardener.new_page()
    page.goto(address)
    form = page.locator("form[action$='responder/']")
    form.get_by_label("Aceptada", exact=True).check()
    form.get_by_label("Respuesta").fill("Sí.")
    form.get_by_role("button").click()
    assert page.get_by_role("heading", name="Hay un problema").is_visible()
    problems.clear()  # the browser reports the 400
    form.get_by_label("Respuesta").fill(LONG)
    form.get_by_role("button").click()
    page.get_by_role("button", name="Volver a escribir").click()
    form.get_by_role("button").click()
    page.get_by_role("button", name="Publicar la respuesta").click()
    form = page.locator("form[action$='hitos/']")
    form.get_by_label("Qué se hará").fill("Compra de los postes")
    form.get_by_label("Para cuándo").fill(f"{date.today().year + 1}-01-15")
    form.get_by_role("button").click()
    page.get_by_role("button", name="Agregar el hito").click()
    assert page.get_by_role("heading", name="Compra de los postes").is_visible()
    answer = Answer.objects.get(pk=city["waiting"].pk)
    assert (answer.outcome, answer.body, answer.milestones.count()) == ("accepted", LONG, 1)
