"""One mail a morning with what waited for it: never empty, never twice, never about what was hidden since."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from decide.notices import services
from decide.notices.models import Notice
from decide.notices.services import digests, sending
from proposals import services as proposals
from tests.factories import make_comment, make_proposal, make_user
from tests.notices.test_sending import Server, server  # noqa: F401

pytestmark = pytest.mark.django_db
EVIL = "<script>alert('a')</script>\r\nBcc: todos@example.org"
MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)  # seven in the morning in Quito


def tell(person, n=1, group="following", **fields):
    """Told the evening before, in Quito."""
    fields = {"kind": "prueba", "key": f"prueba:{n}", "subject": f"Aviso {n}", "body": f"Texto {n}.", **fields}
    services.tell(**fields, group=group, recipients=[person])
    # Whatever day the test runs on, it waits for Monday morning.
    Notice.objects.filter(mail="digest").update(next_try=MONDAY)


def morning(now=MONDAY) -> int:
    services.gather_digests(now)
    return services.send_due(now)


def mails_of(notice_kind="digest"):
    return list(Notice.objects.filter(kind=notice_kind).values_list("mail", flat=True))


def test_digest_carries_everything_that_waited_in_one_mail(settings):
    settings.SITE_URL = "https://decide.example"
    ana = make_user("ana@example.org", "Ana Ruiz")
    tell(ana, 1, path="/propuestas/1/", body="Primera línea.\nSegunda.")
    tell(ana, 2, group="parish")
    tell(ana, 3)
    assert morning(MONDAY - timedelta(seconds=1)) == 0
    assert morning() == 1
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ana@example.org"], "Su resumen del 23 de noviembre de 2026")
    assert message.body.splitlines()[:19] == [
        "Hola, Ana Ruiz:",
        "",
        "Esto pasó con lo que a usted le interesa:",
        "",
        "== Lo que sigo ==",
        "",
        "* Aviso 1",
        "  Primera línea.",
        "  Segunda.",
        "  https://decide.example/propuestas/1/",
        "",
        "* Aviso 3",
        "  Texto 3.",
        "",
        "== Las parroquias que sigo ==",
        "",
        "* Aviso 2",
        "  Texto 2.",
        "",
    ]
    assert message.extra_headers["List-Unsubscribe"].strip("<>") in message.body
    assert "following-parish" in message.extra_headers["List-Unsubscribe"]
    assert set(Notice.objects.values_list("mail", flat=True)) == {"sent"}


def test_digest_comes_once_and_the_next_one_brings_only_what_is_new():
    ana = make_user()
    tell(ana)
    assert [morning(), morning(), morning(MONDAY + timedelta(days=7))] == [1, 0, 0]
    tell(ana, 2)
    assert morning(MONDAY + timedelta(days=7)) == 1
    assert "Aviso 1" not in mail.outbox[1].body


def test_what_comes_after_the_morning_s_digest_waits_for_the_next_morning():
    ana = make_user()
    tell(ana)
    morning()
    tell(ana, 2)
    assert morning(MONDAY + timedelta(hours=2)) == 0
    assert morning(MONDAY + timedelta(days=1)) == 1
    assert len(mail.outbox) == 2


def test_digest_is_not_a_notice_of_the_inbox(client):
    ana = make_user()
    tell(ana)
    morning()
    client.force_login(ana)
    assert [notice.subject for notice in client.get("/mi/avisos/").context["notices"]] == ["Aviso 1"]
    assert len(services.export_own(ana)["notices"]) == 1


def test_digest_of_who_said_never_meanwhile_or_closed_the_account_is_not_sent():
    ana, luis = make_user(), make_user()
    tell(ana)
    tell(luis)
    services.gather_digests(MONDAY)
    services.set_preferences(user=ana, frequencies={"following": "never"})
    luis.is_active = False
    luis.save()
    assert services.send_due(MONDAY) == 0
    assert (mail.outbox, mails_of()) == ([], ["dropped", "dropped"])


def test_scripts_and_headers_in_names_and_titles_are_inert_in_a_digest():
    ana = make_user(display_name=EVIL)
    tell(ana, subject=EVIL, body=EVIL)
    morning()
    sent = mail.outbox[0].message()
    assert sent.get_content_type() == "text/plain"
    assert (sent["Bcc"], mail.outbox[0].recipients()) == (None, [ana.email])


def test_digest_that_fails_is_tried_again_whole_and_given_up_with_its_parts(server):  # noqa: F811
    ana = make_user()
    tell(ana)
    server.refuses = {ana.email}
    assert morning() == 0
    assert set(Notice.objects.values_list("mail", flat=True)) == {"waiting", "in_digest"}
    Notice.objects.filter(kind="digest").update(tries=sending.MAX_TRIES - 1)
    services.send_due(MONDAY + timedelta(hours=1))
    assert set(Notice.objects.values_list("mail", flat=True)) == {"failed"}
    server.refuses = set()
    services.retry_failed(notices=Notice.objects.all())
    assert services.send_due(timezone.now() + timedelta(days=400)) == 1
    assert "Aviso 1" in mail.outbox[0].body
    assert set(Notice.objects.values_list("mail", flat=True)) == {"sent"}


# --- hidden since -------------------------------------------------------------------------------------------------


def hide_proposal(proposal):
    proposal.status = "draft"
    proposal.save()


def delete_comment(comment):
    comment.deleted_at = timezone.now()
    comment.save()


def subjects():
    proposal = make_proposal()
    comment = make_comment(proposal.thread)
    return {
        "proposal": (f"proposal:{proposal.pk}", lambda: hide_proposal(proposal)),
        "comment": (f"comment:{comment.pk}", lambda: delete_comment(comment)),
        "gone": ("comment:999999999", lambda: None),
    }


@pytest.mark.parametrize("kind", ["proposal", "comment", "gone"])
@pytest.mark.parametrize("group", ["reply", "following"])
def test_what_was_hidden_since_is_neither_sent_nor_shown_nor_counted_nor_exported(client, kind, group):
    ana = make_user()
    about, hide = subjects()[kind]
    tell(ana, 1, group=group, about=about, subject="Un asunto secreto")
    tell(ana, 2, group=group)
    hide()
    morning(max(MONDAY, timezone.now()))
    assert len(mail.outbox) == 1
    assert "secreto" not in mail.outbox[0].body + mail.outbox[0].subject
    client.force_login(ana)
    for address in ("/mi/avisos/", "/mi/"):
        page = client.get(address).content.decode()
        assert "secreto" not in page
        assert "1 aviso" in page
    assert "secreto" not in str(services.export_own(ana))


def test_digest_of_nothing_but_what_was_hidden_is_not_sent():
    ana, proposal = make_user(), make_proposal()
    tell(ana, about=f"proposal:{proposal.pk}")
    services.gather_digests(MONDAY)
    hide_proposal(proposal)
    assert services.send_due(MONDAY) == 0
    assert (mail.outbox, mails_of()) == ([], ["dropped"])


def test_control_what_stays_public_is_sent_and_shown(client):
    ana, proposal = make_user(), make_proposal()
    tell(ana, about=f"proposal:{proposal.pk}", subject="Un asunto secreto")
    assert morning() == 1
    assert "secreto" in mail.outbox[0].body
    client.force_login(ana)
    assert "secreto" in client.get("/mi/avisos/").content.decode()


def test_comment_that_was_deleted_before_the_digest_is_told_to_no_follower():
    reader, proposal = make_user(), make_proposal()
    services.follow(user=reader, list=proposals.follow_list(proposal))
    comment = make_comment(proposal.thread)
    services.tell_followers(
        proposal.thread.follow_list, kind="x", key="x", subject="x", body="x", about=f"comment:{comment.pk}"
    )
    Notice.objects.filter(mail="digest").update(next_try=MONDAY)
    delete_comment(comment)
    assert morning() == 0


# --- old, and at once ---------------------------------------------------------------------------------------------


def test_old_notices_go_and_what_waits_stays():
    ana = make_user()
    for n, state in enumerate(["sent", "dropped", "waiting", "sent"]):
        tell(ana, n, group="account")
        age = digests.KEPT + timedelta(days=1) if n < 3 else timedelta(days=1)
        Notice.objects.filter(key=f"prueba:{n}").update(mail=state, created=MONDAY - age)
    assert services.drop_old(MONDAY) == 2
    assert set(Notice.objects.values_list("key", flat=True)) == {"prueba:2", "prueba:3"}


@pytest.mark.django_db(transaction=True)
def test_four_ticks_at_once_make_one_digest_for_each_person(server):  # noqa: F811
    people = [make_user() for _n in range(12)]
    for person in people:
        for n in range(3):
            tell(person, n)
    start = threading.Barrier(4)

    def tick():
        try:
            start.wait(10)
            morning()
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    morning()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(person.email for person in people)
    for message in mail.outbox:
        assert [message.body.count(f"* Aviso {n}") for n in range(3)] == [1, 1, 1]
