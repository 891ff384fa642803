"""Comments that moderators hide: absent at once, a trace above visible replies, counts exact; edits that wait."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from decide.comments import services
from decide.comments.live import thread_states
from decide.comments.models import Comment, Thread
from decide.errors import Refused
from decide.moderation import services as moderation
from tests.comments.test_races import at_once, failures
from tests.factories import make_comment, make_proposal, make_user
from tests.moderation.tools import decide, make_moderator

pytestmark = pytest.mark.django_db
TRACE = "Moderación retiró este comentario."


@pytest.fixture
def proposal():
    return make_proposal()


def fresh(row):
    return type(row)._base_manager.get(pk=row.pk)


def act(comment, action="hide"):
    case = moderation.case_of(thing=comment)
    return decide(case, make_moderator(), action, "insult" if action == "hide" else "")


def count(thread) -> tuple[int, int]:
    """(stored, counted)."""
    thread = Thread.objects.get(pk=thread.pk)
    return thread.comments, thread.all_comments.shown().count()


def test_hidden_comment_without_replies_leaves_nothing(client, proposal):
    comment = make_comment(proposal.thread, body="Una ofensa", author=make_user(display_name="Quien Ofende"))
    act(comment)

    page = client.get(proposal.get_absolute_url()).text
    assert [words for words in ("Una ofensa", "Quien Ofende", TRACE, f"comentario-{comment.pk}") if words in page] == []
    assert count(proposal.thread) == (0, 0)
    for name in ("detail", "reply", "rate", "edit", "delete"):
        client.force_login(make_user())
        assert client.post(reverse(f"comments:{name}", args=[comment.pk]), {"body": "x"}).status_code == 404


def test_hidden_comment_above_replies_leaves_a_trace_without_text_or_name(client, proposal):
    comment = make_comment(proposal.thread, body="Una ofensa", author=make_user(display_name="Quien Ofende"))
    reply = make_comment(proposal.thread, parent=comment, answers_to=comment, body="Una respuesta serena")
    further = make_comment(proposal.thread, parent=comment, answers_to=reply, body="Y otra más")
    act(comment)

    for address in (proposal.get_absolute_url(), comment.get_absolute_url()):
        page = client.get(address).text
        assert [words for words in (TRACE, "Una respuesta serena", "Y otra más") if words not in page] == []
        assert [words for words in ("Una ofensa", "Quien Ofende") if words in page] == []
    assert client.get(reply.get_absolute_url()).url.startswith(comment.get_absolute_url())
    assert count(proposal.thread) == (2, 2)

    for each in (reply, further):
        act(each)
    assert TRACE not in client.get(proposal.get_absolute_url()).text
    assert client.get(comment.get_absolute_url()).status_code == 404


def test_whoever_answered_a_hidden_reply_is_not_said_to_answer_its_author(client, proposal):
    root = make_comment(proposal.thread)
    reply = make_comment(proposal.thread, make_user(display_name="Quien Ofende"), parent=root, answers_to=root)
    make_comment(proposal.thread, parent=root, answers_to=reply, body="Con calma")
    assert "Quien Ofende" in client.get(proposal.get_absolute_url()).text
    act(reply)

    page = client.get(proposal.get_absolute_url()).text
    assert "Con calma" in page
    assert "Quien Ofende" not in page


def test_live_topic_carries_the_newest_that_is_shown(proposal):
    first = make_comment(proposal.thread, body="El primero")
    second = make_comment(proposal.thread, body="El segundo")
    version = thread_states([proposal.thread_id])[proposal.thread_id][0]
    act(second)

    later, state = thread_states([proposal.thread_id])[proposal.thread_id]
    assert later > version
    assert (state["count"], state["latest"]["id"]) == (1, first.pk)
    act(second, "restore")
    assert thread_states([proposal.thread_id])[proposal.thread_id][1]["latest"]["id"] == second.pk


@pytest.mark.parametrize("order", ["hide, delete", "delete, hide"])
def test_hidden_and_deleted_is_counted_once(proposal, order):
    comment = make_comment(proposal.thread)
    case = moderation.case_of(thing=comment)
    for step in order.split(", "):
        if step == "delete":
            services.delete_comment(comment=comment, author=comment.author)
        elif order.startswith("hide"):
            act(comment)
    assert count(proposal.thread) == (0, 0)
    case.refresh_from_db()
    assert (case.state, case.excerpt) == ("gone", "")


def test_edit_within_15_minutes_after_a_decision_waits(client, proposal):
    comment = make_comment(proposal.thread, body="Como era")
    moderation.report_thing(thing=comment, reporter=make_user(), reason="insult")
    act(comment, "keep")
    client.force_login(comment.author)
    told = client.post(reverse("comments:edit", args=[comment.pk]), {"body": "Como será"}, follow=True).text

    assert "Su cambio espera revisión" in told
    assert (fresh(comment).body, fresh(comment).case.pending_edit) == ("Como era", {"body": "Como será"})
    assert "Como será" in client.get(reverse("comments:edit", args=[comment.pk])).text
    act(comment, "approve_edit")
    stored = fresh(comment)
    assert (stored.body, stored.edited_at is not None, stored.case.pending_edit) == ("Como será", True, None)


def test_hidden_comment_can_be_corrected_at_any_time_and_stays_hidden_until_a_moderator_looks(client, proposal):
    comment = make_comment(proposal.thread, body="Una ofensa")
    Comment.objects.filter(pk=comment.pk).update(created=timezone.now() - timedelta(days=3))
    act(comment)
    client.force_login(comment.author)
    assert client.post(reverse("comments:edit", args=[comment.pk]), {"body": "Una disculpa"}).status_code == 302

    assert (fresh(comment).hidden, fresh(comment).body) == (True, "Una ofensa")
    act(comment, "approve_edit")
    assert (fresh(comment).hidden, fresh(comment).body) == (False, "Una disculpa")
    assert count(proposal.thread) == (1, 1)
    page = client.get(proposal.get_absolute_url()).text
    assert "Una disculpa" in page
    assert "Una ofensa" not in client.get(f"{comment.get_absolute_url()}versiones/").text


def test_suspended_person_finds_the_reason_where_the_form_was(client, proposal):
    person = make_user(suspended_until=timezone.now() + timedelta(days=7))
    comment = make_comment(proposal.thread, person)
    client.force_login(person)

    for address in (proposal.get_absolute_url(), comment.get_absolute_url()):
        page = client.get(address).text
        assert "Su cuenta está suspendida" in page
        assert 'class="stack comment-form"' not in page
    assert client.post(reverse("comments:add", args=[proposal.thread_id]), {"body": "Hola"}).status_code == 403
    with pytest.raises(Refused) as refusal:
        services.edit_comment(comment=comment, editor=person, body="Otra cosa")
    assert refusal.value.status == 403


def test_queries_are_the_same_with_and_without_hidden_comments(client, proposal, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(40) as seen:
            client.get(proposal.get_absolute_url())
        return len(seen)

    roots = [make_comment(proposal.thread) for _ in range(12)]
    for root in roots:
        make_comment(proposal.thread, parent=root, answers_to=root)
    before = queries()
    for root in roots[:6]:
        act(root)
    assert queries() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow_race
def test_hiding_restoring_replying_and_deleting_at_once_keeps_counts_exact():
    thread = make_proposal().thread
    comments = [make_comment(thread) for _ in range(8)]
    moderators = [make_moderator() for _ in comments]
    cases = [moderation.case_of(thing=comment) for comment in comments]

    def hide(case, moderator):
        return lambda: decide(case, moderator)

    def delete(comment):
        return lambda: services.delete_comment(comment=comment, author=comment.author)

    def reply(comment):
        return lambda: services.add_comment(thread=thread, author=make_user(), body="Hola", parent=comment)

    def support_edit(comment):
        return lambda: services.edit_comment(comment=comment, editor=comment.author, body="Otra cosa")

    results = at_once(
        *(hide(*pair) for pair in zip(cases, moderators, strict=True)),
        *(delete(comment) for comment in comments[:4]),
        *(reply(comment) for comment in comments),
        *(support_edit(comment) for comment in comments[4:]),
    )

    assert {type(f) for f in failures(results)} <= {Refused}
    stored, counted = count(thread)
    assert stored == counted
