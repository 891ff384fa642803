"""`/mi/avisos/`: what the platform told me."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import Client, RequestFactory

from decide.notices import services
from decide.notices.models import Notice
from tests.factories import make_user

pytestmark = pytest.mark.django_db
EVIL = "<script>alert('a')</script>"


def tell(person, n, **fields):
    services.tell(
        **{"kind": "prueba", "key": f"prueba:{n}", "subject": f"Aviso {n}", "body": f"Texto {n}.", **fields},
        recipients=[person],
    )


@pytest.fixture
def ana(client):
    ana = make_user()
    client.force_login(ana)
    return ana


def test_inbox_shows_only_my_notices_newest_first(client, ana):
    for n in range(3):
        tell(ana, n, path="/respuestas/1/")
    tell(make_user(), 9)
    response = client.get("/mi/avisos/")
    assert [n.subject for n in response.context["page"]] == ["Aviso 2", "Aviso 1", "Aviso 0"]
    assert response.context["unread"] == 3
    assert b"Aviso 9" not in response.content


def test_inbox_without_notices_says_what_will_come(client, ana):
    assert "Todavía no hay nada" in client.get("/mi/avisos/").content.decode()


def test_inbox_needs_a_person():
    for method, path in [("get", "/mi/avisos/"), ("post", "/mi/avisos/leidos/")]:
        response = getattr(Client(), method)(path)
        assert (response.status_code, "/cuentas/" in response.url) == (302, True)


def test_reading_changes_nothing_and_only_a_post_marks(client, ana):
    tell(ana, 1)
    client.get("/mi/avisos/")
    assert client.get("/mi/avisos/leidos/").status_code == 405
    assert Notice.objects.get().read_at is None


def test_mark_read_keeps_what_came_meanwhile_and_what_is_not_mine(client, ana):
    luis = make_user()
    tell(ana, 1)
    tell(luis, 1)
    shown = client.get("/mi/avisos/").context["newest"]
    tell(ana, 2)
    client.post("/mi/avisos/leidos/", {"hasta": Notice.objects.get(key="prueba:1", recipient=luis).pk})
    response = client.post("/mi/avisos/leidos/", {"hasta": shown}, follow=True)
    assert response.context["unread"] == 1
    assert {(n.recipient, n.key) for n in Notice.objects.unread()} == {(ana, "prueba:2"), (luis, "prueba:1")}


@pytest.mark.parametrize("up_to", ["", "-1", "x", "9" * 30, "1e3", "\x00", "²"])
def test_mark_read_with_nonsense_marks_nothing(client, ana, up_to):
    tell(ana, 1)
    assert client.post("/mi/avisos/leidos/", {"hasta": up_to}).status_code == 302
    assert Notice.objects.get().read_at is None


def test_scripts_in_a_notice_are_inert(client, ana):
    tell(ana, 1, subject=EVIL, body=EVIL)
    html = client.get("/mi/avisos/").content.decode()
    assert EVIL not in html
    assert html.count("&lt;script&gt;") == 3


def test_notice_that_could_not_be_mailed_says_so(client, ana):
    tell(ana, 1)
    Notice.objects.update(mail=Notice.Mail.FAILED)
    assert "No pudimos enviarle este aviso" in client.get("/mi/avisos/").content.decode()


def test_inbox_costs_the_same_for_one_and_twenty(client, ana, django_assert_max_num_queries):
    counts = []
    for n in range(20):
        tell(ana, n)
        if n in (0, 19):
            with django_assert_max_num_queries(10) as queries:
                client.get("/mi/avisos/")
            counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", ""])
def test_inbox_on_a_page_that_is_not_there_shows_one_that_is(client, ana, page):
    tell(ana, 1)
    assert client.get("/mi/avisos/", {"pagina": page}).status_code == 200


def test_unread_count_is_asked_only_for_people(django_assert_num_queries):
    ana = make_user()
    tell(ana, 1)
    shown = Template("{% load notices %}{% unread_notices as unread %}{{ unread }}")
    for person, count, queries in [(ana, "1", 1), (AnonymousUser(), "0", 0)]:
        request = RequestFactory().get("/")
        request.user = person
        with django_assert_num_queries(queries):
            assert shown.render(Context({"request": request})) == count
    assert shown.render(Context()) == "0"


def test_one_is_marked_as_read_and_nobody_else_s(client, ana):
    luis = make_user()
    for person in (ana, luis):
        for n in range(2):
            tell(person, n)
    mine = Notice.objects.get(recipient=ana, key="prueba:1")
    for pk in (mine.pk, Notice.objects.get(recipient=luis, key="prueba:1").pk, mine.pk):
        client.post("/mi/avisos/leidos/", {"aviso": pk})
    assert list(Notice.objects.exclude(read_at=None)) == [mine]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("estado=sin-leer", ["Aviso 2", "Aviso 1"]),
        ("tipo=own", ["Aviso 2"]),
        ("tipo=own&estado=sin-leer", ["Aviso 2"]),
        ("tipo=parish", []),
        ("tipo=%00&estado=x", ["Aviso 2", "Aviso 1", "Aviso 0"]),
    ],
)
def test_filters_stay_in_the_address(client, ana, query, shown):
    for n, group in enumerate(["reply", "reply", "own"]):
        tell(ana, n, group=group)
    Notice.objects.filter(key="prueba:0").update(read_at="2026-11-01T00:00Z")
    response = client.get(f"/mi/avisos/?{query}")
    assert [n.subject for n in response.context["notices"]] == shown


def test_header_counts_what_is_unread_and_asks_nothing_of_strangers(client, django_assert_num_queries):
    page = "/terminos/"
    with django_assert_num_queries(0):
        assert "sin leer" not in client.get(page).content.decode()
    ana = make_user()
    client.force_login(ana)
    client.get(page)
    assert "sin leer" not in client.get(page).content.decode()
    for n in range(3):
        tell(ana, n)
    assert "3 avisos" in client.get(page).content.decode()
