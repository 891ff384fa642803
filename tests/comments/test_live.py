"""What watchers of a thread get."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from decide.comments import services
from decide.comments.live import removed_states, thread_states
from decide.comments.models import Thread
from tests.factories import make_appointment, make_comment, make_thread, make_user

pytestmark = pytest.mark.django_db


def test_states_of_public_threads_only():
    empty, draft, busy = make_thread(), make_thread(public=False), make_thread()
    make_comment(draft)
    comment = make_comment(busy)
    states = thread_states([empty.pk, draft.pk, busy.pk, 999_999])
    assert set(states) == {empty.pk, busy.pk}
    assert states[empty.pk] == (0, {"count": 0, "latest": None})
    version, state = states[busy.pk]
    assert (version, set(state), state["count"]) == (1, {"count", "latest"}, 1)
    assert (set(state["latest"]), state["latest"]["id"]) == ({"id", "html"}, comment.pk)


def test_version_grows_with_every_change_that_is_shown():
    thread, author = make_thread(), make_user()
    versions = [thread_states([thread.pk])[thread.pk][0]]

    def now():
        versions.append(thread_states([thread.pk])[thread.pk][0])

    comment = services.add_comment(thread=thread, author=author, body="Uno")
    now()
    services.edit_comment(comment=comment, editor=author, body="Dos")
    now()
    services.erase_own(author)
    now()
    assert versions == [0, 1, 2, 3]


def test_rating_changes_nothing_that_is_pushed():
    comment = make_comment()
    before = thread_states([comment.thread_id])
    services.rate_comment(comment=comment, user=make_user(), useful=True)
    assert thread_states([comment.thread_id]) == before


def test_latest_is_the_newest_that_is_shown():
    thread, now = make_thread(), timezone.now()
    first = make_comment(thread, created=now - timedelta(minutes=2))
    reply = make_comment(thread, parent=first, answers_to=first, created=now - timedelta(minutes=1))
    deleted = make_comment(thread, created=now)
    services.delete_comment(comment=deleted, author=deleted.author)
    state = thread_states([thread.pk])[thread.pk][1]
    assert (state["count"], state["latest"]["id"]) == (2, reply.pk)
    assert removed_states([thread.pk])[thread.pk][1] == {"comments": [deleted.pk]}
    assert f'data-live-into="respuestas-{first.pk}"' in state["latest"]["html"]


def test_html_is_public_spanish_and_safe():
    owner = make_appointment(office="zonal").holder
    thread = services.open_thread(path="/x/", public=True, owner=owner)
    with translation.override("en"):
        comment = services.add_comment(
            thread=thread, author=owner, body="<script>alert(1)</script>", appointment=owner.appointments[0]
        )
        html = thread_states([thread.pk])[thread.pk][1]["latest"]["html"]
    assert "<script" not in html
    for personal in (owner.email, "csrf", "editar", "borrar", "aria-pressed", str(owner.public_id)):
        assert personal not in html
    for shown in (f'id="comentario-{comment.pk}"', "badge--official", "badge--author", "Responder", ">Útil<"):
        assert shown in html


def test_html_is_what_the_page_shows(client):
    comment = make_comment()
    html = thread_states([comment.thread_id])[comment.thread_id][1]["latest"]["html"]
    page = client.get(comment.get_absolute_url()).content.decode()
    squeeze = lambda text: re.sub(r"\s+", " ", text).strip()  # noqa: E731
    assert squeeze(html) in squeeze(page)


@pytest.mark.parametrize("threads", [1, 30])
def test_queries_are_the_same_for_1_and_30_threads(django_assert_num_queries, threads):
    ids = [make_comment().thread_id for _ in range(threads)]
    with django_assert_num_queries(2):
        assert len(thread_states(ids)) == threads
    with django_assert_num_queries(2):
        assert len(removed_states(ids)) == threads


def test_the_thread_topic_is_in_the_table():
    from decide.topics import TOPICS

    comment = make_comment()
    read = TOPICS["thread"]
    assert read([comment.thread_id])[comment.thread_id][1]["count"] == 1
    assert Thread.objects.count() == 1
