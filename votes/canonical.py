"""Canonical JSON (RFC 8785) of what the ballot box writes: objects, lists, strings, null, whole numbers from 0.

One value has exactly one text, so that a hash of it means something. What docs/export-format.md does not know (true
and false, fractions, numbers below 0 or beyond 2^53 - 1, more than 16 levels) is refused rather than written: a
verifier would refuse it, too.
"""

import json

LARGEST = 2**53 - 1
DEEPEST = 16  # lists and objects inside one another


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


def _checked(value, room=DEEPEST):
    """The value with its names in RFC 8785's order, which is that of UTF-16."""
    if isinstance(value, dict | list | tuple) and not room:
        raise ValueError("too deep")
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("names are strings")
        names = sorted(value, key=lambda n: n.encode("utf-16-be"))
        return {name: _checked(value[name], room - 1) for name in names}
    if isinstance(value, list | tuple):
        return [_checked(item, room - 1) for item in value]
    if isinstance(value, bool | float) or (isinstance(value, int) and not 0 <= value <= LARGEST):
        raise ValueError("whole numbers from 0 to 2^53 - 1 only")
    if value is None or isinstance(value, str | int):
        return value
    raise ValueError(f"no JSON for {type(value).__name__}")
