"""Which hubs live in this process: one for each event loop that serves sockets, so normally one or none."""

import threading

_hubs: dict = {}
_lock = threading.Lock()


def of(loop):
    """The hub of this event loop, or None."""
    with _lock:
        return _hubs.get(loop)


def add(hub) -> None:
    with _lock:
        _hubs[hub.loop] = hub


def drop(hub) -> None:
    with _lock:
        if _hubs.get(hub.loop) is hub:
            del _hubs[hub.loop]


def tell(topics) -> bool:
    """Tell the hubs of this process; the first passes it on to the other processes. False if there is none."""
    with _lock:
        hubs = list(_hubs.values())
    told = False
    for hub in hubs:
        try:
            hub.loop.call_soon_threadsafe(hub.changed_here, topics, not told)
            told = True
        except RuntimeError:  # its loop was closed without a farewell
            drop(hub)
    return told


def line_is_up() -> bool | None:
    """What the hub of this process hears from the channel layer; None without a hub or before its first heartbeat."""
    with _lock:
        hubs = list(_hubs.values())
    for hub in hubs:
        if not hub.loop.is_closed() and hub.line is not None and hub.line.known:
            return hub.line.up
    return None


def forget() -> None:
    global _lock
    _lock = threading.Lock()
    _hubs.clear()
