"""The pages of the money: a resident finds how much, what, why and what was decided; officers set it all."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone

from budgets.models import BudgetYear, ParishAllocation, ParishIndicator, Request, ZoneBudget
from budgets.services import money
from budgets.services import year as years
from decide.assemblies.models import Item, Minutes
from decide.territory.services import load_territory
from tests.factories import (
    make_allocation,
    make_appointment,
    make_candidate,
    make_decision,
    make_opinion,
    make_parish,
    make_request,
    make_session,
    make_support,
    make_user,
    make_year,
    make_zone,
    make_zone_budget,
)

pytestmark = pytest.mark.django_db
PAGES = ["", "2027/", "2027/zona/eloy-alfaro/", "2027/la-argelia/", "2027/cambios/"]
HEAD = "parish_code,population,unmet_needs,density,infrastructure\n"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def text_of(response) -> str:
    """What is read on a page: without tags, white space joined."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def officer(office="participation", **fields):
    made = make_user()
    make_appointment(made, office, **fields)
    return made


def three(request, verdicts=("feasible", "feasible", "feasible"), **fields):
    for kind, verdict in zip(("technical", "social", "legal"), verdicts, strict=True):
        make_opinion(request, kind, verdict, **fields)


@pytest.fixture
def parish():
    """La Argelia shares its zone with Lloa, by indicators."""
    here, other = make_parish("La Argelia", code="170101"), make_parish("Lloa", code="170102")
    for parish, n in ((here, 3), (other, 1)):
        ParishIndicator.objects.create(
            year=make_year(), parish=parish, population=n * 100, unmet_needs=n, density=n, infrastructure=n
        )
    money.set_allocations(zone_budget=make_zone_budget(), by=officer())
    return here


@pytest.fixture
def decided(parish):
    """What was asked, studied and decided: one funded, one in reserve, one that is not feasible."""
    session = make_session(kind="budget", status="held")
    decision = make_decision(
        parish=parish,
        session=session,
        status="decided",
        budget=Decimal(525_000),
        decided_at=timezone.now(),
        result={"cost": "300000.00"},
    )
    asked = {}
    for n, (title, status, outcome, votes, cost) in enumerate(
        [
            ("Adoquinado de la calle Tercera", "prioritised", "funded", 18, "300000.00"),
            ("Graderío de la liga", "reserve", "reserve", 7, "250000.00"),
        ],
        1,
    ):
        asked[title] = made = make_request(title=title, parish=parish, status=status)
        three(made)
        item = Item.objects.create(
            session=session,
            position=n,
            title=title,
            status="closed",
            closed_at=timezone.now(),
            present=24,
            votes=votes,
        )
        make_candidate(decision, made, cost, item=item, outcome=outcome, place=n)
    refused = make_request(title="Túnel bajo el cerro", parish=parish, status="not_feasible")
    three(refused, ("not_feasible", "feasible", "feasible"), reason="El terreno es una quebrada protegida.")
    make_support(refused.box)
    Minutes.objects.create(
        session=session,
        first_lock_by=make_user(),
        first_lock_at=timezone.now(),
        locked_by=make_user(),
        locked_at=timezone.now(),
    )
    return decision


# --- every page ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_answers_in_both_languages_and_writes_nothing_inline(client, decided, path, language):
    client.cookies["django_language"] = language
    response = client.get(f"/presupuestos/{path}")
    html = response.content.decode()
    assert (response.status_code, html.count("<h1")) == (200, 1)
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", html) == []
    assert client.post(f"/presupuestos/{path}").status_code == 405


@pytest.mark.parametrize("path", [*PAGES, "2027/zona/nada/", "2027/nada/", f"{10**30}/", "0/", "2027/zona/calderon/"])
def test_page_of_a_city_without_money(client, path):
    make_parish()
    make_zone("Calderón")
    BudgetYear.objects.create(year=2027, published=True)
    missing = path in ("2027/zona/nada/", "2027/nada/", f"{10**30}/", "0/", "2027/zona/calderon/")
    assert client.get(f"/presupuestos/{path}").status_code == (404 if missing else 200)


@pytest.mark.parametrize("path", PAGES[1:])
def test_a_year_in_preparation_is_seen_by_officers_of_the_money_only(client, path):
    make_parish()
    make_year(published=False)
    for user, status in ((None, 404), (make_user(), 404), (officer("technical"), 404), (officer("zonal"), 200)):
        client.logout()
        if user:
            client.force_login(user)
        assert client.get(f"/presupuestos/{path}").status_code == status


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("path", [path for path in PAGES if "cambios" not in path])
def test_page_costs_the_same_for_1_and_20(client, decided, django_assert_max_num_queries, path, signed_in):
    if signed_in:
        client.force_login(make_user())
    client.get("/ayuda/")  # whatever is read once
    counted = []
    for _round in range(2):
        with django_assert_max_num_queries(10) as queries:
            client.get(f"/presupuestos/{path}")
        counted.append(len(queries))
        for n in range(20):
            three(make_request(parish=decided.parish, status="feasible"))
            make_parish(f"Parroquia {n}")
        for year in (2028, 2029):
            make_year(year)
    assert counted[0] == counted[1]


# --- what they say -------------------------------------------------------------------------------------------------


def test_a_resident_reads_how_much_what_why_and_what_was_decided_with_how_many_votes(client, decided):
    text = text_of(client.get("/presupuestos/2027/la-argelia/"))
    for said in [
        "Tiene USD 525.000: el 75,00 % de los USD 700.000 que la fórmula reparte en la zona Eloy Alfaro.",
        "Población 300 400 75,00 % 40 USD 210.000",
        "Adoquinado de la calle Tercera Priorizada por la asamblea 0",
        "Túnel bajo el cerro No factible 1",
        "Técnico: No factible El terreno es una quebrada protegida.",
        "Priorizó 1 obra o proyecto por USD 300.000, de USD 525.000. Quedan USD 225.000.",
        "Adoquinado de la calle Tercera Priorizada 18 de 24 votos · USD 300.000 Obtuvo 18 votos. Entra en",
        "En lista de reserva 7 de 24 votos · USD 250.000 Obtuvo 7 votos.",
        "Acta firmada por dos personas",
        "¿Qué sigue?",
    ]:
        assert said in text
    order = [
        text.index(f"¿{question}") for question in ("Cuánto", "Qué se pidió", "Por qué es", "Qué decidió", "Qué sigue")
    ]
    assert order == sorted(order)


def test_what_is_not_public_stands_on_no_page(client, parish):
    draft = make_request(title="Un borrador", parish=parish, status="draft")
    hidden = make_request(title="Una oculta", parish=parish, status="feasible")
    three(hidden, reason="Razón de la oculta")
    half = make_request(title="A medias", parish=parish, status="study")
    make_opinion(half, "technical", reason="Razón a medias")
    make_opinion(half, "social", reason="Razón a medias")
    make_opinion(half, "legal", issued=False, reason="Razón en borrador")
    Request.objects.filter(pk=hidden.pk).update(hidden=True)
    preparing = make_decision(parish=parish, session=make_session(kind="budget"))
    make_candidate(preparing, make_request(title="En la matriz", parish=parish, status="feasible"), "77777.00")
    text = text_of(client.get("/presupuestos/2027/la-argelia/"))
    for kept in (draft.title, hidden.title, "Razón", "77.777"):
        assert kept not in text
    assert "A medias" in text
    assert "La asamblea se reúne el" in text


def test_by_hand_shows_its_reason_beside_what_the_formula_gives(client, parish):
    money.set_by_hand(
        zone_budget=ZoneBudget.objects.get(), parish=parish, amount=Decimal(600_000), reason="Deslave <b>", by=officer()
    )
    for path in ("la-argelia/", "zona/eloy-alfaro/"):
        html = client.get(f"/presupuestos/2027/{path}").content.decode()
        assert "Deslave &lt;b&gt;" in html
        assert "525.000" in html
    assert "La Argelia" in text_of(client.get("/presupuestos/2027/cambios/"))


def test_a_zone_shows_its_arithmetic(client, parish):
    text = text_of(client.get("/presupuestos/2027/zona/eloy-alfaro/"))
    assert "El mínimo: USD 1.000.000 × 60 % = USD 600.000. Lo que hay: USD 700.000 ÷ USD 1.000.000 = 70 %." in text
    assert "Suma USD 700.000" in text


def test_the_year_shows_where_the_money_goes_and_filters_by_address(client, decided):
    text = text_of(client.get("/presupuestos/2027/"))
    for said in (
        "para decidir en asambleas USD 700.000",
        "Obra: vialidad USD 300.000 1 3",
        "Eloy Alfaro USD 700.000 70 % USD 300.000",
    ):
        assert said in text, said
    rows = text_of(client.get("/presupuestos/2027/?q=lloa"))
    assert "1 de 2 parroquias." in rows
    assert client.get("/presupuestos/2027/?zona=nada").status_code == 400
    assert client.get("/presupuestos/2027/?orden=monto&zona=eloy-alfaro").status_code == 200


def test_while_requests_are_taken_each_page_leads_to_asking(client, parish):
    assert 'href="/presupuestos/solicitudes/nueva/"' in client.get("/presupuestos/2027/").content.decode()
    here = client.get("/presupuestos/2027/la-argelia/").content.decode()
    assert 'href="/presupuestos/solicitudes/nueva/?parroquia=la-argelia"' in here


def test_the_real_figures_stand_apart_with_their_sources(client):
    html = client.get("/presupuestos/").content.decode()
    assert "USD 28.200.000" in html
    assert "https://www.elcomercio.com/actualidad/obras-proyectos-presupuestos-participativos-quito.html" in html


def test_home_and_the_parishs_page_lead_to_the_budget(client, parish):
    assert "Presupuesto participativo 2027" in text_of(client.get("/"))
    assert 'href="/presupuestos/2027/la-argelia/"' in client.get(parish.get_absolute_url()).content.decode()


def test_a_page_of_the_whole_district_is_light(client):
    import gzip

    load_territory()
    year = make_year()
    for parish in make_zone("Eloy Alfaro").parishes.all():
        make_allocation(year, parish)
    assert len(gzip.compress(client.get("/presupuestos/2027/").content)) < 14_000


# --- officers --------------------------------------------------------------------------------------------------------

DESKS = ["", "2027/", "2027/fechas/", "2027/reglas/", "2027/indicadores/", "2027/zona/eloy-alfaro/"]


@pytest.mark.parametrize("path", DESKS)
def test_the_desk_is_for_its_offices_only(client, path):
    make_parish()
    make_year()
    shared = path in ("", "2027/", "2027/zona/eloy-alfaro/")
    everybody = [
        (None, 302),
        (make_user(), 403),
        (officer("technical"), 403),
        (officer("zonal", zone=make_zone("Otra")), 403 if not shared or "zona" in path else 200),
        (officer("zonal"), 200 if shared else 403),
        (officer(), 200),
    ]
    for user, status in everybody:
        client.logout()
        if user:
            client.force_login(user)
        assert client.get(f"/presupuestos/escritorio/{path}").status_code == status


def test_officers_bring_a_year_from_nothing_to_every_parishs_money(client):
    make_parish("La Argelia", code="170101")
    make_parish("Lloa", code="170102")
    desk, zone = "/presupuestos/escritorio/", "/presupuestos/escritorio/2031/zona/eloy-alfaro/"
    client.force_login(officer())
    assert client.post(desk, {"year": "2031"}).status_code == 303
    assert client.post(desk, {"year": "2031"}).status_code == 409
    assert client.post(f"{desk}2031/publicar/").status_code == 303
    content = f"{HEAD}170101,300,30,3,3\n170102,100,10,1,1\n"
    preview = client.post(f"{desk}2031/indicadores/", {"content": content})
    assert (preview.status_code, ParishIndicator.objects.count()) == (200, 0)
    assert client.post(f"{desk}2031/indicadores/", {"content": content, "store": "1"}).status_code == 303
    client.force_login(officer("zonal"))
    low = client.post(zone, {"investment": "1.000.000", "participatory": "599.999,99"})
    assert low.status_code == 400
    assert "al menos USD 600.000,00: el 60 % de USD 1.000.000,00." in text_of(low)
    assert 'value="599.999,99"' in low.content.decode()
    assert client.post(zone, {"investment": "1.000.000", "participatory": "700.000"}).status_code == 303
    assert client.post(f"{zone}asignar/", {"amount_170102": "200.000,01", "reason_170102": ""}).status_code == 400
    seen = money.fingerprint(ZoneBudget.objects.get())
    hand = {"seen": seen, "amount_170102": "200.000,01", "reason_170102": "Deslave de marzo"}
    assert client.post(f"{zone}asignar/", hand).status_code == 303
    assert client.post(f"{zone}asignar/", hand).status_code == 409
    assert dict(ParishAllocation.objects.values_list("parish__name", "amount")) == {
        "La Argelia": Decimal("499999.99"),
        "Lloa": Decimal("200000.01"),
    }


def test_a_wrong_file_is_shown_line_by_line(client):
    make_parish("La Argelia", code="170101")
    make_year()
    client.force_login(officer())
    response = client.post("/presupuestos/escritorio/2027/indicadores/", {"content": f"{HEAD}1,2,3,4,5"})
    assert response.status_code == 400
    assert "Línea 2: el código «1» no es de una parroquia de Quito." in text_of(response)


def test_dates_and_phases_are_changed_in_sight_of_all(client):
    desk = "/presupuestos/escritorio/2031/"
    by = officer()
    client.force_login(by)
    opened = years.open_year(year=2031, by=by)
    years.publish_year(year=opened, by=by, now=timezone.now().replace(year=2030, month=2, day=1))
    sent = {
        f"{phase}_{name}": day.isoformat()
        for phase, days in years.usual_dates(2031).items()
        for name, day in zip(("starts", "ends"), days, strict=True)
    }
    assert client.post(f"{desk}fechas/", sent | {"requests_ends": "no"}).status_code == 400
    assert client.post(f"{desk}fechas/", sent | {"requests_ends": "2030-03-30"}).status_code == 400
    changed = sent | {"requests_ends": "2030-03-30", "reason": "Feriado de Semana Santa"}
    assert client.post(f"{desk}fechas/", changed).status_code == 303
    assert client.post(f"{desk}avanzar/", {"to": "review"}).status_code == 400
    assert client.post(f"{desk}avanzar/", {"to": "studies", "reason": "Ya"}).status_code == 409
    assert client.post(f"{desk}avanzar/", {"to": "review", "reason": "No llegan más"}).status_code == 303
    client.logout()
    assert "Feriado de Semana Santa" in text_of(client.get("/presupuestos/2031/cambios/"))
    assert "No llegan más" in text_of(client.get("/presupuestos/2031/"))


@pytest.mark.parametrize("wrong", ["", "1e999", "NaN", "-5", "9" * 40, "\x00", "1.5e999", "= 1"])
def test_no_input_of_an_officer_breaks_a_page(client, wrong):
    make_parish("La Argelia", code="170101")
    make_zone_budget()
    client.force_login(officer())
    desk = "/presupuestos/escritorio/2027/"
    names = ["year", "to", "reason", "investment", "participatory", "amount_170101", "seen", "content"]
    names += ["minimum_percent", "weight_needs", "requests_starts"]
    body = dict.fromkeys(names, wrong)
    for path in (
        "",
        "fechas/",
        "reglas/",
        "indicadores/",
        "zona/eloy-alfaro/",
        "zona/eloy-alfaro/asignar/",
        "avanzar/",
    ):
        response = client.post(f"{desk}{path}" if path else "/presupuestos/escritorio/", body)
        assert response.status_code in (400, 409), (path, response.status_code)
