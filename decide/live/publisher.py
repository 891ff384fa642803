"""From a write to the hubs: the names of the topics that changed, after the commit.

Whoever writes never waits and never fails because of the push channel: a name is handed to an event loop and that is
all. In a process with a hub that loop is the hub's own; elsewhere (WSGI workers, commands) a courier is started with
the first change: one daemon thread, one event loop, one lasting connection. (`async_to_sync(layer.group_send)` would
open a loop and a connection for every write.)
"""

import asyncio
import atexit
import logging
import os
import threading
import time
from functools import partial

from django.db import transaction

from decide.live import hubs
from decide.live.line import Line, remote_layer, round_trip

log = logging.getLogger(__name__)

FAREWELL_SECONDS = 1.0  # a command that ends gives its last words this long


def changed(*topics: str) -> None:
    """Say that the state of these topics changed, once the transaction has committed."""
    transaction.on_commit(partial(_publish, topics), robust=True)


def _publish(topics: tuple[str, ...]) -> None:
    try:
        if not hubs.tell(topics) and (layer := remote_layer()) is not None:
            _courier(layer).post(topics)
    except Exception:
        log.exception("live: a change was not announced; the hubs will see it when they read again")


class _Courier:
    """Carries names of topics to the channel layer from a thread of its own."""

    def __init__(self, layer):
        self.pid = os.getpid()
        self.layer = layer
        self.loop = asyncio.new_event_loop()
        self.line = Line(layer)
        self.thread = threading.Thread(target=self._run, name="live-courier", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.line.send_forever())

    def post(self, topics) -> None:
        self.loop.call_soon_threadsafe(self.line.post, topics)

    def round_trip(self, timeout: float) -> None:
        asyncio.run_coroutine_threadsafe(round_trip(self.layer), self.loop).result(timeout)

    def say_farewell(self) -> None:
        until = time.monotonic() + FAREWELL_SECONDS
        time.sleep(0.01)  # what was posted last is now in the outbox
        while not self.line.empty and not self.line.failing and time.monotonic() < until:
            time.sleep(0.01)


_the_courier: _Courier | None = None
_lock = threading.Lock()


def _courier(layer) -> _Courier:
    global _the_courier
    with _lock:
        if _the_courier is None or _the_courier.layer is not layer:
            _the_courier = _Courier(layer)
        return _the_courier


def layer_answers(timeout: float = 2.0) -> bool:
    """Whether messages travel: a real round trip, or the heartbeat of this process's hub, not older than 3 s."""
    layer = remote_layer()
    if layer is None:
        return True  # the memory of this process
    if (up := hubs.line_is_up()) is not None:
        return up
    try:
        _courier(layer).round_trip(timeout)
    except Exception:
        return False
    return True


def _after_fork() -> None:
    """Threads do not survive a fork: the child begins without courier and hubs."""
    global _the_courier, _lock
    _the_courier, _lock = None, threading.Lock()
    hubs.forget()


def _farewell() -> None:
    if _the_courier is not None:
        _the_courier.say_farewell()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_farewell)
