"""How a request moves from state to state, what is asked for each step, and who is told of it."""

import itertools

import pytest

from budgets import services
from budgets.models import RequestStep
from budgets.request_rules import TAKES_SUPPORTS
from budgets.services.lifecycle import NEEDS_REASON, NEXT
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.models import Notice
from tests.factories import make_agency, make_request, make_support, make_user

pytestmark = pytest.mark.django_db

DRAFT, KEPT, FILED, RETURNED, DUPLICATE = "draft", "kept", "filed", "returned", "duplicate"
REFERRED, STUDY, FEASIBLE, CONDITIONAL = "referred", "study", "feasible", "conditional"
NOT_FEASIBLE, PRIORITISED, RESERVE, NOT_FUNDED = "not_feasible", "prioritised", "reserve", "not_funded"
WITHDRAWN = "withdrawn"

# The whole table once more, by hand: what is not here is refused.
ALLOWED = {
    (DRAFT, KEPT), (DRAFT, FILED), (KEPT, FILED),
    (FILED, RETURNED), (RETURNED, FILED),
    *itertools.product([FILED, RETURNED], [DUPLICATE, REFERRED, STUDY, WITHDRAWN]),
    (DUPLICATE, FILED), (REFERRED, FILED), (STUDY, FILED), (STUDY, DUPLICATE), (STUDY, REFERRED),
    (STUDY, FEASIBLE), (STUDY, CONDITIONAL), (STUDY, NOT_FEASIBLE),
    (FEASIBLE, STUDY), (FEASIBLE, CONDITIONAL), (FEASIBLE, NOT_FEASIBLE),
    (FEASIBLE, PRIORITISED), (FEASIBLE, RESERVE), (FEASIBLE, NOT_FUNDED),
    (CONDITIONAL, STUDY), (CONDITIONAL, FEASIBLE), (CONDITIONAL, NOT_FEASIBLE),
    (NOT_FEASIBLE, STUDY), (NOT_FEASIBLE, FEASIBLE), (NOT_FEASIBLE, CONDITIONAL),
    *itertools.permutations([PRIORITISED, RESERVE, NOT_FUNDED], 2),
}  # fmt: skip


def with_what(to: str) -> dict:
    """What a state needs beside its name."""
    return {
        "reason": "Por una razón" if to in NEEDS_REASON else "",
        "duplicate_of": make_request() if to == DUPLICATE else None,
        "referred_to": make_agency() if to == REFERRED else None,
    }


def move(request, to, **given):
    return services.change_status(request=request, status=to, **{**with_what(to), **given})


def test_table_of_states_is_what_was_meant():
    assert {(before, after) for before, states in NEXT.items() for after in states} == ALLOWED


@pytest.mark.parametrize(("before", "after"), sorted((str(a), str(b)) for a, b in ALLOWED if a not in (DRAFT, KEPT)))
def test_step_that_follows_is_taken_dated_and_opens_or_closes_the_supports(before, after):
    request = make_request(status=before)
    officer = make_user()

    moved = move(request, after, officer=officer)

    request.refresh_from_db()
    step = RequestStep.objects.get(request=request)
    assert (request.status, step.status, step.by, moved.pk) == (after, after, officer, request.pk)
    assert request.box.open is (after in TAKES_SUPPORTS)
    assert request.version == 1


def test_step_that_does_not_follow_is_refused_and_changes_nothing():
    request = make_request(status="prioritised")
    for after in set(NEXT) - NEXT["prioritised"]:
        with pytest.raises(Refused) as refusal:
            move(request, after)
        assert refusal.value.status == 409
    request.refresh_from_db()
    assert (request.status, RequestStep.objects.filter(request=request).count()) == ("prioritised", 0)


@pytest.mark.parametrize(
    ("to", "given"),
    [
        (RETURNED, {"reason": " … "}),
        (DUPLICATE, {"duplicate_of": None}),
        (REFERRED, {"referred_to": None}),
    ],
)
def test_step_without_what_it_needs_is_refused(to, given):
    with pytest.raises(Refused) as refusal:
        move(make_request(), to, **given)
    assert refusal.value.status == 400


def test_request_does_not_repeat_itself():
    request = make_request()
    with pytest.raises(Refused):
        move(request, DUPLICATE, duplicate_of=request)


def test_each_step_is_told_to_author_and_followers_once_and_not_to_who_took_it():
    author, follower, officer = make_user(), make_user(), make_user()
    request = make_request(author=author)
    for person in (follower, officer):
        notices.follow(user=person, list=services.follow_list(request))

    move(request, RETURNED, officer=officer, reason="Falta el lugar exacto.")

    told = Notice.objects.filter(kind="request-returned")
    assert {notice.recipient for notice in told} == {author, follower}
    assert all("Falta el lugar exacto." in notice.body for notice in told)
    assert {notice.group for notice in told} == {"own", "following"}


def test_supporters_are_told_what_was_decided():
    supporter = make_user(verified=True)
    request = make_request(status="feasible")
    make_support(request.box, supporter.residence)

    move(request, PRIORITISED)

    assert Notice.objects.filter(recipient=supporter, kind="request-prioritised").count() == 1


def test_hidden_request_moves_and_nobody_is_told():
    request = make_request(hidden=True)
    move(request, STUDY)
    assert not Notice.objects.filter(kind="request-study").exists()
