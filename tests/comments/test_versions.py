"""What a comment said before it was edited: readable, escaped, and away with what is deleted or was moderated."""

import pytest
from django.urls import reverse
from django.utils import timezone

from decide.comments import services
from decide.comments.models import Comment
from decide.moderation.models import ModerationCase
from tests.factories import make_comment, make_thread

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("1")</script>'


def edited(*bodies) -> Comment:
    comment = make_comment(make_thread(path="/propuestas/1-luz/"), body=bodies[0])
    for body in bodies[1:]:
        comment = services.edit_comment(comment=comment, editor=comment.author, body=body)
    return comment


def page(client, comment):
    return client.get(reverse("comments:versions", args=[comment.pk]))


def test_an_edited_comment_leads_to_what_it_said(client):
    comment = edited("Hacen falta faroles.", "Hacen falta gradas.", "Hacen falta gradas y luz.")
    address = reverse("comments:versions", args=[comment.pk])
    assert f'href="{address}"' in client.get(comment.get_absolute_url()).content.decode()
    html = page(client, comment).content.decode()
    assert "faroles" in html
    assert html.count('id="version-') == 2
    assert comment.author.display_name not in html


def test_what_was_never_edited_has_no_versions(client):
    comment = make_comment(make_thread(path="/p/"))
    assert "no se muestran versiones" in page(client, comment).content.decode()
    assert "versiones/" not in client.get(comment.get_absolute_url()).content.decode()


def test_scripts_are_inert(client):
    html = page(client, edited(EVIL, f"{EVIL} y más")).content.decode()
    assert "alert(" in html
    assert EVIL not in html


def test_a_number_that_was_taken_out_does_not_live_on(client):
    comment = edited("Llámenme al 0991234567 o al 02 245 6789.", "Llámenme al 0991234567.")
    html = page(client, comment).content.decode()
    assert "245 6789" not in html
    assert "número retirado" in html
    assert "0991234567" in html


@pytest.mark.parametrize("how", ["deleted", "hidden", "thread"])
def test_what_is_not_public_has_no_versions(client, how):
    comment = edited("Uno.", "Dos.")
    if how == "deleted":
        services.delete_comment(comment=comment, author=comment.author)
    elif how == "hidden":
        Comment.objects.filter(pk=comment.pk).update(hidden=True)
    else:
        comment.thread.public = False
        comment.thread.save()
    client.force_login(comment.author)
    assert page(client, comment).status_code == 404


def test_what_moderators_looked_at_shows_no_earlier_words(client):
    comment = edited("Palabras feas.", "Palabras buenas.")
    case = ModerationCase.objects.create(
        kind="comment", path=comment.get_absolute_url(), author=comment.author, due=timezone.now()
    )
    Comment.objects.filter(pk=comment.pk).update(case=case)
    assert "feas" not in page(client, comment).content.decode()


def test_an_erased_author_leaves_no_name(client):
    comment = edited("Uno.", "Dos.")
    name = comment.author.display_name
    services.erase_own(comment.author)
    comment.author.delete()
    assert name not in page(client, comment).content.decode()
    assert set(Comment.history.values_list("author", "history_user")) == {(None, None)}
