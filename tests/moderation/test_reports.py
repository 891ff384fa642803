"""Reports bring something before a moderator; they decide nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.moderation import services
from decide.moderation.models import ModerationCase, Report
from tests.factories import make_user
from tests.moderation.tools import decide, fresh, make_moderator, make_reported, make_thing, status_of

pytestmark = pytest.mark.django_db


def report(thing, reporter=None, reason="insult", note=""):
    return services.report_thing(thing=thing, reporter=reporter or make_user(), reason=reason, note=note)


def test_first_report_makes_the_case_and_starts_the_clock(settings):
    thing, before = make_thing(body="Palabras feas."), timezone.now()
    row = report(thing, note="Es mi vecina.")

    case = fresh(thing).case
    assert row.case == case
    assert (case.kind, case.state, case.author, case.excerpt) == ("comment", "waiting", thing.author, "Palabras feas.")
    assert case.path == thing.get_absolute_url()
    assert timedelta(hours=24) <= case.due - before < timedelta(hours=24, seconds=20)


def test_bare_numbers_of_reports_never_hide_anything(heard):
    thing = make_thing()
    for reason in ("insult", "hate", "spam") * 17:
        report(thing, reason=reason)

    case = fresh(thing).case
    assert case.reports.count() == 51
    assert case.is_shown
    assert case.state == "waiting"
    assert not fresh(thing).hidden
    assert heard["visibility"] == []


def test_reporting_twice_is_once():
    thing, reporter = make_thing(), make_user()
    assert report(thing, reporter) == report(thing, reporter, reason="spam")
    assert list(Report.objects.values_list("reason", flat=True)) == ["insult"]


@pytest.mark.parametrize(
    ("reason", "note", "status"),
    [("insult", "", 200), ("nonsense", "", 400), ("", "", 400), ("other", " .. ", 400), ("other", "Miente", 200),
     ("spam", "a" * 1001, 400), ("spam", "\ud800", 400)],
)  # fmt: skip
def test_what_is_typed_is_checked(reason, note, status):
    thing = make_thing()
    assert status_of(lambda: report(thing, reason=reason, note=note)) == status
    assert ModerationCase.objects.count() == (status == 200)


def test_hidden_characters_leave_the_note():
    row = report(make_thing(), note="No\x00 es\u202e <script>alert(1)</script>")
    assert row.note == "No es <script>alert(1)</script>"


def test_nobody_reports_their_own():
    thing = make_thing()
    assert status_of(lambda: report(thing, thing.author)) == 403
    assert ModerationCase.objects.count() == 0


def test_who_is_suspended_does_not_report():
    person = make_user(suspended_until=timezone.now() + timedelta(days=1))
    assert status_of(lambda: report(make_thing(), person)) == 403


def test_what_is_hidden_cannot_be_reported():
    case = make_reported()
    decide(case, make_moderator())
    assert status_of(lambda: services.report(case=case, reporter=make_user(), reason="spam")) == 409


def test_what_was_kept_returns_only_for_a_new_reason():
    thing = make_thing()
    case = make_reported(thing)
    kept = decide(case, make_moderator(), "keep", "", "")

    assert report(thing, reason="insult").decision == kept
    assert fresh(case).state == "kept"
    assert fresh(case).due is None

    assert report(thing, reason="spam").decision is None
    assert fresh(case).state == "waiting"
    assert fresh(case).due > timezone.now() + timedelta(hours=23)


def test_a_case_is_made_once_whoever_asks():
    thing = make_thing()
    assert services.case_of(thing=thing) == services.case_of(thing=fresh(thing))
    assert ModerationCase.objects.count() == 1
