"""The polling twin says what the socket would say."""

import json
from urllib.parse import urlencode

import pytest

from tests.live import table
from tests.live.tools import Server, in_thread, make_box, next_message, support, watcher


@pytest.fixture(autouse=True)
def _table(settings):
    settings.LIVE_TOPICS = "tests.live.table.TOPICS"


def ask(client, *topics, **headers):
    return client.get("/live/?" + urlencode([("topic", topic) for topic in topics]), headers=headers)


@pytest.mark.django_db
def test_states_come_in_the_order_asked_and_what_is_unknown_is_gone(client):
    box, hidden = make_box(supports=3, version=9), make_box(open=False)
    unknown = ["support:999999", "nothing:1", "support:x"]
    answer = ask(client, unknown[0], f"support:{box.pk}", f"support:{hidden.pk}", f"support:{box.pk}", *unknown[1:])
    assert answer.status_code == 200
    assert answer.json() == [
        {"topic": unknown[0], "gone": True},
        {"topic": f"support:{box.pk}", "version": 9, "state": {"supports": 3, "counted": 0, "threshold": 25}},
        {"topic": f"support:{hidden.pk}", "gone": True},
        {"topic": unknown[1], "gone": True},
        {"topic": unknown[2], "gone": True},
    ]
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in answer


@pytest.mark.django_db
def test_etag_answers_304_until_the_state_changes(client):
    box = make_box()
    first = ask(client, f"support:{box.pk}")
    again = ask(client, f"support:{box.pk}", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == "no-cache"
    support(box.pk)
    after = ask(client, f"support:{box.pk}", **{"If-None-Match": first["ETag"]})
    assert (after.status_code, after.json()[0]["version"]) == (200, 1)


@pytest.mark.django_db
def test_etag_survives_compression(client):
    """The gzip middleware weakens the tag; it still matches."""
    boxes = [make_box() for _ in range(20)]
    topics = [f"support:{box.pk}" for box in boxes]
    first = ask(client, *topics, **{"Accept-Encoding": "gzip"})
    assert first["Content-Encoding"] == "gzip"
    again = ask(client, *topics, **{"Accept-Encoding": "gzip", "If-None-Match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db
def test_hundred_topics_are_one_question_and_one_more_is_400(client, django_assert_num_queries):
    make_box()
    with django_assert_num_queries(1):
        answer = ask(client, *(f"support:{n}" for n in range(1, 101)))
    assert len(answer.json()) == 100
    assert ask(client, *(f"support:{n}" for n in range(1, 102))).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["", "a b", "x" * 65, "\x00", "ñ:1", "\u202e"])
def test_malformed_topic_is_400(client, topic):
    answer = ask(client, topic)
    assert (answer.status_code, set(answer.json())) == (400, {"error"})


@pytest.mark.django_db
def test_no_topic_is_an_empty_list_and_only_reading_is_allowed(client):
    assert client.get("/live/").json() == []
    assert client.post("/live/?topic=support:1").status_code == 405


@pytest.mark.django_db(transaction=True)
async def test_twin_and_socket_say_the_same(async_client):
    box = await in_thread(make_box)
    topics = [f"support:{box.pk}", "support:999999"]
    with Server() as server:
        async with watcher(server, *topics) as ws:
            said = [await next_message(ws), await next_message(ws)]
    answer = await async_client.get("/live/?" + urlencode([("topic", topic) for topic in topics]))
    assert json.loads(answer.content) == sorted(said, key=lambda m: topics.index(m["topic"]))


def test_states_are_read_in_chunks(monkeypatch):
    from decide.live import states

    asked = []
    monkeypatch.setitem(table.TOPICS, "many", lambda ids: asked.append(len(ids)) or {pk: (1, {}) for pk in ids})
    found = states.read_kind("many", list(range(1, 1202)))
    assert (asked, len(found)) == ([500, 500, 201], 1201)
