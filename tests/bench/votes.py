"""A support over its page, beside the two statements that it cannot do without."""

import itertools

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client

from decide.accounts.models import Residence
from decide.territory.models import Parish
from proposals.models import Proposal
from tests.bench import median_ms, row
from votes.models import SupportBox

PEOPLE = 53


def rows() -> list[dict]:
    proposal = Proposal.objects.open().order_by("-box__threshold").first()
    sessions = iter(_sessions())
    address = f"{proposal.get_absolute_url()}apoyar/"
    client = Client()  # one for all: each client builds its own chain of middleware at its first request

    def support():
        client.cookies = next(sessions)
        assert client.post(address).status_code == 303

    return [row("a support: the whole POST", median_ms(support), "ms", control=median_ms(_bare()), bar=50)]


def _sessions():
    """The cookies of verified people who have signed in."""
    settings.ALLOWED_HOSTS = ["testserver", *settings.ALLOWED_HOSTS]
    parish = Parish.objects.first()
    sessions = []
    for n in range(PEOPLE):
        residence = Residence.objects.create(parish=parish, level="desk", participates_from="2000-01-01")
        user = get_user_model().objects.create(email=f"bench{n}@example.org", residence=residence)
        client = Client()
        client.force_login(user)
        sessions.append(client.cookies)
    return sessions


def _bare():
    """One transaction with an insert and an addition, without Django's ORM, pages or sessions."""
    box = SupportBox.objects.create(threshold=10**6)
    people = itertools.cycle(
        Residence.objects.bulk_create(
            Residence(parish=Parish.objects.first(), level="desk", participates_from="2000-01-01")
            for _n in range(PEOPLE)
        )
    )

    def act():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO votes_support (box_id, residence_id, counted, by_desk, created) "
                "VALUES (%s, %s, true, false, CURRENT_TIMESTAMP)",
                [box.pk, next(people).pk],
            )
            cursor.execute(
                "UPDATE votes_supportbox SET supports = supports + 1, counted = counted + 1, version = version + 1 "
                "WHERE id = %s",
                [box.pk],
            )

    return act
