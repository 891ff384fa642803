"""Requests and photos that moderators hide, and edits after a decision."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from budgets import services
from budgets.models import Request
from budgets.steps import public_versions
from decide.images import clean_photo
from decide.live.states import read_topics
from decide.moderation import services as moderation
from decide.moderation.models import Report
from tests.factories import make_request, make_support, make_user
from tests.moderation.tools import decide, make_moderator
from tests.proposals.files import jpeg

pytestmark = pytest.mark.django_db


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


def act(thing, action="hide"):
    return decide(
        moderation.case_of(thing=fresh(thing)), make_moderator(), action, "insult" if action == "hide" else ""
    )


def edit(request, **changes):
    request = fresh(request)
    return services.edit_request(request=request, editor=request.author, version=request.version, **changes)


def test_hidden_request_is_absent_with_its_thread_box_and_files(django_capture_on_commit_callbacks):
    request = make_request(author=make_user(verified=True))
    with django_capture_on_commit_callbacks(execute=True):
        photo = services.add_photo(request=request, image=clean_photo(ContentFile(jpeg(), name="foto.jpg")))
    topics = [f"request:{request.pk}", f"thread:{request.thread_id}", f"support:{request.box_id}"]
    assert default_storage.exists(photo.image.name)

    with django_capture_on_commit_callbacks(execute=True):
        act(request)
    assert Client().get(request.get_absolute_url()).status_code == 404
    assert [state.get("gone") for state in read_topics(topics)] == [True] * 3
    assert not default_storage.exists(photo.image.name)
    author = Client()
    author.force_login(request.author)
    assert author.get(f"/presupuestos/solicitudes/{request.pk}/fotos/{photo.pk}/").status_code == 200
    assert Client().get(f"/presupuestos/solicitudes/{request.pk}/fotos/{photo.pk}/").status_code == 404

    with django_capture_on_commit_callbacks(execute=True):
        act(request, "restore")
    assert Client().get(request.get_absolute_url()).status_code == 200
    assert default_storage.exists(photo.image.name)


def test_hidden_photo_is_seen_by_its_author_only():
    request = make_request(author=make_user(verified=True))
    photo = services.add_photo(request=request, image=clean_photo(ContentFile(jpeg(), name="f.jpg")), alt="Bajada")
    act(photo)
    assert "Bajada" not in Client().get(request.get_absolute_url()).content.decode()
    author = Client()
    author.force_login(request.author)
    assert "Bajada" in author.get(request.get_absolute_url()).content.decode()


def test_edit_after_a_decision_waits_and_is_applied_when_it_is_accepted():
    request = make_request(body="Antes")
    make_support(request.box)
    act(request, "keep")
    assert edit(request, body="Después", kind="social").body == "Antes"
    case = fresh(request).case
    assert {(label, old, new) for label, old, new in fresh(request).moderated_edit(case.pending_edit)} == {
        ("qué se pide y por qué", "Antes", "Después"),
        ("tipo", "Obra: vialidad", "Proyecto social"),
    }
    decide(case, make_moderator(), "approve_edit")
    assert (fresh(request).body, fresh(request).kind) == ("Después", "social")
    assert len(public_versions(fresh(request))[1]) == 1


def test_what_was_hidden_is_no_public_version():
    request = make_request(body="Un insulto")
    make_support(request.box)
    act(request)
    edit(request, body="Sin insulto")
    decide(fresh(request).case, make_moderator(), "approve_edit")
    assert public_versions(fresh(request))[1] == []


def test_edit_that_is_accepted_after_the_review_began_comes_too_late():
    request = make_request(body="Antes")
    act(request, "keep")
    edit(request, body="Después")
    services.change_status(request=request, status="study")
    decide(fresh(request).case, make_moderator(), "approve_edit")
    assert fresh(request).body == "Antes"


def test_request_and_photo_are_reported_from_the_page():
    request = make_request(author=make_user(verified=True))
    photo = services.add_photo(request=request, image=clean_photo(ContentFile(jpeg(), name="foto.jpg")))
    client = Client()
    client.force_login(make_user())
    page = client.get(request.get_absolute_url()).content.decode()
    for kind, pk in (("request", request.pk), ("request_photo", photo.pk)):
        assert f"/moderacion/reportar/{kind}/{pk}/" in page
        client.post(f"/moderacion/reportar/{kind}/{pk}/", {"reason": "spam"})
    assert Report.objects.count() == 2
    assert Request.objects.public().count() == 1
