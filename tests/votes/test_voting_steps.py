"""Voting on the pages: choose, review, confirm, receipt; who may, and what each refusal says."""

import re

import pytest

from tests.factories import make_parish, make_user
from tests.votes import urna
from votes.models import LiveBallot, Participation, PendingLeaf

pytestmark = pytest.mark.django_db


@pytest.fixture
def parish():
    return make_parish("La Argelia")


@pytest.fixture
def poll(parish):
    return urna.open_poll(questions=(("single", 3),))


@pytest.fixture
def voter(client, parish):
    user = make_user(verified=True, parish=parish)
    client.force_login(user)
    return user


def address(poll):
    return f"{poll.get_absolute_url()}votar/"


def marks(poll, *positions, blank=()):
    """The fields of a ballot with these options marked, a tuple for each question; nothing marked is blank."""
    sent = {"orden": "0123456789abcdef"}
    for number, question in enumerate(poll.questions.all()):
        wanted = positions[number] if number < len(positions) else ()
        keys = [str(o.key) for o in question.options.all() if o.position in wanted]
        sent[f"p-{question.key}"] = keys or ["blanco"]
    return sent


def send(client, poll, sent, step, **more):
    return client.post(address(poll), sent | {"paso": step} | more)


def hidden(response) -> dict:
    """Every hidden field of a step's page, as the browser would send it."""
    fields = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", response.content.decode()):
        name, value = (re.search(rf'{what}="([^"]*)"', tag)[1] for what in ("name", "value"))
        if name not in ("csrfmiddlewaretoken", "next"):
            fields.setdefault(name, []).append(value)
    return fields


def vote(client, poll, *positions):
    """All steps from choosing to the receipt, each with what the page before carried."""
    review = send(client, poll, marks(poll, *positions), "revisar")
    assert review.status_code == 200
    return send(client, poll, hidden(review), "emitir")


def code_of(response) -> str:
    return re.search(r"decide1\.[0-9a-f]{32}\.[0-9a-f]{64}\.[^<\s]+", response.content.decode())[0]


def test_ballot_goes_from_choosing_to_a_receipt(client, poll, voter):
    page = client.get(address(poll))
    assert page.status_code == 200
    receipt = vote(client, poll, (2,))

    assert receipt.status_code == 200
    assert code_of(receipt).count(".") == 4
    assert Participation.objects.get().residence == voter.residence
    assert LiveBallot.objects.count() == PendingLeaf.objects.count() == 1
