"""The history pages of the administration: in Spanish, with what people wrote escaped."""

import pytest
from django.urls import reverse

from decide.comments import services as comments
from proposals import services
from tests.factories import make_answer, make_comment, make_milestone, make_proposal, make_thread, make_user

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("1")</script>'


def changed_proposal():
    proposal = make_proposal(title="Luz")
    return services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, title=EVIL, body=EVIL)


def changed_comment():
    comment = make_comment(make_thread(path="/p/"), body=EVIL)
    return comments.edit_comment(comment=comment, editor=comment.author, body=f"{EVIL} y más")


def changed_answer():
    answer = make_answer(subject=EVIL, outcome="accepted")
    answer.body = answer.pass_reason = answer.correction_reason = EVIL
    answer.save()
    return answer


def changed_milestone():
    milestone = make_milestone(title=EVIL)
    milestone.note = EVIL
    milestone.save()
    return milestone


CASES = {
    "proposals_proposal": changed_proposal,
    "comments_comment": changed_comment,
    "answers_answer": changed_answer,
    "answers_milestone": changed_milestone,
}
ENGLISH = ["Change reason", "Changed by", "Choose a date", "View history", ">Comment<", ">Object<", ">Changed<"]


@pytest.mark.parametrize("name", CASES)
def test_history_pages_are_in_spanish_and_inert(client, settings, name):
    settings.SECOND_FACTOR_REQUIRED = False
    row = CASES[name]()
    writer = make_user(display_name=EVIL, is_staff=True, is_superuser=True)
    row._history_user = writer
    row.save()
    client.force_login(writer)
    newest = row.history.order_by("history_id").last()
    for page in (
        reverse(f"admin:{name}_history", args=[row.pk]),
        reverse(f"admin:{name}_simple_history", args=[row.pk, newest.history_id]),
    ):
        response = client.get(page)
        html = response.content.decode()
        assert response.status_code == 200
        assert "alert(" in html
        assert EVIL not in html
        assert [words for words in ENGLISH if words in html] == []
    assert "Se cambió" in client.get(reverse(f"admin:{name}_history", args=[row.pk])).content.decode()
