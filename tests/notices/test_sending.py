"""The outbox: each mail once, again on failure, nothing lost when the server is away."""

import smtplib
import threading
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from decide.notices import services
from decide.notices.models import Notice
from decide.notices.services import sending
from tests.factories import make_user


def tell(people=(), **fields):
    services.tell(
        **{"kind": "prueba", "key": "prueba:1", "subject": "Hola", "body": "Un <texto> & más.", **fields},
        recipients=people,
    )


class Server(EmailBackend):
    """A mail server whose behaviour a test sets: `down`, `refuses` (addresses), `hangs_up` (addresses)."""

    down, refuses, hangs_up, opened = False, set(), set(), 0

    def open(self):
        if Server.down:
            raise ConnectionRefusedError
        Server.opened += 1
        return True

    def send_messages(self, messages):
        to = messages[0].to[0]
        if to in Server.hangs_up:
            raise smtplib.SMTPServerDisconnected("bye")
        if to in Server.refuses:
            raise smtplib.SMTPRecipientsRefused({to: (550, b"no such user")})
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    for name, value in {"down": False, "refuses": set(), "hangs_up": set(), "opened": 0}.items():
        monkeypatch.setattr(Server, name, value)
    return Server


def outbox():
    return Counter(address for message in mail.outbox for address in message.to)


# --- one mail -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_mail_says_who_what_and_where(settings):
    settings.SITE_URL = "https://decide.example"
    ana = make_user("ana@example.org", "Ana <b>Ruiz</b>")
    tell([ana], path="/respuestas/7/")
    assert sending.send_due(timezone.now()) == 1
    (message,) = mail.outbox
    notice = Notice.objects.get()
    assert (message.to, message.subject, message.cc, message.bcc) == (["ana@example.org"], "Hola", [], [])
    assert message.body.splitlines() == [
        "Hola, Ana <b>Ruiz</b>:",
        "",
        "Un <texto> & más.",
        "",
        "Véalo aquí:",
        "https://decide.example/respuestas/7/",
        "",
        "--",
        "Decide Quito · https://decide.example",
        "Este correo se envía solo: no hace falta responderlo.",
        "Todos sus avisos: https://decide.example/mi/avisos/",
        "Elegir cómo le avisamos: https://decide.example/mi/avisos/preferencias/",
    ]
    assert message.extra_headers["Message-ID"] == sending.message_id(notice)
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.message().get_content_type() == "text/plain"
    assert (notice.mail, notice.tries, notice.claim) == ("sent", 1, None)
    assert notice.mailed_at


@pytest.mark.django_db
def test_mail_to_an_address_without_account_has_no_inbox_and_no_name():
    tell(address="cabeza@example.org")
    sending.send_due(timezone.now())
    (message,) = mail.outbox
    assert message.to == ["cabeza@example.org"]
    assert message.body.startswith("Buen día:")
    assert "/mi/avisos/" not in message.body


@pytest.mark.django_db
@pytest.mark.parametrize("evil", ["Hola\r\nBcc: todos@example.org", "Hola\nX: y", "Hola\x0bBcc: a@example.org"])
def test_no_header_can_be_added(evil):
    """Neither through the service nor by a row that was changed in the database."""
    ana = make_user("ana@example.org", evil)
    tell([ana], subject=evil, body=f".\r\nBcc: x@example.org\r\n{evil}", path="/mi/")
    sending.send_due(timezone.now())
    (message,) = mail.outbox
    sent = message.message()
    assert set(sent.keys()) == {
        "Content-Type",
        "MIME-Version",
        "Content-Transfer-Encoding",
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
    }
    assert message.recipients() == ["ana@example.org"]


@pytest.mark.django_db
def test_row_with_a_broken_subject_harms_no_other(server):
    ana, luis = make_user(), make_user()
    tell([ana, luis])
    Notice.objects.filter(recipient=ana).update(subject="Hola\nBcc: todos@example.org")
    assert sending.send_due(timezone.now()) == 1
    assert outbox() == {luis.email: 1}


@pytest.mark.django_db
def test_closed_accounts_get_no_mail_and_erased_ones_leave_nothing():
    closed, erased = make_user(), make_user()
    tell([closed, erased])
    closed.is_active = False
    closed.save()
    erased.delete()
    assert sending.send_due(timezone.now()) == 0
    assert [(n.recipient, n.mail) for n in Notice.objects.all()] == [(closed, "dropped")]
    assert mail.outbox == []


# --- many -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_send_due_sends_everything_once_over_one_connection_a_batch(server, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 10)
    people = [make_user() for _n in range(25)]
    tell(people)
    now = timezone.now()
    assert [sending.send_due(now), sending.send_due(now)] == [25, 0]
    assert outbox() == {user.email: 1 for user in people}
    assert server.opened == 3


@pytest.mark.django_db
def test_send_due_stops_after_its_time(server, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 10)
    monkeypatch.setattr(sending, "RUN_SECONDS", 0)
    tell([make_user() for _n in range(25)])
    assert sending.send_due(timezone.now()) == 0


# --- failing ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_refused_mail_is_tried_again_later_and_given_up_at_last(server, caplog):
    ana, luis = make_user(), make_user()
    server.refuses = {ana.email}
    tell([ana, luis])
    now, waits = timezone.now(), []
    assert sending.send_due(now) == 1
    for _n in range(20):
        notice = Notice.objects.get(recipient=ana)
        if notice.mail == "failed":
            break
        waits.append(notice.next_try - now)
        assert sending.send_due(notice.next_try - timedelta(seconds=1)) == 0
        now = notice.next_try
        sending.send_due(now)
    assert waits == sending.WAITS
    assert (notice.tries, notice.mailed_at) == (sending.MAX_TRIES, None)
    assert "given up" in caplog.text
    assert ana.email not in caplog.text
    assert outbox() == {luis.email: 1}
    assert sending.retry_failed(notices=Notice.objects.all()) == 1
    server.refuses = set()
    assert sending.send_due(timezone.now() + timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_server_that_is_down_costs_nobody_a_try(server):
    people = [make_user() for _n in range(3)]
    tell(people)
    server.down, now = True, timezone.now()
    for _n in range(20):
        assert sending.send_due(now) == 0
        now += timedelta(minutes=5)
    assert set(Notice.objects.values_list("tries", "mail", "claim")) == {(0, "waiting", None)}
    server.down = False
    assert sending.send_due(now) == 3
    assert outbox() == {user.email: 1 for user in people}


@pytest.mark.django_db
def test_mail_that_makes_the_server_hang_up_does_not_hold_the_others(server):
    people = [make_user() for _n in range(3)]
    tell(people)
    server.hangs_up, now = {people[1].email}, timezone.now()
    for _n in range(6):
        sending.send_due(now)
        now += timedelta(minutes=5)
    assert outbox() == {people[0].email: 1, people[2].email: 1}
    assert Notice.objects.get(recipient=people[1]).tries >= 2


@pytest.mark.django_db
def test_run_that_dies_leaves_its_claim_until_it_ends(server):
    """The mails that it had not sent go out later; one that it had sent comes at most once more, recognisable."""
    ana, luis = make_user(), make_user()
    tell([ana, luis])
    now = timezone.now()
    claim = sending.claim_due(now)
    first = Notice.objects.filter(claim=claim).order_by("pk").first()
    sending._mail(first, first.recipient.email, None).send()  # killed before it notes it
    assert sending.send_due(now + sending.CLAIM - timedelta(seconds=1)) == 0
    assert sending.send_due(now + sending.CLAIM) == 2
    assert outbox() == {ana.email: 2, luis.email: 1}
    ids = {m.extra_headers["Message-ID"] for m in mail.outbox if m.to == [ana.email]}
    assert ids == {sending.message_id(first)}


@pytest.mark.django_db
def test_late_note_of_a_claim_that_ended_changes_nothing():
    tell([make_user()])
    now = timezone.now()
    claim = sending.claim_due(now)
    late = Notice.objects.get(claim=claim)
    sending.claim_due(now + sending.CLAIM)
    sending._failed(late, now, OSError())
    assert Notice.objects.get().tries == 0


# --- two ticks at once --------------------------------------------------------------------------------------------


def tick_at_once(times):
    start, sent = threading.Barrier(times), []

    def run():
        try:
            start.wait(10)
            sent.append(sending.send_due(timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _n in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return sum(sent)


@pytest.mark.slow_race
@pytest.mark.django_db(transaction=True)
def test_ticks_at_once_send_each_mail_once(server, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 7)
    people = [make_user() for _n in range(60)]
    tell(people)
    assert tick_at_once(4) == 60
    assert outbox() == {user.email: 1 for user in people}


@pytest.mark.slow_race
@pytest.mark.django_db(transaction=True)
def test_control_without_the_claim_mails_go_out_twice(server, monkeypatch):
    """Each run reads what is due and takes it for its own, without a word to the others."""
    people = [make_user() for _n in range(20)]
    tell(people)
    everybody = threading.Barrier(4)
    taken = threading.local()

    def unclaimed(now):
        if getattr(taken, "done", False):
            return None
        taken.done = True
        due = list(Notice.objects.to_mail(now))
        everybody.wait(10)
        claim = uuid.uuid4()
        unseen[claim] = due
        return claim

    unseen = {}
    monkeypatch.setattr(sending, "claim_due", unclaimed)
    real = Notice.objects.filter

    def rows(*args, **kwargs):
        return Rows(unseen[kwargs["claim"]]) if set(kwargs) == {"claim"} else real(*args, **kwargs)

    monkeypatch.setattr(Notice.objects, "filter", rows)
    tick_at_once(4)
    assert max(outbox().values()) > 1


class Rows(list):
    def select_related(self, *names):
        return self

    order_by = select_related
