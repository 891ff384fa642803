"""One event loop's line to the other processes, through the channel layer (Redis).

The only thing that travels is the names of changed topics. A line has an outbox that coalesces and is bounded, so
that a dead Redis costs neither memory nor time; a hub's line also listens, and hears its own heartbeat each second,
which is the only honest proof that messages arrive. Without one it starts the connection anew.
"""

import asyncio
import contextlib
import logging
import time
import uuid

from channels.layers import InMemoryChannelLayer, get_channel_layer

log = logging.getLogger(__name__)

GROUP = "live"
EVERYTHING = "*"  # stands for all topics, when more changed than the outbox remembers
MOST_WAITING = 10_000
TOPICS_A_MESSAGE = 500
BEAT_SECONDS = 1.0
PATIENCE_SECONDS = 1.5  # for an answer of the layer
LOG_SECONDS = 60.0


def remote_layer():
    """The channel layer if it reaches other processes, else None."""
    layer = get_channel_layer()
    return None if layer is None or isinstance(layer, InMemoryChannelLayer) else layer


async def round_trip(layer) -> None:
    """A message to ourselves through the layer; raises if it does not come back in time."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        channel = await layer.new_channel()
        await layer.send(channel, {"type": "live.beat"})
        await layer.receive(channel)
        # The layer forgets a channel only when somebody stops waiting for it.
        waiting = asyncio.ensure_future(layer.receive(channel))
        await asyncio.sleep(0)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting


class Line:
    """Runs inside one event loop, where every method must be called.

    `on_changed(topics)` makes it listen; `on_turn(up)` hears when the layer comes and goes.
    """

    def __init__(self, layer, *, on_changed=None, on_turn=None):
        self.layer = layer
        self.on_changed = on_changed
        self.on_turn = on_turn
        self.name = uuid.uuid4().hex
        self.up = False
        self.known = False  # whether the first heartbeat came back, or failed to
        self.failing = False
        self._outbox: set[str] = set()
        self._on_the_way = 0
        self._something = asyncio.Event()
        self._echo = asyncio.Event()
        self._listener: asyncio.Task | None = None
        self._quiet_until = 0.0

    # --- sending -----------------------------------------------------------------------------------------
    def post(self, topics) -> None:
        self._outbox.update(topics)
        if len(self._outbox) > MOST_WAITING:
            self._outbox = {EVERYTHING}
        self._something.set()

    @property
    def empty(self) -> bool:
        return not self._outbox and not self._on_the_way

    async def send_forever(self) -> None:
        rest = 0.1
        while True:
            await self._something.wait()
            self._something.clear()
            while self._outbox:
                # Taken out before the sending: what changes meanwhile is a new entry, and is sent again.
                topics = [self._outbox.pop() for _ in range(min(len(self._outbox), TOPICS_A_MESSAGE))]
                self._on_the_way = len(topics)
                try:
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        await self.layer.group_send(
                            GROUP, {"type": "live.changed", "topics": topics, "from": self.name}
                        )
                    self.failing, rest = False, 0.1
                except Exception as error:
                    self.failing = True
                    self._complain(error)
                    self.post(topics)
                    await asyncio.sleep(rest)
                    rest = min(rest * 2, 5.0)
                finally:
                    self._on_the_way = 0

    # --- listening ---------------------------------------------------------------------------------------
    async def listen_forever(self) -> None:
        """Join the group, hear one's own heartbeat; without an echo, begin again on a new connection."""
        try:
            while True:
                try:
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        if self._listener is None or self._listener.done():
                            await self._join()
                        self._echo.clear()
                        await self.layer.group_send(GROUP, {"type": "live.beat", "from": self.name})
                        await self._echo.wait()
                    self._turn(True)
                except Exception as error:
                    self._turn(False)
                    self._complain(error)
                    await self.leave()
                await asyncio.sleep(BEAT_SECONDS)
        finally:
            await self.leave()

    async def _join(self) -> None:
        channel = await self.layer.new_channel()
        await self.layer.group_add(GROUP, channel)
        self._listener = asyncio.create_task(self._receive(channel))

    async def _receive(self, channel: str) -> None:
        while True:
            message = await self.layer.receive(channel)
            if message.get("from") == self.name:
                if message.get("type") == "live.beat":
                    self._echo.set()
            elif message.get("type") == "live.changed" and self.on_changed:
                self.on_changed(message["topics"])

    async def leave(self) -> None:
        """Close the connections of this loop. Flushing first spares the layer an unsubscription it cannot send."""
        listener, self._listener = self._listener, None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.layer.flush()
        if listener is not None:
            listener.cancel()
            await asyncio.wait([listener], timeout=PATIENCE_SECONDS)

    def _turn(self, up: bool) -> None:
        if up and not self.up:
            log.info("live: the channel layer answers")
            self._quiet_until = 0.0
        changed, self.up, self.known = up != self.up, up, True
        if changed and self.on_turn:
            self.on_turn(up)

    def _complain(self, error: BaseException) -> None:
        """Once a minute: what is wrong, without the address, which may hold a password."""
        if time.monotonic() >= self._quiet_until:
            self._quiet_until = time.monotonic() + LOG_SECONDS
            log.warning(
                "live: the channel layer does not answer (%s); watchers are served by reading", type(error).__name__
            )
