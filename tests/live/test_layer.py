"""Several processes, and a channel layer that dies: real Redis, behind a proxy that can be cut."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import pytest
from django.db import connection

from decide.live import hubs, publisher
from tests.live.redis_proxy import RedisProxy
from tests.live.tools import Server, in_thread, make_box, next_message, support, until, watcher
from votes.models import SupportBox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def proxy(redis_url):
    parts = urlsplit(redis_url)
    proxy = RedisProxy(parts.hostname, parts.port or 6379)
    yield proxy
    proxy.cut()


def through(proxy, settings, redis_url):
    """The settings' own channel layer, through the proxy, in a group that no other test shares."""
    address = f"redis://127.0.0.1:{proxy.port}{urlsplit(redis_url).path}"
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": address, "socket_timeout": None}], "prefix": f"test{os.getpid()}"},
        }
    }


@pytest.fixture
def server(settings, proxy, redis_url, transactional_db):
    settings.LIVE_TOPICS = "tests.live.table.TOPICS"
    settings.CHANNEL_LAYERS = through(proxy, settings, redis_url)
    with Server() as server:
        wait_for(lambda: hubs.line_is_up() is True)
        yield server


@pytest.fixture
def no_hub_here(monkeypatch):
    """This process publishes as a WSGI worker does, though its tests run a hub in another thread."""
    monkeypatch.setattr(hubs, "tell", lambda topics: False)
    monkeypatch.setattr(publisher, "_the_courier", None)


def wait_for(condition, seconds=6.0):
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    assert condition()


def elsewhere(settings, *arguments):
    """A process of its own on the same database and Redis."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        host = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT'] or 5432}"
        url = f"postgres://{host}/{database['NAME']}"
    config = settings.CHANNEL_LAYERS["default"]["CONFIG"]
    environment = os.environ | {
        "DATABASE_URL": url,
        "REDIS_URL": config["hosts"][0]["address"],
        "LIVE_PREFIX": config["prefix"],
        "DJANGO_SETTINGS_MODULE": "tests.live.elsewhere_settings",
    }
    command = [sys.executable, "-m", "tests.live.elsewhere", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("fork", [False, True], ids=["command", "forked worker"])
async def test_change_of_another_process_is_pushed(server, proxy, settings, fork):
    box = await in_thread(make_box)
    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        arguments = (box.pk, 40, *(["fork"] if fork else []))
        done = await in_thread(elsewhere, settings, *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        # The last word came through Redis: reading again by itself would take up to 10 s.
        messages = await until(ws, lambda m: m["state"]["supports"] == 40, 1.0)
        assert messages[-1]["version"] == 40


async def test_courier_keeps_one_connection(server, proxy, no_hub_here):
    """A hundred changes of a process without a hub are pushed through one connection."""
    box = await in_thread(make_box)
    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        before = proxy.accepted
        for _ in range(100):
            await in_thread(support, box.pk)
        messages = await until(ws, lambda m: m["state"]["supports"] == 100, 2.0)
        assert messages[-1]["version"] == 100
    assert proxy.accepted - before == 1
    assert publisher.layer_answers()


async def test_idle_subscription_lives_longer_than_redis_pys_timeout(server, proxy, no_hub_here):
    """redis-py 8.1 would end idle subscriptions after 5 s (settings.py sets socket_timeout to None).

    The heartbeat keeps the hub's subscription busy, so the plain layer is what idles here.
    """
    from channels.layers import get_channel_layer

    layer = get_channel_layer()
    channel = await layer.new_channel()
    waiting = asyncio.create_task(layer.receive(channel))
    box = await in_thread(make_box)
    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        await asyncio.sleep(6.5)
        await layer.send(channel, {"type": "hello"})
        async with asyncio.timeout(1):
            assert await waiting == {"type": "hello"}
        await in_thread(support, box.pk)
        assert (await next_message(ws, 1))["version"] == 1
    await layer.flush()


def test_settings_leave_subscriptions_without_a_timeout():
    from decide.settings import CHANNEL_LAYERS

    if "CONFIG" not in CHANNEL_LAYERS["default"]:
        pytest.skip("in-memory channel layer")
    assert [host["socket_timeout"] for host in CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]] == [None]


@pytest.mark.parametrize("death", ["cut", "hang"])
async def test_dead_layer_delays_no_write_and_watchers_stay_current(server, proxy, no_hub_here, death):
    """A worker in another process writes while Redis is dead: nothing is lost, delayed or refused; the hub reads
    the database itself; when Redis is back, changes are pushed again."""
    box = await in_thread(make_box)
    topic = f"support:{box.pk}"
    async with watcher(server, topic) as ws:
        await next_message(ws)
        await in_thread(support, box.pk)
        assert (await next_message(ws, 1))["version"] == 1

        getattr(proxy, death)()
        slowest = 0.0
        for _ in range(20):
            begin = time.monotonic()
            await in_thread(support, box.pk)
            slowest = max(slowest, time.monotonic() - begin)
        written = time.monotonic()
        assert slowest < 0.5
        await until(ws, lambda m: m["version"] == 21, 4.0)
        first = time.monotonic() - written
        await in_thread(support, box.pk)
        begin = time.monotonic()
        await until(ws, lambda m: m["version"] == 22, 3.0)
        later = time.monotonic() - begin
        assert not hubs.line_is_up()
        assert not publisher.layer_answers()

        proxy.mend()
        mended = time.monotonic()
        await in_thread(wait_for, lambda: hubs.line_is_up() is True, 10)
        back = time.monotonic() - mended
        await asyncio.sleep(0.5)  # the reading after the return
        while True:
            try:
                await next_message(ws, 0.3)
            except TimeoutError:
                break
        begin = time.monotonic()
        await in_thread(support, box.pk)
        await until(ws, lambda m: m["version"] == 23, 8.0)
        print(
            f"{death}: slowest write {slowest * 1000:.0f} ms; seen after {first:.1f} s, then {later:.1f} s; "
            f"hub back after {back:.1f} s, push after {(time.monotonic() - begin) * 1000:.0f} ms"
        )


async def test_dead_layer_does_not_matter_inside_one_process(server, proxy):
    """Where the hub is in the process that writes, its watchers do not need the layer at all."""
    box = await in_thread(make_box)
    async with watcher(server, f"support:{box.pk}") as ws:
        await next_message(ws)
        proxy.cut()
        await asyncio.sleep(1.5)
        await in_thread(support, box.pk)
        assert (await next_message(ws, 1))["version"] == 1


def test_layer_dead_from_the_beginning_is_joined_when_it_comes(settings, proxy, redis_url, transactional_db):
    settings.LIVE_TOPICS = "tests.live.table.TOPICS"
    settings.CHANNEL_LAYERS = through(proxy, settings, redis_url)
    proxy.cut()
    with Server():
        wait_for(lambda: hubs.line_is_up() is False)
        proxy.mend()
        wait_for(lambda: hubs.line_is_up() is True, 10)


def test_two_hubs_hear_each_other(settings, proxy, redis_url, transactional_db):
    """Two event loops with one line each, as two processes: a change told to the first reaches the second."""
    settings.CHANNEL_LAYERS = through(proxy, settings, redis_url)
    from decide.live.line import EVERYTHING, MOST_WAITING, Line, remote_layer

    heard = []

    async def play():
        layer = remote_layer()
        listener = Line(layer, on_changed=heard.append)
        task = asyncio.create_task(listener.listen_forever())
        while not listener.up:
            await asyncio.sleep(0.05)

        async def speak():
            line = Line(layer)
            line.post(["support:1", "support:2"])
            line.post(["support:1"])
            sending = asyncio.create_task(line.send_forever())
            await asyncio.sleep(0.3)
            line.post([f"support:{n}" for n in range(MOST_WAITING + 1)])
            await asyncio.sleep(0.3)
            sending.cancel()
            await layer.flush()

        await asyncio.get_running_loop().run_in_executor(None, lambda: asyncio.run(speak()))
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(play())
    assert [set(topics) for topics in heard] == [{"support:1", "support:2"}, {EVERYTHING}]


def test_courier_with_a_dead_layer_remembers_a_bounded_number_of_names(settings, proxy, redis_url, no_hub_here):
    settings.CHANNEL_LAYERS = through(proxy, settings, redis_url)
    from decide.live.line import EVERYTHING, MOST_WAITING, remote_layer

    proxy.cut()
    courier = publisher._courier(remote_layer())
    begin = time.monotonic()
    for n in range(MOST_WAITING + 100):
        publisher._publish((f"support:{n}",))
    assert time.monotonic() - begin < 2.0
    wait_for(lambda: courier.line._outbox == {EVERYTHING} or len(courier.line._outbox) < 600)
    assert len(courier.line._outbox) <= MOST_WAITING
    begin = time.monotonic()
    publisher._farewell()
    assert time.monotonic() - begin < publisher.FAREWELL_SECONDS + 0.5


def test_changed_never_raises(monkeypatch, transactional_db, caplog):
    from decide import live

    def fail(topics):
        raise RuntimeError("nobody expected this")

    monkeypatch.setattr(hubs, "tell", fail)
    live.changed("support:1")
    assert "not announced" in caplog.text


def test_memory_layer_without_a_hub_drops_silently(settings, transactional_db):
    from decide import live

    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    threads = set(threading.enumerate())
    live.changed("support:1")
    assert set(threading.enumerate()) == threads
    assert publisher.layer_answers()
    assert SupportBox.objects.count() == 0
