"""Sending within about a second, beside the pages: the loop of `manage.py worker` and of the demo's thread.

Any number of workers and ticks may run at once: each claims what it sends. Without a worker `tick` sends it all, each
minute.
"""

import logging
import threading

from django.db import close_old_connections
from django.utils import timezone

from decide.notices import services

log = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
REST_SECONDS = 5.0  # after the database failed


def run_forever(stop: threading.Event) -> int:
    """Send what is due until `stop` is set; what was claimed and not sent is given back. Returns how many were sent."""
    sent = 0
    while not stop.is_set():
        close_old_connections()
        pause = PAUSE_SECONDS
        try:
            services.write_announcements(timezone.now(), stop.is_set)
            sent += services.send_due(timezone.now(), stop.is_set)
        except Exception:
            log.exception("worker: the run failed")
            pause = REST_SECONDS
        finally:
            close_old_connections()
        stop.wait(pause)
    return sent
