"""A cache out of reach is never a reason to fail or to wait."""

import time

import pytest

from decide.cache import ForgivingRedisCache


@pytest.fixture
def dead():
    ForgivingRedisCache.resting_until = 0.0
    yield ForgivingRedisCache("redis://127.0.0.1:1", {})
    ForgivingRedisCache.resting_until = 0.0


def test_cache_out_of_reach_answers_like_an_empty_one(dead):
    assert dead.get("a") is None
    assert dead.get("a", "otherwise") == "otherwise"
    assert dead.get_many(["a"]) == {}
    assert dead.add("a", 1) is True
    assert dead.set("a", 1) is None
    assert dead.delete("a") is False
    with pytest.raises(ValueError, match="out of reach"):
        dead.incr("a")


def test_cache_out_of_reach_is_not_asked_at_every_call(dead):
    dead.get("first")
    began = time.perf_counter()

    for _ in range(1000):
        dead.get("a")

    assert time.perf_counter() - began < 0.5
