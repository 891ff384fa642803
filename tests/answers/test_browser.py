"""The pages in a real browser: reached by everyone, nothing sideways, and the officer's work without JavaScript.

`SCREENSHOTS=/tmp/look` keeps a picture of each page at 360 and 1280 px.
"""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from decide.answers import services
from decide.answers.models import Answer
from decide.images import clean_photo
from tests.answers.tools import LONG, make_office, make_officer, owe_assigned, picture
from tests.factories import make_agency, make_answer, make_parish

pytestmark = pytest.mark.browser
REASON = "La luminaria está en un parque, y los parques los cuida la otra dependencia."


@pytest.fixture
def city(transactional_db):
    """People and answers in every state."""
    now, parish = timezone.now(), make_parish()
    agency = make_agency("EPMMOP", name="Empresa Pública Metropolitana de Movilidad y Obras Públicas")
    parks = make_agency("EMGIRS", name="Dirección de Parques y Jardines")
    office, officer, gardener = make_office(), make_officer(agency), make_officer(parks)
    waiting = owe_assigned(agency, office)
    answered = owe_assigned(agency, office)
    services.pass_on_answer(answer=answered, officer=officer, agency=parks, reason=REASON)
    services.extend_answer(answer=answered, officer=gardener, reason="Faltan los planos de la calle.")
    services.give_answer(answer=answered, officer=gardener, outcome="partial", body=f"{LONG}\n\n- Primero\n- Segundo")
    services.correct_answer(
        answer=answered, officer=gardener, body=f"{LONG} Corregido.", reason="Faltaba decir cuándo empieza la obra."
    )
    day = timezone.localdate()
    steps = [
        services.add_milestone(answer=answered, officer=gardener, title=title, planned=day + timedelta(days=days))
        for title, days in [("Compra de los postes", 10), ("Instalación en la calle S37", 60)]
    ]
    services.update_milestone(milestone=steps[0], officer=gardener, state="done", note="Llegaron los cuatro postes.")
    services.add_photo(
        milestone=steps[0], officer=gardener, image=clean_photo(picture(size=(1200, 800))), alt="Cuatro postes nuevos"
    )
    make_answer("Pregunta sin dependencia todavía, con un título tan largo como se permite", parish=parish)
    make_answer("Agua potable en la loma", agency=agency, asked_at=now - timedelta(days=45), parish=parish)
    make_answer(
        "Buses de noche",
        asked_at=now - timedelta(days=60),
        answered_at=now,
        outcome="elsewhere",
        institution="Empresa Eléctrica Quito",
        institution_contact="Teléfono 1700",
        body=LONG,
    )
    return {
        "nobody": None,
        "office": office,
        "officer": officer,
        "gardener": gardener,
        "waiting": waiting,
        "answered": answered,
        "step": steps[1],
    }


def pages(city):
    """(who, address, name) of every template, empty, full and with errors."""
    waiting, answered = f"/respuestas/{city['waiting'].pk}/", f"/respuestas/{city['answered'].pk}/"
    return [
        ("nobody", "/respuestas/", "lista"),
        ("nobody", "/respuestas/?q=nada+parecido", "lista-vacia"),
        ("nobody", waiting, "pendiente"),
        ("nobody", answered, "respondida"),
        ("officer", waiting, "pendiente-oficina"),
        ("officer", f"{waiting}pasar/", "pasar"),
        ("gardener", answered, "respondida-oficina"),
        ("officer", "/respuestas/escritorio/", "escritorio"),
        ("office", "/respuestas/escritorio/", "escritorio-participacion"),
        ("gardener", f"/respuestas/hitos/{city['step'].pk}/", "hito"),
        ("officer", "/mi/avisos/", "avisos"),
        ("gardener", "/mi/avisos/?pagina=9", "avisos-pocos"),
    ]


@pytest.mark.parametrize("width", [320])
def test_pages_are_reached_by_everyone(city, new_context, sign_in, settings, width):
    settings.SECOND_FACTOR_REQUIRED = False
    contexts = {}
    for who, address, name in pages(city):
        if who not in contexts:
            contexts[who] = new_context(viewport={"width": width, "height": 800})
            if city[who]:
                sign_in(contexts[who], city[who])
        page = contexts[who].new_page()
        assert page.goto(address).status == 200
        look(page, f"{name}-{width}")
        page.close()


def look(page, name):
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"{name}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide} px"


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
