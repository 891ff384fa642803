"""Processes that are killed (SIGKILL) in the middle of a cast or a close: nothing is lost, and nothing is half.

Each child is a fork that opens its own connection. `FULL=1` plays 50 and 20 kills at random moments; the moments
that matter are always played, one after the other.
"""

import os
import random
import signal
import time
from unittest.mock import patch

import pytest
from django.db import connections, transaction
from django.utils import timezone

from tests.factories import make_parish, make_residence
from tests.votes import urna
from votes import services
from votes.models import LiveBallot, LogEntry, Participation, PendingLeaf, Poll, PublishedBallot
from votes.services import casting, closing

pytestmark = [pytest.mark.slow_race, pytest.mark.django_db(transaction=True)]
CASTS, CLOSES = (50, 20) if os.environ.get("FULL") else (6, 3)


def die(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGKILL)


def forget_connections() -> None:
    """No process may use the other's connection."""
    for each in connections.all(initialized_only=True):
        each.close()
        if each.vendor == "postgresql":
            each.close_pool()


def in_a_child(act, kill_after: tuple[int, float] | None = None) -> list[str]:
    """Fork, act, and what the child said line by line through `say` before it ended or was killed.

    `kill_after`: so many lines, and then so many seconds.
    """
    forget_connections()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            Poll.objects.count()  # connected: what follows is the act itself
            act(lambda line: os.write(writing, f"{line}\n".encode()))
        except BaseException as error:  # a child that fails says why, and never becomes a second test run
            os.write(writing, f"failed: {error!r}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)
    os.close(writing)
    with os.fdopen(reading) as said:
        if kill_after is not None:
            heard, seconds = kill_after
            lines = [said.readline() for _n in range(heard)]
            time.sleep(seconds)
            os.kill(child, signal.SIGKILL)
            lines += said
        else:
            lines = list(said)
    os.waitpid(child, 0)
    assert not [line for line in lines if line.startswith("failed")], lines
    return [line.strip() for line in lines if line.endswith("\n")]


def settled(poll) -> None:
    """Wait for what the killed process left to the server; then participations, ballots and turnout agree."""
    with transaction.atomic():
        Poll.objects.select_for_update().get(pk=poll.pk)
    counts = (
        Participation.objects.filter(poll=poll).count(),
        LiveBallot.objects.filter(participation__poll=poll).count(),
        Poll.objects.get(pk=poll.pk).turnout,
    )
    assert len(set(counts)) == 1, counts


def logged(poll) -> str:
    """Every leaf, in the log or waiting."""
    entries = LogEntry.objects.filter(poll=poll).values_list("body", flat=True)
    waiting = PendingLeaf.objects.filter(poll=poll).values_list("body", flat=True)
    return " ".join(bytes(body).decode() for body in [*entries, *waiting])


# --- casting ----------------------------------------------------------------------------------------------------


def test_what_was_acknowledged_is_stored_whenever_a_worker_is_killed():
    poll, chance, said = urna.open_poll(), random.Random(11), []
    people = [make_residence(make_parish()) for _n in range(30)]

    def vote(say):
        say("begins")
        while True:
            say(urna.cast(poll, random.choice(people)).commitment)

    for _n in range(CASTS):
        said += in_a_child(vote, kill_after=(chance.randint(2, 6), chance.uniform(0, 0.02)))
        settled(poll)
        if chance.random() < 0.3:
            services.sequence(poll=poll)
    stored = logged(poll)
    acknowledged = [line for line in said if line != "begins"]
    assert len(acknowledged) >= CASTS
    assert all(c in stored for c in acknowledged)
    urna.close(poll)
    found = urna.verdict(poll)
    assert found["ok"], found["failed"]


@pytest.mark.parametrize("moment", ["clock", "ballot", "leaf", "include_by", "counter", "commit"])
def test_a_cast_killed_at_each_of_its_steps_never_was(moment):
    poll, residence = urna.open_poll(), make_residence(make_parish())
    step = {
        "clock": (casting.clock, "database_clock"),
        "ballot": (LiveBallot.objects, "create"),
        "leaf": (PendingLeaf.objects, "create"),
        "include_by": (casting, "_include_by"),
        "counter": (casting, "_count_voter"),
        "commit": (casting, "Receipt"),
    }[moment]

    def vote(say):
        with patch.object(*step, die):
            urna.cast(poll, residence)
        say("survived")

    assert in_a_child(vote) == []
    settled(poll)
    assert (Participation.objects.count(), PendingLeaf.objects.count()) == (0, 0)
    assert urna.cast(poll, residence).first


# --- closing ----------------------------------------------------------------------------------------------------


def open_or_closed(poll, voters: int) -> str:
    """The state of a poll whose close was killed, which is one of two and whole."""
    with transaction.atomic():
        status = Poll.objects.select_for_update().get(pk=poll.pk).status
    live = LiveBallot.objects.filter(participation__poll=poll).count()
    published = PublishedBallot.objects.filter(poll=poll).count()
    assert Participation.objects.filter(poll=poll).count() == voters
    assert (status, live, published) in (("open", voters, 0), ("closed", 0, voters))
    assert urna.verdict(poll)["ok"]
    return status


def close_in_a_child(poll, step=None):
    def act(say):
        say("begins")
        with urna.after_the_close(poll):
            if step:
                with patch.object(*step, die):
                    services.follow_polls(timezone.now())
            else:
                services.follow_polls(timezone.now())
        say("closed")

    return act


STEPS = {
    "before the batch": (closing, "take_pending"),
    "before the openings": (closing, "_openings"),
    "before the tally": (closing, "tally"),
    "before publishing": (PublishedBallot.objects, "bulk_create"),
    "before forgetting": (closing, "_forget_who"),
    "amid forgetting": (closing._random, "shuffle"),
    "before the log": (closing, "append"),
    "before the state": (Poll, "save"),
    "before the commit": (closing, "announce"),
    "after the commit": (closing, "sweep"),
}


def test_a_close_killed_at_each_of_its_steps_is_open_or_closed_and_resumes():
    poll = urna.open_poll()
    urna.cast_many(poll, 10)
    services.sequence(poll=poll)
    urna.cast_many(poll, 3)
    for name, step in STEPS.items():
        assert in_a_child(close_in_a_child(poll, step)) == ["begins"]
        expected = "closed" if name == "after the commit" else "open"
        assert open_or_closed(poll, 13) == expected, name
    with urna.after_the_close(poll):
        services.follow_polls(timezone.now())  # what remained of the sweeping
    poll.box.refresh_from_db()
    assert poll.box.swept


def test_a_close_killed_at_any_moment_is_open_or_closed_and_resumes():
    chance, ends = random.Random(5), []
    for _n in range(CLOSES):
        poll = urna.open_poll()
        urna.cast_many(poll, 11)
        in_a_child(close_in_a_child(poll), kill_after=(1, chance.uniform(0, 0.08)))
        ends.append(open_or_closed(poll, 11))
        with urna.after_the_close(poll):
            services.follow_polls(timezone.now())
        assert open_or_closed(poll, 11) == "closed"
    assert set(ends) <= {"open", "closed"}
