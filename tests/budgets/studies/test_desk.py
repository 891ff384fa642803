"""The officer's desk: filters in the address, batches, one opinion after the other, hostile input, few questions."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets import services
from budgets.models import Opinion, UnitPrice
from tests.budgets.studies.tools import admitted, as_, guideline, issue, officer_of, opinion_of
from tests.factories import make_parish, make_zone

pytestmark = pytest.mark.django_db

DESK = "/presupuestos/dictamenes/"


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def parish():
    return make_parish()


@pytest.fixture
def technical(parish):
    return officer_of("technical", parish)


def typed(**changed) -> dict:
    return {
        "verdict": "feasible",
        "reason": "Hay espacio.",
        "cost": "1.234,50",
        "guideline": guideline().pk,
        **changed,
    }


def queries(client, address) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_desk_asks_at_most_ten_questions_for_one_row_and_for_twenty(parish, technical):
    client, zonal = as_(technical), as_(officer_of("zonal", parish))
    counts = []
    for more in (1, 19):
        for _ in range(more):
            admitted(parish=parish)
        counts.append((queries(client, DESK), queries(zonal, "/presupuestos/revision/")))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 10


def test_desk_shows_what_is_owed_by_deadline_with_its_filters(parish, technical):
    late, soon, later = (admitted(parish=parish, title=title) for title in ("Atrasada", "Próxima", "Lejána"))
    for request, days in ((late, -1), (soon, 3), (later, 25)):
        Opinion.objects.filter(request=request).update(due=timezone.now() + timedelta(days=days))
    elsewhere = admitted(parish=make_parish("Calderón", zone=make_zone("Calderón")))
    services.save_opinion(opinion=opinion_of(soon), officer=technical, reason="Borrador.")
    client = as_(technical)

    def shown(query="") -> list[str]:
        return [row.request.title for row in client.get(DESK + query).context["rows"]]

    assert shown() == ["Atrasada", "Próxima", "Lejána"]
    assert elsewhere.title not in shown()
    assert shown("?plazo=atrasados") == ["Atrasada"]
    assert shown("?plazo=5") == ["Próxima"]
    assert shown("?estado=borradores") == ["Próxima"]
    assert shown("?estado=sin-empezar") == ["Atrasada", "Lejána"]
    assert shown("?q=lejana") == ["Lejána"]
    assert shown(f"?parroquia={parish.slug}&tipo=vialidad") == ["Atrasada", "Próxima", "Lejána"]
    assert shown("?dictamen=legal") == []
    assert "Atrasado" in client.get(DESK).text
    issue(late, officer=technical)
    assert shown("?estado=emitidos") == ["Atrasada"]


def test_batch_gives_the_same_opinion_with_its_own_cost_after_asking_once(parish, technical):
    services.load_catalogue()
    first, second = (opinion_of(admitted(parish=parish)) for _ in range(2))
    client = as_(technical)
    reusable = client.get(DESK).context["batch"].fields["reusable"].queryset[0]
    sent = typed(reason="", reusable=reusable.pk, dictamen_id=[first.pk, second.pk])
    sent |= {f"cost_{first.pk}": "100", f"cost_{second.pk}": "USD 86.400,50"}
    page = client.post(DESK, sent)
    assert "¿Emitir estos dictámenes?" in page.text
    assert "86.400,50" in page.text
    assert not Opinion.objects.filter(issued_at__isnull=False).exists()
    assert client.post(DESK, sent | {"seguro": "si"}).status_code == 302
    costs = Opinion.objects.filter(issued_at__isnull=False).order_by("cost").values_list("cost", "reason")
    assert list(costs) == [(Decimal("100.00"), reusable.text), (Decimal("86400.50"), reusable.text)]


def test_wrong_batch_keeps_what_was_typed_and_says_which(parish, technical):
    first, foreign = opinion_of(admitted(parish=parish)), opinion_of(admitted(parish=parish), "legal")
    sent = typed(dictamen_id=[first.pk, foreign.pk, "x"], seguro="si", **{f"cost_{first.pk}": "1e400"})
    page = as_(technical).post(DESK, sent)
    assert page.status_code == 400
    assert 'value="1e400"' in page.text
    assert "Hay espacio." in page.text
    assert as_(technical).post(DESK, typed(seguro="si")).status_code == 400
    assert not Opinion.objects.filter(issued_at__isnull=False).exists()


@pytest.mark.parametrize("cost", ["1e400", "NaN", "-5", "0", "10000000", "9" * 60, "12,5,5", "Infinity", "١٢"])
def test_hostile_cost_is_refused_and_kept_on_the_form(parish, technical, cost):
    opinion = opinion_of(admitted(parish=parish))
    page = as_(technical).post(f"{DESK}{opinion.pk}/", typed(cost=cost, action="issue", seguro="si"))
    assert page.status_code == 400
    opinion.refresh_from_db()
    assert opinion.issued_at is None


@pytest.mark.parametrize(("cost", "stored"), [("12,5", "12.50"), ("86.400", "86400.00"), ("25\x00", "25.00")])
def test_cost_is_read_as_people_write_it(parish, technical, cost, stored):
    opinion = opinion_of(admitted(parish=parish))
    as_(technical).post(f"{DESK}{opinion.pk}/", typed(cost=cost, action="issue", seguro="si"))
    opinion.refresh_from_db()
    assert str(opinion.cost) == stored


@pytest.mark.parametrize(
    "sent",
    [
        {"verdict": "perhaps"},
        {"guideline": "9" * 30},
        {"guideline": "\x00"},
        {"condition_due": "31/02/2026"},
        {"condition_due": "1.5e999"},
        {"price1": "9" * 30, "quantity1": "1"},
        {"price1": "", "quantity1": "NaN"},
        {"reason": "x" * 4000},
    ],
)
def test_wrong_input_is_pointed_out(parish, technical, sent):
    opinion = opinion_of(admitted(parish=parish))
    page = as_(technical).post(f"{DESK}{opinion.pk}/", typed(**sent, action="issue", seguro="si"))
    assert page.status_code == 400
    assert "Hay un problema" in page.text


def test_draft_is_kept_and_one_goes_on_to_the_next(parish, technical):
    first, second = (opinion_of(admitted(parish=parish)) for _ in range(2))
    client = as_(technical)
    response = client.post(f"{DESK}{first.pk}/?estado=", {"reason": "A medias.", "action": "next"})
    assert response.url == f"{DESK}{second.pk}/?estado="
    page = client.get(f"{DESK}{first.pk}/")
    assert "A medias." in page.text
    assert f'rel="next" href="{DESK}{second.pk}/"' in page.text
    page = client.post(f"{DESK}{first.pk}/", typed(action="issue"))
    assert "¿Emitir este dictamen?" in page.text
    response = client.post(f"{DESK}{first.pk}/", typed(action="issue", seguro="si"))
    assert response.url == f"{DESK}{second.pk}/"
    first.refresh_from_db()
    assert first.issued_at


def test_reason_is_inserted_with_one_tap_and_nothing_typed_is_lost(parish, technical):
    services.load_catalogue()
    opinion, client = opinion_of(admitted(parish=parish)), as_(technical)
    reason = client.get(f"{DESK}{opinion.pk}/").context["reasons"][0]
    page = client.post(f"{DESK}{opinion.pk}/", typed(insert=reason.pk))
    assert page.status_code == 200
    assert all(text in page.text for text in ("Hay espacio.", reason.text, "1.234,50"))


def test_cost_is_added_up_from_unit_prices(parish, technical):
    price = UnitPrice.objects.create(name="Adoquín", unit="m²", price=Decimal("28.55"))
    opinion, client = opinion_of(admitted(parish=parish)), as_(technical)
    lines = {"price1": price.pk, "quantity1": "100,5"}
    page = client.post(f"{DESK}{opinion.pk}/", typed(cost="", action="calculate", **lines))
    assert "2.869,28" in page.text
    wrong = client.post(f"{DESK}{opinion.pk}/", typed(cost="5", action="issue", seguro="si", **lines))
    assert wrong.status_code == 400
    client.post(f"{DESK}{opinion.pk}/", typed(cost="2.869,28", action="issue", seguro="si", **lines))
    opinion.refresh_from_db()
    assert opinion.cost_lines[0]["amount"] == "2869.28"
    assert "100.5 m²" in as_(None).get(opinion.request.get_absolute_url()).text


def test_desk_is_for_whoever_gives_opinions(parish):
    assert as_(None).get(DESK).status_code == 302
    assert as_(officer_of("desk", parish)).get(DESK).status_code == 403
    draft = opinion_of(admitted(parish=parish))
    assert as_(officer_of("legal", parish)).get(f"{DESK}{draft.pk}/").status_code == 404
