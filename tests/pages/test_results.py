"""`/resultados/`: every figure opens a list with exactly as many rows; what is hidden counts nowhere."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser

import pytest
from django.utils import timezone

from decide.pages import results
from decide.territory.models import Agency
from proposals.forms import FilterForm
from tests.factories import (
    make_agency,
    make_answer,
    make_comment,
    make_milestone,
    make_parish,
    make_poll,
    make_proposal,
    make_support,
    make_user,
)

pytestmark = pytest.mark.django_db


class Links(HTMLParser):
    """[(address, words)] of the links in `main` whose words are a number."""

    def __init__(self):
        super().__init__()
        self.found, self.inside, self.address, self.words = [], False, None, ""

    def handle_starttag(self, tag, attributes):
        self.inside = self.inside or tag == "main"
        if tag == "a" and self.inside:
            self.address, self.words = dict(attributes)["href"], ""

    def handle_data(self, data):
        self.words += data

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "main"
        if tag == "a" and self.address:
            words = self.words.strip().replace(".", "")
            if words.isdigit() and not self.address.startswith("?"):
                self.found.append((unescape(self.address), int(words)))
            self.address = None


def figures_of(client, address="/resultados/") -> list[tuple[str, int]]:
    links = Links()
    links.feed(client.get(address).content.decode())
    return links.found


def moment(year: int, month=6, day=1, hour=12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.fixture
def years():
    """Two years, two agencies, every kind of answer and every state of a proposal, some of it hidden."""
    agencies = [make_agency() for _n in range(2)]
    parishes = [make_parish("La Argelia"), make_parish("Lloa", 1494)]
    now = timezone.now()
    for n, year in enumerate([now.year - 1, now.year - 1, now.year]):
        asked = moment(year, 1 + n)
        for i, agency in enumerate(agencies):
            for outcome in ["accepted", "partial", "rejected", "elsewhere"][: 4 - i]:
                late = {"answered_at": asked + timedelta(days=40)} if outcome == "rejected" else {}
                answer = make_answer(asked_at=asked, agency=agency, outcome=outcome, **late)
                if outcome == "accepted":
                    make_milestone(answer, state="done")
                    if n % 2:
                        make_milestone(answer)
            make_answer(asked_at=asked, agency=agency, due=now - timedelta(days=1))
        make_answer(asked_at=asked, due=now + timedelta(days=9))
        make_answer(asked_at=asked, agency=agencies[0], hidden=True)
        for status in STATES:
            owed = None
            if status in WITH_ANSWER:
                owed = make_answer(asked_at=asked, agency=agencies[1], due=now + timedelta(days=9))
            make_proposal(status=status, parish=parishes[n % 2], published_at=asked, answer=owed)
        make_proposal(parish=parishes[0], published_at=asked, hidden=True)
        for status in ("draft", "approved", "open", "closed", "annulled"):
            make_poll(status, opens_at=asked, closes_at=asked + timedelta(days=3), **OVER.get(status, {}))
    return [now.year - 1, now.year]


FROZEN = {"opened_at": moment(2020), "rules_json": "{}", "rules_hash": "0"}
OVER = {
    "open": FROZEN,
    "closed": FROZEN | {"closed_at": moment(2020)},
    "annulled": {"annulled_at": moment(2020), "annul_reason": "Faltaba una opción."},
}


STATES = ["open", "reached", "review", "answered", "execution", "done", "withdrawn", "archived", "draft"]
WITH_ANSWER = ("reached", "review", "answered", "execution", "done")


def test_every_figure_opens_a_list_with_exactly_as_many_rows(client, years):
    seen = set()
    for address in ["/resultados/", *(f"/resultados/?anio={year}" for year in years)]:
        figures = figures_of(client, address)
        assert len(figures) > 40
        seen.update(figures)
    assert len(seen) > 90
    opened = {(address, client.get(address).context["page"].paginator.count) for address, _value in seen}
    assert opened == seen
    assert any("dependencia=sin-asignar" in opened for opened, _value in seen)
    words = {word for word, status in FilterForm.STATES.items() if status in STATES} | {*results.ASKED.words} - {""}
    words |= {*results.VOTED.words} - {""}
    assert {word for word in words if not any(f"estado={word}" in address for address, _value in seen)} == set()


def test_lists_show_the_rows_themselves(client, years):
    late = client.get(f"/respuestas/?estado=atrasadas&anio={years[0]}").context["page"].object_list
    assert {(a.state, a.asked_at.year) for a in late} == {("late", years[0])}
    assert len(late) == 4
    unassigned = client.get("/respuestas/?dependencia=sin-asignar").context["page"].object_list
    assert {a.agency_id for a in unassigned} == {None}
    done = client.get("/respuestas/?estado=cumplidas").context["page"].object_list
    assert [[m.state for m in a.milestones.all()] for a in done] == [["done"]] * len(done) != []


def test_kinds_of_answers_are_together_everything(years):
    counted = results.ASKED.count()
    for counts in counted.values():
        parts = ("a-tiempo", "con-atraso", "pendientes", "atrasadas")
        assert sum(counts[part] for part in parts) == counts[""]
    for counts in results.PROPOSED.count().values():
        assert sum(n for word, n in counts.items() if word) == counts[""]


def test_offices_are_one_row_each_and_sum_up(client, years):
    rows = client.get(f"/resultados/?anio={years[1]}").context["offices"]
    assert [str(row.label) for row in rows[-2:]] == ["Sin asignar", "Todas"]
    assert len(rows) == Agency.objects.count() + 2
    columns = [[figure.value for figure in row.figures] for row in rows]
    assert [sum(column) for column in zip(*columns[:-1], strict=True)] == columns[-1]
    make_agency("NUEVA")
    idle = make_agency("VIEJA", active=False)
    make_agency("AJENA", municipal=False)
    assert len(client.get("/resultados/").context["offices"]) == len(rows) + 1
    make_answer(agency=idle)
    assert len(client.get("/resultados/").context["offices"]) == len(rows) + 2


def test_a_year_is_that_of_quito(client):
    """The last hour of a year in Quito is already the next one in UTC."""
    year = timezone.now().year - 1
    make_answer(asked_at=moment(year + 1, 1, 1, 4), agency=make_agency(), outcome="accepted")
    assert (f"/respuestas/?anio={year}", 1) in figures_of(client, f"/resultados/?anio={year}")
    assert client.get(f"/respuestas/?anio={year}").context["page"].paginator.count == 1
    assert client.get(f"/respuestas/?anio={year + 1}").context["page"].paginator.count == 0


@pytest.mark.parametrize("year", ["abc", "99999999999999", "-1", "1", "\x00", "2026.5", "１２３"])
def test_what_is_no_year_is_refused_in_words(client, year):
    response = client.get("/resultados/", {"anio": year})
    assert response.status_code == 400
    assert "cuatro cifras" in response.content.decode()


def test_a_year_without_anything_is_zero(client, years):
    response = client.get("/resultados/?anio=2001")
    assert {figure.value for block in response.context["blocks"] for figure in block.figures} == {0}
    assert "2001" in response.content.decode()


def test_empty_city_has_its_page(client):
    response = client.get("/resultados/")
    assert response.status_code == 200
    assert figures_of(client) == []


# --- who took part ------------------------------------------------------------------------------------------


def test_participants_are_counted_once_and_small_numbers_are_not_told(client):
    argelia, lloa, nono = make_parish("La Argelia", 50_000), make_parish("Lloa", 1_494), make_parish("Nono", 1_700)
    proposal, other = make_proposal(), make_proposal()
    people = [make_user(verified=True, parish=argelia) for _n in range(6)]
    for user in people:
        make_support(proposal.box, user.residence)
        make_support(other.box, user.residence)
    make_comment(proposal.thread, people[0])
    make_comment(proposal.thread, make_user(verified=True, parish=argelia))
    make_proposal(author=make_user(verified=True, parish=argelia))
    for _n in range(4):
        make_support(proposal.box, make_user(verified=True, parish=lloa).residence)
    assert results.participants() == {argelia.pk: 8, lloa.pk: 4}
    response = client.get("/resultados/")
    rows = {row["name"]: (row["participants"], row["rate"]) for row in response.context["rows"]}
    assert rows == {"La Argelia": (8, 0.16), "Lloa": (None, None), "Nono": (None, None)}
    page = response.content.decode()
    assert "La Argelia (Eloy Alfaro), Participantes por cada 1.000 habitantes: 0,16" in page
    assert "Lloa (Eloy Alfaro), Participantes por cada 1.000 habitantes: menos de 5 personas" in page
    assert nono.name in page


def test_participants_of_hidden_things_and_other_years_do_not_count():
    parish, year = make_parish(), timezone.now().year
    hidden = make_proposal(hidden=True, author=make_user(verified=True, parish=parish))
    make_support(hidden.box, make_user(verified=True, parish=parish).residence)
    draft = make_proposal(status="draft", author=make_user(verified=True, parish=parish))
    shown = make_proposal()
    make_comment(shown.thread, make_user(verified=True, parish=parish), hidden=True)
    make_comment(shown.thread, make_user())
    assert draft.author.residence_id
    assert results.participants() == {}
    make_support(shown.box, make_user(verified=True, parish=parish).residence, created=moment(year - 1))
    assert results.participants(year) == {}
    assert results.participants(year - 1) == results.participants() == {parish.pk: 1}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({1: 9, 2: 7, 3: 4}, {1: 9}),  # 4 alone would be known from the sum
        ({1: 9, 2: 7}, {1: 9}),
        ({1: 9, 2: 7, 3: 5}, {1: 9, 2: 7, 3: 5}),
        ({1: 9, 2: 4, 3: 4}, {1: 9}),
        ({3: 2}, {}),
        ({}, {}),
    ],
)
def test_withheld_numbers_cannot_be_computed(counts, told):
    assert results.withhold(counts, [1, 2, 3]) == told


# --- the page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["", "?anio={}"])
def test_queries_are_the_same_for_few_and_many_rows(client, django_assert_max_num_queries, year):
    address = "/resultados/" + year.format(timezone.now().year)

    def count():
        with django_assert_max_num_queries(10) as captured:
            client.get(address)
        return len(captured)

    client.force_login(make_user(verified=True))
    make_proposal(status="review", parish=make_parish())
    few = count()
    for n in range(20):
        proposal = make_proposal(status="review", parish=make_parish(f"Parroquia {n}"))
        make_support(proposal.box)
        make_answer(agency=make_agency(), asked_at=moment(2010 + n % 5))
    assert count() == few


def test_nobody_can_write_it(client, admin_client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    for visitor in (client, admin_client):
        assert visitor.post("/resultados/").status_code == 405
    page = admin_client.get("/resultados/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "<form" not in main
    assert re.findall(r"<input|<textarea|<select", main) == []


def test_names_of_offices_are_escaped(client):
    make_agency(name="<script>alert(1)</script>", acronym="<b>")
    page = client.get("/resultados/").content.decode()
    assert "<script>alert" not in page
    assert "<b>" not in page[page.index('id="dependencias"') : page.index('id="participacion"')]
