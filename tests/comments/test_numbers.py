"""A telephone number or a cédula in a comment is pointed out before everybody reads it."""

import pytest
from django.urls import reverse

from decide.comments.models import Comment
from tests.factories import make_comment, make_thread, make_user

pytestmark = pytest.mark.django_db
TEXT = "Hablen conmigo: 099 123 4567"


@pytest.fixture
def me(client):
    user = make_user()
    client.force_login(user)
    client.user = user
    return client


@pytest.mark.parametrize("name", ["add", "reply"])
def test_number_is_marked_until_the_person_says_so(me, name):
    thread = make_thread(path="/x/")
    place = thread.pk if name == "add" else make_comment(thread).pk
    address, before = reverse(f"comments:{name}", args=[place]), Comment.objects.count()
    response = me.post(address, {"body": TEXT})

    assert response.status_code == 400
    assert "<mark>099 123 4567</mark>" in response.text
    assert TEXT in response.text  # nothing that was typed is lost
    assert Comment.objects.count() == before
    assert me.post(address, {"body": TEXT, "numeros": "0991234567"}).status_code == 302
    assert Comment.objects.filter(body=TEXT, author=me.user).exists()


def test_an_edit_is_asked_only_about_what_it_adds(me):
    comment = make_comment(make_thread(path="/x/"), me.user, body=TEXT)
    address = reverse("comments:edit", args=[comment.pk])

    assert me.post(address, {"body": f"{TEXT}."}).status_code == 302
    assert me.post(address, {"body": f"{TEXT} y 1710034065"}).status_code == 400


def test_whoever_signs_in_finds_the_number_marked_and_the_text_kept(client):
    thread = make_thread(path="/x/")
    address = reverse("comments:add", args=[thread.pk])
    client.post(address, {"body": TEXT})
    client.force_login(make_user())

    assert "<mark>099 123 4567</mark>" in client.get(address).text
