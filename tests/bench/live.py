"""How fast and how light the push channel is, beside a bare `websockets` server in the same run.

`rows(sockets)` gives the bench's rows. Both servers run in a process of their own; the idle sockets are held here.
A round: one change is told to the server, and the clock runs until the last socket has the message.
"""

import asyncio
import gc
import json
import logging
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15
BAR_RATIO = 1.5  # of the time of the plain `websockets` library
BAR_KIB = 32.0
STATE = {"topic": "support:1", "version": 0, "state": {"supports": 0, "counted": 0, "threshold": 143}}


# --- the two servers, each in a process of its own ------------------------------------------------------------


def serve_ours() -> None:
    """The real consumer and hub on uvicorn with our options; a line on stdin is one change."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    import uvicorn
    from django.conf import settings

    settings.LIVE_TOPICS = "tests.bench.live.TOPICS"
    from decide.live import hub as hub_module
    from decide.live.server import OPTIONS, lifespan, sockets

    async def application(scope, receive, send):
        await (lifespan if scope["type"] == "lifespan" else sockets)(scope, receive, send)

    server = uvicorn.Server(
        uvicorn.Config(application, port=0, log_level="error", backlog=4096, **OPTIONS | {"ws_ping_interval": None})
    )

    async def main():
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        the_hub = hub_module.here()

        def change():
            STATE["version"] += 1
            the_hub.changed(["support:1"])

        await _obey(server.servers[0].sockets[0].getsockname()[1], change)
        server.should_exit = True
        await serving

    server.config.load()
    _run(main())


def serve_plain() -> None:
    """The control: `websockets.serve` and its own `broadcast`."""
    from websockets.asyncio.server import broadcast, serve

    async def main():
        watchers = set()

        async def handler(connection):
            watchers.add(connection)
            async for _frame in connection:
                await connection.send(json.dumps(STATE))
            watchers.discard(connection)

        def change():
            STATE["version"] += 1
            broadcast(watchers, json.dumps(STATE))

        logging.getLogger("websockets").setLevel(logging.CRITICAL)  # pages leave without a farewell
        options = {"compression": None, "ping_interval": None, "close_timeout": 1, "backlog": 4096}
        async with serve(handler, "127.0.0.1", 0, **options) as server:
            await _obey(server.sockets[0].getsockname()[1], change)

    _run(main())


def _run(main) -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


async def _obey(port, change) -> None:
    """Print the port; then for each line on stdin: `change`, or `memory` → resident KiB, until it ends."""
    print(port, flush=True)
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        if line == b"change\n":
            change()
        else:
            gc.collect()
            print(_resident(), flush=True)


def _resident() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def _states(ids):
    return {1: (STATE["version"], STATE["state"])}


TOPICS = {"support": _states}


# --- the idle pages ----------------------------------------------------------------------------------------------


class _Page(asyncio.Protocol):
    """A browser that has opened the socket and waits: raw frames, so that the client costs next to nothing."""

    def __init__(self, crowd):
        self.crowd = crowd
        self.open = False

    def connection_made(self, transport):
        self.transport = transport
        host = self.crowd.host
        transport.write(
            f"GET /ws/live/ HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def data_received(self, data):
        if not self.open:
            self.open = True
            frame = b'{"watch": ["support:1"]}'
            self.transport.write(bytes([0x81, 0x80 | len(frame), 0, 0, 0, 0]) + frame)
            if b"\r\n\r\n\x81" not in data:
                return
        self.crowd.told()


class _Crowd:
    def __init__(self, port, size):
        self.host = f"127.0.0.1:{port}"
        self.port, self.size, self.count = port, size, 0
        self.all_told = asyncio.Event()
        self.pages = []

    def told(self):
        self.count += 1
        if self.count == self.size:
            self.all_told.set()

    async def everyone(self, timeout=60.0):
        async with asyncio.timeout(timeout):
            await self.all_told.wait()
        self.count = 0
        self.all_told.clear()

    async def gather(self):
        loop = asyncio.get_running_loop()
        for start in range(0, self.size, 100):
            batch = [
                loop.create_connection(lambda: _Page(self), "127.0.0.1", self.port)
                for _ in range(min(100, self.size - start))
            ]
            self.pages += await asyncio.gather(*batch)
        await self.everyone()

    def leave(self):
        for transport, _page in self.pages:
            transport.abort()


class _Server:
    def __init__(self, name):
        command = [sys.executable, "-c", f"from tests.bench.live import {name}; {name}()"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def say(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def resident(self) -> int:
        self.say("memory")
        return int(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait(20)


async def _measure(sockets: int) -> dict[str, dict[str, float]]:
    """For both servers: median milliseconds until the last of `sockets` is served, KiB a socket, opened a second.

    The rounds of the two alternate, so that both meet the same noise of the machine.
    """
    servers = {"ours": _Server("serve_ours"), "plain": _Server("serve_plain")}
    times, figures, crowds = {"ours": [], "plain": []}, {}, {}
    for name, server in servers.items():
        warm = _Crowd(server.port, 50)  # what is imported and allocated once is not a socket's
        await warm.gather()
        warm.leave()
        await asyncio.sleep(0.5)
        before, begin = server.resident(), time.perf_counter()
        crowds[name] = _Crowd(server.port, sockets)
        await crowds[name].gather()
        opening = time.perf_counter() - begin
        await asyncio.sleep(0.5)
        figures[name] = {"kib": (server.resident() - before) / sockets, "opened": sockets / opening}
    for _ in range(ROUNDS):
        for name, server in servers.items():
            await asyncio.sleep(0.4)  # the hub tells a topic's watchers four times a second
            begin = time.perf_counter()
            server.say("change")
            await crowds[name].everyone()
            times[name].append((time.perf_counter() - begin) * 1000)
    for name, server in servers.items():
        figures[name]["ms"] = statistics.median(times[name])
        crowds[name].leave()
        server.end()
    return figures


def rows(sockets: int = 1000) -> list[dict]:
    """Rows of the bench: `{name, value, unit, control, ratio, bar, ok}`."""
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(_measure(sockets))
    ours, plain = figures["ours"], figures["plain"]
    ratio = ours["ms"] / plain["ms"]
    return [
        {
            "name": f"live: one change to {sockets} sockets, last one served",
            "value": round(ours["ms"], 1),
            "unit": "ms",
            "control": round(plain["ms"], 1),
            "ratio": round(ratio, 2),
            "bar": BAR_RATIO,
            "ok": ratio <= BAR_RATIO,
        },
        {
            "name": f"live: memory of an idle socket, of {sockets}",
            "value": round(ours["kib"], 1),
            "unit": "KiB",
            "control": round(plain["kib"], 1),
            "ratio": round(ours["kib"] / plain["kib"], 2),
            "bar": BAR_KIB,
            "ok": ours["kib"] <= BAR_KIB,
        },
        {
            "name": f"live: sockets opened and given their snapshot, of {sockets}",
            "value": round(ours["opened"]),
            "unit": "1/s",
            "control": round(plain["opened"]),
            "ratio": round(ours["opened"] / plain["opened"], 2),
            "bar": None,
            "ok": True,
        },
    ]


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        print(json.dumps(row, ensure_ascii=False))
