"""Django's SQLite, where whoever asks first to write writes first.

SQLite lets those who wait try again by themselves, ever more seldom. Among forty who write at once, whoever has just
committed begins again before anybody else looks, and some wait until "database is locked" is a page that failed.
"""

import threading
from collections import deque
from contextlib import contextmanager

from django.db.backends.sqlite3 import base


class Queue:
    """Turns in the order in which they were asked for, among the threads of this process."""

    def __init__(self):
        self._guard, self._waiting = threading.Lock(), deque()

    @contextmanager
    def turn(self, patience: float):
        """Wait for one's turn, so many seconds at most: then one tries all the same."""
        mine = threading.Event()
        with self._guard:
            self._waiting.append(mine)
            self._waiting[0].set()
        mine.wait(patience)
        try:
            yield
        finally:
            with self._guard:
                self._waiting.remove(mine)
                if self._waiting:
                    self._waiting[0].set()


queue = Queue()


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self):
        # Only the beginning is queued for: one thread waits for the file, and the others for that thread.
        with queue.turn(self.settings_dict["OPTIONS"].get("timeout", 5)):
            super()._start_transaction_under_autocommit()
