"""Every address of the polls, for everybody and with hostile bodies: an answer of ours, and no change by GET."""

import re

import pytest
from django.test import Client

from tests.factories import make_appointment, make_parish, make_poll, make_user
from tests.test_every_address import everything
from tests.votes import urna
from votes import services
from votes.models import PendingLeaf, Poll
from votes.urls import urlpatterns

pytestmark = pytest.mark.django_db
HOSTILE = ["", "\x00", "9" * 400, "-1", "é" * 3000, "<script>", "[]", "NaN", "si"]
FIELDS = [
    *("title", "summary", "effect", "opens_at", "zones", "parishes", "text", "method", "max_choices", "amount", "cost"),
    *("que", "id", "hacer", "reason", "seguro", "kept", "paso", "orden", "cifras", "votacion", "password", "once_key"),
]


def routes():
    for entry in urlpatterns:
        for each in getattr(entry, "url_patterns", [entry]):
            yield (str(entry.pattern) if each is not entry else "") + str(each.pattern)


def fill(route, poll) -> str:
    question = poll.questions.first()
    values = {"pk": poll.pk, "slug": poll.slug, "question": question.pk, "option": question.options.first().pk}
    values["name"] = "rules.json"
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(values[found[1]]), route)


@pytest.fixture
def polls(settings):
    settings.SECOND_FACTOR_REQUIRED = False
    parish = make_parish()
    live = urna.open_poll()
    urna.cast_many(live, 12, parish)
    services.sequence(poll=live)
    closed = urna.open_poll(questions=(("single", 2), ("approval", 3), ("budget", 3)))
    urna.cast_many(closed, 11, parish)
    urna.close(closed)
    annulled = urna.open_poll()
    services.annul_poll(poll=annulled, officer=make_appointment().holder, reason="Faltaba un dato.")
    return [make_poll(status="draft"), make_poll(status="submitted"), make_poll(), live, closed, annulled]


def visitors(polls):
    officer = make_user(verified=True, parish=make_parish())
    for office in ("participation", "desk"):
        make_appointment(officer, office)
    Poll.objects.filter(status="draft").update(written_by=officer)
    for user in (None, make_user(), make_user(verified=True, parish=make_parish()), officer):
        client = Client(raise_request_exception=False)
        if user:
            client.force_login(user)
        yield client


def test_every_address_answers_everybody_and_changes_nothing_by_get(polls):
    clients = list(visitors(polls))
    before = everything()
    broken = []
    for route in routes():
        # Each address meets each state and each visitor, not every pair of them.
        for n, poll in enumerate(polls):
            for client in clients[n % 2 :: 2]:
                status = client.get(fill(route, poll)).status_code
                if status >= 500 or status == 400:
                    broken.append((route, poll.status, status))
    assert broken == []
    assert everything() == before


def test_every_address_survives_hostile_bodies(polls):
    *_others, resident, officer = visitors(polls)
    broken = []
    for turn, hostile in enumerate(HOSTILE):
        body = {name: HOSTILE[(turn + n) % len(HOSTILE)] for n, name in enumerate(FIELDS)} | {"paso": hostile}
        for route in routes():
            for n, poll in enumerate(polls[turn % 3 :: 3]):
                if not Poll.objects.filter(pk=poll.pk).exists():
                    continue
                client = (resident, officer)[(turn // 3 + n) % 2]
                status = client.post(fill(route, poll), body).status_code
                if status >= 500:
                    broken.append((route, poll.status, hostile[:9], status))
    assert broken == []
    assert not PendingLeaf.objects.exists()


def test_every_post_needs_its_token(polls):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user(verified=True, parish=make_parish()))
    before = everything()
    accepted = [
        route
        for route in routes()
        for poll in polls[2:4]
        if strict.post(fill(route, poll), {}).status_code not in (403, 404, 405)
    ]
    assert accepted == []
    assert everything() == before
