"""What the page of a thread shows: order, pages, replies, queries, safe text."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone, translation

from decide.comments import services
from decide.comments.models import Comment, Thread
from decide.comments.reading import page_where_shown, render_text
from decide.comments.views import thread_context
from decide.templatetags.decide import number
from tests.factories import make_appointment, make_comment, make_thread, make_user


def show(thread, user=None, **query):
    """The context of the thread on its owner's page."""
    request = RequestFactory().get("/x/", query)
    request.user = user or AnonymousUser()
    return thread_context(request, thread), request


def html_of(thread, user=None, **query):
    context, request = show(thread, user, **query)
    return render_to_string("comments/_thread.html", context, request)


def write_many(thread, roots, replies_each=0):
    author, now = make_user(), timezone.now()
    made = Comment.objects.bulk_create(
        Comment(thread=thread, author=author, body=f"n. {n}", created=now - timedelta(seconds=n // 3), useful=n % 7)
        for n in range(roots)
    )
    Comment.objects.bulk_create(
        Comment(thread=thread, author=author, body="respuesta", parent=root, answers_to=root, created=now)
        for root in made
        for _ in range(replies_each)
    )
    Thread.objects.filter(pk=thread.pk).update(comments=roots * (1 + replies_each))
    thread.refresh_from_db()


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["recientes", "utiles"])
def test_1000_comments_page_without_gaps_or_repetitions(order):
    thread = make_thread()
    write_many(thread, 1000)
    seen = []
    for page in range(1, 21):
        context, _request = show(thread, orden=order, pagina=page)
        seen += context["thread_page"].object_list
    assert context["thread_page"].has_next() is False
    assert {row.pk for row in seen} == set(Comment.objects.values_list("pk", flat=True))
    assert len(seen) == 1000
    keys = [
        (row.not_useful - row.useful if order == "utiles" else 0, -row.created.timestamp(), -row.pk) for row in seen
    ]
    assert keys == sorted(keys)


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize(("roots", "replies"), [(1, 1), (50, 7), (1000, 1)])
def test_queries_are_the_same_for_1_and_1000_comments(django_assert_num_queries, signed_in, roots, replies):
    thread = make_thread()
    write_many(thread, roots, replies)
    user = make_user() if signed_in else AnonymousUser()
    if signed_in:
        assert user.appointments == []  # asked once per request, whoever asks first
    with django_assert_num_queries(3):
        html_of(thread, user)


@pytest.mark.django_db
def test_queries_where_offices_speak(django_assert_num_queries):
    thread = make_thread()
    for office in (make_appointment(office="zonal"), make_appointment(office="agency"), make_appointment()):
        services.add_comment(thread=thread, author=office.holder, body="Respondo", appointment=office)
    thread.refresh_from_db()
    with django_assert_num_queries(4):
        assert html_of(thread).count("badge--official") == 3


@pytest.mark.django_db
def test_the_first_five_replies_are_shown_and_the_others_counted():
    thread = make_thread()
    root, lonely = make_comment(thread), make_comment(thread)
    replies = [make_comment(thread, parent=root, answers_to=root) for _ in range(8)]
    rows = {row.pk: row for row in show(thread)[0]["thread_page"]}
    assert [r.pk for r in rows[root.pk]["shown_replies"]] == [r.pk for r in replies[:5]]
    assert (rows[root.pk]["more_replies"], rows[lonely.pk]["more_replies"]) == (3, 0)
    assert "Leer 3 respuestas más" in html_of(thread)


@pytest.mark.django_db
def test_ties_in_usefulness_are_told_apart_by_time():
    thread, now = make_thread(), timezone.now()

    def make(useful, not_useful, minutes):
        return make_comment(thread, useful=useful, not_useful=not_useful, created=now - timedelta(minutes=minutes)).pk

    bad, old, new, best = make(0, 2, 0), make(1, 0, 9), make(3, 2, 5), make(4, 0, 30)
    assert [row.pk for row in show(thread, orden="utiles")[0]["thread_page"]] == [best, new, old, bad]
    assert [row.pk for row in show(thread)[0]["thread_page"]] == [bad, new, old, best]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "order", "number", "live"),
    [
        ({}, "recientes", 1, True),
        ({"orden": "utiles"}, "utiles", 1, False),
        ({"pagina": "2"}, "recientes", 2, False),
        ({"pagina": "99"}, "recientes", 2, False),
        ({"pagina": "-1"}, "recientes", 2, False),
        ({"pagina": "x", "orden": "x"}, "recientes", 1, True),
    ],
)
def test_order_and_page_come_from_the_address(query, order, number, live):
    thread = make_thread()
    write_many(thread, 60)
    context, _request = show(thread, **query)
    assert (context["thread_order"], context["thread_page"].number, context["thread_live"]) == (order, number, live)
    # New comments are put on top only where the newest are.
    assert (f'data-live-thread="thread:{thread.pk}"' in html_of(thread, **query)) is live


@pytest.mark.django_db
def test_ids_above_a_thousand_are_not_grouped():
    thread = make_thread(id=12_345)
    root = make_comment(thread, id=1_234_567)
    make_comment(thread, id=2_345_678, parent=root, answers_to=root)
    Thread.objects.update(comments=1_500)
    thread.refresh_from_db()
    html = html_of(thread)
    for part in (
        'data-live-thread="thread:12345" data-live-removed="removed:12345" data-live-count="1500"',
        'id="comentario-1234567"',
        'id="respuestas-1234567"',
        'data-live-into="respuestas-1234567"',
        'formaction="/comentarios/2345678/valorar/"',
        'action="/comentarios/hilo/12345/"',
        f'data-live-field="count">{number(1500)}<',
    ):
        assert part in html


@pytest.mark.django_db
@pytest.mark.parametrize(("fields", "form"), [({}, True), ({"open": False}, False), ({"public": False}, False)])
def test_the_form_is_shown_where_one_can_write(fields, form):
    html = html_of(make_thread(**fields))
    assert ("<textarea" in html) is form


@pytest.mark.django_db
def test_the_page_in_english():
    thread = make_thread()
    make_comment(thread)
    with translation.override("en"):
        assert "comentario-" in html_of(thread)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("una\ndos\n\n\ntres", "<p>una<br>dos</p><p>tres</p>"),
        ("<b>&\"'", "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"),
        (
            "vea https://quito.gob.ec/a?b=1&c=2.",
            '<p>vea <a href="https://quito.gob.ec/a?b=1&amp;c=2" rel="nofollow ugc noopener">'
            "https://quito.gob.ec/a?b=1&amp;c=2</a>.</p>",
        ),
        (
            "(http://x.ec)",
            '<p>(<a href="http://x.ec" rel="nofollow ugc noopener">http://x.ec</a>)</p>',
        ),
        ("javascript://x.ec/%0aalert(1)", "<p>javascript://x.ec/%0aalert(1)</p>"),
        (
            'https://x.ec/"onclick=alert(1)',
            '<p><a href="https://x.ec/" rel="nofollow ugc noopener">https://x.ec/</a>&quot;onclick=alert(1)</p>',
        ),
        ("**no** es # Markdown", "<p>**no** es # Markdown</p>"),
    ],
)
def test_render_text(body, html):
    assert render_text(body) == html


def test_render_text_of_many_odd_addresses_is_fast():
    start = time.process_time()
    hard = ("http://" * 430, "http://" + ".," * 1490 + "a", "http://x" + ")" * 2990 + "a", "https://a.b " * 250)
    for body in hard * 25:  # a page shows as many, and more
        render_text(body)
    assert time.process_time() - start < 0.5


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["recientes", "utiles"])
def test_each_comment_stands_on_the_page_that_is_said(order):
    thread = make_thread()
    write_many(thread, 120)
    for page in (1, 2, 3):
        context, _request = show(thread, orden=order, pagina=page)
        comments = Comment.objects.in_bulk([row.pk for row in context["thread_page"]])
        assert {page_where_shown(comment, order) for comment in comments.values()} == {page}


@pytest.mark.django_db
def test_a_reply_beyond_the_first_stands_on_no_page_of_the_thread():
    root = make_comment()
    replies = [make_comment(root.thread, parent=root, answers_to=root) for _ in range(7)]
    assert [page_where_shown(reply, "recientes") for reply in replies] == [1, 1, 1, 1, 1, None, None]
