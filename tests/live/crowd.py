"""Many people support one proposal over real HTTP while others watch it on real sockets: one server process of its own.

Shared by the test and by the bench. The people have signed in before; each sends one POST, on connections that are
kept open as a browser does it.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import websockets
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.utils import timezone

from decide.accounts.models import AccountSession, Residence, User
from decide.accounts.sessions import SessionStore

TOKEN = "c" * 32  # a CSRF token is whatever cookie and form agree on
SERVE = """
import sys, uvicorn
from decide.asgi import application
from decide.live.server import OPTIONS
server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="error", backlog=2048, **OPTIONS))
started = server.startup
async def startup(sockets=None):
    await started(sockets)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
server.startup = startup
server.run()
"""


def sessions_of_residents(how_many: int, parish) -> list[str]:
    """Session keys of verified residents who have signed in; few statements for all of them."""
    residences = Residence.objects.bulk_create(
        Residence(parish=parish, level="desk", participates_from="2000-01-01") for _n in range(how_many)
    )
    stamp = time.time_ns()
    users = User.objects.bulk_create(
        User(email=f"multitud{stamp}-{n}@example.org", display_name=f"Vecina {n}", password="!", residence=residence)
        for n, residence in enumerate(residences)
    )
    store = SessionStore()
    sessions = [
        AccountSession(
            session_key=f"{stamp:x}{n:06d}".rjust(32, "a"),
            expire_date=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
            account_id=user.pk,
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
        )
        for n, user in enumerate(users)
    ]
    return [session.session_key for session in AccountSession.objects.bulk_create(sessions)]


class Served:
    """The real application (pages and sockets) in a process of its own, on the database and Redis of this one."""

    def __enter__(self):
        own = connection.settings_dict
        if connection.vendor == "sqlite":
            url = f"sqlite:///{own['NAME']}"
        else:
            url = f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT'] or 5432}/{own['NAME']}"
        environment = os.environ | {"DATABASE_URL": url}
        if os.environ.get("TEST_REDIS_URL"):  # tests/settings.py counts the worker's database from the one given
            environment["REDIS_URL"] = os.environ["TEST_REDIS_URL"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, env=environment, text=True
        )
        self.port = int(self.process.stdout.readline())
        self.host = f"127.0.0.1:{self.port}"
        return self

    def cpu(self) -> float:
        """Seconds of processor time of the server so far: unlike the clock's, they mean something on a busy machine."""
        after_name = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()


@dataclass
class Seen:
    """What came of it: the status of each POST, seconds from the first to the last answer, and each socket's messages
    as (seconds after the first POST, message)."""

    statuses: list[int]
    seconds: float
    messages: list[list[tuple[float, dict]]]

    @property
    def last_everywhere(self) -> float:
        """Seconds from the last answer until the last socket had its last message."""
        return max(got[-1][0] for got in self.messages) - self.seconds


async def support_and_watch(host: str, proposal, sessions, sockets: int, lines: int = 24, last: int = 0) -> Seen:
    """Everybody in `sessions` supports, over so many connections at once, while `sockets` pages watch until the count
    is `last` (that of the sessions)."""
    topic, last = f"proposal:{proposal.pk}", last or len(sessions)
    address = f"{proposal.get_absolute_url()}apoyar/"
    pages = await asyncio.gather(*(_open(host, topic) for _n in range(sockets)))
    begin = time.monotonic()
    watching = [asyncio.create_task(_watch(page, begin, last)) for page in pages]
    waiting = list(sessions)
    answered = await asyncio.gather(*(_post(host, address, waiting) for _n in range(lines)))
    seconds = time.monotonic() - begin
    messages = await asyncio.gather(*watching)
    await asyncio.gather(*(page.close() for page in pages))
    return Seen([status for line in answered for status in line], seconds, messages)


async def _open(host, topic):
    page = await websockets.connect(
        f"ws://{host}/ws/live/", origin=f"http://{host}", compression=None, max_queue=None, open_timeout=30
    )
    await page.send(json.dumps({"watch": [topic]}))
    await page.recv()  # the snapshot
    return page


async def _watch(page, begin, last) -> list[tuple[float, dict]]:
    """Until the last count is seen."""
    got = []
    async with asyncio.timeout(120):
        while not got or got[-1][1]["state"]["supports"] < last:
            message = json.loads(await page.recv())
            got.append((time.monotonic() - begin, message))
    return got


async def _post(host, address, waiting) -> list[int]:
    """One line: the next person's POST as long as somebody waits."""
    name, port = host.split(":")
    reader, writer = await asyncio.open_connection(name, port)
    body = f"csrfmiddlewaretoken={TOKEN}"
    statuses = []
    while waiting:
        cookies = f"{settings.SESSION_COOKIE_NAME}={waiting.pop()}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        writer.write(
            f"POST {address} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next((int(h.split(":")[1]) for h in head.split("\r\n") if h.lower().startswith("content-length")), 0)
        await reader.readexactly(length)
        statuses.append(int(head.split()[1]))
    writer.close()
    return statuses
