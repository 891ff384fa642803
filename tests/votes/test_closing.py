"""The close: counted, published, forgotten who; and annulling."""

import subprocess
import sys
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from decide.errors import Refused
from tests.factories import make_appointment, make_parish, make_poll, make_residence, make_user
from tests.votes import urna
from votes import clock, keys, services
from votes.models import (
    BallotBox,
    DailyTurnout,
    LiveBallot,
    LogEntry,
    Participation,
    PendingLeaf,
    Poll,
    PublishedBallot,
)
from votes.services.closing import opened_parishes

pytestmark = pytest.mark.django_db


def test_a_close_counts_publishes_and_verifies():
    poll = urna.open_poll(questions=(("single", 2), ("approval", 3), ("budget", 3)))
    receipts = urna.cast_many(poll, 15)
    changed = urna.cast(poll, receipts[0][0], urna.choose(poll, (1,), (1, 2), (1, 3)))
    closed = urna.close(poll)
    assert (closed.status, closed.turnout, closed.totals["ballots"], closed.verified) == ("closed", 15, 15, 15)
    assert (LiveBallot.objects.count(), PendingLeaf.objects.count()) == (0, 0)
    assert (Participation.objects.count(), PublishedBallot.objects.count()) == (15, 15)
    assert sum(DailyTurnout.objects.values_list("voters", flat=True)) == 15
    found = urna.verdict(poll, key=keys.fingerprint(), receipt=changed.code)
    assert found["ok"], found["failed"]
    assert [name for name, _text in found["steps"]] == ["rules", "key", "log", "heads", "ballots", "recount", "receipt"]
    for _who, receipt in receipts:
        assert urna.verdict(poll, receipt=receipt.code)["ok"]


@pytest.mark.parametrize("batches", [False, True])
def test_the_result_equals_the_running_totals_after_the_last_batch(batches):
    poll = urna.open_poll(questions=(("approval", 3), ("budget", 3)))
    people = urna.cast_many(poll, 20)
    if batches:
        services.sequence(poll=poll)
    for residence, _receipt in people[:7]:
        urna.cast(poll, residence)
    urna.cast_many(poll, 10)
    services.sequence(poll=poll)
    running = Poll.objects.get(pk=poll.pk).totals["questions"]
    assert urna.close(poll).totals["questions"] == running


def test_a_close_comes_at_its_hour_by_the_clock_of_the_database_and_once():
    poll = urna.open_poll()
    with pytest.raises(Refused), transaction.atomic():
        services.close_poll(poll=poll)
    first = urna.close(poll)
    again = urna.close(poll)
    assert (first.closed_at, first.version) == (again.closed_at, again.version)


def test_a_poll_without_voters_closes():
    poll = urna.open_poll()
    assert urna.close(poll).totals is None
    assert urna.verdict(poll)["ok"]


@pytest.mark.parametrize(("ballots", "opened"), [(9, False), (10, True)])
def test_with_fewer_than_ten_ballots_only_the_turnout_is_published(ballots, opened):
    poll = urna.open_poll()
    urna.cast_many(poll, ballots)
    closed = urna.close(poll)
    assert (closed.totals is not None, PublishedBallot.objects.exists()) == (opened, opened)
    assert ("ballots.jsonl" in urna.export(poll), closed.turnout) == (opened, ballots)
    assert LiveBallot.objects.count() == 0
    assert urna.verdict(poll)["ok"]


@pytest.mark.parametrize(
    ("counts", "opened"),
    [
        ({"a": 10}, "a"),
        ({"a": 9, "b": 9}, ""),
        ({"a": 12, "b": 11, "c": 9}, "a"),  # c alone would be told by subtraction: b stays closed too
        ({"a": 12, "b": 3, "c": 9}, "a"),
        ({"a": 11, "b": 11, "c": 1}, "b"),
        ({"a": 20, "b": 30, "c": 10}, "abc"),
        ({"a": 20, "b": 1}, ""),
        ({}, ""),
    ],
)
def test_parishes_with_ten_ballots_are_opened_and_never_all_but_one(counts, opened):
    ballots = [code for code, n in counts.items() for _n in range(n)]
    assert opened_parishes(ballots, 10) == set(opened)


def test_results_by_parish_are_those_of_its_residents_and_the_others_stay_closed():
    a, b, c = make_parish("La Argelia"), make_parish("Calderón"), make_parish("Nono")
    poll = urna.open_poll()
    for parish, count in ((a, 12), (b, 3), (c, 2)):
        for _n in range(count):
            urna.cast(poll, make_residence(parish), urna.choose(poll, (1,) if parish == a else (2,)))
    closed = urna.close(poll)
    assert {code: own["ballots"] for code, own in closed.totals["parishes"].items()} == {a.code: 12}
    ((_key, own),) = closed.totals["parishes"][a.code]["questions"].items()
    assert sorted(own["options"].values()) == [0, 12]
    assert Counter(PublishedBallot.objects.values_list("parish", flat=True)) == {a.code: 12, "": 5}
    assert urna.verdict(poll)["ok"]


def test_a_ballot_that_is_not_its_commitment_stops_the_close():
    poll = urna.open_poll()
    urna.cast_many(poll, 3)
    LiveBallot.objects.filter(pk=LiveBallot.objects.first().pk).update(commitment="ab" * 32)
    with pytest.raises(ValueError, match="not its commitment"), transaction.atomic():
        urna.close(poll)
    assert Poll.objects.get(pk=poll.pk).status == "open"
    assert LiveBallot.objects.count() == 3


def test_a_lost_ballot_key_stops_the_close_and_loses_nothing(settings):
    poll = urna.open_poll(running_totals="at_close")
    urna.cast_many(poll, 3)
    old = settings.BALLOT_KEYS
    settings.BALLOT_KEYS = {"v2": b"another"}
    with pytest.raises(keys.CannotOpen), transaction.atomic():
        urna.close(poll)
    settings.BALLOT_KEYS = {"v2": b"another", **old}
    assert urna.close(poll).turnout == 3


# --- annulling --------------------------------------------------------------------------------------------------


def test_annulling_destroys_the_ballots_unopened_and_leaves_the_log():
    poll, officer = urna.open_poll(), make_appointment().holder
    people = urna.cast_many(poll, 12)
    services.sequence(poll=poll)
    urna.cast_many(poll, 2)
    annulled = services.annul_poll(poll=poll, officer=officer, reason=" Una opción estaba mal. ")
    assert (annulled.status, annulled.annul_reason, annulled.totals) == ("annulled", "Una opción estaba mal.", None)
    assert (LiveBallot.objects.count(), PendingLeaf.objects.count(), PublishedBallot.objects.count()) == (0, 0, 0)
    assert (Participation.objects.count(), annulled.turnout) == (14, 14)
    assert LogEntry.objects.count() == 1 + 14 + 1
    found = urna.verdict(poll, receipt=people[0][1].code)
    assert found["ok"], found["failed"]


def test_annulling_asks_for_an_office_a_reason_and_a_poll_that_goes_on():
    poll, officer = urna.open_poll(), make_appointment().holder
    closed = urna.open_poll()
    urna.close(closed)
    for which, who, reason, status in (
        (poll, make_user(), "x", 403),
        (poll, officer, "  ", 400),
        (closed, officer, "x", 409),
        (make_poll(status="draft"), officer, "x", 409),
    ):
        with pytest.raises(Refused) as refused, transaction.atomic():
            services.annul_poll(poll=which, officer=who, reason=reason)
        assert refused.value.status == status
    announced = services.annul_poll(poll=make_poll(), officer=officer, reason="No hacía falta.")
    assert (announced.status, services.export_files(announced)) == ("annulled", {})


# --- the tick ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_tick_opens_sequences_closes_and_sweeps_and_twice_is_as_good():
    make_parish()
    poll = make_poll()
    assert services.follow_polls(timezone.now()) == 1
    poll.refresh_from_db()
    urna.cast_many(poll, 10)
    assert services.follow_polls(timezone.now()) == 1
    with urna.after_the_close(poll):
        assert services.follow_polls(timezone.now()) == 2  # closed, and swept
        assert services.follow_polls(timezone.now()) == 0
    poll.refresh_from_db()
    assert (poll.status, BallotBox.objects.get().swept) == ("closed", True)
    assert urna.verdict(poll)["ok"]


@pytest.mark.django_db(transaction=True)
def test_one_poll_that_fails_does_not_keep_the_others():
    broken, well = urna.open_poll(), urna.open_poll()
    urna.cast(broken)
    LiveBallot.objects.update(commitment="ab" * 32)
    with urna.after_the_close(well), pytest.raises(ValueError, match="not its commitment"):
        services.follow_polls(timezone.now())
    assert set(Poll.objects.values_list("pk", "status")) == {(broken.pk, "open"), (well.pk, "closed")}


# --- the export ---------------------------------------------------------------------------------------------------


def test_export_is_written_and_verified_from_the_command_line(tmp_path, capsys):
    poll = urna.open_poll()
    receipt = urna.cast_many(poll, 11)[0][1]
    urna.close(poll)
    call_command("export_poll", str(poll.pk), str(tmp_path / "out"))
    assert keys.fingerprint() in capsys.readouterr().out
    run = [sys.executable, "votes/verificar.py", str(tmp_path / "out")]
    done = subprocess.run(run, capture_output=True, text=True)
    assert (done.returncode, "FIRMANTE NO COMPROBADO" in done.stdout) == (0, True)
    done = subprocess.run(
        [*run, "--key", keys.fingerprint(), "--receipt", receipt.code], capture_output=True, text=True
    )
    assert (done.returncode, "TODO CUADRA" in done.stdout) == (0, True), done.stdout + done.stderr
    text = (tmp_path / "out" / "ballots.jsonl").read_bytes()
    (tmp_path / "out" / "ballots.jsonl").write_bytes(text.replace(b'"word":"', b'"word":"9', 1))
    done = subprocess.run(run, capture_output=True, text=True)
    assert (done.returncode, "ballots.jsonl, línea 1" in done.stdout) == (1, True)
    assert subprocess.run([*run, "--heads", "/nowhere"], capture_output=True).returncode == 2


def test_export_of_what_is_not_public_is_refused(tmp_path):
    for poll in (make_poll(status="draft"), make_poll()):
        with pytest.raises(CommandError):
            call_command("export_poll", str(poll.key), str(tmp_path))
    for name in ("999999", "nonsense"):
        with pytest.raises(CommandError):
            call_command("export_poll", name, str(tmp_path))


def test_export_of_an_open_poll_holds_no_ballot_and_nobody(tmp_path):
    poll = urna.open_poll()
    user = make_user(display_name="Nombre Secreto", verified=True, parish=make_parish())
    urna.cast(poll, user.residence)
    urna.cast_many(poll, 10)
    services.sequence(poll=poll)
    files = urna.export(poll)
    assert set(files) == {"rules.json", "log.jsonl", "heads.jsonl"}
    everything = b"".join(files.values())
    assert b"Nombre Secreto" not in everything
    assert str(poll.written_by).encode() not in everything


def test_at_the_very_millisecond_of_its_close_a_poll_closes():
    poll = urna.open_poll()
    with clock.pretend(clock.parse(clock.stamp(poll.closes_at))):
        assert services.close_poll(poll=poll).status == "closed"
