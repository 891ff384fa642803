"""The writes on threads and comments: who may, what is refused, what is counted."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from decide.comments import services
from decide.comments.models import Comment, CommentRating, Thread
from decide.comments.signals import thread_changed
from decide.errors import Refused
from decide.notices.models import Notice
from tests.factories import make_appointment, make_thread, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread():
    return make_thread(path="/propuestas/1-parque/")


@pytest.fixture
def told(monkeypatch):
    """The topics that were said to have changed."""
    topics = []
    monkeypatch.setattr("decide.live.changed", lambda *names: topics.extend(names))
    return topics


def add(thread, author=None, body="Una idea", **fields):
    return services.add_comment(thread=thread, author=author or make_user(), body=body, **fields)


def age(comment, **delta):
    Comment.objects.filter(pk=comment.pk).update(created=timezone.now() - timedelta(**delta))
    comment.refresh_from_db()
    return comment


def state(thread):
    thread.refresh_from_db()
    return thread.comments, thread.version


# --- adding -----------------------------------------------------------------------------------------------


def test_add_comment_by_someone_unverified(thread, told):
    author = make_user(verified=False)
    comment = add(thread, author, body="  Una idea\r\npara el barrio ")
    assert (comment.author, comment.body, comment.parent) == (author, "Una idea\npara el barrio", None)
    assert state(thread) == (1, 1)
    assert told == [f"thread:{thread.pk}", f"removed:{thread.pk}"]


def test_add_comment_tells_the_room_that_owns_the_thread(thread):
    seen = []

    def hear(sender, thread, comment, what, **kwargs):
        seen.append((thread.comments, comment.pk, what))

    thread_changed.connect(hear)
    try:
        comment = add(thread)
        services.edit_comment(comment=comment, editor=comment.author, body="Otra")
        services.delete_comment(comment=comment, author=comment.author)
    finally:
        thread_changed.disconnect(hear)
    assert seen == [(1, comment.pk, "added"), (1, comment.pk, "edited"), (0, comment.pk, "deleted")]


def test_reply_to_a_reply_hangs_from_the_root(thread):
    root = add(thread)
    reply = add(thread, parent=root)
    nested = add(thread, parent=reply)
    assert (reply.parent, reply.answers_to) == (root, root)
    assert (nested.parent, nested.answers_to) == (root, reply)
    assert state(thread)[0] == 3


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"open": False}, 409),
        ({"public": False}, 404),
    ],
)
def test_add_comment_where_it_is_not_possible(fields, status):
    thread = make_thread(**fields)
    with pytest.raises(Refused) as refused:
        add(thread)
    assert refused.value.status == status
    assert state(thread) == (0, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("   \n ", 400),
        ("\u200b\u200d\x00", 400),
        ("…!?", 400),
        ("x" * 3001, 400),
        ("x" * 50_000, 400),
        ("mal \ud800 escrito", 400),
    ],
)
def test_add_comment_refuses_bad_text(thread, body, status):
    with pytest.raises(Refused) as refused:
        add(thread, body=body)
    assert (refused.value.status, Comment.objects.count(), state(thread)) == (status, 0, (0, 0))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("x" * 3000, "x" * 3000),
        ("nulo\x00s", "nulos"),
        ("in\u200bvi\u2060si\ufeffble", "invisible"),
        ("\u202ereves", "reves"),
        ("a\u0301rbol", "árbol"),
        ("<script>alert(1)</script> texto", "<script>alert(1)</script> texto"),
    ],
)
def test_add_comment_cleans_text(thread, written, kept):
    assert add(thread, body=written).body == kept


def test_reply_to_a_comment_of_another_thread(thread):
    foreign = add(make_thread())
    with pytest.raises(Refused) as refused:
        add(thread, parent=foreign)
    assert refused.value.status == 404


def test_reply_to_a_deleted_comment(thread):
    root = add(thread)
    services.delete_comment(comment=root, author=root.author)
    root.refresh_from_db()
    with pytest.raises(Refused) as refused:
        add(thread, parent=root)
    assert refused.value.status == 409


def test_once_key_sent_twice(thread):
    author, key = make_user(), uuid.uuid4()
    first = add(thread, author, once_key=key)
    assert add(thread, author, once_key=key) == first
    assert state(thread) == (1, 1)


def test_once_key_of_somebody_else(thread):
    key = uuid.uuid4()
    add(thread, once_key=key)
    with pytest.raises(Refused) as refused:
        add(thread, once_key=key)
    assert refused.value.status == 409


def test_speaking_for_an_office(thread):
    office = make_appointment(office="zonal")
    assert add(thread, office.holder, appointment=office).appointment == office


@pytest.mark.parametrize("wrong", ["of somebody else", "ended", "not yet begun"])
def test_speaking_for_an_office_that_is_not_held_today(thread, wrong):
    today = timezone.localdate()
    dates = {
        "of somebody else": {},
        "ended": {"starts": today - timedelta(days=9), "ends": today - timedelta(days=1)},
        "not yet begun": {"starts": today + timedelta(days=1)},
    }
    office = make_appointment(**dates[wrong])
    author = make_user() if wrong == "of somebody else" else office.holder
    with pytest.raises(Refused) as refused:
        add(thread, author, appointment=office)
    assert refused.value.status == 403


def test_author_badge_for_whose_thing_is_discussed():
    owner = make_user()
    thread = services.open_thread(path="/x/", public=True, owner=owner)
    assert (add(thread, owner).by_owner, add(thread).by_owner) == (True, False)


def test_no_author_badge_where_nobody_owns_the_thread(thread):
    assert add(thread).by_owner is False


# --- being told -------------------------------------------------------------------------------------------


def test_whoever_is_answered_is_told_once_and_never_oneself(thread):
    ana, luis, eva = make_user(), make_user(), make_user()
    root = add(thread, ana)
    add(thread, ana, parent=root)  # to oneself: nobody
    reply = add(thread, luis, parent=root)  # Ana
    answer = add(thread, eva, parent=reply)  # Luis, and Ana whose conversation it is
    told = Notice.objects.values_list("recipient", "key", "path")
    assert set(told) == {
        (ana.pk, f"comment:{reply.pk}", reply.get_absolute_url()),
        (luis.pk, f"comment:{answer.pk}", answer.get_absolute_url()),
        (ana.pk, f"comment:{answer.pk}", answer.get_absolute_url()),
    }
    assert not any(eva.display_name in n.body + n.subject or answer.body in n.body for n in Notice.objects.all())


def test_owner_of_the_thread_is_told_once_a_day():
    owner = make_user()
    thread = services.open_thread(path="/x/", public=True, owner=owner)
    add(thread, owner)
    add(thread)
    add(thread)
    assert list(Notice.objects.values_list("recipient", "path")) == [(owner.pk, "/x/#comentarios")]


# --- editing ----------------------------------------------------------------------------------------------


def test_edit_comment_within_15_minutes_keeps_the_history(thread, told):
    comment = age(add(thread, body="Antes"), minutes=14, seconds=50)
    told.clear()
    edited = services.edit_comment(comment=comment, editor=comment.author, body="Después")
    assert edited.edited_at is not None
    assert list(edited.history.values_list("body", flat=True)) == ["Después", "Antes"]
    assert (state(thread), told) == ((1, 2), [f"thread:{thread.pk}", f"removed:{thread.pk}"])


def test_edit_comment_without_a_change_is_not_an_edit(thread):
    comment = add(thread, body="Igual")
    assert services.edit_comment(comment=comment, editor=comment.author, body="Igual ").edited_at is None
    assert state(thread) == (1, 1)


@pytest.mark.parametrize(
    ("case", "status"), [("late", 409), ("somebody else", 403), ("deleted", 409), ("empty", 400), ("hidden", 404)]
)
def test_edit_comment_refused(thread, case, status):
    comment = add(thread, body="Antes")
    editor, body = comment.author, "Después"
    if case == "late":
        age(comment, minutes=15)
    elif case == "somebody else":
        editor = make_user()
    elif case == "deleted":
        services.delete_comment(comment=comment, author=comment.author)
    elif case == "empty":
        body = " "
    else:
        Thread.objects.update(public=False)
    with pytest.raises(Refused) as refused:
        services.edit_comment(comment=comment, editor=editor, body=body)
    comment.refresh_from_db()
    assert (refused.value.status, comment.body) == (status, "" if case == "deleted" else "Antes")


# --- deleting ---------------------------------------------------------------------------------------------


def test_delete_comment_takes_the_text_everywhere_and_leaves_its_place(thread, told):
    comment = age(add(thread, body="Me arrepiento"), days=3)
    reply = add(thread, parent=comment)
    told.clear()
    services.delete_comment(comment=comment, author=comment.author)
    comment.refresh_from_db()
    assert (comment.body, comment.deleted_at is None) == ("", False)
    assert set(comment.history.values_list("body", flat=True)) == {""}
    assert Comment.objects.get(pk=reply.pk).parent == comment
    assert (state(thread), told) == ((1, 3), [f"thread:{thread.pk}", f"removed:{thread.pk}"])


def test_delete_comment_twice_counts_once(thread):
    comment = add(thread)
    for _ in range(2):
        services.delete_comment(comment=comment, author=comment.author)
    assert state(thread) == (0, 2)


def test_delete_comment_of_somebody_else(thread):
    comment = add(thread)
    with pytest.raises(Refused) as refused:
        services.delete_comment(comment=comment, author=make_user())
    assert (refused.value.status, state(thread)) == (403, (1, 1))


# --- rating -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opinions", "counts"),
    [
        ([True], (1, 0)),
        ([False], (0, 1)),
        ([True, True], (1, 0)),
        ([True, False], (0, 1)),
        ([False, True], (1, 0)),
        ([True, None], (0, 0)),
        ([False, None], (0, 0)),
        ([None], (0, 0)),
        ([True, None, None], (0, 0)),
        ([True, False, None, True], (1, 0)),
    ],
)
def test_rate_comment(thread, opinions, counts):
    comment, user = add(thread), make_user()
    for useful in opinions:
        comment = services.rate_comment(comment=comment, user=user, useful=useful)
    assert (comment.useful, comment.not_useful) == counts
    assert CommentRating.objects.count() == sum(counts)


@pytest.mark.parametrize(("case", "status"), [("own", 409), ("deleted", 409), ("draft", 404)])
def test_rate_comment_refused(thread, case, status):
    comment, user = add(thread), make_user()
    if case == "own":
        user = comment.author
    elif case == "deleted":
        services.delete_comment(comment=comment, author=comment.author)
    else:
        Thread.objects.update(public=False)
    with pytest.raises(Refused) as refused:
        services.rate_comment(comment=comment, user=user, useful=True)
    assert (refused.value.status, CommentRating.objects.count()) == (status, 0)


# --- own data ---------------------------------------------------------------------------------------------


def test_export_own_holds_only_what_is_ones_own(thread):
    ana, luis = make_user(), make_user()
    mine, other = add(thread, ana, body="De Ana"), add(thread, luis, body="De Luis")
    services.rate_comment(comment=other, user=ana, useful=True)
    services.rate_comment(comment=mine, user=luis, useful=False)
    exported = services.export_own(ana)
    assert [(c["id"], c["text"], c["page"]) for c in exported["comments"]] == [(mine.pk, "De Ana", thread.path)]
    assert exported["ratings"] == [{"comment": other.pk, "useful": True}]


def test_erase_own_leaves_text_without_author_and_counters_exact(thread, told):
    office = make_appointment()
    ana, luis = office.holder, make_user()
    mine = add(thread, ana, body="De Ana", appointment=office)
    services.edit_comment(comment=mine, editor=ana, body="De Ana, mejor")
    comment = add(thread, luis, body="De Luis")
    other = add(thread, luis)
    services.rate_comment(comment=comment, user=ana, useful=True)
    services.rate_comment(comment=other, user=ana, useful=False)
    Comment.history.update(history_user=ana)
    Thread.objects.update(owner=ana)
    version = state(thread)[1]
    told.clear()
    services.erase_own(ana)
    ana.delete()
    mine.refresh_from_db()
    assert (mine.author, mine.appointment, mine.body) == (None, None, "De Ana, mejor")
    rows = Comment.history.filter(id=mine.pk).values_list("author_id", "appointment_id", "history_user_id", "body")
    assert set(rows) == {(None, None, None, "De Ana"), (None, None, None, "De Ana, mejor")}
    assert set(Comment.history.values_list("history_user_id", flat=True)) == {None}
    assert set(Comment.history.filter(id=comment.pk).values_list("author_id", flat=True)) == {luis.pk}
    assert set(Comment.objects.values_list("useful", "not_useful")) == {(0, 0)}
    assert CommentRating.objects.count() == 0
    assert Thread.objects.get().owner is None
    assert (state(thread), told) == ((3, version + 1), [f"thread:{thread.pk}", f"removed:{thread.pk}"])
