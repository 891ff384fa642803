"""CONTRACTS.md "Live" over real sockets of the real ASGI application."""

import asyncio
import json

import pytest
import websockets

from decide.live import consumer, hubs
from tests.live import table
from tests.live.tools import (
    Server,
    closed_with,
    in_thread,
    make_box,
    next_message,
    silence,
    support,
    support_in_threads,
    until,
    watcher,
)
from votes.models import SupportBox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings, transactional_db):
    settings.LIVE_TOPICS = "tests.live.table.TOPICS"
    with Server() as server:
        yield server


@pytest.fixture
def box(transactional_db):
    return make_box()


def state_of(box, version, supports):
    return {
        "topic": f"support:{box.pk}",
        "version": version,
        "state": {"supports": supports, "counted": 0, "threshold": 25},
    }


async def test_watch_snapshot_comes_first_and_then_each_change(server, box):
    async with watcher(server, f"support:{box.pk}") as ws:
        assert await next_message(ws, 1) == state_of(box, 0, 0)
        await in_thread(support, box.pk)
        assert await next_message(ws, 1) == state_of(box, 1, 1)


async def test_watch_the_database_knew_better_than_the_hub(server, box):
    """A newcomer is served from the database, not from what was last sent to others."""
    async with watcher(server, f"support:{box.pk}") as first:
        await next_message(first)
        await in_thread(lambda: SupportBox.objects.filter(pk=box.pk).update(supports=7, version=7))
        async with watcher(server, f"support:{box.pk}") as second:
            assert await next_message(second, 1) == state_of(box, 7, 7)
        assert await next_message(first, 1) == state_of(box, 7, 7)


async def test_unwatch_stops_messages(server, box):
    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        await ws.send(json.dumps({"unwatch": [f"support:{box.pk}"]}))
        await asyncio.sleep(0.2)
        await in_thread(support, box.pk)
        assert await silence(ws, 0.8)


async def test_watch_again_brings_the_snapshot_again(server, box):
    async with watcher(server, f"support:{box.pk}") as ws:
        first = await next_message(ws)
        await ws.send(json.dumps({"watch": [f"support:{box.pk}"]}))
        assert await next_message(ws, 1) == first


async def test_hidden_thing_is_gone_and_returns(server, box):
    topic = f"support:{box.pk}"

    def show(open):
        from decide import live

        SupportBox.objects.filter(pk=box.pk).update(open=open)
        live.changed(topic)

    async with watcher(server, topic) as ws:
        await next_message(ws)
        await in_thread(show, False)
        assert await next_message(ws, 1) == {"topic": topic, "gone": True}
        await in_thread(show, True)
        assert await next_message(ws, 1) == state_of(box, 0, 0)


@pytest.mark.parametrize(
    "topic", ["support:999999", "nothing:1", "support:x", "support:", "support:01", "support:-1", "x"]
)
async def test_unknown_topic_is_gone(server, topic):
    async with watcher(server, topic) as ws:
        assert await next_message(ws, 1) == {"topic": topic, "gone": True}


async def test_missing_thing_is_seen_when_it_appears(server):
    async with watcher(server, "support:4242") as ws:
        assert await next_message(ws, 1) == {"topic": "support:4242", "gone": True}
        box = await in_thread(lambda: make_box(pk=4242))
        await in_thread(support, box.pk)
        assert await next_message(ws, 1) == state_of(box, 1, 1)


async def test_rolled_back_change_is_not_seen(server, box):
    from django.db import transaction

    def fail():
        with transaction.atomic():
            support(box.pk)
            transaction.set_rollback(True)

    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        await asyncio.sleep(1)  # a hub that has just met its channel layer reads once more
        table.reads.clear()
        await in_thread(fail)
        assert await silence(ws, 0.5)
        assert table.reads == []


async def test_version_that_did_not_grow_is_not_sent(server, box):
    from decide import live

    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        await in_thread(live.changed, f"support:{box.pk}")
        assert await silence(ws, 0.8)


# --- who may open -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin", [None, "http://evil.example", "null", "http://127.0.0.1:1", "file://", "http://127.0.0.1.evil.example"]
)
async def test_foreign_or_missing_origin_is_refused_at_the_handshake(server, origin):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with server.connect(origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_trusted_origin_is_let_in(server, box, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://decide.quito.example", "https://*.barrios.example"]
    for origin in ("https://decide.quito.example", "https://argelia.barrios.example"):
        async with watcher(server, f"support:{box.pk}", origin=origin) as ws:
            assert await next_message(ws, 1) == state_of(box, 0, 0)


@pytest.mark.parametrize(
    ("host", "origin", "ours"),
    [
        ("decide.example", "https://decide.example", True),
        ("decide.example:443", "https://decide.example", True),
        ("decide.example", "https://decide.example:443", True),
        ("DECIDE.example", "https://decide.EXAMPLE", True),
        ("decide.example:8000", "http://decide.example:8000", True),
        ("[::1]:8000", "http://[::1]:8000", True),
        ("decide.example", "https://decide.example:8443", False),
        ("decide.example", "ftp://decide.example", False),
        ("evil.example", "https://evil.example", False),  # a Host that is not ours (DNS rebinding)
        ("decide.example", "https://user@evil.example", False),
        ("decide.example", "https://[", False),
        ("decide.example", "https://decide.example:x", False),
        ("decide.example", "https://ñ.example", False),
        ("", "https://", False),
    ],
)
def test_origin_table(settings, host, origin, ours):
    settings.ALLOWED_HOSTS = ["decide.example", "[::1]"]
    headers = [(b"host", host.encode()), (b"origin", origin.encode())]
    assert consumer.origin_is_ours(headers) is ours
    assert not consumer.origin_is_ours([*headers, (b"origin", b"https://decide.example")])


@pytest.mark.parametrize("path", ["/ws/", "/ws/live", "/ws/other/", "/"])
async def test_unknown_address_is_closed_before_it_opens(server, path):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with server.connect(path):
            pass
    assert refused.value.response.status_code == 403


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "hello",
        "[]",
        "{}",
        "1",
        "null",
        '{"look": []}',
        '{"watch": "support:1"}',
        '{"watch": [1]}',
        '{"watch": [null]}',
        '{"watch": [""]}',
        '{"watch": ["\\ud800"]}',
        '{"watch": ["a b"]}',
        '{"unwatch": {}}',
        "[" * 4000,
        '{"watch": ["' + "x" * 65 + '"]}',
        b'{"watch": []}',
    ],
    ids=lambda frame: repr(frame[:24]),
)
async def test_malformed_frame_closes_with_a_code(server, frame):
    async with server.connect() as ws:
        await ws.send(frame)
        assert await closed_with(ws) == consumer.MALFORMED


@pytest.mark.parametrize("character", ["x", "ñ"])
async def test_frame_above_4_kib_closes_with_a_code(server, character):
    async with server.connect() as ws:
        await ws.send(
            json.dumps({"watch": [], "note": character * (4097 // len(character.encode()))}, ensure_ascii=False)
        )
        assert await closed_with(ws) == consumer.TOO_BIG


async def test_hundred_topics_are_served_and_one_more_closes(server, settings):
    async with server.connect() as ws:
        await ws.send(json.dumps({"watch": [f"support:{n}" for n in range(1, 101)]}))
        got = {(await next_message(ws))["topic"] for _ in range(100)}
        assert got == {f"support:{n}" for n in range(1, 101)}
        await ws.send(json.dumps({"unwatch": ["support:1"], "watch": ["support:2", "support:101"]}))
        assert {(await next_message(ws))["topic"] for _ in range(2)} == {"support:2", "support:101"}
        await ws.send(json.dumps({"watch": ["support:102"]}))
        assert await closed_with(ws) == consumer.TOO_MANY_TOPICS


async def test_ten_frames_a_second_are_served_and_more_closes(server):
    async with server.connect() as ws:
        for n in range(10):
            await ws.send(json.dumps({"watch": [f"x:{n}"]}))
        for n in range(10):
            assert await next_message(ws) == {"topic": f"x:{n}", "gone": True}
        for _ in range(10):
            await ws.send('{"watch": ["x:1"]}')
        assert await closed_with(ws) == consumer.TOO_MANY_FRAMES


async def test_closed_socket_leaves_nothing_in_the_hub(server, box):
    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        (hub,) = [hub for hub in hubs._hubs.values() if not hub.loop.is_closed()]
        assert list(hub.topics) == [f"support:{box.pk}"]
    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        await ws.send("nonsense")
        await closed_with(ws)
    await asyncio.sleep(0.2)
    assert hub.topics == {}


# --- bursts and the slow -----------------------------------------------------------------------------------


async def burst(server, box, sockets, changes):
    """Messages of each socket with their times, and when the last write was committed."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    opened = 0

    async def watch():
        nonlocal opened
        got = []
        async with watcher(server, f"support:{box.pk}", open_timeout=30) as ws:
            await next_message(ws, 30)
            opened += 1
            if opened == sockets:
                ready.set()
            async with asyncio.timeout(60):
                while not got or got[-1][1]["state"]["supports"] < changes:
                    message = json.loads(await ws.recv())
                    got.append((loop.time(), message))
        return got

    tasks = [asyncio.create_task(watch()) for _ in range(sockets)]
    async with asyncio.timeout(60):
        await ready.wait()
    await loop.run_in_executor(None, support_in_threads, box.pk, changes)
    written = loop.time()
    return await asyncio.gather(*tasks), written


async def test_burst_of_1000_changes_reaches_200_sockets_coalesced_and_right(server, box):
    seen, written = await burst(server, box, sockets=200, changes=1000)
    assert {got[-1][1]["state"]["supports"] for got in seen} == {1000}
    late = max(got[-1][0] for got in seen) - written
    assert late < 1.0
    for got in seen:
        versions = [message["version"] for _at, message in got]
        assert versions == sorted(set(versions))
        # Both clocks jitter: over the whole burst, at most 5 a second and one to begin with.
        assert len(got) <= 5 * (got[-1][0] - got[0][0]) + 1
    print(f"last count everywhere {late * 1000:.0f} ms after the last commit, {max(map(len, seen))} messages each")


async def test_burst_control_without_coalescing_more_than_five_a_second_are_seen(server, box, monkeypatch):
    monkeypatch.setattr("decide.live.hub.SECONDS_BETWEEN", 0.0)
    seen, _written = await burst(server, box, sockets=2, changes=400)
    assert all(len(got) > 5 * (got[-1][0] - got[0][0]) + 1 for got in seen)


async def test_slow_reader_keeps_only_the_newest_and_delays_nobody():
    """Against the consumer itself: a socket whose sends hang holds one text for each topic, however much happens."""
    sent, gate = [], asyncio.Event()

    class Hub:
        loop = asyncio.get_running_loop()

        def unwatch(self, *args):
            pass

    async def stuck(message):
        await gate.wait()
        sent.append(message["text"])

    socket = consumer.LiveConsumer()
    socket.hub, socket.base_send = Hub(), stuck
    for version in range(10_000):
        socket.push("support:1", {"type": "websocket.send", "text": f"a{version}"})
        socket.push("support:2", {"type": "websocket.send", "text": f"b{version}"})
        if version == 0:
            await asyncio.sleep(0)  # the first is on its way and hangs
    assert len(socket._waiting) == 2
    gate.set()
    await asyncio.sleep(0.05)
    assert set(sent) == {"a0", "a9999", "b9999"}


async def test_socket_that_never_reads_costs_bounded_memory_and_no_time(server, settings):
    """Raw TCP: one socket never reads; states are large, so that its buffers fill. The reader is served in time."""
    import socket as sockets

    settings.LIVE_TOPICS = "tests.live.test_socket.LARGE"
    raw = sockets.create_connection(server.host.split(":"))
    raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    raw.sendall(
        f"GET /ws/live/ HTTP/1.1\r\nHost: {server.host}\r\nOrigin: http://{server.host}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await asyncio.sleep(0.3)
    assert b"101" in raw.recv(4096)
    frame = b'{"watch": ["large:1"]}'
    raw.sendall(bytes([0x81, 0x80 | len(frame), 0, 0, 0, 0]) + frame)
    (hub,) = [hub for hub in hubs._hubs.values() if not hub.loop.is_closed()]
    async with watcher(server, "large:1") as ws:
        await next_message(ws)
        for _turn in range(12):  # megabytes: more than the kernel holds for one socket
            LargeState.version += 1
            hub.loop.call_soon_threadsafe(hub.changed, ["large:1"])
            got = await until(ws, lambda m: m["version"] == LargeState.version, 2)
            assert len(got) == 1
        (stuck,) = [s for s in hub.topics["large:1"].watchers if s._waiting or s._sender]
        assert len(stuck._waiting) <= 1
    raw.close()


class LargeState:
    version = 0

    @classmethod
    def read(cls, ids):
        return {pk: (cls.version, {"text": "x" * 1_000_000}) for pk in ids}


LARGE = {"large": LargeState.read}


# --- when reading fails ------------------------------------------------------------------------------------


async def test_failing_reader_is_asked_again_and_stops_nobody_else(server, box, monkeypatch, caplog):
    monkeypatch.setattr("decide.live.hub.REST_SECONDS", 0.1)
    async with watcher(server, "broken:1", f"support:{box.pk}") as ws:
        assert await next_message(ws, 1) == state_of(box, 0, 0)
        monkeypatch.setitem(table.TOPICS, "broken", lambda ids: {1: (5, {"mended": True})})
        assert await next_message(ws, 2) == {"topic": "broken:1", "version": 5, "state": {"mended": True}}
        monkeypatch.undo()


async def test_lost_announcement_is_made_good_by_reading_again(server, box, monkeypatch):
    """Nothing depends on one message: the hub reads again by itself."""
    monkeypatch.setattr("decide.live.hub.REREAD_SECONDS", 0.5)
    (hub,) = [hub for hub in hubs._hubs.values() if not hub.loop.is_closed()]
    hub.loop.call_soon_threadsafe(hub._turned.set)
    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        await in_thread(lambda: SupportBox.objects.filter(pk=box.pk).update(supports=3, version=3))
        assert await next_message(ws, 1.5) == state_of(box, 3, 3)


async def test_thousand_newcomers_are_few_questions(server, box):
    """Snapshots are read together."""
    table.reads.clear()
    async with asyncio.TaskGroup() as group:

        async def one():
            async with watcher(server, f"support:{box.pk}", open_timeout=30) as ws:
                await next_message(ws, 30)
                await asyncio.sleep(0.2)

        for _ in range(300):
            group.create_task(one())
    assert len(table.reads) < 300


async def test_state_that_is_no_json_silences_nobody_else(server, monkeypatch, caplog):
    monkeypatch.setitem(table.TOPICS, "odd", lambda ids: {pk: (1, {"x": object() if pk == 1 else pk}) for pk in ids})
    async with watcher(server, "odd:1", "odd:2") as ws:
        assert await next_message(ws, 2) == {"topic": "odd:2", "version": 1, "state": {"x": 2}}
    assert "odd:1 could not be told" in caplog.text
