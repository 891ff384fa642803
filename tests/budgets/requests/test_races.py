"""Two at once: a proposal becomes one request; a support and the end of its request; each with a control."""

import threading

import pytest

from budgets import services
from budgets.models import Request
from budgets.services.lifecycle import NEXT
from decide.errors import Refused
from tests.factories import make_parish, make_proposal, make_request, make_user, make_year
from tests.proposals.test_support_races import together
from tests.votes.test_services import figures, rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


def test_proposal_becomes_one_request_however_often_the_button_is_pressed_at_once():
    make_year()
    author = make_user()
    proposal = make_proposal(author=author, parish=make_parish())

    def press():
        return services.request_from_proposal(proposal=proposal, by=author, kind="roads").pk

    made = together([press] * 6)

    assert made == [Request.objects.get().pk] * 6


def test_control_without_the_constraint_looking_first_makes_many():
    make_year()
    author = make_user()
    proposal = make_proposal(author=author, parish=make_parish())
    everybody_looked = threading.Barrier(4)

    def look_then_write():
        if not Request.objects.filter(title=proposal.title).exists():
            everybody_looked.wait(timeout=60)
            services.draft_request(title=proposal.title, kind="roads", parish=proposal.parish, author=author)

    assert together([look_then_write] * 4) == [None] * 4
    assert Request.objects.count() == 4


def test_supports_and_the_withdrawal_at_once_leave_equal_counts():
    request = make_request()
    people = [make_user(verified=True) for _n in range(8)]

    def support(person):
        return services.support_request(request=Request.objects.get(pk=request.pk), user=person)[1]

    def withdraw():
        return services.withdraw_request(request=request, by=request.author, reason="Ya se hizo.").status

    outcomes = together([lambda p=p: support(p) for p in people] + [withdraw])

    assert outcomes[-1] == "withdrawn"
    done = sum(outcome is True for outcome in outcomes[:-1])
    assert all(outcome is True or isinstance(outcome, Refused) for outcome in outcomes[:-1])
    assert figures(request.box) == rows(request.box) == (done, done)
    assert Request.objects.get(pk=request.pk).box.open is False


def test_two_steps_at_once_are_one_and_the_other_is_refused():
    request = make_request()
    outcomes = together(
        [
            lambda: services.change_status(request=request, status="study").status,
            lambda: services.change_status(request=request, status="withdrawn", reason="Ya no.").status,
        ]
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Refused", "str"]
    assert request.steps.count() == 1


def test_control_without_the_lock_both_steps_follow_the_same_state():
    request = make_request()
    both_read = threading.Barrier(2)

    def naive(status):
        read = Request.objects.get(pk=request.pk)
        both_read.wait(timeout=60)
        assert status in NEXT[read.status]
        Request.objects.filter(pk=request.pk).update(status=status)

    assert together([lambda: naive("study"), lambda: naive("withdrawn")]) == [None, None]
