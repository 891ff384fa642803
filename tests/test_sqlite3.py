"""Who asks first to write writes first, in one process, on SQLite."""

import threading
import time
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.backends.sqlite3 import base

from decide.sqlite3.base import DatabaseWrapper, Queue

sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has its own queue for each row")
WRITERS, TIMES = 8, 30


def longest_wait() -> int:
    """How many transactions of others began, at most, between somebody's asking for one and having it."""
    begun, waits, start = [0], [], threading.Barrier(WRITERS)

    def write():
        start.wait()
        for _n in range(TIMES):
            asked = begun[0]
            with transaction.atomic():
                waits.append(begun[0] - asked)
                begun[0] += 1
                time.sleep(0.003)
        connection.close()

    threads = [threading.Thread(target=write) for _n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert begun == [WRITERS * TIMES]
    return max(waits)


@sqlite
@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_more_than_those_who_came_before():
    assert longest_wait() <= 3 * WRITERS


@sqlite
@pytest.mark.django_db(transaction=True)
def test_control_without_the_queue_some_wait_for_nearly_all():
    stock = base.DatabaseWrapper._start_transaction_under_autocommit
    with patch.object(DatabaseWrapper, "_start_transaction_under_autocommit", stock):
        assert longest_wait() > 3 * WRITERS


def test_whoever_waited_too_long_tries_all_the_same_and_the_queue_goes_on():
    queue, order = Queue(), []
    with queue.turn(5), queue.turn(0.01):
        order.append("impatient")
    with queue.turn(0):
        order.append("next")
    assert order == ["impatient", "next"]


def test_a_turn_that_fails_lets_the_next_begin():
    queue = Queue()
    with pytest.raises(ValueError, match="locked"), queue.turn(5):
        raise ValueError("locked")
    began = time.monotonic()
    with queue.turn(5):
        assert time.monotonic() - began < 1
