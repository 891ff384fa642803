"""Many ballots at once, on the engine at hand; each promise with a control that breaks without its guard.

`FULL=1` plays them at the size of the design: 100 voters with 50 requests each.
"""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from decide.accounts.services import merge_residences
from decide.errors import Refused
from tests.factories import make_appointment, make_parish, make_residence
from tests.votes import urna
from votes import canonical, clock, services
from votes.models import LiveBallot, Participation, PendingLeaf, Poll
from votes.opening import Opening
from votes.services import casting

pytestmark = [pytest.mark.slow_race, pytest.mark.django_db(transaction=True)]
VOTERS, REQUESTS, THREADS = (100, 50, 40) if os.environ.get("FULL") else (12, 8, 12)


def together(acts, threads=THREADS) -> list:
    """Do all of this, so many at a time; what each returned, or the exception."""
    start = threading.Barrier(min(threads, len(acts)))
    begun = threading.local()

    def run(act):
        if not getattr(begun, "yes", False):
            begun.yes = True
            start.wait(timeout=60)
        try:
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(min(threads, len(acts))) as pool:
        return list(pool.map(run, acts))


def casting_of(poll, residence, answered):
    """One request; what was acknowledged is noted in the order in which it was."""
    choices, word = urna.any_choices(poll), services.draw_word()

    def act():
        receipt = services.cast_ballot(poll=poll, residence=residence, choices=choices, word=word)
        answered.append((receipt.commitment, choices, word))
        return receipt

    return act


def opened(poll, residence) -> tuple:
    own = Participation.objects.get(poll=poll, residence=residence)
    opening = Opening.unsealed(own.ballot.opening, poll.key.bytes + own.pk.bytes)
    return own.ballot.commitment, opening.choices, opening.word


def test_every_voter_has_one_ballot_and_the_export_verifies():
    poll = urna.open_poll(questions=(("single", 2), ("approval", 3)))
    people = [make_residence(make_parish()) for _n in range(VOTERS)]
    answered = {residence.pk: [] for residence in people}
    acts = [casting_of(poll, r, answered[r.pk]) for r in people for _n in range(REQUESTS)]
    random.Random(7).shuffle(acts)
    stop = threading.Event()

    def sequencer():
        while not stop.is_set():
            services.sequence(poll=poll)
            stop.wait(0.05)
        connection.close()

    thread = threading.Thread(target=sequencer)
    thread.start()
    results = together(acts)
    stop.set()
    thread.join()
    assert [r for r in results if isinstance(r, Exception)] == []
    assert Participation.objects.count() == LiveBallot.objects.count() == VOTERS
    assert Poll.objects.get(pk=poll.pk).turnout == VOTERS
    for residence in people:
        commitment, choices, word = opened(poll, residence)
        noted = {c: (wanted, its) for c, wanted, its in answered[residence.pk]}
        assert (choices, word) == ({q: sorted(o) for q, o in noted[commitment][0].items()}, noted[commitment][1])
    urna.close(poll)
    found = urna.verdict(poll)
    assert found["ok"], found["failed"]


def test_the_last_that_was_acknowledged_stands():
    """One person on eight telephones, and then once more: what is answered last is what counts."""
    poll, residence = urna.open_poll(), make_residence(make_parish())
    for _round in range(3):
        together([casting_of(poll, residence, []) for _n in range(8)])
        last = []
        casting_of(poll, residence, last)()
        assert opened(poll, residence)[0] == last[0][0]


def chain(poll) -> tuple[list[str], int]:
    """What the pending leaves claim to replace, and how many first casts there are."""
    leaves = [canonical.loads(bytes(body)) for body in PendingLeaf.objects.values_list("body", flat=True)]
    replaced = [leaf["replaces"] for leaf in leaves if leaf["replaces"]]
    return replaced, sum(leaf["replaces"] is None for leaf in leaves)


def test_simultaneous_changes_never_claim_to_replace_the_same_ballot():
    poll, residence = urna.open_poll(), make_residence(make_parish())
    together([casting_of(poll, residence, []) for _n in range(16)])
    replaced, firsts = chain(poll)
    assert (len(replaced), len(set(replaced)), firsts) == (15, 15, 1)


def test_control_who_reads_before_the_lock_replaces_the_same_ballot_twice():
    """On SQLite the transaction is the lock: there, too, everybody reads before it."""
    poll, residence = urna.open_poll(), make_residence(make_parish())
    urna.cast(poll, residence)
    meeting, really = threading.Barrier(6), LiveBallot.objects.filter
    read = threading.local()

    def cast_after_reading():
        read.ballot = LiveBallot.objects.get(participation__residence=residence)
        meeting.wait(20)  # everybody has read, and nobody holds the lock
        return casting_of(poll, residence, [])()

    class Stale:
        """What was read before the lock, given again after it."""

        @staticmethod
        def first():
            return read.ballot

    def stale(**wanted):
        return Stale if "participation_id" in wanted else really(**wanted)

    with patch.object(LiveBallot.objects, "filter", stale):
        results = together([cast_after_reading] * 6, threads=6)
    assert [r for r in results if isinstance(r, Exception)] == []
    replaced, _firsts = chain(poll)
    assert len(replaced) > len(set(replaced))
    urna.cast_many(poll, 10)
    urna.close(poll)
    assert urna.verdict(poll)["failed"]["step"] == "log"


def test_control_without_the_constraint_one_person_has_several_ballots():
    poll, residence = urna.open_poll(), make_residence(make_parish())

    def no_conflict(which, who):
        return Participation.objects.create(poll=which, residence=who).pk, True

    (constraint,) = Participation._meta.constraints
    with patch.object(Participation._meta, "constraints", []), connection.schema_editor() as editor:
        editor.remove_constraint(Participation, constraint)  # SQLite makes the table anew, as the model says
    try:
        with patch.object(casting, "_take_participation", no_conflict):
            results = together([casting_of(poll, residence, []) for _n in range(8)])
        assert Participation.objects.filter(poll=poll, residence=residence).count() == 8, results
    finally:
        Participation.objects.exclude(pk=Participation.objects.first().pk).delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Participation, constraint)


def test_the_same_form_from_eight_telephones_is_one_ballot():
    poll, residence = urna.open_poll(), make_residence(make_parish())
    choices = urna.choose(poll, (1,))
    results = together(
        [lambda: services.cast_ballot(poll=poll, residence=residence, choices=choices, word="777777")] * 8
    )
    assert len({receipt.commitment for receipt in results}) == 1
    assert PendingLeaf.objects.count() == 1


def test_two_sequencers_and_the_close_at_once_make_one_log():
    poll = urna.open_poll()
    urna.cast_many(poll, 12)
    results = together([lambda: services.sequence(poll=poll)] * 4, threads=4)
    assert sorted(results) == [0, 0, 0, 12]
    urna.cast_many(poll, 3)
    results = together([lambda: urna.close(poll).status] * 4, threads=4)
    assert results == ["closed"] * 4
    found = urna.verdict(poll)
    assert found["ok"], found["failed"]


def test_votes_across_the_closing_second_are_decided_by_the_clock_of_the_database(monkeypatch):
    """Real time passes the close while people vote and the tick closes; the application's clock is 5 minutes fast."""
    really = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: really() + timedelta(minutes=5))
    with clock.pretend(really()):
        poll = urna.open_poll(opens_at=really() - timedelta(hours=1), closes_at=really() + timedelta(seconds=1.5))
    people = [make_residence(make_parish()) for _n in range(6)]
    end, taken, late = clock.parse(clock.stamp(poll.closes_at)), [], []

    def vote_on(residence):
        def act():
            while True:
                began = clock.database_clock()
                try:
                    receipt = urna.cast(poll, residence)
                except Refused as refusal:
                    late.append(began)
                    return refusal
                taken.append((began, receipt))

        return act

    def tick():
        while Poll.objects.get(pk=poll.pk).status != "closed":
            try:
                services.close_poll(poll=poll)
            except Refused:
                threading.Event().wait(0.02)

    results = together([*(vote_on(r) for r in people), tick], threads=7)
    assert {getattr(r, "status", r) for r in results[:-1]} == {409}
    assert results[-1] is None
    assert taken
    assert all(began < end for began, _receipt in taken)
    closed = Poll.objects.get(pk=poll.pk)
    assert (closed.status, closed.turnout) == ("closed", len({r.commitment for _b, r in taken if r.first}))
    found = urna.verdict(poll)
    assert found["ok"], found["failed"]
    logged = urna.export(poll)["log.jsonl"]
    assert all(receipt.commitment.encode() in logged for _began, receipt in taken)


def test_merging_two_verifications_while_both_vote_leaves_one_vote_and_no_deadlock():
    officer = make_appointment(office="desk").holder
    poll = urna.open_poll()
    urna.cast_many(poll, 10)
    for _round in range(3):
        keep, drop = make_residence(make_parish()), make_residence(make_parish())
        acts = [casting_of(poll, who, []) for who in (keep, drop) * 3]
        acts.insert(2, lambda keep=keep, drop=drop: merge_residences(officer=officer, keep=keep, drop=drop))
        results = together(acts, threads=7)
        assert {type(r) for r in results if isinstance(r, Exception)} <= {Refused}, results
        assert Participation.objects.filter(residence__in=[keep.pk, drop.pk]).count() == 1
    assert Participation.objects.count() == LiveBallot.objects.count() == Poll.objects.get(pk=poll.pk).turnout == 13
    urna.close(poll)
    found = urna.verdict(poll)
    assert found["ok"], found["failed"]


def test_annulling_while_people_vote_leaves_no_ballot():
    poll, officer = urna.open_poll(), make_appointment().holder
    people = [make_residence(make_parish()) for _n in range(10)]
    acts = [casting_of(poll, r, []) for r in people]
    acts.insert(5, lambda: services.annul_poll(poll=poll, officer=officer, reason="Prueba."))
    together(acts)
    assert (LiveBallot.objects.count(), PendingLeaf.objects.count()) == (0, 0)
    assert Participation.objects.count() == Poll.objects.get(pk=poll.pk).turnout
    assert urna.verdict(poll)["ok"]
