"""The demo's three years of the participatory budget hold together: money to the cent, results as the rule gives them,
everybody who voted entitled to, everything in its time."""

from datetime import date, timedelta

import pytest
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from budgets import services
from budgets.models import (
    BudgetYear,
    Candidate,
    Decision,
    Opinion,
    ParishAllocation,
    ParishIndicator,
    Phase,
    Request,
    RequestStep,
    ZoneBudget,
)
from budgets.money_rules import ORDER
from budgets.outcomes import sentence
from budgets.search import search_text
from budgets.services.year import follow_phases
from budgets.tally import result_of
from decide.accounts.models import User
from decide.assemblies import services as assemblies
from decide.assemblies.models import (
    Assembly,
    Attendance,
    HandCount,
    Item,
    Mark,
    Minutes,
    Objection,
    Seat,
    Session,
    StatusChange,
)
from decide.assemblies.rules import takes_objections
from decide.comments.models import Thread
from decide.demo import budget_years, people, scale
from decide.demo.works import works_of
from decide.territory.models import Parish
from tests.demo.test_city import WRONG as OF_THE_CITY
from votes.models import SupportBox

Status = Request.Status
WITHOUT_CANDIDATE = [
    *(Status.DRAFT, Status.KEPT, Status.FILED, Status.RETURNED, Status.DUPLICATE, Status.REFERRED),
    *(Status.STUDY, Status.CONDITIONAL, Status.NOT_FEASIBLE, Status.WITHDRAWN),
]


def account(name):
    return User.objects.get(email=people.address(name))


def unlike_their_parts():
    """Zones whose parishes do not sum to their part, to the cent."""
    zones = ZoneBudget.objects.prefetch_related("allocations")
    return [zone for zone in zones if sum(a.amount for a in zone.allocations.all()) != zone.participatory]


WRONG = {
    "zones below the ordinance": lambda: ZoneBudget.objects.filter(participatory__lt=F("investment") * 0.6),
    "zones that are not the sum of their parishes": unlike_their_parts,
    "invented indicators that do not say so": lambda: ParishIndicator.objects.filter(invented=False),
    "shares by hand without a reason": lambda: ParishAllocation.objects.filter(by_hand=True, reason=""),
    "assemblies that do not say that they are invented": lambda: Assembly.objects.filter(
        level__in=Assembly.REGISTERING, invented=False
    ),
    "decisions with other money than their parish has": lambda: Decision.objects.exclude(
        pk__in=Decision.objects.filter(parish__allocations__year=F("year"), parish__allocations__amount=F("budget"))
    ),
    "decisions that spend more than they have": lambda: Decision.objects.annotate(
        spent=Sum("candidates__cost", filter=Q(candidates__outcome="funded"))
    ).filter(spent__gt=F("budget")),
    "candidates that cost something else than the opinion says": lambda: Candidate.objects.exclude(
        pk__in=Candidate.objects.filter(request__opinions__kind="technical", request__opinions__cost=F("cost"))
    ),
    "candidates with fewer than three favourable opinions": lambda: Candidate.objects.annotate(
        n=Count("request__opinions", filter=Q(request__opinions__verdict="feasible"))
    ).exclude(n=3),
    "items with other votes than their hands": lambda: HandCount.objects.exclude(
        votes=F("item__votes"), present=F("item__present")
    ),
    "items with other votes than their marks": lambda: (
        Item.objects.filter(way="phones", status="closed").annotate(n=Count("marks")).exclude(votes=F("n"))
    ),
    "hands without two people": lambda: HandCount.objects.filter(Q(entered_by=None) | Q(confirmed_by=None)),
    "items voted in two ways": lambda: Item.objects.filter(hand_count__isnull=False, marks__isnull=False),
    "marks of whoever was not there": lambda: Mark.objects.exclude(
        pk__in=Mark.objects.filter(seat__attendances__session=F("item__session"))
    ),
    "votes of whoever had no seat that day": lambda: Attendance.objects.filter(seat__isnull=False).filter(
        Q(session__starts_at__date__lt=F("seat__starts")) | Q(session__starts_at__date__gt=F("seat__ends"))
    ),
    "votes of whoever sits elsewhere": lambda: Attendance.objects.filter(seat__isnull=False).exclude(
        seat__assembly=F("session__assembly")
    ),
    "halls with other people than were counted": lambda: (
        Session.objects.filter(kind="budget")
        .annotate(n=Count("attendances", distinct=True))
        .exclude(n=F("quorum_checks__present"))
    ),
    "sessions below their quorum": lambda: Session.objects.filter(quorum_checks__present__lt=F("quorum_to_sit")),
    "requests that are like no step": lambda: Request.objects.exclude(status="draft").exclude(
        pk__in=RequestStep.objects.filter(status=F("request__status")).values("request")
    ),
    "steps before the request": lambda: RequestStep.objects.filter(at__lt=F("request__filed_at")),
    "opinions before the studies": lambda: Opinion.objects.filter(issued_at__lt=F("request__filed_at")),
    "candidates of what did not come so far": lambda: Candidate.objects.filter(request__status__in=WITHOUT_CANDIDATE),
    "results of what was not voted on": lambda: Request.objects.filter(
        status__in=[Status.PRIORITISED, Status.RESERVE, Status.NOT_FUNDED], candidate=None
    ),
    "boxes that are open too long": lambda: SupportBox.objects.filter(budget_request__isnull=False).exclude(
        Q(open=True, budget_request__status__in=[*WITHOUT_CANDIDATE[2:4], "study", "feasible", "conditional"])
        | Q(open=False)
    ),
    "threads that everybody or nobody sees": lambda: Thread.objects.exclude(budget_request=None).exclude(
        Q(public=False, budget_request__status="draft") | Q(public=True) & ~Q(budget_request__status="draft")
    ),
    "registrations without their steps": lambda: Assembly.objects.filter(level__in=Assembly.REGISTERING).exclude(
        pk__in=StatusChange.objects.filter(status=F("assembly__status")).values("assembly")
    ),
    "neighbourhoods that send more than four": lambda: Seat.objects.filter(
        Q(number__gt=4) | Q(term__gt=2) | ~Q(sent_by__parent=F("assembly"))
    ),
    "minutes without two people": lambda: Minutes.objects.filter(Q(locked_at=None) | Q(pdf="")),
    "what happened in the future": lambda: [
        *RequestStep.objects.filter(at__gt=timezone.now()),
        *Opinion.objects.filter(issued_at__gt=timezone.now()),
        *Objection.objects.filter(created__gt=timezone.now()),
        *Attendance.objects.filter(at__gt=timezone.now()),
        *Session.objects.filter(closed_at__gt=timezone.now()),
    ],
}


@pytest.mark.parametrize("rule", WRONG)
def test_nothing_contradicts(city, rule):
    assert list(WRONG[rule]()) == []


def test_a_planted_contradiction_is_noticed(city):
    Item.objects.filter(pk=HandCount.objects.first().item_id).update(votes=0)
    ParishAllocation.objects.filter(pk=ParishAllocation.objects.first().pk).update(amount=F("amount") + 1)

    assert {name for name, find in WRONG.items() if list(find())} >= {
        "items with other votes than their hands",
        "zones that are not the sum of their parishes",
    }


def test_every_decision_is_what_the_rule_gives_for_the_stored_votes(city):
    decisions = Decision.objects.prefetch_related("candidates__item", "candidates__request")

    assert decisions.count() == 2 * Parish.objects.count()
    for decision in decisions:
        candidates = list(decision.candidates.all())
        outcome, result = result_of(decision, candidates)
        assert result == decision.result
        for one in candidates:
            assert (one.outcome == "funded") == (str(one.request_id) in outcome.winners)
            assert one.request.status_reason == sentence(one)


def test_the_42_works_are_there_with_their_votes_and_money_and_all_were_prioritised(city):
    lines = [line for offset in (-1, 0) for found in works_of(offset).values() for line in found]
    rows = Candidate.objects.filter(request__title__in=[line["nombre"] for line in lines])

    assert len(lines) == 42
    assert {
        (c.request.title, str(c.cost), c.item.votes, c.request.parish.code, c.outcome)
        for c in rows.select_related("request__parish", "item")
    } == {
        (n["nombre"], f"{n['monto_usd']}.00", int(n["votos_asamblea_demo"]), n["codigo_dpa"], "funded") for n in lines
    }


def test_money_is_spent_almost_whole(city):
    for year in BudgetYear.objects.exclude(phase="requests"):
        decided = Candidate.objects.filter(decision__year=year, outcome="funded").aggregate(n=Sum("cost"))["n"]
        assert decided > year.zones.aggregate(n=Sum("participatory"))["n"] * 95 / 100


def test_the_years_are_delivered_in_execution_and_open_for_requests_and_tick_moves_none(city):
    this = timezone.localdate().year
    wanted = {this - 1: "follow_up", this: "execution", this + 1: "requests"}

    assert dict(BudgetYear.objects.public().values_list("year", "phase")) == wanted
    follow_phases(timezone.now())
    assert dict(BudgetYear.objects.values_list("year", "phase")) == wanted


@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2028, 2, 29), date(2027, 7, 15), date(2026, 12, 31)])
def test_dates_are_in_order_whatever_the_day_is(today):
    makers = (budget_years.dates_of_delivered, budget_years.dates_of_executed, budget_years.dates_of_asked)
    phases = [Phase.FOLLOW_UP, Phase.EXECUTION, Phase.REQUESTS]

    for dates, phase in zip((make(today) for make in makers), phases, strict=True):
        starts = [dates[name][0] for name in ORDER]
        assert starts == sorted(set(starts))
        assert all(first <= last for first, last in dates.values())
        assert [name for name in ORDER if dates[name][0] <= today][-1] == phase


def test_searches_know_every_request_and_follow_lists_their_pages(city):
    for request in Request.objects.select_related("parish", "thread__follow_list", "year"):
        assert request.search_text == search_text(request)
        if request.status != "draft":
            path = request.get_absolute_url()
            assert (request.thread.path, request.thread.follow_list.path) == (path, path)


def test_open_year_has_every_state_and_each_kind_of_opinion(city):
    asked = Request.objects.filter(year__phase="requests")

    assert set(asked.values_list("status", flat=True)) == {*WITHOUT_CANDIDATE, Status.FEASIBLE} - {Status.KEPT}
    assert asked.filter(by_desk=True).exists()
    assert asked.filter(proposal__isnull=False).exists()
    assert asked.filter(assembly__isnull=False).exists()
    assert asked.filter(communal_land=True, cabildo_agreed_on__isnull=False).exists()
    assert asked.filter(opinions__issued_at=None, opinions__officer__isnull=False).exists()
    assert asked.filter(reconsideration__replied_at=None, reconsideration__isnull=False).exists()


def test_a_newcomer_files_a_request_at_once(city):
    me = account("residente1")
    draft = services.draft_request(
        title="Luz en el pasaje 7", kind="roads", parish=me.home_parish, body="Está a oscuras.", author=me
    )

    assert services.file_request(request=draft, by=me).status == "filed"
    assert draft.year.year == timezone.localdate().year + 1


def test_todays_session_is_opened_by_the_secretary_and_the_delegate_votes_by_phone(city, city_now):
    if timezone.localdate(city_now) != timezone.localdate():
        city_now = city_now + timedelta(hours=5)
    session = Session.objects.get(assembly__parish__code="170116", status="called")
    secretary, zonal = account("secretaria"), account("zonal")

    assemblies.open_session(session=session, officer=secretary)
    hands, phones = session.items.all()
    assemblies.open_item(item=hands, officer=secretary)
    assemblies.enter_hand_count(item=hands, votes=12, officer=secretary)
    assemblies.confirm_hand_count(item=hands, officer=zonal)
    assemblies.open_item(item=phones, officer=secretary)
    assemblies.mark(item=phones, user=account("delegada"))
    closed = assemblies.close_item(item=phones, officer=secretary)

    assert (session.entitled, closed.votes, closed.present) == (24, 1, 15)


def test_la_argelia_has_24_seats_of_six_neighbourhoods_with_alternates(city):
    seats = Seat.objects.current().filter(assembly__parish__code="170116")

    assert seats.filter(alternate__isnull=False).count() == 24
    assert seats.values("sent_by").distinct().count() == 6
    assert seats.filter(principal__holder=account("delegada")).count() == 1
    mine = Assembly.objects.get(body__appointment__holder=account("presidenta"))
    assert mine.name == "Asamblea de La Argelia Alta (demostración)"


def test_rivals_for_one_neighbourhood_see_each_other(city):
    rivals = Assembly.objects.filter(parish__code="170116", status="objections")

    assert [takes_objections(a) for a in rivals] == [True, True]
    assert {a.pk for a in Assembly.objects.rivals_of(rivals[0])} == {rivals[1].pk}
    waiting = Assembly.objects.filter(status="applied")
    assert [a.parish.zone.slug for a in waiting] == ["eloy-alfaro"]


def test_the_large_city_has_600_prioritised_in_all_parishes(city):
    scale.write_budgets(timezone.now())

    year = BudgetYear.objects.order_by("year").first()
    won = Request.objects.filter(year=year, status="prioritised")
    assert won.count() == scale.WORKS
    assert won.values("parish").distinct().count() == Parish.objects.count()
    assert {rule: list(find()) for rule, find in WRONG.items() if list(find())} == {}
    assert {rule for rule, find in OF_THE_CITY.items() if list(find())} == set()
