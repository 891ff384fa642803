"""Each page answers, in Spanish and in English, light enough, with few queries, and says what is true."""

import gzip
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from decide.territory.models import Neighbourhood, Parish
from decide.territory.services import load_territory
from tests.factories import (
    make_agency,
    make_answer,
    make_appointment,
    make_box,
    make_parish,
    make_proposal,
    make_service_point,
    make_support,
    make_user,
)
from votes.models import Intention

pytestmark = pytest.mark.django_db

PAGES = ["/", "/parroquias/", "/parroquias/la-argelia/", "/ayuda/", "/privacidad/", "/terminos/", "/accesibilidad/"]
WORDS = {"es": "Saltar al contenido", "en": "Skip to content"}


@pytest.fixture(autouse=True)
def _one_factor(settings):
    """Whoever holds an office would first set up a second factor."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def city():
    load_territory()
    return {p.slug: p for p in Parish.objects.select_related("zone")}


def text_of(response) -> str:
    """What is read on a page: without tags, white space joined."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_answers_in_both_languages(client, city, path, language):
    client.cookies["django_language"] = language
    response = client.get(path)
    assert response.status_code == 200
    assert f'<html lang="{language}">' in response.content.decode()
    assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize("path", PAGES)
def test_page_of_an_empty_city(client, path):
    make_parish("La Argelia")
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_page_writes_nothing_inline(client, city, path):
    html = client.get(path).content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", html) == []
    assert re.findall(r'(?:src|href)="https?://', html) == []


@pytest.mark.parametrize("path", PAGES)
def test_page_only_by_get(client, city, path):
    assert client.post(path).status_code == 405


def test_language_switch_works_without_scripts(client, city):
    html = client.get("/parroquias/?q=lloa").content.decode()
    assert '<input type="hidden" name="next" value="/parroquias/?q=lloa">' in html
    response = client.post("/i18n/setlang/", {"language": "en", "next": "/parroquias/?q=lloa"})
    assert (response.status_code, response.url) == (302, "/parroquias/?q=lloa")
    assert '<html lang="en">' in client.get("/").content.decode()


# --- weight -------------------------------------------------------------------------------------------------


def full_parish(parish, many=12):
    for i in range(many):
        make_proposal(parish=parish, status=["open", "review", "answered", "done"][i % 4])
    for i in range(4):
        Neighbourhood.objects.create(parish=parish, name=f"Barrio {i}", invented=True)
        make_service_point(parish)


@pytest.mark.parametrize("path", ["/", "/parroquias/la-argelia/", "/parroquias/", "/resultados/"])
def test_page_weighs_less_than_14_kb(client, city, path):
    full_parish(city["la-argelia"])
    for slug in ["lloa", "pifo", "nono", "calderon"]:
        make_proposal(parish=city[slug])
    assert len(gzip.compress(client.get(path).content, 6)) < 14_000


# --- queries: the same for one row and for twenty -----------------------------------------------------------


def count_queries(client, paths, django_assert_max_num_queries, most=10) -> dict[str, int]:
    counted = {}
    for path in paths:
        with django_assert_max_num_queries(most) as captured:
            assert client.get(path).status_code == 200
        counted[path] = len(captured)
    return counted


COUNTED = ["/", "/parroquias/", "/parroquias/la-argelia/", "/ayuda/"]


@pytest.mark.parametrize("signed_in", [False, True])
def test_queries_do_not_grow(client, city, django_assert_max_num_queries, signed_in):
    user = make_user(verified=True, parish=city["la-argelia"])
    make_appointment(user, office="participation")
    paths = [*COUNTED, "/mi/"] if signed_in else COUNTED
    if signed_in:
        client.force_login(user)
    for status in ("open", "review", "answered"):
        make_proposal(parish=city["la-argelia"], status=status, author=user)
        make_proposal(status=status)
    make_service_point(city["la-argelia"])
    most = 10 + 4 * signed_in  # also unread notices, whether one follows the parish, and what waits for each office
    few = count_queries(client, paths, django_assert_max_num_queries, most)
    for _ in range(20):
        for status in ("open", "review", "answered"):
            make_proposal(parish=city["la-argelia"], status=status, author=user)
        make_proposal(parish=city["lloa"])
        make_service_point(city["lloa"])
        Neighbourhood.objects.create(parish=city["la-argelia"], name=f"Barrio {_}")
    assert count_queries(client, paths, django_assert_max_num_queries, most) == few


# --- home ---------------------------------------------------------------------------------------------------


def test_home_shows_what_is_open_and_what_was_achieved(client, city):
    make_proposal(title="Reúne apoyos", parish=city["lloa"])
    make_proposal(title="Ya respondida", status="answered", parish=city["lloa"])
    make_proposal(title="En borrador", status="draft", parish=city["lloa"])
    make_proposal(title="Retirada", status="withdrawn", parish=city["lloa"])
    page = text_of(client.get("/"))
    assert "Reúne apoyos" in page
    assert "Ya respondida" in page
    assert "En borrador" not in page
    assert "Retirada" not in page
    assert "Lloa (Eloy Alfaro), propuestas en apoyos: 1" in page


def test_home_puts_the_nearest_to_its_threshold_first(client, city):
    far, close = make_proposal(title="Lejos", threshold=10), make_proposal(title="Cerca", threshold=10)
    make_support(close.box)
    shown = [p.title for p in client.get("/").context["open_now"]]
    assert shown == ["Cerca", "Lejos"]
    make_support(far.box), make_support(far.box)
    assert [p.title for p in client.get("/").context["open_now"]] == ["Lejos", "Cerca"]


def test_home_leads_to_one_s_parish_until_it_is_known(client, city):
    assert '<form class="filters"' in client.get("/").content.decode()
    client.force_login(make_user(parish=city["lloa"]))
    assert '<form class="filters"' not in client.get("/").content.decode()


@pytest.mark.parametrize(("n", "word"), [(1, "hecha"), (2, "hechas")])
def test_figures_agree_with_their_number(client, city, n, word):
    for _n in range(n):
        make_proposal(status="done", parish=city["lloa"])
    for path in ["/", "/parroquias/lloa/"]:
        assert f"<dt>{word}</dt><dd>{n}</dd>" in client.get(path).content.decode()


@pytest.mark.parametrize("path", ["/", "/ayuda/", "/nada/"])
def test_no_page_leads_a_person_to_what_machines_read(client, city, path):
    assert "/salud/" not in client.get(path).content.decode()


def test_home_of_a_neighbour_shows_near_first_and_nothing_twice(client, city):
    near, far = make_proposal(parish=city["la-argelia"]), make_proposal(parish=city["lloa"])
    client.force_login(make_user(parish=city["la-argelia"]))
    context = client.get("/").context
    assert ([p.pk for p in context["near"]], [p.pk for p in context["open_now"]]) == ([near.pk], [far.pk])


def test_home_counts_answers_in_time_late_and_owed(client, city):
    now = timezone.now()
    make_answer(outcome="accepted")
    make_answer(outcome="rejected", asked_at=now - timedelta(days=90), answered_at=now)
    make_answer()
    make_answer(asked_at=now - timedelta(days=40))
    page = client.get("/")
    figures = dict(re.findall(r"<dt>([^<]*)</dt><dd>(\d+)</dd>", page.content.decode()))
    assert figures == {
        "respondida a tiempo": "1",
        "respondida con atraso": "1",
        "espera respuesta, en plazo": "1",
        "espera respuesta, atrasada": "1",
        "en ejecución": "0",
        "hechas": "0",
    }


def test_home_map_and_table_agree(client, city):
    make_proposal(parish=city["lloa"]), make_proposal(parish=city["lloa"]), make_proposal(parish=city["pifo"])
    html = client.get("/").content.decode()
    on_map = {n: int(v) for n, v in re.findall(r"<title>([^<(]+) \([^<]*: (\d+)<", html)}
    in_table = {n: int(v) for n, v in re.findall(r'/">([^<]+)</a></td><td class="number">(\d+)</td>', html)}
    assert on_map == in_table
    assert {n: v for n, v in on_map.items() if v} == {"Lloa": 2, "Pifo": 1}


# --- parishes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=nono", {"Nono"}),
        ("q=CUMBAYA", {"Cumbayá"}),
        ("q=inaquito", {"Iñaquito"}),
        ("q=argelia", {"La Argelia"}),
        ("q=170184", {"Tumbaco"}),
        ("zona=calderon", {"Calderón", "Llano Chico"}),
        ("q=chico&zona=calderon", {"Llano Chico"}),
        ("q=zzz", set()),
        ("zona=zzz", set()),
        ("q=%00%E2%80%AE", None),
    ],
)
def test_parishes_found_without_accents(client, city, query, names):
    response = client.get(f"/parroquias/?{query}")
    assert response.status_code == 200
    found = {p["name"] for zone in response.context["zones"] for p in zone.parishes}
    assert found == ({p.name for p in city.values()} if names is None else names)


def test_parishes_counts_are_honest(client, city):
    page = text_of(client.get("/parroquias/?q=calderon"))
    assert "2 de 65 parroquias." in page
    assert "65 parroquias y 2.233.491 personas (suma del censo de 2010)" in text_of(client.get("/parroquias/"))


def test_parishes_search_shows_what_was_typed_escaped(client, city):
    html = client.get('/parroquias/?q="><script>').content.decode()
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


# --- one parish ---------------------------------------------------------------------------------------------


def test_parish_says_who_lives_there_and_when_they_were_counted(client, city):
    assert "57.112 personas (censo de 2010) en 7,1 km²." in text_of(client.get("/parroquias/la-argelia/"))
    assert "23.202 personas (censo de 2022)" in text_of(client.get("/parroquias/pifo/"))


def test_parish_shows_only_its_own(client, city):
    make_proposal(title="De aquí", parish=city["lloa"])
    make_proposal(title="Debida aquí", parish=city["lloa"], status="review")
    make_proposal(title="De otra", parish=city["pifo"])
    make_proposal(title="Borrador", parish=city["lloa"], status="draft")
    page = text_of(client.get("/parroquias/lloa/"))
    assert [t in page for t in ("De aquí", "Debida aquí", "De otra", "Borrador")] == [True, True, False, False]


def test_parish_labels_what_is_invented(client, city):
    Neighbourhood.objects.create(parish=city["lloa"], name="Barrio de verdad")
    Neighbourhood.objects.create(parish=city["lloa"], name="Barrio de mentira", invented=True)
    make_service_point(city["lloa"], name="Ventanilla de mentira", invented=True)
    page = text_of(client.get("/parroquias/lloa/"))
    assert "Barrio de mentira inventado" in page
    assert "Barrio de verdad inventado" not in page
    assert "Ventanilla de mentira inventada" in page


def test_parish_leads_to_a_proposal_for_it(client, city):
    for path in ("/parroquias/lloa/", "/propuestas/nueva/?parroquia=lloa"):
        assert "?parroquia=lloa" in client.get(path).content.decode()
    form = client.get("/propuestas/nueva/idea/?parroquia=lloa").context["form"]
    assert form["parish"].value() == city["lloa"].pk
    for wrong in ("%00", "atlantida", ""):
        assert client.get(f"/propuestas/nueva/idea/?parroquia={wrong}").context["form"]["parish"].value() is None


def test_parish_missing_is_404_in_words(client, city):
    response = client.get("/parroquias/atlantida/")
    assert response.status_code == 404
    assert "No encontramos esa página" in text_of(response)


# --- mine ---------------------------------------------------------------------------------------------------


def test_mine_asks_to_sign_in(client):
    response = client.get("/mi/")
    assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next=/mi/")


def test_mine_shows_drafts_intentions_and_the_way_to_verify(client, city):
    user = make_user(parish=city["lloa"])
    make_proposal(title="Mi borrador", status="draft", author=user)
    make_proposal(title="De otra persona")
    Intention.objects.create(user=user, box=make_box())
    client.force_login(user)
    page = text_of(client.get("/mi/"))
    assert "Mi borrador" in page
    assert "De otra persona" not in page
    assert "1 apoyo guardado, sin contar" in page
    assert "Verifique su residencia" in page


def test_mine_shows_what_waits_for_an_office(client, city):
    user = make_user(verified=True, parish=city["lloa"])
    make_answer(), make_answer()
    client.force_login(user)
    assert client.get("/mi/").context["waiting"] == []
    make_appointment(user, office="participation")
    labels = [desk["label"] for desk in client.get("/mi/").context["waiting"]]
    assert "2 respuestas por asignar" in labels


def test_mine_counts_only_the_answers_of_my_agency(client, city):
    user, agency = make_user(), make_agency()
    make_appointment(user, office="agency", agency=agency)
    make_answer(agency=agency), make_answer(agency=make_agency())
    client.force_login(user)
    assert [desk["label"] for desk in client.get("/mi/").context["waiting"]] == ["1 respuesta pendiente"]


def test_mine_is_not_stored_by_anyone(client):
    client.force_login(make_user())
    assert "no-store" in client.get("/mi/")["Cache-Control"]


# --- help, privacy ------------------------------------------------------------------------------------------


def test_help_gives_the_numbers_in_force(client, city, settings):
    page = text_of(client.get("/ayuda/"))
    assert "0,25 % de la población del lugar, y nunca menos de 25" in page
    assert "La Argelia 57.112 (2010) 143" in page
    settings.SUPPORT_THRESHOLD_MINIMUM = 40
    settings.ANSWER_DAYS = 21
    page = text_of(client.get("/ayuda/"))
    assert "nunca menos de 40" in page
    assert "responde en 21 días" in page


def test_privacy_says_that_the_contact_is_missing_until_it_is_there(client, settings):
    settings.DATA_PROTECTION_CONTACT = ""
    assert "El correo de contacto aún no está puesto" in text_of(client.get("/privacidad/"))
    settings.DATA_PROTECTION_CONTACT = "datos@example.org"
    page = text_of(client.get("/privacidad/"))
    assert "datos@example.org" in page
    assert "aún no está puesto" not in page


def test_robots_keep_out_of_what_is_personal(client):
    body = client.get("/robots.txt").content.decode()
    assert {"Disallow: /mi/", "Disallow: /gestion/", "Disallow: /cuentas/"} <= set(body.splitlines())
