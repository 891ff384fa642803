"""A cache that is never a reason to fail: while Redis is away, everything is simply not cached."""

import logging
import time

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
REST_SECONDS = 2.0


def _forgiving(name, otherwise):
    original = getattr(RedisCache, name)

    def method(self, *args, **kwargs):
        if time.monotonic() < ForgivingRedisCache.resting_until:
            return otherwise(*args, **kwargs)
        try:
            return original(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            ForgivingRedisCache.resting_until = time.monotonic() + REST_SECONDS
            log.warning("cache out of reach: %s", error)
            return otherwise(*args, **kwargs)

    return method


def _missing(*args, **kwargs):
    raise ValueError("cache out of reach")


class ForgivingRedisCache(RedisCache):
    """Redis; while it is out of reach every read is a miss, every write is dropped, and it is asked again every 2 s."""

    resting_until = 0.0

    get = _forgiving("get", lambda key, default=None, version=None: default)
    get_many = _forgiving("get_many", lambda keys, version=None: {})
    has_key = _forgiving("has_key", lambda *a, **k: False)
    add = _forgiving("add", lambda *a, **k: True)
    set = _forgiving("set", lambda *a, **k: None)
    set_many = _forgiving("set_many", lambda *a, **k: [])
    touch = _forgiving("touch", lambda *a, **k: False)
    delete = _forgiving("delete", lambda *a, **k: False)
    delete_many = _forgiving("delete_many", lambda *a, **k: None)
    incr = _forgiving("incr", _missing)
    clear = _forgiving("clear", lambda *a, **k: True)
