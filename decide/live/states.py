"""What a topic shows: read from the database through the one table at the roof (`settings.LIVE_TOPICS`).

A topic is `kind:id`. The table gives each kind a function `read(ids) -> {id: (version, state)}`; what is absent from
its answer is missing or not public. A version only grows; a state is whole, public, and the same for everybody.
"""

import json
import re

from django.conf import settings
from django.utils.module_loading import import_string

MOST_TOPICS = 100  # of one socket, and of one question to the polling twin
_WELL_FORMED = re.compile(r"[\x21-\x7e]{1,64}")
_ID = re.compile(r"[1-9][0-9]{0,17}")
_CHUNK = 500  # ids in one query

State = tuple[int, dict]


def well_formed(topic) -> bool:
    """Whether this may be the name of a topic at all."""
    return isinstance(topic, str) and _WELL_FORMED.fullmatch(topic) is not None


def split(topic: str) -> tuple[str, int] | None:
    """`("proposal", 42)`, or None for what no table knows."""
    kind, _colon, number = topic.partition(":")
    if kind in table() and _ID.fullmatch(number):
        return kind, int(number)
    return None


def table() -> dict:
    return import_string(settings.LIVE_TOPICS)


def read_kind(kind: str, ids: list[int]) -> dict[int, State]:
    """The newest states of one kind; one call of its reader for each 500 ids."""
    read = table()[kind]
    found = {}
    for start in range(0, len(ids), _CHUNK):
        found.update(read(ids[start : start + _CHUNK]))
    return found


def read_topics(topics) -> list[dict]:
    """What the socket would say now about each of these topics, in their order."""
    kinds: dict[str, list[int]] = {}
    for topic in topics:
        if known := split(topic):
            kinds.setdefault(known[0], []).append(known[1])
    found = {kind: read_kind(kind, ids) for kind, ids in kinds.items()}
    return [as_message(topic, found[known[0]].get(known[1]) if (known := split(topic)) else None) for topic in topics]


def as_message(topic: str, state: State | None) -> dict:
    if state is None:
        return {"topic": topic, "gone": True}
    return {"topic": topic, "version": state[0], "state": state[1]}


def as_text(message) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
