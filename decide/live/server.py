"""How the sockets hang on an ASGI server: the one address, the beginning and the end, and uvicorn's options."""

from decide.live import hub
from decide.live.consumer import MOST_BYTES, LiveConsumer

PATH = "/ws/live/"

# For uvicorn.Config(...). Compression would cost 64 KiB a socket and more time than it saves on messages of 100 bytes.
OPTIONS = {
    "ws_per_message_deflate": False,
    "ws_max_size": MOST_BYTES,
    "ws_ping_interval": 20.0,
    "ws_ping_timeout": 20.0,
    "timeout_graceful_shutdown": 5,
    "lifespan": "on",
}

_live = LiveConsumer.as_asgi()


async def sockets(scope, receive, send):
    """`/ws/live/`; any other address is closed before it opens (HTTP 403)."""
    if scope["path"].removeprefix(scope.get("root_path", "")) == PATH:
        await _live(scope, receive, send)
    else:
        await receive()
        await send({"type": "websocket.close", "code": 4404})


async def lifespan(scope, receive, send):
    """The hub is there before the first socket, so that the first page does not wait for Redis; and says farewell."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.here()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await hub.here().stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
