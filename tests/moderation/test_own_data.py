"""A copy of everything, and leaving: decisions stay, without a name."""

import json

import pytest

from decide.accounts.services import erase_account, export_all
from decide.moderation import services
from decide.moderation.models import Appeal, Decision, ModerationCase, Report, Sanction
from tests.factories import make_user
from tests.moderation.tools import (
    REASON,
    decide,
    fresh,
    make_hidden,
    make_moderator,
    make_reported,
    make_sanction,
    make_thing,
)

pytestmark = pytest.mark.django_db
TEXT = "Apelo porque soy Rosa Quispe y no dije eso."


def make_trouble():
    """A person who reported, was hidden, sanctioned, and appealed twice (one decided)."""
    person = make_user(display_name="Rosa Quispe")
    hidden = make_hidden(author=person, body="Lo que escribí.")
    appeal = services.appeal(decision=hidden, author=person, text=TEXT)
    services.decide_appeal(appeal=appeal, by=make_moderator(), outcome="upheld", reason_text=f"No, {person}.")
    suspension = make_sanction(person)
    services.appeal(decision=suspension.decision, author=person, text=TEXT)
    services.report_thing(thing=make_thing(), reporter=person, reason="spam", note="Soy Rosa y vivo al lado.")
    return person


def test_export_holds_what_concerns_the_person_and_nobody_else():
    person = make_trouble()
    other = make_thing()
    services.report_thing(thing=make_thing(author=person), reporter=other.author, reason="hate", note="Secreto.")
    data = json.loads(json.dumps(export_all(user=person)))["moderation"]

    assert [report["note"] for report in data["reports"]] == ["Soy Rosa y vivo al lado."]
    assert [decision["decision"] for decision in data["decisions"]] == ["hide", "uphold", "suspend7"]
    assert [appeal["text"] for appeal in data["appeals"]] == [TEXT, TEXT]
    assert [sanction["kind"] for sanction in data["sanctions"]] == ["suspend7"]
    assert "Secreto." not in json.dumps(data)


def test_a_closing_that_waits_is_not_told_by_the_export():
    person = make_user()
    make_sanction(person, kind="close")
    assert export_all(user=person)["moderation"]["sanctions"] == []


def test_erasing_leaves_decisions_without_name_or_words():
    person = make_trouble()
    closing = make_sanction(person, kind="close")
    pk, decided = person.pk, Decision.objects.count()
    erase_account(user=person)

    assert Decision.objects.count() == decided
    assert Report.objects.get(reason="spam").note == ""
    assert list(Appeal.objects.values_list("author", "text", "outcome")) == [(None, "", "upheld")]
    assert not fresh(closing).waits
    people = {"author_id", "user_id", "by_id", "decided_by_id", "history_user_id"}
    for model in (ModerationCase, Sanction):
        for row in [*model.objects.values(), *model.history.values()]:
            assert pk not in {row[name] for name in people & set(row)}
            assert "Rosa" not in str(row)
    assert "Rosa" not in str(list(Decision.objects.values()))
    assert set(Sanction.objects.values_list("reason_text", flat=True)) == {""}


def test_erasing_a_moderator_leaves_what_they_decided():
    moderator = make_moderator()
    case = make_reported()
    decision = decide(case, moderator)
    erase_account(user=moderator)
    assert fresh(decision).by is None
    assert fresh(decision).reason_text == REASON
    assert fresh(case).decided_by is None
    assert not ModerationCase.history.filter(history_user_id=moderator.pk).exists()


def test_erasing_a_reporter_leaves_the_case_in_the_queue():
    reporter = make_user()
    case = make_reported(reporter=reporter)
    erase_account(user=reporter)
    assert fresh(case).due is not None
    assert fresh(case).reports.get().reporter is None
