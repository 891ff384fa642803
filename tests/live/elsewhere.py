"""Run by tests as a process of its own: a WSGI worker or a command without a hub, which makes changes and ends."""

import os
import sys
import time

import django


def main(pk: int, times: int, fork: bool) -> None:
    django.setup()
    from django.db import connections

    from tests.live.tools import support

    support(pk)  # the courier lives before the fork
    connections.close_all()
    if fork and os.fork():
        os.wait()
    else:
        for _ in range(times - 1):
            support(pk)
            time.sleep(0.001)
    if not fork:
        return
    sys.stdout.flush()
    from decide.live import publisher

    publisher._farewell()  # a forked worker leaves without atexit
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), len(sys.argv) > 3)
