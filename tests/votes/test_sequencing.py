"""The log: batches, running totals in steps, signed heads, and never behind its own last word."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from decide.errors import Refused
from tests.factories import make_appointment, make_residence, make_user
from tests.votes import urna
from votes import canonical, clock, keys, live, services
from votes.models import BallotBox, ForkDeclaration, Head, LogEntry, Participation, PendingLeaf, Poll
from votes.services import sequencing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _commit(request, monkeypatch):
    """Tests in one transaction: what is due after the commit is done at once. (Real ones are far slower.)"""
    if not request.node.get_closest_marker("django_db").kwargs.get("transaction"):
        monkeypatch.setattr(transaction, "on_commit", lambda act, **options: act())


def leaves(poll) -> list[dict]:
    return [
        json.loads(bytes(body))
        for body in LogEntry.objects.filter(poll=poll).order_by("index").values_list("body", flat=True)
    ]


# --- batches ----------------------------------------------------------------------------------------------------


def test_nothing_is_sequenced_before_ten_different_people_have_voted():
    poll = urna.open_poll()
    people = urna.cast_many(poll, 9)
    for residence, _receipt in people * 2:
        urna.cast(poll, residence)  # changes do not make a batch
    assert services.sequence(poll=poll) == 0
    assert len(leaves(poll)) == 1
    urna.cast(poll)
    assert services.sequence(poll=poll) == 28
    assert PendingLeaf.objects.count() == 0
    assert services.sequence(poll=poll) == 0


def test_a_batch_is_shuffled_and_keeps_what_is_replaced_before_what_replaces_it():
    poll = urna.open_poll()
    people = urna.cast_many(poll, 20)
    order = [receipt.commitment for _who, receipt in people]
    for residence, _receipt in people[:10]:
        order.append(urna.cast(poll, residence, word="000001").commitment)
        order.append(urna.cast(poll, residence, word="000002").commitment)
    services.sequence(poll=poll)
    logged = [leaf["c"] for leaf in leaves(poll)[1:]]
    assert sorted(logged) == sorted(order)
    assert logged != order
    assert urna.verdict(poll)["ok"]


def test_sequencing_twice_at_once_cannot_differ_by_constraint():
    poll = urna.open_poll()
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEntry.objects.create(poll=poll, index=0, body=b"another")
    with pytest.raises(IntegrityError), transaction.atomic():
        Head.objects.create(poll=poll, size=1, root="", time="", signature="")


def test_every_head_is_signed_chained_and_never_goes_back_in_time():
    poll = urna.open_poll()
    urna.cast_many(poll, 10)
    with clock.pretend(timezone.now() - timedelta(minutes=30)):  # a clock that was put right meanwhile
        services.sequence(poll=poll)
    first, second = (json.loads(sequencing.head_line(head)) for head in Head.objects.filter(poll=poll))
    assert (first["size"], first["previous"], second["size"]) == (1, None, 11)
    assert second["time"] >= first["time"]
    assert urna.verdict(poll, key=keys.fingerprint())["ok"]


def test_from_the_hour_of_the_close_what_is_pending_waits_for_the_close():
    poll = urna.open_poll()
    urna.cast_many(poll, 12)
    with urna.after_the_close(poll):
        assert services.sequence(poll=poll) == 0


def test_another_signing_key_stops_the_log(settings):
    poll = urna.open_poll()
    urna.cast_many(poll, 10)
    settings.PLATFORM_SIGNING_KEY = "another-secret-0123456789-0123456789"
    with pytest.raises(Refused) as refused:
        services.sequence(poll=poll)
    assert refused.value.status == 503
    assert PendingLeaf.objects.count() == 10


# --- running totals --------------------------------------------------------------------------------------------


def counts(poll) -> tuple:
    """Counted ballots, votes by option in order, blanks, as a watcher sees them."""
    _version, state = live.tally_states([poll.pk])[poll.pk]
    return state["counted"], *state["options"].values(), *state["blank"].values()


def test_running_totals_move_by_whole_batches_and_follow_changes():
    poll = urna.open_poll()
    people = [make_residence() for _n in range(10)]
    for residence in people[:9]:
        urna.cast(poll, residence, urna.choose(poll, (1,)))
    services.sequence(poll=poll)
    assert counts(poll) == (0, 0, 0, 0)
    urna.cast(poll, people[9], urna.choose(poll, (2,)))
    services.sequence(poll=poll)
    assert counts(poll) == (10, 9, 1, 0)
    urna.cast(poll, people[0], urna.choose(poll, (2,)))  # a change alone moves nothing
    urna.cast(poll, people[0], urna.choose(poll))
    services.sequence(poll=poll)
    assert counts(poll) == (10, 9, 1, 0)
    for _n in range(10):
        urna.cast(poll, None, urna.choose(poll, (1,)))
    services.sequence(poll=poll)
    assert counts(poll) == (20, 18, 1, 1)
    assert Poll.objects.get(pk=poll.pk).turnout == 20


def test_totals_at_the_close_are_nowhere_before():
    poll = urna.open_poll(running_totals="at_close")
    urna.cast_many(poll, 10)
    assert {bytes(change) for change in PendingLeaf.objects.values_list("change", flat=True)} == {b""}
    services.sequence(poll=poll)
    assert Poll.objects.get(pk=poll.pk).totals is None
    assert counts(poll) == (None, None, None, None)
    urna.close(poll)
    assert counts(poll)[0] == 10


def test_version_only_grows():
    poll, seen = urna.open_poll(), [0]
    for _n in range(11):
        urna.cast(poll)
        services.sequence(poll=poll)
        seen.append(live.poll_states([poll.pk])[poll.pk][0])
    urna.close(poll)
    seen.append(live.poll_states([poll.pk])[poll.pk][0])
    assert seen == sorted(set(seen))


# --- the head outside the database -----------------------------------------------------------------------------


@pytest.fixture
def restored():
    """An open poll whose database was set back by one batch, as from an old backup."""
    poll = urna.open_poll()
    urna.cast_many(poll, 10)
    services.sequence(poll=poll)
    box, before = BallotBox.objects.get(poll=poll), Poll.objects.get(pk=poll.pk)
    late = [residence for residence, _receipt in urna.cast_many(poll, 10)]
    services.sequence(poll=poll)
    poll.saved = urna.export(poll)["heads.jsonl"]
    LogEntry.objects.filter(poll=poll, index__gte=box.size).delete()
    Head.objects.filter(poll=poll, size__gt=box.size).delete()
    Participation.objects.filter(poll=poll, residence__in=late).delete()
    Poll.objects.filter(pk=poll.pk).update(turnout=before.turnout, totals=before.totals)
    box.save()
    return poll


@pytest.mark.django_db(transaction=True)
def test_the_last_head_is_kept_outside_the_database_after_each_commit():
    poll = urna.open_poll()
    assert json.loads(sequencing.kept_head(poll))["size"] == 1
    urna.cast_many(poll, 10)
    with transaction.atomic():
        services.sequence(poll=poll)
        transaction.set_rollback(True)  # never committed, never kept
    assert json.loads(sequencing.kept_head(poll))["size"] == 1
    services.sequence(poll=poll)
    assert sequencing.kept_head(poll) == sequencing.head_line(Head.objects.filter(poll=poll).last())


def test_an_older_head_never_takes_the_place_of_a_newer_one():
    poll = urna.open_poll()
    first = sequencing.kept_head(poll)
    urna.cast_many(poll, 10)
    services.sequence(poll=poll)
    sequencing.keep_head(poll, first)
    assert json.loads(sequencing.kept_head(poll))["size"] == 11


def test_a_file_that_is_behind_stops_nothing():
    poll = urna.open_poll()
    first = sequencing.kept_head(poll)
    urna.cast_many(poll, 10)
    services.sequence(poll=poll)
    sequencing.keep_head(poll, first, force=True)  # killed between the commit and the file
    urna.cast_many(poll, 10)
    assert services.sequence(poll=poll) == 10


def test_a_database_set_back_halts_sequencing_and_the_close(restored):
    urna.cast_many(restored, 10)
    assert services.sequence(poll=restored) == 0
    box = BallotBox.objects.get(poll=restored)
    assert box.halted_at
    assert json.loads(box.lost_head)["size"] == 21
    with pytest.raises(Refused):
        services.follow_polls(timezone.now())  # the tick says so, and /salud/ with it: days before the close
    with urna.after_the_close(restored):
        with pytest.raises(Refused):
            services.close_poll(poll=restored)
        with pytest.raises(Refused):
            services.follow_polls(timezone.now())
    assert Poll.objects.get(pk=restored.pk).status == "open"
    assert services.sequence(poll=restored) == 0


def test_a_head_rewritten_in_the_database_halts_too():
    poll = urna.open_poll()
    urna.cast_many(poll, 10)
    services.sequence(poll=poll)
    Head.objects.filter(poll=poll, size=11).update(root="00" * 32)
    urna.cast_many(poll, 10)
    assert services.sequence(poll=poll) == 0
    assert BallotBox.objects.get(poll=poll).halted_at


def test_two_officers_declare_the_fork_and_the_log_says_it(restored):
    urna.cast_many(restored, 10)
    services.sequence(poll=restored)
    one, two = make_appointment().holder, make_appointment().holder
    assert not services.declare_fork(poll=restored, officer=one, reason="Se restauró el respaldo del lunes.")
    assert not services.declare_fork(poll=restored, officer=one, reason="Otra vez.")  # one officer is one
    assert services.sequence(poll=restored) == 0
    assert services.declare_fork(poll=restored, officer=two, reason="De acuerdo.")
    fork = leaves(restored)[-1]
    assert (fork["type"], fork["size"], fork["reason"]) == ("fork", 21, "Se restauró el respaldo del lunes.")
    assert services.sequence(poll=restored) == 10
    found = urna.verdict(restored)
    assert found["ok"]
    assert "ATENCIÓN" in dict(found["steps"])["fork"]
    # Whoever kept a head of the lost branch is told.
    told = urna.verdict(restored, saved=restored.saved)
    assert (told["ok"], told["failed"]["step"], told["failed"]["line"]) == (False, "saved", 3)
    urna.close(restored)
    assert urna.verdict(restored)["ok"]


def test_a_fork_declared_whose_file_was_not_written_does_not_halt_again(restored):
    services.sequence(poll=restored)
    urna.cast_many(restored, 10)
    services.sequence(poll=restored)
    lost = sequencing.kept_head(restored)
    for _n in range(2):
        services.declare_fork(poll=restored, officer=make_appointment().holder, reason="Respaldo.")
    sequencing.keep_head(restored, lost, force=True)
    assert services.sequence(poll=restored) > 0


def test_a_fork_is_declared_by_officers_with_a_reason_and_only_when_halted(restored):
    services.sequence(poll=restored)
    officer = make_appointment().holder
    for who, reason, status in ((make_user(), "x", 403), (officer, "  ", 400)):
        with pytest.raises(Refused) as refused:
            services.declare_fork(poll=restored, officer=who, reason=reason)
        assert refused.value.status == status
    with pytest.raises(Refused) as refused:
        services.declare_fork(poll=urna.open_poll(), officer=officer, reason="x")
    assert refused.value.status == 409
    assert not ForkDeclaration.objects.exists()


def test_a_head_that_is_published_is_canonical():
    poll = urna.open_poll()
    line = sequencing.head_line(Head.objects.get(poll=poll))
    assert canonical.dumps(canonical.loads(line)) == line
