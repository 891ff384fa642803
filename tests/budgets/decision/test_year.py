"""A year of one parish: a request, three opinions, an assembly of 24 delegates, result, minutes; by hands and
phones, and once with the network switched off."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from budgets import services
from budgets.models import Guideline, Request
from decide.assemblies import services as assemblies
from decide.assemblies.models import Session
from tests.assemblies.halls import make_hall
from tests.budgets.decision.parishes import KINDS, Place, make_feasible
from tests.factories import make_allocation, make_appointment, make_parish, make_user, make_year

DELEGATES = 24
VECTORS = Path(__file__).parent.parent / "counting" / "vectors.json"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def year_of_a_request(status="open", present=DELEGATES) -> Place:
    """From what a neighbour files to the matrix, through the services; a second request is there already."""
    year, parish = make_year(phase="requests"), make_parish()
    make_allocation(year, parish, amount="80000.00")
    author = make_user(verified=True, parish=parish)
    asked = services.draft_request(
        title="Adoquinado de la calle Rafael Garcés", kind="roads", parish=parish, body="Con la lluvia no se pasa.",
        author=author,
    )  # fmt: skip
    asked = services.file_request(request=asked, by=author)
    year.phase = "studies"
    year.save()
    zonal = make_appointment(office="zonal", zone=parish.zone).holder
    services.admit_request(request=asked, officer=zonal)
    guideline = Guideline.objects.create(code="OE1", name="Movilidad")
    for kind in KINDS:
        officer = make_appointment(office=kind, zone=parish.zone).holder
        said = {"verdict": "feasible", "reason": "Cumple la norma.", "guideline": guideline}
        cost = {"cost": Decimal("52500.00")} if kind == "technical" else {}
        services.issue_opinion(opinion=asked.opinions.get(kind=kind), officer=officer, **said, **cost)
    second = make_feasible(parish, "Escuela de música", 40_000, year, kind="social")
    year.phase = "assembly"
    year.save()
    hall = make_hall(seats=DELEGATES, parish=parish, kind="budget", status=status, present=present)
    decision = services.prepare_decision(year=year, session=hall.session, officer=hall.zonal)
    return Place(hall, decision, [Request.objects.get(pk=asked.pk), second])


@pytest.mark.django_db
def test_year_by_hands_and_phones():
    place = year_of_a_request()
    assert place.requests[0].status == "feasible"
    place.fix(ways=["hands", "phones"], most_marks=1)
    session, (by_hands, by_phones) = place.hall.session, place.items()
    table, door = f"/asambleas/sesiones/{session.pk}/mesa/", f"/asambleas/sesiones/{session.pk}/"
    secretary, zonal = Client(), Client()
    secretary.force_login(place.secretary)
    zonal.force_login(place.zonal)
    secretary.post(f"{table}puntos/{by_hands.pk}/abrir/")
    secretary.post(f"{table}puntos/{by_hands.pk}/manos/", {"votes": "19"})
    assert secretary.post(f"{table}puntos/{by_hands.pk}/confirmar/").status_code == 403
    assert zonal.post(f"{table}puntos/{by_hands.pk}/confirmar/").status_code == 303
    secretary.post(f"{table}puntos/{by_phones.pk}/abrir/")
    for seat in range(7):
        delegate = Client()
        delegate.force_login(place.hall.delegate(seat))
        assert delegate.post(f"{door}votar/{by_phones.pk}/marcar/").status_code == 303
    secretary.post(f"{table}puntos/{by_phones.pk}/cerrar/")
    assert secretary.post(f"{place.page}decidir/").status_code == 303
    secretary.post(f"{table}clausurar/", {"seguro": "si"})

    assert dict(Request.objects.values_list("title", "status")) == {
        "Adoquinado de la calle Rafael Garcés": "prioritised",
        "Escuela de música": "reserve",
    }
    acta = f"/asambleas/sesiones/{session.pk}/acta/"
    assert secretary.post(f"{acta}cerrar/", {"seguro": "si"}).status_code in (302, 303)
    assert zonal.post(f"{acta}cerrar/", {"seguro": "si"}).status_code in (302, 303)
    minutes = Client().get(acta).content.decode()
    for said in ("USD 80.000", "Adoquinado de la calle Rafael Garcés", "USD 52.500", "USD 27.500", "Delegada 6"):
        assert said in minutes
    story = Client().get(f"/presupuestos/2027/{place.decision.parish.slug}/").content.decode()
    assert "19 de 24" in story
    assert "No alcanzó: quedaban USD 27.500 y cuesta USD 40.000." in story


@pytest.mark.browser
def test_year_with_the_network_switched_off(new_context, sign_in, live_asgi, tmp_path, problems):
    place = year_of_a_request(status="called", present=0)
    place.fix()
    secretary, zonal = (new_context(accept_downloads=True) for _n in range(2))
    sign_in(secretary, place.secretary)
    sign_in(zonal, place.zonal)
    page = secretary.new_page()
    page.goto(place.page)
    assert Axe().run(page).violations_count == 0
    with page.expect_download() as taken:
        page.get_by_role("link", name="Bajar la página para trabajar sin internet").click()
    file = tmp_path / "asamblea.html"
    taken.value.save_as(file)

    # The hall, without internet: the page works from disk.
    hall = new_context(accept_downloads=True)
    hall.set_offline(True)
    asked = []
    hall.on("request", lambda request: asked.append(request.url))
    page = hall.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(file.as_uri())
    counted = page.evaluate("cases => cases.map(decideGreedy)", json.loads(VECTORS.read_text())["cases"])
    for case, found in zip(json.loads(VECTORS.read_text())["cases"], counted, strict=True):
        assert {name: found[name] for name in case["expected"]} == case["expected"], case["name"]
    page.get_by_label("Anota", exact=True).fill("Paulina E.")
    page.get_by_label("Vuelve a leer").fill("Marco R.")
    choices = page.locator("#puestos select")
    assert choices.count() == DELEGATES
    for n in range(20):
        choices.nth(n).select_option(index=2 if n == 3 else 1)  # one by the alternate
    page.get_by_role("button", name="Instalar la sesión").click()
    first, second = (page.locator(f"#{name}-{place.requests[0].pk}") for name in ("first", "second"))
    first.fill("21")
    assert "escriba un número entre 0 y 20" in page.locator(f"#dice-{place.requests[0].pk}").inner_text()
    first.fill("17")
    second.fill("18")
    assert "cuenten otra vez" in page.locator(f"#dice-{place.requests[0].pk}").inner_text()
    second.fill("17")
    page.reload()  # a closed browser forgets nothing
    assert page.locator(f"#second-{place.requests[0].pk}").input_value() == "17"
    for name in ("first", "second"):
        page.locator(f"#{name}-{place.requests[1].pk}").fill("9")
    assert "USD 52.500 de USD 80.000" in page.locator("#gastado").inner_text()
    assert "Reserva, puesto 1" in page.locator("#resultado-filas").inner_text()
    page.get_by_label("Observaciones para el acta").fill("Se fue la luz.")
    page.get_by_role("button", name="Clausurar la sesión").click()
    page.emulate_media(media="print")
    minutes = page.locator(".only-print").inner_text()
    for said in ("Obras priorizadas", "Adoquinado de la calle Rafael Garcés: USD 52.500, 17 votos", "Se fue la luz."):
        assert said in minutes
    page.emulate_media(media="screen")
    assert Axe().run(page).violations_count == 0
    with page.expect_download() as saved:
        page.get_by_role("button", name="Guardar archivo").click()
    sent = tmp_path / "asamblea.json"
    saved.value.save_as(sent)
    assert not [url for url in asked if not url.startswith(("file:", "blob:", "data:"))]

    # Later, with internet: sent by one, again by mistake, and applied by another.
    page = secretary.new_page()
    for said in ("Recibimos el archivo", "Ya recibimos este archivo"):
        page.goto(f"{place.page}archivos/")
        page.get_by_label("Archivo", exact=True).set_input_files(sent)
        page.get_by_role("button", name="Enviar").click()
        assert said in page.locator("body").inner_text()
    assert "otra persona de la mesa" in page.locator("main").inner_text()
    address = page.url
    page = zonal.new_page()
    page.goto(address)
    assert "Ninguna." in page.locator("main").inner_text()
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Lo comparé con el acta: aplicar").click()
    page.wait_for_url(f"**{place.page}")
    assert "Priorizó 1 obra o proyecto por USD 52.500" in page.locator("main").inner_text()

    session = Session.objects.get(pk=place.hall.session.pk)
    assert (session.status, session.attendances.count()) == ("held", 20)
    assert session.attendances.filter(appointment__seat_as_alternate__isnull=False).count() == 1
    assert place.again().result["winners"] == [str(place.requests[0].pk)]
    assemblies.lock_minutes(session=session, officer=place.secretary)
    assert problems == []
