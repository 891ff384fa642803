"""The pages of a decision: prepared, fixed and published, decided; taken home and counted again."""

import csv
import io
import json
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.counting import pabulib
from budgets.minutes import sections
from budgets.recount import recount
from decide.assemblies import services as assemblies
from decide.errors import Refused
from decide.moderation import services as moderation
from tests.budgets.decision.parishes import make_feasible, make_place
from tests.factories import make_parish, make_year
from tests.moderation.tools import decide as moderate
from tests.moderation.tools import make_moderator

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parent.parent / "counting" / "data"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def text(client, address) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return b"".join(response).decode() if response.streaming else response.content.decode()


def test_officer_prepares_and_fixes_and_everybody_reads_it_before_the_vote(client):
    place = make_place(status="called", present=0)
    assert "todavía no se fija" in text(client, place.page)
    assert client.get(f"{place.page}decision.json").status_code == 404
    client.force_login(place.zonal)
    assert "Preparar la decisión de" in text(client, f"{place.page}preparar/")
    typed = {"rule": "greedy-no-skip", "minimum_votes": "2", "most_marks": "3"}
    typed |= {f"way-{asked.pk}": "hands" for asked in place.requests}
    for wrong in ({"rule": "borda"}, {"minimum_votes": "-1"}, {"most_marks": "1" + "0" * 30}, {"minimum_votes": "NaN"}):
        assert client.post(f"{place.page}preparar/", typed | wrong).status_code == 400
    assert client.post(f"{place.page}preparar/", typed).status_code == 303
    asks = client.post(f"{place.page}fijar/")
    assert (asks.status_code, "¿Fijar y publicar" in asks.content.decode()) == (200, True)
    assert client.post(f"{place.page}fijar/", {"seguro": "si"}).status_code == 303
    assert client.get(f"{place.page}preparar/").status_code == 302
    client.logout()

    decision = place.again()
    page = text(client, place.page)
    assert decision.seed in page
    assert "Con el primero que no cabe se termina" in page
    assert "Calcular y publicar" not in page
    assert decision.seed in text(client, f"/presupuestos/2027/{decision.parish.slug}/")
    assert "número 1 de la matriz" in text(client, place.requests[0].get_absolute_url())


def test_matrix_that_changed_is_not_fixed_unseen(client):
    place = make_place(status="called", present=0)
    make_feasible(place.decision.parish, "Tarde", 5000, make_year())
    client.force_login(place.zonal)
    assert "cambiaron desde que se hizo la matriz" in text(client, f"{place.page}preparar/")
    assert client.post(f"{place.page}fijar/", {"seguro": "si"}).status_code == 409
    assert client.post(f"{place.page}actualizar/").status_code == 303
    assert client.post(f"{place.page}fijar/", {"seguro": "si"}).status_code == 303
    assert client.post(f"{place.page}actualizar/").status_code == 409


def test_result_is_read_everywhere_and_counted_again_from_its_file(client):
    place = make_place()
    place.fix(minimum_votes=2)
    place.vote(6, 5, 3)
    client.force_login(place.secretary)
    assert "Calcular y publicar" in text(client, place.page)
    assert client.post(f"{place.page}decidir/").status_code == 303
    client.logout()
    page = text(client, place.page)
    assert "No alcanzó: quedaban USD 40.000 y cuesta USD 50.000." in page
    assert "A mano alzada se cuentan manos, no personas" in page
    assert "No alcanzó: quedaban" in text(client, place.requests[1].get_absolute_url())
    assert client.get(f"{place.page}decision.pb").status_code == 404

    found = json.loads(text(client, f"{place.page}decision.json"))
    drawn = sorted(found["tie_order"], key=lambda one: sha256(f"{found['seed']}\n{one}".encode()).hexdigest())
    assert found["tie_order"] == drawn
    counted = recount(json.dumps(found).encode(), "greedy")
    assert [p["id"] for p in counted["projects"] if p["selected"]] == found["result"]["winners"]
    assert counted["official"] is True
    rows = list(csv.DictReader(io.StringIO(text(client, f"{place.page}resultado.csv").removeprefix("\ufeff"))))
    assert [(row["titulo"], row["votos"], row["presentes"], row["resultado"]) for row in rows] == [
        ("Adoquinado", "6", "6", "Priorizada"),
        ("Baterías sanitarias", "5", "6", "En lista de reserva"),
        ("Casa comunal", "3", "6", "Priorizada"),
    ]
    assert client.get(f"{place.page}resultado.xlsx").status_code == 200


def test_votes_by_phone_leave_as_pabulib_and_give_the_same_winners(client, tmp_path, capsys):
    place = make_place(costs=(60_000, 60_000, 30_000))
    decision = place.fix(ways=["phones"] * 3)
    items = assemblies.open_phone_items(session=place.hall.session, officer=place.secretary)
    for item, seats in zip(items, [(0, 1), (2, 3), (0,)], strict=True):
        for seat in seats:
            assemblies.mark(item=item, user=place.hall.delegate(seat))
    assemblies.close_phone_items(session=place.hall.session, officer=place.secretary)
    decision = place.decide()

    content = text(client, f"{place.page}decision.pb")
    file = tmp_path / "asamblea.pb"
    file.write_text(content)
    call_command("count_pabulib", str(file), rule="greedy")
    counted = json.loads(capsys.readouterr().out)
    assert counted["winners"] == decision.result["winners"]
    assert sorted(pabulib.parse(content).selected()) == sorted(decision.result["winners"])
    assert counted["tied"]  # resolved as it was drawn
    rows = text(client, f"{place.page}votos.csv").splitlines()
    assert len(rows) == 1 + 5
    assert "Delegada 0" in rows[1]


def test_any_pabulib_file_is_counted_and_nothing_is_stored(client):
    for name, rule in (("ties.pb", "greedy"), ("no_skip.pb", "greedy-no-skip"), ("equal_shares.pb", "equal-shares")):
        upload = SimpleUploadedFile(name, (DATA / name).read_bytes())
        with CaptureQueriesContext(connection) as asked:
            response = client.post("/presupuestos/recuento/", {"file": upload, "rule": rule})
        assert response.status_code == 200, name
        assert "Son los mismos ganadores que dice el archivo." in response.content.decode(), name
        assert not [q for q in asked if q["sql"].startswith(("INSERT", "UPDATE"))]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"META\nkey;value\nbudget;1e999\nvote_type;approval\nPROJECTS\n", b"{", b"[",
        b'{"format":[]}',
        b'{"format":"decide-decision-1"}', b"{" * 5000, b"<script>alert(1)</script>",
        b'{"format":"decide-decision-1","projects":[{"id":1,"votes":-1,"cost_cents":1,"title":null}],"budget_cents":1}',
    ],
)  # fmt: skip
def test_what_is_no_election_is_refused_with_a_sentence(client, content):
    response = client.post("/presupuestos/recuento/", {"file": SimpleUploadedFile("a.pb", content), "rule": "greedy"})
    assert response.status_code == 400
    assert "Hay un problema" in response.content.decode()
    assert "<script>alert" not in response.content.decode()


def test_file_that_takes_too_long_or_too_much_is_refused(client, monkeypatch):
    large = SimpleUploadedFile("a.pb", b" " * 5_000_001)
    assert client.post("/presupuestos/recuento/", {"file": large, "rule": "greedy"}).status_code == 400
    monkeypatch.setattr("budgets.recount.SECONDS", 0.001)
    with pytest.raises(Refused) as slow:
        recount((DATA / "ties.pb").read_bytes(), "greedy")
    assert "tarda demasiado" in str(slow.value.reason)


def test_paper_kit_has_every_sheet_and_an_example_counted_by_the_rule(client):
    place = make_place(status="called", present=0)
    place.fix()
    client.force_login(place.secretary)
    page = text(client, f"{place.page}papel/")
    for sheet in ("1. La regla", "2. Asistencia", "3. Conteos", "4. Acta", "Delegada 5", "Orden en caso de empate"):
        assert sheet in page
    assert page.count("No cabe: queda en reserva") == 1


@pytest.mark.parametrize("size", [1, 5])
def test_page_of_a_decision_asks_the_same_whatever_its_size(client, size):
    place = make_place(costs=(10_000,) * size)
    place.fix()
    place.vote(*[6] * size)
    place.decide()
    text(client, place.page)
    with CaptureQueriesContext(connection) as asked:
        text(client, place.page)
    assert len(asked) == 5


def test_desk_of_a_zone_leads_to_the_decision_of_each_parish(client):
    place = make_place(status="called", present=0)
    parish = place.decision.parish
    other = make_parish("Lloa", zone=parish.zone)
    desk = f"/presupuestos/escritorio/2027/zona/{parish.zone.slug}/"
    client.force_login(place.zonal)
    page = text(client, desk)
    assert f'<a href="{place.page}preparar/">En preparación' in page
    assert f'<a href="/presupuestos/2027/{other.slug}/asamblea/preparar/">Preparar<' in page
    assert client.get(f"/presupuestos/2027/{other.slug}/asamblea/preparar/").status_code == 200
    place.fix()
    assert f'<a href="{place.page}">Reglas fijadas y publicadas' in text(client, desk)
    with CaptureQueriesContext(connection) as few:
        client.get(desk)
    for n in range(20):
        make_parish(f"Parroquia {n}", zone=parish.zone)
    with CaptureQueriesContext(connection) as many:
        client.get(desk)
    assert len(few) == len(many) <= 14


def test_what_is_hidden_is_named_nowhere_in_its_session_until_it_is_shown_again(client):
    place = make_place()
    place.fix()
    session = place.hall.session.get_absolute_url()
    places = (place.page, session, f"{session}votos.csv", f"{place.page}resultado.csv")
    request, moderator = place.requests[0], make_moderator()

    for action, reason, named in (("hide", "insult", False), ("restore", "", True)):
        case = moderation.case_of(thing=type(request).objects.get(pk=request.pk))
        moderate(case, moderator, action, reason)
        assert {path: "Adoquinado" in text(client, path) for path in places} == dict.fromkeys(places, named)
        assert ("Adoquinado" in str(sections(place.hall.session))) is named
