"""`/salud/`: whether the platform can do its work, for a load balancer and for whoever is called at night.

| part | values | 503 when |
|---|---|---|
| database | up, down | down |
| channel_layer | up, down (a real round trip or the hub's heartbeat; the memory of one process is always up) | down |
| tick | fresh, stale, never; `tick_age` in seconds, `tick_failed` the functions that failed last time | stale |

Stale is a last run more than 15 minutes ago. A platform where tick never ran is healthy (it says "never"), and a
process younger than 15 minutes does not blame the tick: the demo was perhaps asleep since yesterday.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from threading import Lock

from django.db import close_old_connections, connection
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from decide.live import publisher
from decide.tick.models import TickRun

PATIENCE_SECONDS = 2.0
STALE_SECONDS = 15 * 60
_born = time.monotonic()


def _database() -> TickRun | None:
    """The row of the last tick; raises if the database does not answer."""
    close_old_connections()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return TickRun.objects.filter(pk=1).first()
    finally:
        close_old_connections()


def _layer() -> bool:
    return publisher.layer_answers(PATIENCE_SECONDS)


class _Asked:
    """Asks in a thread of its own, and only once at a time: a database that hangs holds one thread, not all."""

    def __init__(self, question):
        self.question = question
        self.lock = Lock()
        self.pool = None
        self.answer: Future | None = None

    def ask(self) -> Future:
        with self.lock:
            if self.answer is None or self.answer.done():
                self.pool = self.pool or ThreadPoolExecutor(1, thread_name_prefix="health")
                self.answer = self.pool.submit(self.question)
            return self.answer


_asked_database, _asked_layer = _Asked(_database), _Asked(_layer)


@never_cache
@require_safe
def health(request):
    until = time.monotonic() + PATIENCE_SECONDS
    database, layer = _asked_database.ask(), _asked_layer.ask()
    state = {"database": "up", "channel_layer": "up", "tick": "never", "tick_age": None, "tick_failed": []}
    try:
        last = database.result(PATIENCE_SECONDS)
        if last and last.finished_at:
            age = (timezone.now() - last.finished_at).total_seconds()
            state |= {
                "tick": "stale" if age > STALE_SECONDS else "fresh",
                "tick_age": round(age),
                "tick_failed": last.failed,
            }
    except Exception:
        state |= {"database": "down", "tick": "unknown"}
    try:
        answers = layer.result(max(0.0, until - time.monotonic()))
    except TooSlow:
        answers = False
    if not answers:
        state["channel_layer"] = "down"
    stale = state["tick"] == "stale" and time.monotonic() - _born > STALE_SECONDS
    ill = "down" in (state["database"], state["channel_layer"]) or stale
    return JsonResponse({"status": "ill" if ill else "ok", **state}, status=503 if ill else 200)
