"""Pages and forms of the comments: where they lead, what they refuse, what they keep."""

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from decide import limits
from decide.accounts.access import KEPT
from decide.comments import services
from decide.comments.models import Comment, CommentRating, Thread
from tests.factories import make_appointment, make_comment, make_thread, make_user

pytestmark = pytest.mark.django_db
PATH = "/propuestas/1-parque/"


@pytest.fixture
def thread():
    return make_thread(path=PATH)


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def me(client, user):
    client.force_login(user)
    return client


def address(name, thing):
    return reverse(f"comments:{name}", args=[thing.pk])


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False  # officers sign in here by `force_login` alone


def age(comment, **delta):
    Comment.objects.filter(pk=comment.pk).update(created=timezone.now() - timedelta(**delta))


# --- adding -------------------------------------------------------------------------------------------------


def test_add_leads_to_the_comment_on_the_owners_page(me, thread, user):
    response = me.post(address("add", thread), {"body": "Hola", "next": "https://example.org/"})
    comment = Comment.objects.get()
    assert (response.status_code, response.url) == (302, f"{PATH}#comentario-{comment.pk}")
    assert (comment.body, comment.author) == ("Hola", user)


def test_add_twice_with_one_once_key(me, thread):
    key = uuid.uuid4()
    answers = [me.post(address("add", thread), {"body": "Hola", "once_key": key}).url for _ in range(2)]
    assert (len(set(answers)), Comment.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("", ""),
        ("\x00\u200b", ""),
        ("x" * 50_000, "x" * 50_000),
        ("<b>" + "y" * 3000, "<b>" + "y" * 3000),
    ],
)
def test_add_with_bad_text_comes_back_with_it(me, thread, body, kept):
    key = str(uuid.uuid4())
    response = me.post(address("add", thread), {"body": body, "once_key": key})
    html = response.content.decode()
    assert response.status_code == 400
    assert "Hay un problema" in html
    written = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)[1]
    assert unescape(written).replace("\x00", "").replace("\u200b", "").strip() == kept
    assert key in html
    assert Comment.objects.count() == 0


def test_add_to_a_closed_thread_keeps_the_text(me):
    thread = make_thread(path=PATH, open=False)
    response = me.post(address("add", thread), {"body": "Llego tarde"})
    assert response.status_code == 409
    assert "Llego tarde" in response.content.decode()


@pytest.mark.parametrize("name", ["add", "reply", "detail", "rate", "edit", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_draft_answers_like_missing(me, user, name, method):
    thread = make_thread(path=PATH, public=False)
    comment = make_comment(thread, user)
    hidden = getattr(me, method)(address(name, thread if name == "add" else comment), {"body": "x", "value": "useful"})
    missing = getattr(me, method)(reverse(f"comments:{name}", args=[999_999]), {"body": "x", "value": "useful"})
    huge = getattr(me, method)(reverse(f"comments:{name}", args=[10**30]), {"body": "x", "value": "useful"})
    # What only takes POSTs says so before it looks for anything.
    assert {hidden.status_code, missing.status_code, huge.status_code} == {
        405 if (name, method) == ("rate", "get") else 404
    }
    assert Comment.objects.count() == 1
    assert CommentRating.objects.count() == 0


def test_add_by_someone_not_signed_in_keeps_the_text(client, thread, user):
    response = client.post(address("add", thread), {"body": "No quiero escribirlo dos veces"})
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
    assert KEPT in client.session
    # After signing in (force_login would begin a new session: keep what was kept).
    kept = client.session[KEPT]
    client.force_login(user)
    session = client.session
    session[KEPT] = kept
    session.save()
    page = client.get(address("add", thread))
    assert "No quiero escribirlo dos veces" in page.content.decode()
    assert Comment.objects.count() == 0


def test_add_needs_the_csrf_token(thread, user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(address("add", thread), {"body": "Hola"}).status_code == 403


def test_add_has_a_limit(me, thread, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "comment", limits.Limit(account=2, address=100, seconds=60))
    statuses = [me.post(address("add", thread), {"body": f"n. {n}"}).status_code for n in range(3)]
    assert (statuses, Comment.objects.count()) == ([302, 302, 429], 2)


@pytest.mark.parametrize("xss", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)"])
def test_text_is_never_markup(client, thread, xss):
    author = make_user(display_name=xss[:60])
    comment = services.add_comment(thread=thread, author=author, body=f"hola {xss} http://x.ec/{xss}")
    services.add_comment(thread=thread, author=author, body=f"hola {xss}", parent=comment)
    html = client.get(comment.get_absolute_url()).content.decode()
    assert xss not in re.sub(r"javascript:alert\(1\)(?![\"'])", "", html)
    assert re.findall(r"<script(?! type=\"module\" src=)|<[^>]*\sonerror=|href=\"javascript:", html) == []


# --- offices --------------------------------------------------------------------------------------------------


def test_speaking_for_an_office_is_offered_and_shown(client, thread):
    office = make_appointment(office="zonal")
    client.force_login(office.holder)
    assert str(office) in client.get(address("add", thread)).content.decode()
    client.post(address("add", thread), {"body": "Desde la zona", "appointment": office.pk})
    comment = Comment.objects.get()
    assert comment.appointment == office
    assert (
        f'<span class="badge badge--official">{office}</span>'
        in client.get(comment.get_absolute_url()).content.decode()
    )


def test_speaking_for_somebody_elses_office_is_refused(client, thread):
    mine, other = make_appointment(), make_appointment()
    client.force_login(mine.holder)
    assert client.post(address("add", thread), {"body": "x", "appointment": other.pk}).status_code == 400
    assert Comment.objects.count() == 0


def test_office_field_of_someone_without_one_is_ignored(me, thread):
    office = make_appointment()
    me.post(address("add", thread), {"body": "Hola", "appointment": office.pk})
    assert Comment.objects.get().appointment is None


def test_author_badge(client, user):
    thread = services.open_thread(path=PATH, public=True, owner=user)
    comment = services.add_comment(thread=thread, author=user, body="Gracias")
    assert "badge--author" in client.get(comment.get_absolute_url()).content.decode()


# --- replying ---------------------------------------------------------------------------------------------------


def test_reply_leads_to_its_place(me, thread):
    root = make_comment(thread)
    response = me.post(address("reply", root), {"body": "Sí"})
    reply = Comment.objects.get(parent=root)
    assert response.url == f"{PATH}#comentario-{reply.pk}"


def test_reply_beyond_the_first_five_leads_to_the_conversation(me, thread):
    root = make_comment(thread)
    for _ in range(5):
        make_comment(thread, parent=root, answers_to=root)
    response = me.post(address("reply", root), {"body": "La sexta"})
    assert response.url == f"{root.get_absolute_url()}#comentario-{Comment.objects.latest('pk').pk}"


def test_reply_to_an_old_comment_leads_to_its_page(me, thread):
    root = make_comment(thread)
    age(root, days=9)
    for _ in range(50):
        make_comment(thread)
    response = me.post(address("reply", root), {"body": "Sí"})
    assert response.url == f"{PATH}?pagina=2#comentario-{Comment.objects.latest('pk').pk}"


def test_permalink_of_a_reply_leads_to_its_page_of_the_conversation(client, thread):
    root = make_comment(thread)
    replies = [make_comment(thread, parent=root, answers_to=root) for _ in range(51)]
    response = client.get(replies[50].get_absolute_url())
    assert response.url == f"{root.get_absolute_url()}?pagina=2#comentario-{replies[50].pk}"
    assert f'id="comentario-{replies[50].pk}"' in client.get(response.url).content.decode()


# --- rating -----------------------------------------------------------------------------------------------------


def test_rate_and_take_back(me, thread, user):
    comment = make_comment(thread)
    for value, counts in [("useful", (1, 0)), ("not_useful", (0, 1)), ("none", (0, 0))]:
        response = me.post(address("rate", comment), {"value": value})
        comment.refresh_from_db()
        assert (response.url, comment.useful, comment.not_useful) == (f"{PATH}#comentario-{comment.pk}", *counts)


def test_rate_returns_to_where_the_comment_now_stands(me, thread):
    comments = [make_comment(thread) for _ in range(51)]
    where = {}
    for value in ("useful", "not_useful"):
        for order in ("recientes", "utiles", "//evil.example"):
            data = {"value": value, "orden": order, "next": "//evil.example"}
            url = me.post(address("rate", comments[0]), data).url
            where[value, order] = url.removeprefix(PATH).removesuffix(f"#comentario-{comments[0].pk}")
    assert where == {
        ("useful", "recientes"): "?pagina=2",
        ("useful", "utiles"): "?orden=utiles",
        ("useful", "//evil.example"): "?pagina=2",
        ("not_useful", "recientes"): "?pagina=2",
        ("not_useful", "utiles"): "?orden=utiles&pagina=2",
        ("not_useful", "//evil.example"): "?pagina=2",
    }


def test_rate_from_the_conversation_returns_to_it(me, thread):
    comment = make_comment(thread)
    response = me.post(address("rate", comment), {"value": "useful", "conversacion": "1"})
    assert response.url == f"{comment.get_absolute_url()}#comentario-{comment.pk}"


def test_rate_by_the_script_answers_with_the_labels(me, thread):
    comment = make_comment(thread, useful=2, not_useful=1)
    response = me.post(address("rate", comment), {"value": "useful"}, headers={"accept": "application/json"})
    assert response.json() == {"useful": "Útil (3)", "not_useful": "No útil (1)", "mine": True}


@pytest.mark.parametrize("value", ["", "2", "True", None])
def test_rate_with_a_wrong_value(me, thread, value):
    comment = make_comment(thread)
    assert me.post(address("rate", comment), {} if value is None else {"value": value}).status_code == 400


def test_rate_by_someone_not_signed_in_comes_back_to_the_comment(client, thread):
    comment = make_comment(thread)
    response = client.post(address("rate", comment), {"value": "useful"})
    assert response.url == f"{reverse('account_login')}?next={comment.get_absolute_url()}"
    assert CommentRating.objects.count() == 0


def test_own_rating_is_shown_pressed(me, thread, user):
    comment = make_comment(thread)
    make_comment(thread, parent=comment, answers_to=comment)
    services.rate_comment(comment=comment, user=user, useful=True)
    html = me.get(comment.get_absolute_url()).content.decode()
    assert re.findall(r'value="(\w+)" aria-pressed="true">([^<]+)<', html) == [("none", "Útil (1)")]


# --- editing and deleting -----------------------------------------------------------------------------------------


def test_edit_shows_that_it_was_edited(me, thread, user):
    comment = make_comment(thread, user, body="Antes")
    assert "Antes" in me.get(address("edit", comment)).content.decode()
    assert me.post(address("edit", comment), {"body": "Después"}).status_code == 302
    html = me.get(comment.get_absolute_url()).content.decode()
    assert ("Después" in html, "editado" in html, "Antes" in html) == (True, True, False)


@pytest.mark.parametrize("method", ["get", "post"])
def test_edit_after_15_minutes(me, thread, user, method):
    comment = make_comment(thread, user, body="Antes")
    age(comment, minutes=15, seconds=1)
    response = getattr(me, method)(address("edit", comment), {"body": "Después"})
    comment.refresh_from_db()
    assert (response.status_code, comment.body) == (409, "Antes")


def test_edit_after_15_minutes_keeps_what_was_typed(me, thread, user):
    comment = make_comment(thread, user, body="Antes")
    age(comment, minutes=16)
    response = me.post(address("edit", comment), {"body": "Lo que escribí despacio"})
    assert "Lo que escribí despacio" in response.content.decode()


def test_edit_with_empty_text(me, thread, user):
    comment = make_comment(thread, user)
    assert me.post(address("edit", comment), {"body": " "}).status_code == 400


@pytest.mark.parametrize("name", ["edit", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_edit_and_delete_of_somebody_elses(me, thread, name, method):
    comment = make_comment(thread, body="De otra persona")
    assert getattr(me, method)(address(name, comment), {"body": "x"}).status_code == 403
    comment.refresh_from_db()
    assert (comment.body, comment.deleted_at) == ("De otra persona", None)


def test_edit_and_delete_are_offered_only_to_the_author(me, thread, user):
    mine, old, other = make_comment(thread, user), make_comment(thread, user), make_comment(thread)
    age(old, hours=1)
    links = {}
    for comment in (mine, old, other):
        html = me.get(comment.get_absolute_url()).content.decode()
        links[comment.pk] = re.findall(rf'href="/comentarios/{comment.pk}/(editar|borrar)/"', html)
    assert links == {mine.pk: ["editar", "borrar"], old.pk: ["borrar"], other.pk: []}


def test_delete_asks_once_and_leaves_a_trace(me, thread, user):
    comment = make_comment(thread, user, body="Me arrepiento")
    reply = make_comment(thread, parent=comment, answers_to=comment, body="Yo respondí")
    me.get(address("delete", comment))
    comment.refresh_from_db()
    assert comment.deleted_at is None
    assert me.post(address("delete", comment)).status_code == 302
    html = me.get(comment.get_absolute_url()).content.decode()
    assert "Comentario eliminado por su autor." in html
    assert ("Me arrepiento" in html, reply.body in html) == (False, True)
    assert Thread.objects.get().comments == 1
