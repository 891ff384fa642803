"""An edit after a decision waits; what was approved stays."""

import pytest

from decide.moderation import rules, services
from tests.moderation.tools import REASON, decide, fresh, make_hidden, make_moderator, make_reported, status_of

pytestmark = pytest.mark.django_db
FIELDS = {"body": "Palabras nuevas."}


def make_edited(action="keep"):
    case = make_reported()
    decide(case, make_moderator(), action)
    return services.keep_edit(case=case, fields=FIELDS)


def test_before_any_decision_nothing_waits():
    case = make_reported()
    assert not rules.edit_waits(case)
    assert not rules.edit_waits(None)
    assert status_of(lambda: services.keep_edit(case=case, fields=FIELDS)) == 409


@pytest.mark.parametrize(("action", "state"), [("keep", "kept"), ("hide", "hidden")])
def test_an_edit_returns_to_the_queue_and_changes_nothing_else(action, state, heard):
    case = fresh(make_edited(action))
    assert rules.edit_waits(case)
    assert (case.state, case.pending_edit) == (state, FIELDS)
    assert case.due is not None
    assert heard["edits"] == []


def test_a_second_edit_replaces_the_first_and_the_clock_runs_on():
    case = make_edited()
    services.keep_edit(case=case, fields={"body": "Otra vez."})
    assert fresh(case).pending_edit == {"body": "Otra vez."}
    assert (fresh(case).due, fresh(case).opened_at) == (case.due, case.opened_at)
    assert fresh(case).version == case.version + 1


@pytest.mark.parametrize(
    ("before", "action", "state", "approved", "shown"),
    [
        ("keep", "approve_edit", "kept", True, []),
        ("keep", "reject_edit", "kept", False, []),
        ("keep", "hide", "hidden", False, [True]),
        ("hide", "approve_edit", "kept", True, [True, False]),
        ("hide", "reject_edit", "hidden", False, [True]),
    ],
)
def test_a_moderator_decides_the_edit(before, action, state, approved, shown, heard):
    case = make_edited(before)
    decide(case, make_moderator(), action)
    case = fresh(case)
    assert (case.state, case.pending_edit, case.due) == (state, None, None)
    assert heard["edits"] == [(FIELDS, approved)]
    assert [hidden for _pk, hidden in heard["visibility"]] == shown


@pytest.mark.parametrize(("before", "action"), [("keep", "keep"), ("hide", "restore"), ("hide", "hide")])
def test_while_an_edit_waits_it_is_decided_first(before, action):
    case = make_edited(before)
    assert status_of(lambda: decide(case, make_moderator(), action)) == 409


def test_an_appeal_may_restore_while_the_edit_waits_on(heard):
    decision = make_hidden()
    services.keep_edit(case=decision.case, fields=FIELDS)
    appeal = services.appeal(decision=decision, author=decision.subject, text="No insulta a nadie, lo explico.")
    services.decide_appeal(appeal=appeal, by=make_moderator(), outcome="overturned", reason_text=REASON)
    case = fresh(decision.case)
    assert (case.state, case.pending_edit) == ("kept", FIELDS)
    assert case.due is not None
    assert heard["edits"] == []
