"""One open page: what it watches, and nothing else. Sockets only carry public state down; writes are HTTP.

| code | closed because |
|---|---|
| 1009 | a frame above 4 KiB |
| 4400 | a frame that is not `{"watch": […]}` or `{"unwatch": […]}` |
| 4409 | more than 100 topics |
| 4429 | more than 10 frames a second |
"""

import asyncio
import contextlib
import json
import logging
import types
from urllib.parse import urlsplit

from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from django.conf import settings
from django.http.request import is_same_domain, split_domain_port, validate_host

from decide.live import hub, states

log = logging.getLogger(__name__)

MOST_BYTES = 4096
MOST_FRAMES = 10  # a second
TOO_BIG, MALFORMED, TOO_MANY_TOPICS, TOO_MANY_FRAMES = 1009, 4400, 4409, 4429


class LiveConsumer(AsyncConsumer):
    """Has no channel of its own in the channel layer: the hub of the process has one for all."""

    channel_layer_alias = "none-for-each-socket"

    def __init__(self):
        self.hub = None
        self.seen: dict[str, int | None] = {}
        self._waiting: dict[str, dict] = {}
        self._sender: asyncio.Task | None = None
        self._frames = float(MOST_FRAMES)
        self._frames_at = 0.0

    async def __call__(self, scope, receive, send):
        """Nothing to wait for but the socket itself: one task for each, not two."""
        self.scope, self.base_send = scope, send
        try:
            while True:
                await self.dispatch(await receive())
        except StopConsumer:
            pass
        finally:
            self._leave()

    async def dispatch(self, message):
        """Without the hop to a thread that closes database connections: nothing here touches the database."""
        await getattr(self, get_handler_name(message))(message)

    async def websocket_connect(self, message):
        if not origin_is_ours(self.scope["headers"]):
            await self.send({"type": "websocket.close", "code": 4403})  # before accepting: HTTP 403
            raise StopConsumer
        await self.send({"type": "websocket.accept"})
        self.hub = hub.here()

    async def websocket_receive(self, message):
        if self.hub is None:  # already being closed
            return
        try:
            watch, unwatch = self._understand(message.get("text"))
        except _Violation as violation:
            self._leave()
            await self.send({"type": "websocket.close", "code": violation.code})
            return
        self.hub.unwatch(self, unwatch)
        self.hub.watch(self, watch)

    async def websocket_disconnect(self, message):
        raise StopConsumer

    def _understand(self, text: str | None) -> tuple[list[str], list[str]]:
        """What the frame asks for, or _Violation."""
        now = asyncio.get_running_loop().time()
        self._frames = min(MOST_FRAMES, self._frames + (now - self._frames_at) * MOST_FRAMES) - 1
        self._frames_at = now
        if self._frames < 0:
            raise _Violation(TOO_MANY_FRAMES)
        if text is None:
            raise _Violation(MALFORMED)
        if len(text) > MOST_BYTES or len(text.encode()) > MOST_BYTES:
            raise _Violation(TOO_BIG)
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            raise _Violation(MALFORMED) from None
        if not isinstance(frame, dict) or not frame.keys() & {"watch", "unwatch"}:
            raise _Violation(MALFORMED)
        lists = frame.get("watch", []), frame.get("unwatch", [])
        if not all(isinstance(topics, list) and all(map(states.well_formed, topics)) for topics in lists):
            raise _Violation(MALFORMED)
        watch, unwatch = (list(dict.fromkeys(topics)) for topics in lists)
        if len((self.seen.keys() - set(unwatch)) | set(watch)) > states.MOST_TOPICS:
            raise _Violation(TOO_MANY_TOPICS)
        return watch, unwatch

    def push(self, topic: str, message: dict) -> None:
        """Send at once; while the line is slow only the newest message of each topic waits, never a queue."""
        if self._sender is not None:
            self._waiting[topic] = message
            return
        sending = self.base_send(message)
        try:
            slow = sending.send(None)
        except StopIteration:
            return
        except Exception as error:  # gone: websocket.disconnect follows
            log.debug("live: a socket went away: %s", type(error).__name__)
            return
        self._sender = self.hub.loop.create_task(self._send_waiting(_rest(sending, slow)))

    async def _send_waiting(self, sending) -> None:
        try:
            await sending
            while self._waiting:
                await self.base_send(self._waiting.pop(next(iter(self._waiting))))
        except Exception as error:
            log.debug("live: a socket went away: %s", type(error).__name__)
        finally:
            self._sender = None

    def _leave(self) -> None:
        if self.hub is not None:
            self.hub.unwatch(self, list(self.seen))
            self.hub = None
        self._waiting.clear()
        if self._sender is not None:
            self._sender.cancel()


@types.coroutine
def _rest(sending, future):
    """The rest of a coroutine that was begun without a task and waits for this future."""
    try:
        while True:
            try:
                value = yield future
            except BaseException as error:
                future = sending.throw(error)
            else:
                future = sending.send(value)
    except StopIteration:
        return


class _Violation(Exception):
    def __init__(self, code: int):
        self.code = code


def origin_is_ours(headers) -> bool:
    """A browser names the page that opens the socket: ours (the same host as this request's), or a trusted one.

    A missing, doubled or foreign Origin is refused; so is a Host that the city does not answer to.
    """
    origins = [value for name, value in headers if name.lower() == b"origin"]
    hosts = [value for name, value in headers if name.lower() == b"host"]
    if len(origins) != 1 or len(hosts) != 1:
        return False
    with contextlib.suppress(ValueError):
        origin = urlsplit(origins[0].decode("ascii").lower())
        host = hosts[0].decode("ascii").lower()
        domain, _port = split_domain_port(host)
        allowed = settings.ALLOWED_HOSTS or ([".localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])
        if origin.scheme not in ("http", "https") or not domain or not validate_host(domain, allowed):
            return False
        if _with_port(origin.scheme, origin.netloc) == _with_port(origin.scheme, host):
            return True
        return any(_trusts(pattern, origin) for pattern in settings.CSRF_TRUSTED_ORIGINS)
    return False


def _with_port(scheme: str, netloc: str) -> tuple[str | None, int]:
    parts = urlsplit(f"//{netloc}")
    return parts.hostname, parts.port or (443 if scheme == "https" else 80)


def _trusts(pattern: str, origin) -> bool:
    """As Django's CSRF check reads `https://decide.example` and `https://*.example`."""
    trusted = urlsplit(pattern.lower())
    if trusted.scheme != origin.scheme:
        return False
    if "*" in trusted.netloc:
        return is_same_domain(origin.netloc, trusted.netloc.lstrip("*"))
    return trusted.netloc == origin.netloc
