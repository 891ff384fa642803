"""Telling people: written in the transaction of what happened, sent by `tick` afterwards.

`tell` writes one row per person and key; the unique constraints make "nothing twice" true whoever calls it again.
`send_due` sends the mails. A mail is sent once: a run claims rows before it sends them, and says so row by row. Only
a run that dies between the server's "accepted" and its own note sends one mail again, when its claim has ended; that
mail carries the same Message-ID, by which mail programs recognise it.
"""

import logging
import time
import uuid
from datetime import datetime, timedelta
from smtplib import SMTPConnectError, SMTPServerDisconnected
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation

from decide.notices.models import Notice
from decide.text import clean_line, clean_text

log = logging.getLogger(__name__)

# A claim outlasts any run that is alive: a run stops claiming after 45 s, and the mails of one batch take at most
# 50 times EMAIL_TIMEOUT (20 s).
BATCH = 50
RUN_SECONDS = 45
CLAIM = timedelta(minutes=30)
# After the first failure a minute, then longer; after the last one we give up and say so (two days in all).
WAITS = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440)]
MAX_TRIES = len(WAITS) + 1
# While the mail server is out of reach nothing counts as a failed try.
OUTAGE_WAIT = timedelta(minutes=5)
SUBJECT_LENGTH = 160


def tell(*, kind: str, key: str, subject, body, path: str = "", recipients=(), address: str = "") -> int:
    """Write one notice to each recipient (accounts), and one to `address` if given (somebody without an account).

    `key` says what it is about: who was told of it already is not told again. `path` is a page of ours, from its
    slash on. Call it in the transaction of what happened. Returns how many were written.
    """
    return tell_all([Message(kind, key, subject, body, path, tuple(recipients), address)])


class Message:
    """What is told: the arguments of `tell`, with its words in the city's language and without what could deceive."""

    def __init__(self, kind, key, subject, body, path="", recipients=(), address=""):
        if path and (not path.startswith("/") or path.startswith("//")):
            raise ValueError("path is a page of ours: it begins with one slash")
        with translation.override(settings.LANGUAGE_CODE):
            self.subject, self.body = _shorten(_line(str(subject))), _text(str(body))
        self.kind, self.key, self.path = kind, key, path
        self.recipients, self.address = recipients, address

    def rows(self) -> list[Notice]:
        same = {"kind": self.kind, "key": self.key, "subject": self.subject, "body": self.body, "path": self.path}
        rows = [Notice(recipient=user, **same) for user in self.recipients]
        if self.address:
            rows.append(Notice(address=self.address, **same))
        return rows


@transaction.atomic
def tell_all(messages: list[Message]) -> int:
    """Write many messages at once, in a few queries whatever their number. Returns how many rows are new."""
    # One order for everybody, so that two transactions that tell the same people cannot wait for each other.
    rows = {(row.recipient_id or 0, row.address, row.key): row for message in messages for row in message.rows()}
    wanted, written = sorted(rows), 0
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        people = {pk for pk, _address, _key in part if pk}
        told = Notice.objects.filter(key__in={key for _pk, _address, key in part})
        told = told.filter(Q(recipient__in=people) | Q(recipient=None))
        known = {(pk or 0, *rest) for pk, *rest in told.values_list("recipient_id", "address", "key")}
        new = [rows[at] for at in part if at not in known]
        Notice.objects.bulk_create(new, ignore_conflicts=True)
        written += len(new)
    return written


def mark_all_read(*, user, up_to: int) -> int:
    """Mark as read everything of this person up to the newest notice that the page showed. Returns how many."""
    return Notice.objects.of(user).unread().filter(pk__lte=up_to).update(read_at=timezone.now())


def retry_failed(*, notices) -> int:
    """Put back into the outbox what was given up (a QuerySet). Returns how many."""
    failed = notices.filter(mail=Notice.Mail.FAILED)
    return failed.update(mail=Notice.Mail.WAITING, tries=0, next_try=timezone.now())


# --- sending --------------------------------------------------------------------------------------------


def send_due(now: datetime) -> int:
    """Send the mails whose time has come. Safe to run twice and at once. Returns how many were sent."""
    sent, started = 0, time.monotonic()
    while time.monotonic() - started < RUN_SECONDS:
        claim = claim_due(now)
        if claim is None:
            break
        done, server_answers = _send_claimed(claim, now)
        sent += done
        if not server_answers:
            break
    return sent


@transaction.atomic
def claim_due(now: datetime) -> uuid.UUID | None:
    """Take up to BATCH mails for this run alone; None if nothing is due.

    PostgreSQL skips the rows that another run is taking; SQLite lets one run take at a time.
    """
    due = Notice.objects.to_mail(now).order_by("next_try", "pk").select_for_update(skip_locked=True)
    taken = list(due.values_list("pk", flat=True)[:BATCH])
    if not taken:
        return None
    claim = uuid.uuid4()
    Notice.objects.filter(pk__in=taken).update(claim=claim, next_try=now + CLAIM)
    return claim


def _send_claimed(claim: uuid.UUID, now: datetime) -> tuple[int, bool]:
    """Send one batch over one connection. Returns how many were sent, and whether the server still answers."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPConnectError) as error:  # SMTPException is an OSError too
        return 0, _release(claim, now, error)
    sent = 0
    try:
        for notice in Notice.objects.filter(claim=claim).select_related("recipient").order_by("pk"):
            try:
                sent += _send(notice, connection, now)
            except (SMTPServerDisconnected, ConnectionError, TimeoutError) as error:
                _failed(notice, now, error)  # this one may be the reason, the others are not
                return sent, _release(claim, now, error)
            except Exception as error:  # whatever is wrong with one mail, the others are sent
                _failed(notice, now, error)
    finally:
        _close(connection)
    return sent, True


def _send(notice: Notice, connection, now: datetime) -> bool:
    to = _address_of(notice)
    if not to:
        _note(notice, mail=Notice.Mail.DROPPED)
        return False
    _mail(notice, to, connection).send()
    _note(notice, mail=Notice.Mail.SENT, mailed_at=now, tries=notice.tries + 1)
    return True


def _address_of(notice: Notice) -> str:
    """Where it goes; nothing for an account that was closed meanwhile."""
    if notice.recipient is None:
        return notice.address
    return notice.recipient.email if notice.recipient.is_active else ""


def _mail(notice: Notice, to: str, connection) -> EmailMessage:
    link = f"{settings.SITE_URL}{notice.path}" if notice.path else ""
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string("notices/mail.txt", {"notice": notice, "link": link, "site": settings.SITE_URL})
    return EmailMessage(
        subject=notice.subject,
        body=text.strip() + "\n",
        to=[to],
        connection=connection,
        headers={"Message-ID": message_id(notice), "Auto-Submitted": "auto-generated"},
    )


def message_id(notice: Notice) -> str:
    """The same for the same notice, however often it is tried."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<aviso.{notice.pk}.{notice.created:%Y%m%d%H%M%S%f}@{host}>"


def _note(notice: Notice, **fields) -> None:
    Notice.objects.filter(pk=notice.pk, claim=notice.claim).update(claim=None, **fields)


def _failed(notice: Notice, now: datetime, error: Exception) -> None:
    """Count a failed try: again later, or given up."""
    tries = notice.tries + 1
    if tries >= MAX_TRIES:
        log.error("notice %s: given up after %s tries (%s)", notice.pk, tries, type(error).__name__)
        _note(notice, mail=Notice.Mail.FAILED, tries=tries)
        return
    log.warning("notice %s: try %s failed (%s)", notice.pk, tries, type(error).__name__)
    _note(notice, tries=tries, next_try=now + WAITS[tries - 1])


def _release(claim: uuid.UUID, now: datetime, error: Exception) -> bool:
    waiting = Notice.objects.filter(claim=claim).update(claim=None, next_try=now + OUTAGE_WAIT)
    log.error("mail server out of reach (%s): %s notices wait", type(error).__name__, waiting)
    return False


def _close(connection) -> None:
    try:
        connection.close()
    except Exception as error:  # everything was sent, and noted
        log.warning("mail connection did not close well (%s)", type(error).__name__)


def _line(value: str) -> str:
    try:
        return clean_line(value)
    except ValidationError:
        return clean_line(value.encode("utf-8", "replace").decode())


def _text(value: str) -> str:
    try:
        return clean_text(value)
    except ValidationError:
        return clean_text(value.encode("utf-8", "replace").decode())


def _shorten(line: str) -> str:
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"


# --- own data -------------------------------------------------------------------------------------------


def export_own(user) -> dict:
    """What this person was told."""
    fields = ("created", "subject", "body", "path", "read_at", "mailed_at")
    rows = Notice.objects.of(user).order_by("created", "pk").values(*fields)
    return {
        "notices": [
            {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items()} for row in rows.iterator()
        ]
    }


def erase_own(user) -> None:
    """Delete what was told to this person, also to their address."""
    Notice.objects.of(user).delete()
    Notice.objects.filter(recipient=None, address__iexact=user.email).delete()
