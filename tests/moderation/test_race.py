"""Two moderators at once: one decision. Real threads, both engines, and controls without the lock."""

import threading

import pytest
from django.db import connection

from decide.moderation import services
from decide.moderation.models import Appeal, Decision, ModerationCase, Report, Sanction
from decide.moderation.services import appeals, cases, sanctions
from decide.notices.models import Notice
from tests.factories import make_user
from tests.moderation.tools import (
    REASON,
    fresh,
    make_hidden,
    make_moderator,
    make_reported,
    make_sanction,
    make_thing,
    status_of,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


def at_once(*acts):
    """The statuses of acts that begin at the same moment, each in a thread with a connection of its own."""
    start, statuses = threading.Barrier(len(acts)), []

    def run(act):
        try:
            start.wait(10)
            statuses.append(status_of(act))
        except Exception as error:
            statuses.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses, key=str)


def deciding(case, moderators):
    seen = fresh(case).version
    return [
        lambda m=m, action=action: services.decide(
            case=case, by=m, action=action, reason="insult", reason_text=REASON, seen_version=seen
        )
        for m, action in zip(moderators, ["hide", "keep"] * 3, strict=False)
    ]


def test_of_moderators_at_once_one_decides(heard):
    case, moderators = make_reported(), [make_moderator() for _n in range(6)]
    assert at_once(*deciding(case, moderators)) == [200, 409, 409, 409, 409, 409]

    decision = Decision.objects.get()
    assert fresh(case).state == {"hide": "hidden", "keep": "kept"}[decision.action]
    assert fresh(case).version == 1
    assert len(heard["visibility"]) == (decision.action == "hide")
    assert Notice.objects.filter(kind="moderation").count() == (decision.action == "hide")


def unlocked(case):
    """What each would read without the lock: the row as it was before the others wrote."""

    def read(pk):
        stale = ModerationCase(**{f.attname: getattr(case, f.attname) for f in ModerationCase._meta.concrete_fields})
        stale._state.adding = False
        return stale

    return read


def test_control_without_the_lock_only_the_constraint_stands(monkeypatch):
    """The others would have decided too: it is the database that refuses them then, in no words."""
    case, moderators = make_reported(), [make_moderator() for _n in range(4)]
    monkeypatch.setattr(cases, "lock_case", unlocked(fresh(case)))
    assert at_once(*deciding(case, moderators)) == [200, "IntegrityError", "IntegrityError", "IntegrityError"]


@pytest.fixture
def no_constraint(monkeypatch):
    """As if one_decision_on_what_was_seen were not there: rows without a version are never the same."""

    def save(self, **kwargs):
        self.case_version = None
        super(Decision, self).save(**kwargs)

    monkeypatch.setattr(Decision, "save", save)


def test_control_without_lock_and_constraint_everybody_decides(monkeypatch, no_constraint):
    case, moderators = make_reported(), [make_moderator() for _n in range(4)]
    monkeypatch.setattr(cases, "lock_case", unlocked(fresh(case)))
    assert at_once(*deciding(case, moderators)) == [200] * 4
    assert Decision.objects.count() == 4


def test_reports_at_once_make_one_case_and_one_report_each():
    thing, people = make_thing(), [make_user() for _n in range(4)]
    acts = [
        lambda p=p: services.report_thing(thing=fresh(thing), reporter=p, reason="spam") for p in [*people, *people]
    ]
    assert at_once(*acts) == [200] * 8
    assert ModerationCase.objects.count() == 1
    assert Report.objects.count() == 4


def test_appeals_at_once_are_one():
    decision = make_hidden()
    acts = [
        lambda n=n: services.appeal(decision=decision, author=decision.subject, text=f"No estoy de acuerdo {n}.")
        for n in range(4)
    ]
    assert at_once(*acts) == [200, 409, 409, 409]
    suspension = make_sanction().decision  # has no case that is locked
    acts = [
        lambda n=n: services.appeal(decision=suspension, author=suspension.subject, text=f"No estoy de acuerdo {n}.")
        for n in range(4)
    ]
    assert at_once(*acts) == [200, 409, 409, 409]


def judging(row, moderators):
    return [
        lambda m=m, outcome=outcome: services.decide_appeal(appeal=row, by=m, outcome=outcome, reason_text=REASON)
        for m, outcome in zip(moderators, ["upheld", "overturned"] * 2, strict=True)
    ]


def test_of_moderators_at_once_one_decides_an_appeal():
    decision = make_hidden()
    row = services.appeal(decision=decision, author=decision.subject, text="No estoy de acuerdo con esto.")
    assert at_once(*judging(row, [make_moderator() for _n in range(4)])) == [200, 409, 409, 409]
    assert Decision.objects.filter(on_appeal=True).count() == 1
    assert (fresh(decision.case).state == "kept") == (fresh(row).outcome == "overturned")


def test_control_without_the_lock_an_appeal_has_several_outcomes(monkeypatch, no_constraint):
    decision = make_hidden()
    row = services.appeal(decision=decision, author=decision.subject, text="No estoy de acuerdo con esto.")
    monkeypatch.setattr(appeals, "lock_case", unlocked(fresh(decision.case)))
    monkeypatch.setattr(type(Appeal.objects.all()), "select_for_update", lambda self, **kwargs: _Stale(row.pk))
    statuses = at_once(*judging(row, [make_moderator() for _n in range(4)]))
    assert statuses == [200] * 4
    assert Decision.objects.filter(on_appeal=True).count() == 4


class _Stale:
    """Reads the appeal as nobody had decided it."""

    def __init__(self, pk):
        self.pk = pk

    def select_related(self, *names):
        return self

    def get(self, pk):
        row = Appeal.objects.select_related("decision").get(pk=pk)
        row.decided_at, row.outcome = None, ""
        return row


def test_of_a_confirmation_and_a_drop_at_once_one_holds():
    waiting = make_sanction(kind="close")
    acts = [
        lambda: services.confirm_closing(sanction=waiting, by=make_moderator()),
        lambda: services.drop_closing(sanction=waiting, by=make_moderator()),
    ] * 2
    assert at_once(*acts) == [200, 409, 409, 409]
    row = fresh(waiting)
    assert (row.confirmed_at is None) != (row.dropped_at is None)
    assert fresh(row.user).is_active == (row.confirmed_at is None)


def test_closings_proposed_at_once_are_one():
    person = make_user()
    acts = [lambda: make_sanction(person, kind="close")] * 4
    assert at_once(*acts) == [200, 409, 409, 409]
    assert Sanction.objects.count() == 1


def test_suspensions_at_once_leave_the_longest():
    person = make_user()
    assert at_once(*[lambda k=k: make_sanction(person, kind=k) for k in ("suspend7", "suspend30") * 2]) == [200] * 4
    last = Sanction.objects.order_by("-until").first()
    assert fresh(person).suspended_until == last.until


def test_ends_of_suspensions_at_once_are_told_once():
    sanction = make_sanction()
    over = sanction.until.replace(year=sanction.until.year + 1)
    assert at_once(*[lambda: services.end_suspensions(over)] * 4) == [200] * 4
    assert Notice.objects.filter(subject="Su suspensión terminó").count() == 1
    assert sanctions.end_suspensions(over) == 0
