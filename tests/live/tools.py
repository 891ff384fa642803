"""A real ASGI server in a thread, watchers on real sockets, and writes as the services make them."""

import asyncio
import contextlib
import json
import socket
import threading
import time

import uvicorn
import websockets
from django.db import close_old_connections, transaction
from django.db.models import F

from decide import live
from decide.live.server import OPTIONS
from votes.models import SupportBox


class Server:
    def __init__(self, **options):
        from decide.asgi import application

        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(2048)
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.server = uvicorn.Server(uvicorn.Config(application, log_level="warning", **(OPTIONS | options)))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})

    def __enter__(self):
        self.thread.start()
        until = time.monotonic() + 20
        while not self.server.started and time.monotonic() < until:
            time.sleep(0.01)
        assert self.server.started
        return self

    def __exit__(self, *error):
        self.server.should_exit = True
        self.thread.join(20)
        self.listener.close()
        assert not self.thread.is_alive()

    def connect(self, path="/ws/live/", **options):
        options.setdefault("origin", f"http://{self.host}")
        return websockets.connect(f"ws://{self.host}{path}", compression=None, max_queue=None, **options)


@contextlib.asynccontextmanager
async def watcher(server, *topics, **options):
    """A socket that watches these topics."""
    async with server.connect(**options) as ws:
        if topics:
            await ws.send(json.dumps({"watch": list(topics)}))
        yield ws


async def next_message(ws, timeout=5.0):
    async with asyncio.timeout(timeout):
        return json.loads(await ws.recv())


async def silence(ws, seconds) -> bool:
    """Whether nothing comes for so long."""
    try:
        async with asyncio.timeout(seconds):
            await ws.recv()
    except TimeoutError:
        return True
    return False


async def until(ws, condition, timeout=5.0) -> list[dict]:
    """The messages up to the first that fulfils the condition."""
    messages = []
    async with asyncio.timeout(timeout):
        while not messages or not condition(messages[-1]):
            messages.append(json.loads(await ws.recv()))
    return messages


async def closed_with(ws, timeout=5.0) -> int:
    """The code with which the server closes this socket."""
    async with asyncio.timeout(timeout):
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await ws.recv()
    return ws.close_code


def make_box(**fields) -> SupportBox:
    return SupportBox.objects.create(**{"threshold": 25, **fields})


def support(pk: int, times: int = 1) -> None:
    """As a service does it: one UPDATE raises the count and the version, in one transaction."""
    with transaction.atomic():
        SupportBox.objects.filter(pk=pk).update(supports=F("supports") + times, version=F("version") + 1)
        live.changed(f"support:{pk}")


def support_in_threads(pk: int, changes: int, threads: int = 5, seconds: float = 2.5) -> None:
    """So many changes by several people at once, spread over at least so many seconds.

    Each holds a connection all the while: their number stays well below the pool of ten, of which the hub reads.
    """
    begin = time.monotonic()

    def work(many):
        try:
            for n in range(many):
                time.sleep(max(0.0, begin + seconds * n / many - time.monotonic()))
                support(pk)
        finally:
            from django.db import connections

            connections.close_all()

    share = changes // threads
    workers = [threading.Thread(target=work, args=(share,)) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    close_old_connections()


async def in_thread(function, *args):
    """Database work of a test, in a thread whose connections are closed afterwards."""

    def work():
        from django.db import connections

        try:
            return function(*args)
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(None, work)
