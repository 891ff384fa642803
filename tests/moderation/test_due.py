"""What falls due by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.moderation import services
from decide.moderation.models import ModerationCase
from decide.notices.models import Notice
from decide.tick.due import DUE
from tests.factories import make_user
from tests.moderation.tools import decide, fresh, hours, make_closed, make_moderator, make_reported, make_sanction

pytestmark = pytest.mark.django_db


def make_image():
    return services.open_case(kind="photo", path="/", author=make_user(), excerpt="Una foto.", state="pending")


def test_the_tick_does_it_all():
    assert {name for name in DUE if "moderation" in name} == {
        "decide.moderation.services.show_expired_images",
        "decide.moderation.services.end_suspensions",
        "decide.moderation.services.remind",
    }


def test_an_image_waits_24_hours_at_most_and_stays_in_the_queue(heard):
    case = make_image()
    assert not case.is_shown
    assert services.show_expired_images(hours(23.9)) == 0
    assert services.show_expired_images(hours(24.1)) == 1
    assert services.show_expired_images(hours(24.1)) == 0
    assert heard["visibility"] == [(case.pk, False)]
    assert fresh(case).state == "waiting"
    assert ModerationCase.objects.in_queue().late(hours(24.1)).get() == case


def test_an_image_that_was_looked_at_is_shown_or_hidden(heard):
    shown, refused = make_image(), make_image()
    decide(shown, make_moderator(), "keep", "", "")
    decide(refused, make_moderator())
    assert heard["visibility"] == [(shown.pk, False)]  # the other was not shown before
    assert services.show_expired_images(hours(25)) == 0


def test_moderators_are_reminded_twice_a_day_at_most():
    moderator, other = make_moderator(), make_moderator()
    make_reported()
    Notice.objects.all().delete()
    noon = timezone.localtime(hours(24)).replace(hour=9, minute=0)
    assert services.remind(noon - timedelta(days=2)) == 0
    ModerationCase.objects.update(due=noon + timedelta(hours=5))
    assert services.remind(noon) == 2
    assert services.remind(noon + timedelta(minutes=5)) == 0
    assert services.remind(noon + timedelta(hours=6)) == 2
    told = Notice.objects.filter(recipient=moderator).order_by("pk")
    assert [notice.body.partition(". Rev")[0] for notice in told] == [
        "Fuera de plazo: 0. Vencen en las próximas seis horas: 1",
        "Fuera de plazo: 1. Vencen en las próximas seis horas: 0",
    ]
    assert Notice.objects.filter(recipient=other).count() == 2


def test_nothing_due_tells_nobody():
    make_moderator()
    assert services.remind(timezone.now()) == 0


def test_suspensions_end_and_the_person_is_told_once():
    person = make_user()
    make_sanction(person)
    assert services.end_suspensions(hours(24 * 6.9)) == 0
    over = hours(24 * 7.1)
    assert services.end_suspensions(over) == 1
    assert services.end_suspensions(over) == 0
    assert Notice.objects.filter(recipient=person, subject="Su suspensión terminó").count() == 1


def test_an_end_within_a_longer_suspension_is_not_told():
    person = make_user()
    make_sanction(person)
    long = make_sanction(person, kind="suspend30")
    services.end_suspensions(hours(24 * 8))
    assert fresh(person).suspended_until == long.until
    assert not Notice.objects.filter(subject="Su suspensión terminó").exists()


def test_a_closed_account_is_not_told_of_an_end():
    person = make_user()
    make_sanction(person)
    make_closed(person)
    assert services.end_suspensions(hours(24 * 8)) == 1
    assert not fresh(person).is_active
    assert not Notice.objects.filter(subject="Su suspensión terminó").exists()
