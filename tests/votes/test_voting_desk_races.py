"""At once: two ballots in one turn, two officers over one poll; each with a control that fails without its guard."""

import threading
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from decide.errors import Refused
from tests.factories import make_appointment, make_parish, make_poll, make_residence
from tests.votes import urna
from votes import services
from votes.models import LiveBallot, Poll
from votes.services import authoring, desk

pytestmark = [pytest.mark.slow_race, pytest.mark.django_db(transaction=True)]
postgres = pytest.mark.skipif(connection.vendor == "sqlite", reason="on SQLite the immediate transaction is the lock")


def at_once(calls) -> list:
    """What each call returned or raised, all begun together, each on a connection of its own."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(i, call):
        try:
            barrier.wait(10)
            results[i] = call()
        except Exception as error:
            results[i] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def ballots_of_one_turn(count=6) -> list:
    """So many different ballots, sent at once in one turn: what became of each."""
    person = make_residence(make_parish())
    poll = urna.open_poll(questions=(("single", 3),))
    officer = make_appointment(office="desk").holder
    turn = desk.find_turn(desk.start_turn(poll=poll, officer=officer, session_key="x" * 32))
    word = services.draw_word

    def act(n):
        choices = urna.choose(poll, (n % 3 + 1,))
        return lambda: desk.cast_at_desk(turn=turn, residence=person, poll=poll, choices=choices, word=word())

    return at_once([act(n) for n in range(count)])


def test_one_turn_is_one_ballot_however_many_are_sent():
    done = ballots_of_one_turn()
    stood = [each for each in done if not isinstance(each, Exception)]
    refused = [each for each in done if isinstance(each, Refused)]

    assert (len(stood), len(refused)) == (1, 5)
    assert LiveBallot.objects.get().commitment == stood[0].commitment


@postgres
def test_control_without_the_lock_a_turn_takes_several():
    without = lambda self, *args, **kwargs: self._chain()  # noqa: E731
    with patch.object(QuerySet, "select_for_update", without):
        several = 1
        for _n in range(6):
            several = max(several, sum(not isinstance(each, Exception) for each in ballots_of_one_turn()))
            if several > 1:
                break
    assert several > 1


def test_a_poll_is_approved_or_sent_back_never_both():
    now = timezone.now()
    poll = make_poll(status="submitted", opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=3))
    first, second = (make_appointment().holder for _n in "12")
    done = at_once(
        [
            lambda: authoring.approve_poll(poll=poll, officer=first),
            lambda: authoring.return_poll(poll=poll, officer=second, reason="La pregunta no se entiende bien."),
        ]
    )
    poll = Poll.objects.get(pk=poll.pk)

    assert sum(isinstance(each, Refused) for each in done) == 1
    assert (poll.status == "approved") == (poll.approved_by is not None) == poll.thread.public
