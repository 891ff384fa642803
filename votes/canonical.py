"""Canonical JSON (RFC 8785) of what the ballot box writes: objects, lists, strings, whole numbers, true, false, null.

One value has exactly one text, so that a hash of it means something. Fractions and numbers beyond 2^53 - 1, which
JavaScript would round, are refused rather than written.
"""

import json

LARGEST = 2**53 - 1


def dumps(value) -> bytes:
    """The canonical bytes of a value. Raises ValueError for what this subset cannot say."""
    return json.dumps(_checked(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def loads(text: bytes):
    """The value of canonical bytes. Raises ValueError for anything else, duplicate names and spaces included."""
    try:
        value = json.loads(text.decode())
        same = dumps(value) == text
    except RecursionError:
        raise ValueError("too deep") from None
    if not same:
        raise ValueError("not canonical")
    return value


def _checked(value):
    """The value with its names in RFC 8785's order, which is that of UTF-16."""
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("names are strings")
        return {name: _checked(value[name]) for name in sorted(value, key=lambda n: n.encode("utf-16-be"))}
    if isinstance(value, list | tuple):
        return [_checked(item) for item in value]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST):
        raise ValueError("whole numbers up to 2^53 - 1 only")
    if value is None or isinstance(value, str | int | bool):
        return value
    raise ValueError(f"no JSON for {type(value).__name__}")
