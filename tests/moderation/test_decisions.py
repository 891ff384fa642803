"""What moderators decide, what follows, who is told, and who may not decide."""

import pytest

from decide.errors import Refused
from decide.moderation import services
from decide.moderation.models import Decision
from decide.notices.models import Notice
from tests.factories import make_user
from tests.moderation.tools import REASON, decide, fresh, make_moderator, make_reported, make_thing, status_of

pytestmark = pytest.mark.django_db


def test_hide_tells_owner_author_and_reporter(heard):
    thing, reporter = make_thing(), make_user()
    case = make_reported(thing, reporter=reporter)
    decision = decide(case, make_moderator())

    case = fresh(case)
    assert (case.state, case.due, case.reason, case.reason_text) == ("hidden", None, "insult", REASON)
    assert heard["visibility"] == [(case.pk, True)]
    assert case.reports.get().decision == decision
    told = Notice.objects.get(recipient=thing.author, kind="moderation")
    assert told.subject == "Moderación ocultó su comentario"
    assert "Insulta o amenaza" in told.body
    assert REASON in told.body
    assert "apele hasta el" in told.body
    assert told.path == decision.get_absolute_url()
    answered = Notice.objects.get(recipient=reporter, kind="moderation-report")
    assert "ya no se muestra" in answered.body
    assert thing.body not in answered.body
    assert thing.body not in told.subject + told.body


def test_keep_tells_only_who_reported(heard):
    thing, reporter = make_thing(), make_user()
    decide(make_reported(thing, reporter=reporter), make_moderator(), "keep", "", "")

    assert heard["visibility"] == []
    assert not Notice.objects.filter(recipient=thing.author, kind="moderation").exists()
    assert "se mantiene" in Notice.objects.get(recipient=reporter).body


def test_restore_shows_it_again_with_a_reason_for_the_author(heard):
    thing = make_thing()
    case, moderator = make_reported(thing), make_moderator()
    decide(case, moderator)
    assert status_of(lambda: decide(case, moderator, "restore", "", "")) == 400
    decide(case, moderator, "restore", "", "Lo leímos otra vez: es una crítica, no un insulto.")

    assert fresh(case).state == "kept"
    assert heard["visibility"] == [(case.pk, True), (case.pk, False)]
    assert Notice.objects.filter(recipient=thing.author, subject="Vuelve a verse su comentario").exists()


@pytest.mark.parametrize(
    ("state", "action", "status"),
    [
        ("waiting", "restore", 409), ("waiting", "approve_edit", 409), ("waiting", "warning", 409),
        ("waiting", "", 409), ("waiting", "keep", 200), ("waiting", "hide", 200),
        ("kept", "keep", 409), ("kept", "hide", 200), ("kept", "restore", 409),
        ("hidden", "hide", 409), ("hidden", "keep", 409), ("hidden", "restore", 200),
    ],
)  # fmt: skip
def test_only_what_can_follow_is_decided(state, action, status):
    case, moderator = make_reported(), make_moderator()
    if state != "waiting":
        decide(case, moderator, "keep" if state == "kept" else "hide")
    assert status_of(lambda: decide(case, moderator, action)) == status


@pytest.mark.parametrize(("reason", "text"), [("", REASON), ("nonsense", REASON), ("insult", ""), ("insult", "…")])
def test_hiding_needs_a_reason_in_words(reason, text):
    case = make_reported()
    assert status_of(lambda: decide(case, make_moderator(), "hide", reason, text)) == 400
    assert fresh(case).state == "waiting"
    assert Decision.objects.count() == 0


def test_nobody_decides_on_their_own_content_or_report():
    author = make_moderator()
    own = make_reported(make_thing(author=author))
    assert status_of(lambda: decide(own, author, "keep")) == 403
    reporter = make_moderator()
    reported = make_reported(reporter=reporter)
    assert status_of(lambda: decide(reported, reporter)) == 403
    assert Decision.objects.count() == 0


def test_only_moderators_decide():
    case = make_reported()
    assert status_of(lambda: decide(case, make_user())) == 403


def test_the_second_of_two_is_told_that_it_was_decided():
    case, first, second = make_reported(), make_moderator(), make_moderator()
    seen = fresh(case).version
    words = {"reason": "insult", "reason_text": REASON, "seen_version": seen}
    services.decide(case=case, by=first, action="hide", **words)
    with pytest.raises(Refused) as refusal:
        services.decide(case=case, by=second, action="hide", **words)
    assert refusal.value.status == 409
    assert refusal.value.way_out[0] == case.get_absolute_url()


def test_new_words_of_the_author_are_decided_anew():
    case = make_reported()
    seen = fresh(case).version
    services.refresh_case(case=case, excerpt="Ahora dice otra cosa.")
    with pytest.raises(Refused) as refusal:
        services.decide(
            case=case, by=make_moderator(), action="hide", reason="spam", reason_text=REASON, seen_version=seen
        )
    assert refusal.value.status == 409
    assert fresh(case).excerpt == "Ahora dice otra cosa."


def test_a_report_meanwhile_does_not_disturb_a_decision():
    thing = make_thing()
    case = make_reported(thing)
    seen = fresh(case).version
    services.report(case=case, reporter=make_user(), reason="spam")
    services.decide(case=case, by=make_moderator(), action="hide", reason="spam", reason_text=REASON, seen_version=seen)
    assert fresh(case).reports.filter(decision=None).count() == 0


def test_decision_keeps_how_long_it_took_and_what_was_there():
    thing = make_thing(body="Lo que decía.")
    case = make_reported(thing)
    opened, due = fresh(case).opened_at, fresh(case).due
    decision = decide(case, make_moderator())
    assert (decision.opened_at, decision.due, decision.excerpt) == (opened, due, "Lo que decía.")
    assert decision.took == decision.at - opened
    assert not decision.was_late


def test_what_the_author_took_away_leaves_the_queue_without_its_words():
    thing = make_thing(body="Se va.")
    case = make_reported(thing)
    decide(case, make_moderator(), "keep", "", "")
    services.close_gone(case=case)
    case = fresh(case)
    assert (case.state, case.due, case.excerpt, case.search_text) == ("gone", None, "", "")
    assert set(case.decisions.values_list("excerpt", flat=True)) == {""}
    assert status_of(lambda: decide(case, make_moderator())) == 409


def test_history_names_the_moderator():
    case, moderator = make_reported(), make_moderator()
    decide(case, moderator)
    assert case.history.first().history_user == moderator
    assert not hasattr(case.history.first(), "excerpt")
