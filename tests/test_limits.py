"""Limits count accounts first, and addresses only above what a full hall needs."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory, override_settings

from decide import limits
from decide.errors import Refused
from tests.factories import make_user


def request_from(address="190.1.1.1", user=None, **headers):
    request = RequestFactory().post("/", REMOTE_ADDR=address, **headers)
    request.user = user or AnonymousUser()
    return request


@pytest.mark.django_db
def test_one_account_is_refused_above_its_limit_and_its_neighbours_are_not():
    user, neighbour = make_user(), make_user()
    for _ in range(limits.LIMITS["comment"].account):
        limits.check(request_from(user=user), "comment")

    with pytest.raises(Refused) as refusal:
        limits.check(request_from(user=user), "comment")
    limits.check(request_from(user=neighbour), "comment")

    assert refusal.value.status == 429


@pytest.mark.django_db
def test_changing_address_does_not_help_an_account():
    user = make_user()
    for i in range(limits.LIMITS["proposal"].account):
        limits.check(request_from(f"190.1.1.{i}", user=user), "proposal")

    with pytest.raises(Refused):
        limits.check(request_from("190.2.2.2", user=user), "proposal")


@pytest.mark.parametrize("name", sorted(limits.LIMITS))
def test_every_limit_leaves_room_for_300_people_behind_one_address(name):
    limit = limits.LIMITS[name]

    assert limit.address >= 300
    assert limit.address >= limit.account


@pytest.mark.parametrize(
    ("hops", "forwarded", "seen"),
    [
        (0, "6.6.6.6", "190.1.1.1"),
        (1, "6.6.6.6, 200.7.7.7", "200.7.7.7"),
        (2, "6.6.6.6, 200.7.7.7, 10.0.0.1", "200.7.7.7"),
        (1, "", "190.1.1.1"),
    ],
)
def test_address_is_the_one_our_own_proxies_saw(hops, forwarded, seen):
    with override_settings(TRUSTED_PROXY_COUNT=hops):
        assert limits.client_address(request_from(HTTP_X_FORWARDED_FOR=forwarded)) == seen
