"""Warnings, suspensions, accounts closed by two people."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from decide.accounts.models import AccountSession
from decide.accounts.rules import can_write
from decide.accounts.suspension import refuse_suspended
from decide.errors import Refused
from decide.moderation import services
from decide.moderation.models import Decision, Sanction
from decide.notices.models import Notice
from tests.factories import make_user
from tests.moderation.tools import (
    REASON,
    fresh,
    make_closed,
    make_moderator,
    make_reported,
    make_sanction,
    make_thing,
    status_of,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("kind", "days"), [("warning", None), ("suspend7", 7), ("suspend30", 30)])
def test_each_sanction_is_logged_and_told(kind, days):
    person, before = make_user(), timezone.now()
    sanction = make_sanction(person, kind=kind)

    assert Decision.objects.get().action == kind
    told = Notice.objects.get(recipient=person)
    assert REASON in told.body
    assert "apele hasta" in told.body
    if days is None:
        assert can_write(fresh(person))
    else:
        assert timedelta(days=days) <= sanction.until - before < timedelta(days=days, seconds=20)
        assert fresh(person).suspended_until == sanction.until
        assert not can_write(fresh(person))


def test_a_suspended_person_is_told_until_when_and_how_to_appeal():
    person = make_user(suspended_until=timezone.now() + timedelta(days=7))
    with pytest.raises(Refused) as refusal:
        refuse_suspended(person)
    assert refusal.value.status == 403
    assert "suspendida hasta el" in refusal.value.reason
    assert refusal.value.way_out[0] == "/mi/moderacion/"
    refuse_suspended(make_user(suspended_until=timezone.now() - timedelta(seconds=1)))


def test_the_later_end_of_two_suspensions_counts():
    person = make_user()
    long = make_sanction(person, kind="suspend30")
    make_sanction(person, kind="suspend7")
    assert fresh(person).suspended_until == long.until


def test_nobody_sanctions_themselves_or_over_their_own_report():
    moderator = make_moderator()
    assert status_of(lambda: make_sanction(moderator, moderator)) == 403
    thing = make_thing()
    case = make_reported(thing, reporter=moderator)
    assert status_of(lambda: make_sanction(thing.author, moderator, case=case)) == 403
    assert status_of(lambda: make_sanction(make_user(), make_user())) == 403
    assert Sanction.objects.count() == 0


def test_a_case_of_somebody_else_is_no_ground():
    assert status_of(lambda: make_sanction(make_user(), case=make_reported())) == 400


@pytest.mark.parametrize(
    "change",
    [{"kind": "exile"}, {"reason": "nonsense"}, {"reason": ""}, {"reason_text": ""}, {"reason_text": "a" * 1501}],
)
def test_what_is_not_valid_is_refused(change):
    words = {"kind": "warning", "reason": "spam", "reason_text": REASON} | change
    person, moderator = make_user(), make_moderator()
    assert status_of(lambda: services.sanction(person=person, by=moderator, **words)) == 400


def test_the_same_form_twice_is_one_sanction():
    person, moderator, key = make_user(), make_moderator(), uuid.uuid4()
    assert make_sanction(person, moderator, once_key=key) == make_sanction(person, moderator, once_key=key)
    assert Sanction.objects.count() == 1
    assert status_of(lambda: make_sanction(make_user(), moderator, once_key=key)) == 409


# --- closing ------------------------------------------------------------------------------------------------


def test_a_closing_changes_nothing_until_a_second_person_confirms():
    person, first, second = make_user(), make_moderator(), make_moderator()
    waiting = make_sanction(person, first, kind="close")

    assert fresh(person).is_active
    assert Decision.objects.count() == 0
    assert not Notice.objects.filter(recipient=person).exists()
    assert set(Notice.objects.values_list("recipient", flat=True)) == {second.pk}
    assert status_of(lambda: services.confirm_closing(sanction=waiting, by=first)) == 403
    assert fresh(person).is_active


def test_a_confirmed_closing_ends_sessions_and_writes_to_the_address(client, django_capture_on_commit_callbacks):
    person = make_user()
    client.force_login(person)
    assert AccountSession.objects.filter(account_id=person.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        sanction = make_closed(person)

    assert not fresh(person).is_active
    assert not AccountSession.objects.filter(account_id=person.pk).exists()
    mail = Notice.objects.get(address=person.email)
    assert mail.recipient is None
    assert mail.path == services.appeal_token(sanction.decision)
    assert "apele hasta" in mail.body
    assert Decision.objects.get().action == "close"


def test_a_closing_can_be_dropped_and_proposed_anew():
    person = make_user()
    waiting = make_sanction(person, kind="close")
    assert status_of(lambda: make_sanction(person, kind="close")) == 409
    services.drop_closing(sanction=waiting, by=make_moderator())
    assert fresh(person).is_active
    assert not Notice.objects.filter(recipient=person).exists()
    assert status_of(lambda: services.confirm_closing(sanction=waiting, by=make_moderator())) == 409
    assert status_of(lambda: make_sanction(person, kind="close")) == 200


def test_a_closed_account_gets_no_more_sanctions():
    sanction = make_closed()
    assert status_of(lambda: make_sanction(sanction.user)) == 409


def test_the_person_themselves_does_not_confirm():
    person = make_moderator()
    waiting = make_sanction(person, kind="close")
    assert status_of(lambda: services.confirm_closing(sanction=waiting, by=person)) == 403


def test_the_database_wants_two_people():
    waiting = make_sanction(kind="close")
    with pytest.raises(IntegrityError), transaction.atomic():
        Sanction.objects.filter(pk=waiting.pk).update(confirmed_by=waiting.by, confirmed_at=timezone.now())


def test_an_account_put_to_rest_by_hand_is_not_opened_by_moderation():
    person = make_user()
    sanction = make_sanction(person)
    type(person).objects.filter(pk=person.pk).update(is_active=False)
    services.end_suspensions(sanction.until + timedelta(minutes=1))
    assert not fresh(person).is_active
