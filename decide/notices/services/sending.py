"""The outbox: a mail is sent once, again on failure, and by whoever comes first of any number of workers and ticks.

A run claims rows before it sends them, and says so row by row; it renews its claim while it lives. Only a run that
dies between the server's "accepted" and its own note sends one mail again, when its claim has ended; that mail
carries the same Message-ID, by which mail programs recognise it.
"""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from smtplib import SMTPConnectError, SMTPServerDisconnected
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from decide.notices import unsubscribing
from decide.notices.models import Notice
from decide.notices.public import hidden_subjects, shown

log = logging.getLogger(__name__)

BATCH = 50
RUN_SECONDS = 45  # a run stops claiming after this
# A claim is renewed after a tenth of it; one mail takes at most six steps of EMAIL_TIMEOUT (20 s), so that a claim
# ends only when its run is dead.
CLAIM = timedelta(minutes=10)
# After the first failure a minute, then longer; after the last one we give up and say so (two days in all).
WAITS = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440)]
MAX_TRIES = len(WAITS) + 1
# While the mail server is out of reach nothing counts as a failed try.
OUTAGE_WAIT = timedelta(minutes=5)


@transaction.atomic
def retry_failed(*, notices) -> int:
    """Put back into the outbox what was given up (a QuerySet). Returns how many."""
    failed = notices.filter(mail=Notice.Mail.FAILED).values_list("pk", "digest")
    mails = {digest or pk for pk, digest in failed}
    Notice.objects.filter(digest__in=mails, mail=Notice.Mail.FAILED).update(mail=Notice.Mail.IN_DIGEST)
    again = Notice.objects.filter(pk__in=mails, mail=Notice.Mail.FAILED)
    return again.update(mail=Notice.Mail.WAITING, tries=0, next_try=timezone.now())


def send_due(now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Send the mails whose time has come, until `stopped()`. Safe twice and at once. Returns how many were sent."""
    sent, started = 0, time.monotonic()
    while time.monotonic() - started < RUN_SECONDS and not stopped():
        claim = claim_due(now)
        if claim is None:
            break
        done, server_answers = _send_claimed(claim, now, stopped)
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


def _send_claimed(claim: uuid.UUID, now: datetime, stopped: Callable[[], bool]) -> tuple[int, bool]:
    """Send one batch over one connection. Returns how many were sent, and whether the server still answers."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPConnectError) as error:  # SMTPException is an OSError too
        return 0, _out_of_reach(claim, now, error)
    sent, lease = 0, _Lease(claim, now)
    try:
        batch = list(Notice.objects.filter(claim=claim).select_related("recipient").order_by("pk"))
        hidden = hidden_subjects({notice.about for notice in batch})
        for notice in batch:
            if stopped():
                _release(claim, now)
                break
            if not lease.holds():
                break
            try:
                sent += _send(notice, connection, now, hidden)
            except (SMTPServerDisconnected, ConnectionError, TimeoutError) as error:
                _failed(notice, now, error)  # this one may be the reason, the others are not
                return sent, _out_of_reach(claim, now, error)
            except Exception as error:  # whatever is wrong with one mail, the others are sent
                _failed(notice, now, error)
    finally:
        _close(connection)
    return sent, True


class _Lease:
    """Renews a claim now and then, for a server that takes its time."""

    def __init__(self, claim: uuid.UUID, now: datetime):
        self.claim, self.now = claim, now
        self.started = self.renewed = time.monotonic()

    def holds(self) -> bool:
        """Whether the claim is still ours."""
        moment = time.monotonic()
        if moment - self.renewed < CLAIM.total_seconds() / 10:
            return True
        self.renewed = moment
        until = self.now + timedelta(seconds=moment - self.started) + CLAIM
        return bool(Notice.objects.filter(claim=self.claim).update(next_try=until))


def _send(notice: Notice, connection, now: datetime, hidden: set[str]) -> bool:
    to = "" if notice.about in hidden else _address_of(notice)
    parts = _parts(notice) if to and notice.kind == Notice.DIGEST else []
    if not to or (notice.kind == Notice.DIGEST and not parts):
        _note(notice, mail=Notice.Mail.DROPPED)
        return False
    _mail(notice, to, connection, parts).send()
    _note(notice, mail=Notice.Mail.SENT, mailed_at=now, tries=notice.tries + 1)
    return True


def _address_of(notice: Notice) -> str:
    """Where it goes; nothing for an account that was closed meanwhile."""
    if notice.recipient is None:
        return notice.address
    return notice.recipient.email if notice.recipient.is_active else ""


def _parts(digest: Notice) -> list[Notice]:
    """What this digest still has to tell, in the order of the groups and of what happened."""
    waiting = digest.parts.filter(mail=Notice.Mail.IN_DIGEST).order_by("created", "pk")
    order = list(Notice.group.field.choices)
    places = {value: place for place, (value, _label) in enumerate(order)}
    return sorted(shown(waiting), key=lambda part: places[part.group])


def _mail(notice: Notice, to: str, connection, parts=()) -> EmailMessage:
    groups = {part.group for part in parts} or {notice.group}
    leave = unsubscribing.address(notice.recipient, groups) if notice.recipient else ""
    link = f"{settings.SITE_URL}{notice.path}" if notice.path else ""
    context = {"notice": notice, "parts": parts, "link": link, "site": settings.SITE_URL, "leave": leave}
    context |= {"inbox": _path("notices:list"), "preferences": _path("notices:preferences")}
    headers = {"Message-ID": message_id(notice), "Auto-Submitted": "auto-generated"}
    if leave:  # RFC 8058: one click in the mail program, without a page
        headers |= {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string("notices/digest.txt" if parts else "notices/mail.txt", context)
    return EmailMessage(
        subject=notice.subject, body=text.strip() + "\n", to=[to], connection=connection, headers=headers
    )


@cache
def _path(name: str) -> str:
    return reverse(name)


def message_id(notice: Notice) -> str:
    """The same for the same notice, however often it is tried."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<aviso.{notice.pk}.{notice.created:%Y%m%d%H%M%S%f}@{host}>"


def _note(notice: Notice, **fields) -> None:
    """What became of a mail, unless the claim ended meanwhile. A digest's parts share its fate."""
    noted = Notice.objects.filter(pk=notice.pk, claim=notice.claim).update(claim=None, **fields)
    if noted and notice.kind == Notice.DIGEST and (fate := fields.get("mail")):
        shared = {"mail": fate, "mailed_at": fields.get("mailed_at")}
        notice.parts.filter(mail=Notice.Mail.IN_DIGEST).update(**shared)


def _failed(notice: Notice, now: datetime, error: Exception) -> None:
    """Count a failed try: again later, or given up."""
    tries = notice.tries + 1
    if tries >= MAX_TRIES:
        log.error("notice %s: given up after %s tries (%s)", notice.pk, tries, type(error).__name__)
        _note(notice, mail=Notice.Mail.FAILED, tries=tries)
        return
    log.warning("notice %s: try %s failed (%s)", notice.pk, tries, type(error).__name__)
    _note(notice, tries=tries, next_try=now + WAITS[tries - 1])


def _release(claim: uuid.UUID, until: datetime) -> int:
    """Give the rest of a batch back, to be sent from `until` on."""
    return Notice.objects.filter(claim=claim).update(claim=None, next_try=until)


def _out_of_reach(claim: uuid.UUID, now: datetime, error: Exception) -> bool:
    waiting = _release(claim, now + OUTAGE_WAIT)
    log.error("mail server out of reach (%s): %s notices wait", type(error).__name__, waiting)
    return False


def _close(connection) -> None:
    try:
        connection.close()
    except Exception as error:  # everything was sent, and noted
        log.warning("mail connection did not close well (%s)", type(error).__name__)
