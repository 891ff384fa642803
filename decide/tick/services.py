"""Doing what is due: once at a time, one failure never stopping the rest.

One run holds a lease in the database, which works alike on SQLite and PostgreSQL and ends by itself if its process
dies. A second run that meets a lease does nothing. The lease is renewed before each function; one that takes longer
than the lease may meet a second run, which is why every function in the table may also be run twice.
"""

import logging
import threading
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import close_old_connections
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from decide.tick import due
from decide.tick.models import TickRun

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)


@dataclass
class Outcome:
    """What one run did: how many things by function, and which functions failed. `ran` is False without the lease."""

    ran: bool = False
    done: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def run() -> Outcome:
    holder = uuid.uuid4()
    if not _take_lease(holder):
        return Outcome()
    outcome = Outcome(ran=True)
    try:
        for entry in due.DUE:
            if not _renew_lease(holder):
                log.warning("tick: the lease ended while working; another run goes on")
                break
            name = entry if isinstance(entry, str) else f"{entry.__module__}.{entry.__qualname__}"
            try:
                function = import_string(entry) if isinstance(entry, str) else entry
                outcome.done[name] = function(timezone.now())
            except Exception:
                log.exception("tick: %s failed", name)
                outcome.failed.append(name)
    finally:
        TickRun.objects.filter(pk=1, holder=holder).update(
            finished_at=timezone.now(), failed=outcome.failed, holder=None, lease_until=None
        )
    return outcome


def _take_lease(holder: uuid.UUID) -> bool:
    """One UPDATE decides: who finds the lease free (or over) gets it."""
    TickRun.objects.bulk_create([TickRun(pk=1)], ignore_conflicts=True)
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    taken = TickRun.objects.filter(free, pk=1).update(started_at=now, holder=holder, lease_until=now + LEASE)
    return taken == 1


def _renew_lease(holder: uuid.UUID) -> bool:
    return TickRun.objects.filter(pk=1, holder=holder).update(lease_until=timezone.now() + LEASE) == 1


def run_forever(interval: float, stop_event: threading.Event) -> None:
    """Run at once and then every `interval` seconds until `stop_event` is set: for a thread of the demo server."""
    while not stop_event.is_set():
        close_old_connections()
        try:
            run()
        except Exception:
            log.exception("tick: the run failed")
        finally:
            close_old_connections()
        stop_event.wait(interval)
