"""The hub of a process: which sockets watch what, and the newest state sent to each.

Everything here runs in one event loop; only reading the database happens in two threads of its own. For each kind of
topic there is one reader at work, which takes all topics that are due, asks the table once, and sends. So a burst of
changes becomes one query, a thousand newcomers become one query, and versions cannot overtake each other.
"""

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections

from decide.live import hubs, states
from decide.live.line import EVERYTHING, LOG_SECONDS, Line, remote_layer

log = logging.getLogger(__name__)

# Four changes and a snapshot make five messages in a second. The last change waits at most this long.
SECONDS_BETWEEN = 0.25
REREAD_SECONDS = 10.0
REREAD_SECONDS_WITHOUT_LAYER = 2.0
REST_SECONDS = 1.0  # after the database failed
READERS = 2


def here() -> "Hub":
    """The hub of the running event loop, started with its first socket."""
    loop = asyncio.get_running_loop()
    hub = hubs.of(loop)
    if hub is None:
        hub = Hub(loop)
        hubs.add(hub)
        hub.start()
    return hub


class _Topic:
    """One watched topic. `at` is the loop's time before which its watchers are not told again."""

    __slots__ = ("at", "id", "name", "newcomers", "text", "version", "watchers")

    def __init__(self, name: str, number: int):
        self.name = name
        self.id = number
        self.watchers: set = set()
        self.newcomers: set = set()
        self.version: int | None = -1  # of `text`; None is gone; -1 is not read yet
        self.text: dict | None = None
        self.at = 0.0


class _Kind:
    """The reader of one kind: a task that sleeps until something is due."""

    def __init__(self, hub: "Hub", name: str):
        self.hub = hub
        self.name = name
        self.due: dict[_Topic, float] = {}
        self.woken = asyncio.Event()
        self.quiet_until = 0.0
        self.task = hub.loop.create_task(self._work())

    def want(self, topic: _Topic, at: float) -> None:
        if at < self.due.get(topic, float("inf")):
            self.due[topic] = at
            self.woken.set()

    async def _work(self) -> None:
        loop = self.hub.loop
        while True:
            now = loop.time()
            ready = [topic for topic, at in self.due.items() if at <= now]
            if not ready:
                self.woken.clear()
                wait = min(self.due.values()) - now if self.due else None
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self.woken.wait()
                continue
            for topic in ready:
                del self.due[topic]
            ready = [topic for topic in ready if topic.watchers]
            try:
                found = await loop.run_in_executor(self.hub.readers, _read, self.name, [t.id for t in ready])
            except Exception:
                if loop.time() >= self.quiet_until:
                    self.quiet_until = loop.time() + LOG_SECONDS
                    log.exception("live: reading %s failed, trying again", self.name)
                await asyncio.sleep(REST_SECONDS)
                for topic in ready:
                    self.want(topic, loop.time())
                continue
            for topic in ready:
                try:
                    self.hub.deliver(self, topic, found.get(topic.id))
                except Exception:  # e.g. a state that is not JSON: a mistake in one must not silence the others
                    log.exception("live: %s could not be told", topic.name)
                await asyncio.sleep(0)  # frames that came meanwhile are read between two topics


def _read(kind: str, ids: list[int]) -> dict[int, states.State]:
    close_old_connections()
    try:
        return states.read_kind(kind, ids)
    finally:
        close_old_connections()


class Hub:
    """A socket is anything with `seen` (topic → version last given to it) and `push(topic, message)`."""

    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop
        self.readers = ThreadPoolExecutor(READERS, thread_name_prefix="live-reader")
        self.topics: dict[str, _Topic] = {}
        self.kinds: dict[str, _Kind] = {}
        self.line: Line | None = None
        self._turned = asyncio.Event()
        self._tasks: list[asyncio.Task] = []

    def start(self) -> None:
        if (layer := remote_layer()) is not None:
            self.line = Line(layer, on_changed=self.changed, on_turn=lambda up: self._turned.set())
            self._tasks.append(self.loop.create_task(self.line.listen_forever()))
            self._tasks.append(self.loop.create_task(self.line.send_forever()))
        self._tasks.append(self.loop.create_task(self._reread_forever()))

    async def stop(self) -> None:
        hubs.drop(self)
        tasks = self._tasks + [kind.task for kind in self.kinds.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=5)
        self.readers.shutdown(wait=False, cancel_futures=True)

    # --- sockets -----------------------------------------------------------------------------------------
    def watch(self, socket, names) -> None:
        """The newest state at once, and again at every change. What no table knows is gone, and not remembered."""
        for name in names:
            known = states.split(name)
            if known is None:
                socket.push(name, _ready(states.as_message(name, None)))
                continue
            topic = self.topics.get(name)
            if topic is None:
                topic = self.topics[name] = _Topic(name, known[1])
            topic.watchers.add(socket)
            topic.newcomers.add(socket)
            socket.seen[name] = -1
            self._kind(known[0]).want(topic, 0.0)

    def unwatch(self, socket, names) -> None:
        for name in names:
            socket.seen.pop(name, None)
            if topic := self.topics.get(name):
                topic.watchers.discard(socket)
                topic.newcomers.discard(socket)
                if not topic.watchers:
                    del self.topics[name]

    # --- changes -----------------------------------------------------------------------------------------
    def changed_here(self, topics, pass_on: bool) -> None:
        """A write of this process."""
        self.changed(topics)
        if pass_on and self.line is not None:
            self.line.post(topics)

    def changed(self, topics) -> None:
        if EVERYTHING in topics:
            self.reread()
            return
        for name in topics:
            if topic := self.topics.get(name):
                self._kind(name.partition(":")[0]).want(topic, topic.at)

    def reread(self) -> None:
        for name, topic in self.topics.items():
            self._kind(name.partition(":")[0]).want(topic, topic.at)

    async def _reread_forever(self) -> None:
        while True:
            alone = self.line is not None and not self.line.up
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REREAD_SECONDS_WITHOUT_LAYER if alone else REREAD_SECONDS):
                    await self._turned.wait()
            self._turned.clear()
            self.reread()

    def _kind(self, name: str) -> _Kind:
        if name not in self.kinds:
            self.kinds[name] = _Kind(self, name)
        return self.kinds[name]

    # --- delivery ----------------------------------------------------------------------------------------
    def deliver(self, kind: _Kind, topic: _Topic, state: states.State | None) -> None:
        """Newcomers get the state at once; the others when it is newer than what they have, and not too often."""
        version = None if state is None else state[0]
        if topic.text is None or version != topic.version:
            topic.version, topic.text = version, _ready(states.as_message(topic.name, state))
        newcomers, topic.newcomers = topic.newcomers, set()
        for socket in newcomers:
            self._give(topic, socket)
        now = self.loop.time()
        behind = [socket for socket in topic.watchers if _newer(version, socket.seen[topic.name])]
        if not behind:
            return
        if now < topic.at:
            kind.want(topic, topic.at)
            return
        topic.at = now + SECONDS_BETWEEN
        for socket in behind:
            self._give(topic, socket)

    @staticmethod
    def _give(topic: _Topic, socket) -> None:
        socket.seen[topic.name] = topic.version
        socket.push(topic.name, topic.text)


def _newer(version: int | None, seen: int | None) -> bool:
    """None is gone: news for whoever saw it, and whatever comes back is news for whoever saw it go."""
    if version is None:
        return seen is not None
    return seen is None or version > seen


def _ready(message: dict) -> dict:
    """The ASGI event, made once and given to every socket."""
    return {"type": "websocket.send", "text": states.as_text(message)}
