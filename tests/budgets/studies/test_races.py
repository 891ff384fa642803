"""Officers at once, with real threads: one wins. Each promise has a control that breaks without its guard."""

import threading

import pytest
from django.utils import timezone

from budgets import services
from budgets.models import Opinion, Reconsideration, Request, RequestStep
from tests.assemblies.test_hall_races import without_constraint
from tests.budgets.studies.tools import admitted, issue, officer_of, opinion_of, said, studied
from tests.factories import make_parish, make_request
from tests.proposals.test_support_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


def last_one() -> tuple[Request, list]:
    """A request that waits for one opinion, and two officers who give it."""
    request = admitted()
    issue(request, "social")
    issue(request, "legal")
    return request, [officer_of("technical", request.parish) for _ in range(2)]


def outcome(act):
    """What an act returned, or the status with which it was refused."""
    return getattr(act, "status", None) if isinstance(act, Exception) else "done"


def issuing(request, officer):
    opinion, values = opinion_of(request), said(reason=f"De {officer.pk}.")
    return lambda: services.issue_opinion(opinion=opinion, officer=officer, **values)


def test_two_officers_who_issue_at_once_are_one_opinion():
    request, officers = last_one()
    acts = [issuing(request, officer) for officer in officers * 3]
    assert sorted(map(str, map(outcome, together(acts)))) == ["409"] * 5 + ["done"]
    assert RequestStep.objects.filter(request=request, status="feasible").count() == 1
    issued = Opinion.history.filter(request=request.pk, kind="technical", issued_at__isnull=False)
    assert issued.count() == 1


def test_control_without_the_lock_both_issue():
    request, officers = last_one()
    everybody_looked = threading.Barrier(2)

    def look_then_write(officer):
        opinion = opinion_of(request)
        assert opinion.issued_at is None
        everybody_looked.wait(timeout=30)
        for name, value in said(reason=f"De {officer.pk}.").items():
            setattr(opinion, name, value)
        opinion.officer, opinion.issued_at = officer, timezone.now()
        opinion.save()

    outcomes = together([lambda officer=officer: look_then_write(officer) for officer in officers])
    assert outcomes == [None, None]
    issued = Opinion.history.filter(request=request.pk, kind="technical", issued_at__isnull=False)
    assert issued.count() == 2


def test_three_officers_who_issue_the_three_at_once_conclude_once():
    request = admitted()
    acts = []
    for kind in ("technical", "social", "legal"):
        opinion, officer, values = opinion_of(request, kind), officer_of(kind, request.parish), said(kind)
        acts.append(lambda o=opinion, u=officer, v=values: services.issue_opinion(opinion=o, officer=u, **v))
    assert [outcome(act) for act in together(acts)] == ["done"] * 3
    assert Request.objects.get(pk=request.pk).status == "feasible"
    assert RequestStep.objects.filter(request=request, status="feasible").count() == 1


def test_two_corrections_at_once_are_one_draft():
    request = studied()
    legal = request.opinions.get(kind="legal")
    officers = [officer_of("legal", request.parish) for _ in range(2)]
    acts = [
        lambda officer=officer: services.correct_opinion(opinion=legal, officer=officer, reason="Un error.")
        for officer in officers
    ]
    assert [outcome(act) for act in together(acts)] == ["done"] * 2
    assert request.opinions.filter(kind="legal", issued_at=None).count() == 1


def test_control_without_the_constraints_there_are_two_drafts():
    request = studied()
    legal = request.opinions.get(kind="legal")
    both = threading.Barrier(2)

    def open_unlocked():
        assert not Opinion.objects.filter(request=request, kind="legal", issued_at=None).exists()
        both.wait(timeout=30)
        version = 2 + (threading.get_ident() % 1000)
        Opinion.objects.create(request=request, kind="legal", version=version, current=False, due=legal.due)

    with without_constraint(Opinion, "one_open_draft_per_kind"):
        assert together([open_unlocked] * 2) == [None, None]
        assert Opinion.objects.filter(request=request, kind="legal", issued_at=None).count() == 2


def test_two_requests_linked_to_each_other_at_once_are_one_link():
    parish = make_parish()
    zonal, first, second = officer_of("zonal", parish), make_request(parish=parish), make_request(parish=parish)
    link = lambda one, other: services.link_duplicate(request=one, officer=zonal, original=other, reason="Igual.")  # noqa: E731
    outcomes = together([lambda: link(first, second), lambda: link(second, first)])
    assert sorted(map(str, map(outcome, outcomes))) == ["409", "done"]
    assert Request.objects.filter(status="duplicate").count() == 1


def test_one_author_with_two_phones_asks_once():
    request = studied(legal="not_feasible")
    ask = lambda: services.ask_reconsideration(request=request, by=request.author, body="Falta un dato.")  # noqa: E731
    assert sorted(map(str, map(outcome, together([ask, ask])))) == ["409", "done"]
    assert Reconsideration.objects.count() == 1
