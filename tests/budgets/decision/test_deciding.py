"""The matrix, the rules fixed before the vote, the result: what is allowed, what is refused, what follows."""

from decimal import Decimal

import pytest
from django.utils import timezone

from budgets import services
from budgets.counting.ties import draw_order
from budgets.minutes import sections
from budgets.models import Opinion, Request
from budgets.outcomes import sentence
from decide.assemblies import services as assemblies
from decide.assemblies.models import Session
from decide.errors import Refused
from decide.notices.models import Notice
from tests.budgets.decision.parishes import make_feasible, make_participation, make_place
from tests.factories import (
    make_agency,
    make_appointment,
    make_assembly,
    make_opinion,
    make_parish,
    make_request,
    make_session,
    make_user,
    make_year,
    make_zone,
)
from votes.models import Poll

pytestmark = pytest.mark.django_db


def refusal(act, **arguments) -> int:
    with pytest.raises(Refused) as refused:
        act(**arguments)
    assert str(refused.value.reason).endswith(".")
    return refused.value.status


# --- preparing -----------------------------------------------------------------------------------------------


def test_matrix_has_what_is_feasible_with_the_technical_cost():
    place = make_place(costs=(60_000, 50_000))
    parish, year = place.decision.parish, place.decision.year
    make_request(status="study", parish=parish, year=year)
    make_feasible(parish, "Oculta", 1000, year, hidden=True)
    make_feasible(parish, "Sin acuerdo del cabildo", 1000, year, communal_land=True)
    one_missing = make_request(status="feasible", parish=parish, year=year)
    make_opinion(one_missing, "technical")
    make_feasible(make_parish("Quitumbe"), "De otra parroquia", 1000, year)

    services.refresh_matrix(decision=place.decision, officer=place.zonal)

    assert list(place.decision.candidates.values_list("number", "request", "cost")) == [
        (1, place.requests[0].pk, Decimal("60000.00")),
        (2, place.requests[1].pk, Decimal("50000.00")),
    ]


def test_officer_of_the_zone_prepares_and_others_do_not():
    place = make_place()
    elsewhere = make_appointment(office="zonal", zone=make_zone("Quitumbe")).holder
    for user in (make_user(), place.secretary, elsewhere):
        for act in (services.refresh_matrix, services.fix_rules):
            assert refusal(act, decision=place.decision, officer=user) == 403
    services.refresh_matrix(decision=place.decision, officer=make_participation())


def test_decision_prepared_twice_is_one_and_only_of_a_budget_session():
    place = make_place()
    again = services.prepare_decision(year=place.decision.year, session=place.hall.session, officer=place.zonal)
    assert again.pk == place.decision.pk
    ordinary = make_session(place.hall.session.assembly)
    assert refusal(services.prepare_decision, year=again.year, session=ordinary, officer=place.zonal) == 400
    over = make_session(place.hall.session.assembly, kind="budget", status="held")
    assert refusal(services.prepare_decision, year=again.year, session=over, officer=place.zonal) == 409


def test_rules_are_fixed_with_a_seed_and_the_order_that_it_draws():
    place = make_place()
    decision = place.fix(ways=["hands", "phones"], rule="greedy-no-skip", minimum_votes=2, most_marks=3)

    ids = [str(asked.pk) for asked in place.requests]
    drawn = {one: n for n, one in enumerate(draw_order(decision.seed, ids), 1)}
    assert {str(c.request_id): c.tie_position for c in decision.candidates.all()} == drawn
    assert (decision.status, decision.budget, len(decision.seed)) == ("fixed", Decimal("100000.00"), 32)
    assert [item.way for item in place.items()] == ["hands", "phones", "hands"]
    assert Session.objects.get(pk=decision.session_id).most_marks == 3
    assert Notice.objects.filter(kind="session-budget-fixed", recipient=place.hall.delegate(0)).exists()


def test_fixed_rules_do_not_change():
    place = make_place()
    seed = place.fix().seed
    assert services.fix_rules(decision=place.decision, officer=place.zonal).seed == seed
    changes = {"rule": "greedy-no-skip", "minimum_votes": 9, "most_marks": 1, "ways": {}}
    assert refusal(services.set_rules, decision=place.decision, officer=place.zonal, **changes) == 409
    assert refusal(services.refresh_matrix, decision=place.decision, officer=place.zonal) == 409
    other = make_session(place.hall.session.assembly, kind="budget")
    assert refusal(services.prepare_decision, year=place.decision.year, session=other, officer=place.zonal) == 409


@pytest.mark.parametrize("missing", ["phase", "money", "matrix", "cost", "session"])
def test_rules_are_not_fixed_while_something_is_missing(missing):
    place = make_place(costs=() if missing == "matrix" else (60_000,), amount="0.00" if missing == "money" else "9.00")
    if missing == "phase":
        place.decision.year.phase = "studies"
        place.decision.year.save()
    elif missing == "cost":
        opinion = Opinion.objects.get(request=place.requests[0], kind="technical")
        opinion.cost = Decimal("1.00")
        opinion.save()
    elif missing == "session":
        Session.objects.filter(pk=place.hall.session.pk).update(status="held", closed_at=timezone.now())
    assert refusal(services.fix_rules, decision=place.decision, officer=place.zonal) == 409
    assert place.again().seed == ""


def test_session_that_is_cancelled_passes_its_fixed_rules_on():
    place = make_place(status="called")
    seed = place.fix().seed
    other = make_session(place.hall.session.assembly, kind="budget")
    Session.objects.filter(pk=place.hall.session.pk).update(status="cancelled", cancel_reason="Lluvia.")
    moved = services.prepare_decision(year=place.decision.year, session=other, officer=place.zonal)
    assert (moved.session_id, moved.seed, moved.status) == (other.pk, seed, "fixed")
    assert {item.session_id for item in place.items()} == {other.pk}


# --- the result ----------------------------------------------------------------------------------------------


def test_result_moves_each_request_and_says_why():
    place = make_place(costs=(60_000, 50_000, 30_000, 10_000))
    place.fix(minimum_votes=2)
    place.vote(6, 5, 3, 1)
    decision = place.decide()

    said = {c.request.title: (c.outcome, c.place, sentence(c)) for c in decision.candidates.all()}
    assert said == {
        "Adoquinado": ("funded", 1, "Obtuvo 6 votos. Entra en el presupuesto."),
        "Baterías sanitarias": (
            "reserve",
            1,
            "Obtuvo 5 votos. No alcanzó: quedaban USD 40.000 y cuesta USD 50.000. "
            "Queda en reserva, en el puesto 1: se hace si sobra dinero.",
        ),
        "Casa comunal": ("funded", 2, "Obtuvo 3 votos. Entra en el presupuesto."),
        "Dispensario": ("not_funded", None, "Obtuvo 1 voto. Menos votos que el mínimo."),
    }
    statuses = dict(Request.objects.values_list("title", "status"))
    assert statuses == {
        "Adoquinado": "prioritised",
        "Baterías sanitarias": "reserve",
        "Casa comunal": "prioritised",
        "Dispensario": "not_funded",
    }
    assert Request.objects.get(title="Dispensario").status_reason == said["Dispensario"][2]
    assert decision.result["equal_shares"] is None
    assert (decision.result["cost"], decision.result["left"]) == ("90000.00", "10000.00")


def test_result_asked_again_stays_as_it_is():
    place = make_place()
    place.fix()
    place.vote(6, 5, 3)
    first = place.decide()
    again = place.decide()
    assert (again.decided_at, again.result) == (first.decided_at, first.result)
    assert [step.status for step in place.requests[0].steps.all()] == ["prioritised"]


def test_result_waits_until_everything_is_voted_or_the_session_ends():
    place = make_place()
    assert refusal(services.decide_result, decision=place.decision, officer=place.secretary) == 409
    place.fix()
    assert refusal(services.decide_result, decision=place.decision, officer=make_user()) == 403
    assert refusal(services.decide_result, decision=place.decision, officer=place.secretary) == 409
    item = assemblies.open_item(item=place.items()[0], officer=place.secretary)
    place.hall.count(item, 4)
    assemblies.close_session(session=place.hall.session, officer=place.secretary)
    place.decide()
    assert place.outcomes() == {
        "Adoquinado": "funded",
        "Baterías sanitarias": "not_funded",
        "Casa comunal": "not_funded",
    }
    assert "No se votó." in sentence(place.decision.candidates.get(number=2))


def test_tie_is_resolved_by_the_order_drawn_before():
    place = make_place(costs=(60_000, 60_000))
    place.fix()
    place.vote(4, 4)
    decision = place.decide()
    first = decision.candidates.order_by("tie_position").first()
    assert first.outcome == "funded"
    assert [sorted(tie) for tie in decision.result["ties"]] == [sorted(str(asked.pk) for asked in place.requests)]


def test_equal_shares_stands_beside_where_all_was_voted_by_phones():
    place = make_place(costs=(60_000, 50_000, 40_000))
    place.fix(ways=["phones"] * 3)
    items = assemblies.open_phone_items(session=place.hall.session, officer=place.secretary)
    for seat in range(4):
        assemblies.mark(item=items[0], user=place.hall.delegate(seat))
    for seat in (4, 5):
        assemblies.mark(item=items[2], user=place.hall.delegate(seat))
    assemblies.close_phone_items(session=place.hall.session, officer=place.secretary)
    decision = place.decide()
    ids = [str(asked.pk) for asked in place.requests]
    assert decision.result["equal_shares"] == {"winners": [ids[0], ids[2]], "cost": "100000.00", "voters": 6}


def test_minutes_have_the_fields_of_the_budget():
    place = make_place(costs=(60_000, 50_000, 30_000))
    Request.objects.filter(pk=place.requests[2].pk).update(kind="social")
    assert sections(place.hall.session) == {}
    place.fix()
    place.vote(6, 5, 3)
    place.decide()
    found = sections(place.hall.session)
    assert (found["amount"], found["balance"]) == ("USD 100.000", "USD 10.000")
    assert found["works"]["rows"] == [["1", "Adoquinado", "6", "USD 60.000"]]
    assert found["projects"]["rows"] == [["2", "Casa comunal", "3", "USD 30.000"]]
    assert found["reserve"]["rows"] == [["1", "Baterías sanitarias", "5", "USD 50.000"]]
    assert len(found["matrix"]["rows"]) == 3
    assert len(found["committee"]) == 5
    assemblies.close_session(session=place.hall.session, officer=place.secretary)
    assert assemblies.lock_minutes(session=place.hall.session, officer=place.secretary).pdf_sha256


# --- beforehand, online ----------------------------------------------------------------------------------------


def test_advisory_poll_is_made_in_one_step_and_ends_before_the_assembly():
    place = make_place(costs=(60_000, 50_000, 200_000), status="called", present=0)
    Session.objects.filter(pk=place.hall.session.pk).update(starts_at=timezone.now() + timezone.timedelta(days=20))
    now, agency = timezone.now(), make_agency()
    days = {"opens_at": now + timezone.timedelta(days=2), "closes_at": now + timezone.timedelta(days=9)}
    ask = {"decision": place.decision, "officer": place.zonal, "answers_for": agency}
    assert refusal(services.make_advisory_poll, **ask, **days) == 409
    place.fix()
    late = days | {"closes_at": now + timezone.timedelta(days=21)}
    assert refusal(services.make_advisory_poll, **ask, **late) == 400
    poll = services.make_advisory_poll(**ask, **days)
    question = poll.questions.get()
    assert (poll.status, poll.effect, question.method, question.amount) == (
        "draft",
        "information",
        "budget",
        Decimal("100000.00"),
    )
    assert [str(option) for option in question.options.all()] == ["1. Adoquinado", "2. Baterías sanitarias"]
    assert list(poll.parishes.all()) == [place.decision.parish]
    assert services.make_advisory_poll(**ask, **days) == poll
    assert Poll.objects.count() == 1


def test_another_year_of_the_parish_is_another_decision():
    place = make_place()
    session = make_session(make_assembly(parish=place.decision.parish), kind="budget")
    other = services.prepare_decision(year=make_year(2028), session=session, officer=place.zonal)
    assert other.pk != place.decision.pk
