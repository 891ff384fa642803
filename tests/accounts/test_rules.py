from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from decide.accounts import rules
from decide.accounts.models import User
from tests.factories import make_agency, make_appointment, make_body, make_parish, make_user, make_zone

pytestmark = pytest.mark.django_db


def again(user) -> User:
    return User.objects.get(pk=user.pk)


def test_holds_by_place():
    north, south = make_zone("Norte"), make_zone("Sur")
    inside, outside = make_parish("Calderón", zone=north), make_parish("Guamaní", zone=south)
    zonal = make_appointment(office="zonal", zone=north).holder
    everywhere = make_appointment(office="desk").holder
    local = make_appointment(office="desk", parish=inside).holder
    cases = [
        (zonal, "zonal", {}, True),
        (zonal, "zonal", {"zone": north}, True),
        (zonal, "zonal", {"zone": south}, False),
        (zonal, "zonal", {"parish": inside}, True),
        (zonal, "zonal", {"parish": outside}, False),
        (zonal, "desk", {}, False),
        (everywhere, "desk", {"parish": outside}, True),
        (everywhere, "desk", {"zone": north}, True),
        (local, "desk", {"parish": inside}, True),
        (local, "desk", {"parish": outside}, False),
        (local, "desk", {"zone": north}, False),
    ]
    assert [rules.holds(user, office, **where) for user, office, where, _e in cases] == [e for *_c, e in cases]


def test_holds_by_agency_and_body():
    mine, other = make_agency(), make_agency()
    officer = make_appointment(office="agency", agency=mine).holder
    assert rules.holds(officer, "agency", agency=mine)
    assert not rules.holds(officer, "agency", agency=other)
    assembly, casa = make_body(parish=make_parish("Calderón")), make_body()
    president = make_appointment(office="president", body=assembly).holder
    assert rules.holds(president, "president", body=assembly)
    assert not rules.holds(president, "president", body=casa)
    assert not rules.holds(president, "president", parish=make_parish("Otra"))


@pytest.mark.parametrize(("starts", "ends", "held"), [(0, None, 1), (-9, 0, 1), (-9, -1, 0), (1, None, 0)])
def test_office_counts_only_between_its_days(starts, ends, held):
    today = timezone.localdate()
    ends = None if ends is None else today + timedelta(days=ends)
    user = make_appointment(office="desk", starts=today + timedelta(days=starts), ends=ends).holder
    assert rules.has_office(user, "desk") == held
    assert rules.needs_second_factor(user) == held


def test_nobody_holds_anything_without_account_and_superusers_hold_no_office():
    assert not rules.has_office(AnonymousUser(), "desk")
    assert not rules.holds(AnonymousUser(), "desk")
    assert not rules.is_verified(AnonymousUser())
    assert not rules.has_office(make_user(is_superuser=True), *rules.Office.values)


def test_offices_are_asked_once_per_request(django_assert_num_queries):
    user = again(make_appointment(office="desk").holder)
    with django_assert_num_queries(1):
        assert rules.has_office(user, "desk")
        assert rules.holds(user, "desk", parish=None)
        assert not rules.has_office(user, "moderator")


def test_verified_only_from_the_day_they_may_take_part():
    user = make_user(verified=True)
    assert rules.is_verified(user)
    user.residence.participates_from = timezone.localdate() + timedelta(days=1)
    assert not rules.is_verified(user)
    assert not rules.is_verified(make_user())


def test_a_person_without_a_name_has_words():
    assert str(User()) == "Sin nombre"
