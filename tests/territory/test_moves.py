"""Parishes that move between zones, with dates."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from decide.errors import Refused
from decide.territory.models import ZoneMembership
from decide.territory.services import follow_zones, move_parish, zone_on
from tests.factories import make_parish, make_zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def nono():
    return make_parish("Nono", zone=make_zone("La Delicia"))


def test_move_keeps_earlier_years_in_their_zone(nono):
    old, new = nono.zone, make_zone("Chocó Andino", valid_from=date(2020, 1, 1))
    moved = move_parish(parish=nono, zone=new, since=date(2021, 5, 1))
    assert moved.zone == new
    assert [zone_on(moved, day) for day in (date(1990, 1, 1), date(2021, 4, 30), date(2021, 5, 1))] == [old, old, new]


def test_move_to_a_zone_not_in_force_refused(nono):
    choco = make_zone("Chocó Andino", valid_from=date(2020, 1, 1))
    with pytest.raises(Refused) as refusal:
        move_parish(parish=nono, zone=choco, since=date(2019, 12, 31))
    assert refusal.value.status == 400
    assert not ZoneMembership.objects.exists()


def test_move_in_the_future_waits_for_its_day(nono):
    old, new = nono.zone, make_zone("Calderón")
    day = timezone.localdate() + timedelta(days=3)
    moved = move_parish(parish=nono, zone=new, since=day)
    assert moved.zone == old
    assert follow_zones(timezone.now()) == 0
    on_the_day = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    # `follow_zones` asks the day it is told
    assert follow_zones(on_the_day + timedelta(hours=1)) == 1
    nono.refresh_from_db()
    assert nono.zone == new
    assert follow_zones(on_the_day + timedelta(hours=1)) == 0


def test_two_moves_of_one_day_keep_the_second(nono):
    first, second = make_zone("Calderón"), make_zone("Tumbaco")
    move_parish(parish=nono, zone=first, since=date(2022, 1, 1))
    moved = move_parish(parish=nono, zone=second, since=date(2022, 1, 1))
    assert moved.zone == second
    assert ZoneMembership.objects.filter(parish=nono).count() == 2


def test_move_is_in_the_history(nono):
    before = nono.history.count()
    move_parish(parish=nono, zone=make_zone("Calderón"), since=date(2022, 1, 1))
    assert nono.history.count() == before + 1


def test_zone_without_memberships_is_the_zone_of_today(nono):
    assert zone_on(nono, date(1999, 1, 1)) == nono.zone
