"""`/salud/`: 200 with the state of everything, 503 when something it needs is away, never slow."""

import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from decide.live import publisher
from decide.tick import health, services
from decide.tick.models import TickRun
from tests.live.redis_proxy import RedisProxy

pytestmark = pytest.mark.django_db(transaction=True)

WELL = {
    "status": "ok",
    "database": "up",
    "channel_layer": "up",
    "tick": "never",
    "tick_age": None,
    "tick_failed": [],
}


@pytest.fixture(autouse=True)
def _grown_up(monkeypatch):
    monkeypatch.setattr(health, "_born", time.monotonic() - 3600)


def ask(client):
    begin = time.monotonic()
    answer = client.get("/salud/")
    return answer.status_code, answer.json(), time.monotonic() - begin


def health_threads():
    return sum(thread.name.startswith("health") for thread in threading.enumerate())


def eventually_well(client, seconds=15.0):
    """A machine under load may need a second try to open a connection in time."""
    until = time.monotonic() + seconds
    while ask(client)[:2] != (200, WELL):
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def test_health_where_tick_never_ran(client):
    status, state, took = ask(client)
    assert (status, state) == (200, WELL)
    assert took < 3.0


def test_health_says_when_tick_ran_and_what_failed(client, monkeypatch):
    monkeypatch.setattr("decide.tick.due.DUE", ["nowhere.at_all"])
    services.run()
    status, state, _took = ask(client)
    assert (status, state) == (200, WELL | {"tick": "fresh", "tick_age": 0, "tick_failed": ["nowhere.at_all"]})


@pytest.mark.parametrize(("minutes", "expected"), [(14, (200, "fresh")), (16, (503, "stale"))])
def test_health_with_an_old_tick(client, minutes, expected):
    TickRun.objects.create(pk=1, finished_at=timezone.now() - timedelta(minutes=minutes))
    status, state, _took = ask(client)
    assert (status, state["tick"]) == expected
    assert state["tick_age"] // 60 == minutes


def test_health_of_a_process_just_started_does_not_blame_the_tick(client, monkeypatch):
    monkeypatch.setattr(health, "_born", time.monotonic())
    TickRun.objects.create(pk=1, finished_at=timezone.now() - timedelta(days=1))
    status, state, _took = ask(client)
    assert (status, state["status"], state["tick"]) == (200, "ok", "stale")


def test_health_with_a_database_that_refuses(client, monkeypatch):
    def refuse():
        raise OSError("no database")

    monkeypatch.setattr(health, "_asked_database", health._Asked(refuse))
    status, state, took = ask(client)
    assert (status, state) == (503, WELL | {"status": "ill", "database": "down", "tick": "unknown"})
    assert took < 3.0


def test_health_with_a_database_that_hangs_is_quick_and_holds_one_thread(client, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(health, "_asked_database", health._Asked(gate.wait))
    ask(client)
    before = health_threads()
    for _ in range(5):
        status, state, took = ask(client)
        assert (status, state["database"]) == (503, "down")
        assert took < 3.0
    assert health_threads() == before
    gate.set()


@pytest.mark.parametrize("death", ["cut", "hang"])
def test_health_with_redis_alive_dead_and_alive_again(client, settings, redis_url, monkeypatch, death):
    """A real round trip through the layer, from a process without a hub."""
    monkeypatch.setattr(publisher, "_the_courier", None)
    proxy = RedisProxy()
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [{"address": f"redis://127.0.0.1:{proxy.port}", "socket_timeout": None}]},
        }
    }
    try:
        assert eventually_well(client)
        getattr(proxy, death)()
        status, state, took = ask(client)
        assert (status, state) == (503, WELL | {"status": "ill", "channel_layer": "down"})
        assert took < 3.0
        proxy.mend()
        assert eventually_well(client)
    finally:
        proxy.cut()


def test_health_is_not_cached_and_only_read(client):
    answer = client.get("/salud/")
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/salud/").status_code == 405
