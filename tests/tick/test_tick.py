"""Everything that is due: one failure stops nobody, and two runs at once do it once."""

import io
import threading
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from django.utils.module_loading import import_string

from decide.tick import due, services
from decide.tick.models import TickRun


@pytest.fixture
def table(monkeypatch):
    """`table(f, g)`: what is due in this test."""
    return lambda *functions: monkeypatch.setattr(due, "DUE", list(functions))


def two(now):
    return 2


def breaks(now):
    raise RuntimeError("broken")


def test_table_names_functions_that_exist():
    assert all(callable(import_string(name)) for name in due.DUE)


@pytest.mark.django_db
def test_run_passes_the_time_and_says_what_was_done(table):
    seen = []

    def three(now):
        seen.append(now)
        return 3

    table(two, three)
    outcome = services.run()
    assert (outcome.ran, list(outcome.done.values()), outcome.failed) == (True, [2, 3], [])
    assert abs(seen[0] - timezone.now()) < timedelta(seconds=5)
    row = TickRun.objects.get()
    assert row.pk == 1
    assert row.started_at <= row.finished_at
    assert (row.failed, row.holder, row.lease_until) == ([], None, None)


@pytest.mark.django_db
def test_one_that_fails_or_cannot_be_imported_does_not_stop_the_others(table):
    table("nowhere.at_all", breaks, two)
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"failed: nowhere\.at_all, tests\.tick\.test_tick\.breaks"):
        call_command("tick", stdout=out)
    assert out.getvalue() == "tests.tick.test_tick.two: 2\n"
    assert TickRun.objects.get().failed == ["nowhere.at_all", "tests.tick.test_tick.breaks"]
    table(two)
    call_command("tick", stdout=out)
    assert TickRun.objects.get().failed == []


@pytest.mark.django_db(transaction=True)
def test_one_that_breaks_its_transaction_leaves_nothing_and_stops_nobody(table):
    from django.db import transaction

    def half(now):
        with transaction.atomic():
            TickRun.objects.create(pk=7)
            raise RuntimeError("half way")

    table(half, two)
    outcome = services.run()
    assert list(outcome.done.values()) == [2]
    assert not TickRun.objects.filter(pk=7).exists()


def at_once(many):
    """So many runs begin together, each in a thread of its own."""
    barrier, outcomes = threading.Barrier(many), []

    def work():
        try:
            barrier.wait()
            outcomes.append(services.run())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_ten_runs_at_once_do_it_once(table):
    table(counting := Counting())
    outcomes = at_once(10)
    assert sorted(outcome.ran for outcome in outcomes) == [False] * 9 + [True]
    assert counting.times == 1
    assert counting.most_at_once == 1


@pytest.mark.django_db(transaction=True)
def test_ten_runs_at_once_control_without_the_lease_do_it_ten_times(table, monkeypatch):
    monkeypatch.setattr(services, "_take_lease", lambda holder: True)
    monkeypatch.setattr(services, "_renew_lease", lambda holder: True)
    table(counting := Counting())
    at_once(10)
    assert counting.times == 10
    assert counting.most_at_once > 1


class Counting:
    """A due function that takes a while and counts how many are at it."""

    def __init__(self):
        self.__qualname__ = "counting"
        self.lock = threading.Lock()
        self.times = self.now = self.most_at_once = 0

    def __call__(self, now):
        with self.lock:
            self.times += 1
            self.now += 1
            self.most_at_once = max(self.most_at_once, self.now)
        time.sleep(0.5)
        with self.lock:
            self.now -= 1
        return 1


@pytest.mark.django_db
def test_lease_of_a_dead_process_ends_by_itself(table):
    table(two)
    TickRun.objects.create(pk=1, holder="00000000-0000-0000-0000-000000000001", lease_until=timezone.now())
    TickRun.objects.update(lease_until=timezone.now() + timedelta(seconds=60))
    assert not services.run().ran
    out = io.StringIO()
    call_command("tick", stdout=out)
    assert out.getvalue() == "another run is at work\n"
    TickRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert services.run().ran


@pytest.mark.django_db
def test_run_that_lost_its_lease_stops_and_does_not_free_the_other(table):
    other = "00000000-0000-0000-0000-000000000002"

    def is_overtaken(now):
        TickRun.objects.update(holder=other, lease_until=now + services.LEASE)
        return 1

    table(is_overtaken, two)
    outcome = services.run()
    assert len(outcome.done) == 1
    assert str(TickRun.objects.get().holder) == other


@pytest.mark.django_db(transaction=True)
def test_run_forever_runs_until_it_is_stopped_whatever_happens(monkeypatch):
    runs, stop = [], threading.Event()

    def run():
        runs.append(1)
        if len(runs) == 3:
            stop.set()
        raise RuntimeError("the database is away")

    monkeypatch.setattr(services, "run", run)
    thread = threading.Thread(target=services.run_forever, args=(0.01, stop))
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert len(runs) == 3
