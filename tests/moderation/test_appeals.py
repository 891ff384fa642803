"""One appeal, decided by somebody else; also by whoever cannot sign in any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.moderation import rules, services
from decide.moderation.models import Appeal, Decision
from decide.notices.models import Notice
from tests.factories import make_user
from tests.moderation.tools import (
    REASON,
    decide,
    fresh,
    make_closed,
    make_hidden,
    make_moderator,
    make_reported,
    make_sanction,
    make_thing,
    status_of,
)

pytestmark = pytest.mark.django_db
TEXT = "Es una crítica a la obra, no un insulto a nadie."


def appeal(decision, author=None, text=TEXT):
    return services.appeal(decision=fresh(decision), author=author or decision.subject, text=text)


def judge(row, by=None, outcome="overturned"):
    return services.decide_appeal(appeal=row, by=by or make_moderator(), outcome=outcome, reason_text=REASON)


def test_overturned_is_shown_again_and_logged(heard):
    decision = make_hidden()
    row = judge(appeal(decision))

    assert row.outcome == "overturned"
    assert fresh(decision.case).state == "kept"
    assert heard["visibility"][-1] == (decision.case_id, False)
    last = Decision.objects.first()
    assert (last.action, last.on_appeal, last.by) == ("restore", True, row.decided_by)
    told = Notice.objects.get(recipient=decision.subject, key=f"decision:{last.pk}")
    assert "le dio la razón" in told.body
    assert REASON in told.body


def test_upheld_stays_and_cannot_be_appealed_again(heard):
    decision = make_hidden()
    judge(appeal(decision), outcome="upheld")

    assert fresh(decision.case).state == "hidden"
    last = Decision.objects.first()
    assert (last.action, last.on_appeal) == ("uphold", True)
    assert status_of(lambda: appeal(last, decision.subject)) == 409
    assert status_of(lambda: appeal(decision, text="Otra vez apelo, porque no me gustó.")) == 409
    assert "termina la revisión" in Notice.objects.get(key=f"decision:{last.pk}").body


def test_one_appeal_sent_twice_is_once():
    decision = make_hidden()
    assert appeal(decision) == appeal(decision)
    assert Appeal.objects.count() == 1


def test_only_who_was_told_appeals():
    decision = make_hidden()
    assert status_of(lambda: appeal(decision, make_user())) == 403


@pytest.mark.parametrize("text", ["", "   ", "...", "a" * 3001, "\ud800"])
def test_an_appeal_has_words(text):
    assert status_of(lambda: appeal(make_hidden(), text=text)) == 400


def test_an_appeal_has_its_time(settings):
    decision = make_hidden()
    Decision.objects.update(at=timezone.now() - timedelta(days=settings.APPEAL_DAYS, minutes=1))
    assert status_of(lambda: appeal(decision)) == 409


def test_what_was_restored_meanwhile_needs_no_appeal():
    decision = make_hidden()
    decide(decision.case, make_moderator(), "restore")
    assert status_of(lambda: appeal(decision)) == 409


def test_a_kept_thing_gives_nothing_to_appeal():
    kept = decide(make_reported(), make_moderator(), "keep")
    assert status_of(lambda: appeal(kept)) == 409


def test_who_decides_an_appeal_had_no_part():
    first, author, reporter = make_moderator(), make_moderator(), make_moderator()
    case = make_reported(make_thing(author=author), reporter=reporter)
    row = appeal(decide(case, first))
    for somebody in (first, author, reporter, make_user()):
        assert not rules.can_decide_appeal(somebody, row)
        assert status_of(lambda who=somebody: judge(row, who)) == 403
    assert status_of(lambda: judge(row)) == 200
    assert status_of(lambda: judge(row)) == 409


@pytest.mark.parametrize(("outcome", "text"), [("", REASON), ("maybe", REASON), ("upheld", "")])
def test_an_outcome_needs_its_reason(outcome, text):
    row = appeal(make_hidden())
    moderator = make_moderator()
    act = lambda: services.decide_appeal(appeal=row, by=moderator, outcome=outcome, reason_text=text)  # noqa: E731
    assert status_of(act) == 400
    assert fresh(row).decided_at is None


def test_a_suspension_that_is_overturned_ends_now():
    person = make_user()
    sanction = make_sanction(person)
    assert fresh(person).suspended_until == sanction.until
    judge(appeal(sanction.decision))
    assert fresh(person).suspended_until is None
    assert fresh(sanction).lifted_at is not None
    assert Decision.objects.first().action == "lift"


def test_of_two_suspensions_the_other_stays():
    person = make_user()
    long, short = make_sanction(person, kind="suspend30"), make_sanction(person)
    judge(appeal(long.decision))
    assert fresh(person).suspended_until == short.until


def test_who_proposed_and_who_confirmed_a_closing_do_not_judge_it():
    sanction = make_closed()
    row = appeal(sanction.decision)
    for somebody in (sanction.by, sanction.confirmed_by):
        assert status_of(lambda who=somebody: judge(row, who)) == 403
    judge(row)
    assert fresh(sanction.user).is_active


def test_an_upheld_closing_stays_closed_and_is_told_by_mail():
    sanction = make_closed()
    judge(appeal(sanction.decision), outcome="upheld")
    assert not fresh(sanction.user).is_active
    mails = Notice.objects.filter(recipient=None, address=sanction.user.email).order_by("pk")
    assert [mail.subject for mail in mails] == ["Su cuenta se cerró", "Se confirmó lo decidido"]


# --- the link -----------------------------------------------------------------------------------------------


def test_a_closed_account_appeals_by_its_link_without_signing_in(client):
    sanction = make_closed()
    mail = Notice.objects.get(address=sanction.user.email)
    page = client.get(mail.path)
    assert page.status_code == 200
    assert REASON in page.content.decode()
    asked = client.post(mail.path, {"text": TEXT})
    assert "¿Enviar la apelación?" in asked.content.decode()
    assert Appeal.objects.count() == 0
    assert client.post(mail.path, {"text": TEXT, "seguro": "si"}).status_code == 302
    row = Appeal.objects.get()
    assert (row.author, row.text, row.decision) == (sanction.user, TEXT, sanction.decision)
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(
    "change", [lambda t: t[:-2] + "xx", lambda t: "nada", lambda t: t.upper(), lambda t: "\x00" + t]
)
def test_a_link_that_we_did_not_make_leads_nowhere(client, change):
    token = services.appeal_token(make_closed().decision).split("/")[-2]
    assert client.get(f"/moderacion/apelar/{change(token)}/").status_code == 404


def test_a_link_is_for_the_account_that_it_was_made_for(client):
    sanction = make_closed()
    path = services.appeal_token(sanction.decision)
    Decision.objects.filter(pk=sanction.decision_id).update(subject=make_user())
    assert client.get(path).status_code == 404
