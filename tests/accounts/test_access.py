"""Doors: offices, and what was typed before signing in."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpResponse
from django.test import RequestFactory

from decide import limits
from decide.accounts.access import kept_input, office_required, signin_keeping_input
from decide.errors import Refused
from tests.factories import make_appointment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit():
    session = SessionStore()

    def do(view, method="post", path="/propuestas/nueva/", user=None, **typed):
        request = getattr(RequestFactory(), method)(path, typed)
        request.session, request.user = session, user or AnonymousUser()
        return view(request), request

    return do


@signin_keeping_input
def form_view(request):
    return HttpResponse("seen")


def test_post_by_a_visitor_leads_to_sign_in_with_the_input_kept(visit):
    answer, _request = visit(form_view, title="Luz", tags=["a", "b"], csrfmiddlewaretoken="secret")
    assert (answer.status_code, answer["Location"]) == (302, "/cuentas/login/?next=/propuestas/nueva/")
    _answer, request = visit(form_view, "get", user=make_user())
    kept = kept_input(request)
    assert (kept["title"], kept.getlist("tags")) == ("Luz", ["a", "b"])
    assert "csrfmiddlewaretoken" not in kept
    assert kept_input(request) is None  # once


def test_get_by_a_visitor_passes(visit):
    assert visit(form_view, "get")[0].content == b"seen"


def test_post_by_somebody_signed_in_passes(visit):
    assert visit(form_view, user=make_user(), title="Luz")[0].content == b"seen"


def test_documents_and_passwords_are_never_kept(visit):
    _answer, request = visit(form_view, cedula="1700000019", number="AB1", password="x", birth_date="1", code="z")
    assert "1700000019" not in str(dict(request.session.items()))
    assert request.session.get("kept_input") is None


def test_input_is_kept_for_another_address_where_it_only_takes_posts(visit):
    view = signin_keeping_input(back=lambda request, **kwargs: "/propuestas/1-luz/")(form_view)
    answer, request = visit(view, path="/propuestas/1-luz/apoyar/", body="Sí")
    assert answer["Location"] == "/cuentas/login/?next=/propuestas/1-luz/"
    assert list(request.session["kept_input"]) == ["/propuestas/1-luz/"]


def test_only_a_few_small_forms_are_kept(visit):
    for i in range(9):
        _answer, request = visit(form_view, path=f"/p/{i}/", title=str(i))
    visit(form_view, path="/p/big/", body="x" * 70_000)
    assert list(request.session["kept_input"]) == [f"/p/{i}/" for i in range(4, 9)]


def test_what_an_officer_typed_about_somebody_is_not_kept(client):
    """The form that adds a document names its fields `add-number`: no list of names would think of that."""
    answer = client.post("/mostrador/persona/1/", {"add-kind": "passport", "add-number": "AB12345", "email": "a@b.ec"})
    assert answer["Location"] == "/cuentas/login/?next=/mostrador/persona/1/"
    assert "kept_input" not in client.session


def test_nobody_fills_the_table_of_sessions_with_kept_forms(visit, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "kept", limits.Limit(account=2, address=2, seconds=3600))
    visit(form_view, path="/p/1/", title="1")
    visit(form_view, path="/p/2/", title="2")
    with pytest.raises(Refused) as refused:
        visit(form_view, path="/p/3/", title="3")
    assert refused.value.status == 429


def test_pages_of_one_person_are_for_no_shared_cache(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_appointment(office="desk").holder)
    assert "private" in client.get("/mi/datos/")["Cache-Control"]
    assert "no-store" in client.get("/mostrador/buscar/")["Cache-Control"]


def test_input_survives_signing_in(client):
    from tests.factories import PASSWORD

    user = make_user()
    session = client.session
    session["kept_input"] = {"/propuestas/nueva/": "title=Luz"}
    session.save()
    client.post("/cuentas/login/?next=/propuestas/nueva/", {"login": user.email, "password": PASSWORD})
    assert client.session["kept_input"] == {"/propuestas/nueva/": "title=Luz"}


def test_office_required(visit):
    view = office_required("desk", "zonal")(lambda request: HttpResponse("seen"))
    assert visit(view, "get")[0].status_code == 302
    assert visit(view, "get", user=make_appointment(office="desk").holder)[0].content == b"seen"
    for user in (make_user(), make_user(is_superuser=True), make_appointment(office="moderator").holder):
        with pytest.raises(Refused) as refused:
            visit(view, "get", user=user)
        assert refused.value.status == 403


def test_sign_in_leads_back_only_within_the_house(client):
    from tests.factories import PASSWORD

    user = make_user()
    answer = client.post("/cuentas/login/?next=https://example.com/", {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == "/mi/"
