"""Daily and weekly digests: what waits for a morning becomes one mail for each person."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from decide.notices.groups import Frequency, next_digest
from decide.notices.models import Notice

KEPT = timedelta(days=730)  # what was told is kept two years
_CHUNK = 500


def gather_digests(now: datetime) -> int:
    """Make one mail for each person whose morning has come: the unique key of person and day makes it one, whatever
    runs twice or at once. Returns how many were made."""
    due = Notice.objects.filter(mail=Notice.Mail.FOR_DIGEST, next_try__lte=now)
    made = 0
    while people := list(due.order_by("recipient").values_list("recipient", flat=True).distinct()[:_CHUNK]):
        made += sum(_gather(person, now) for person in people)
    return made


@transaction.atomic
def _gather(person: int, now: datetime) -> bool:
    day = timezone.localdate(now)
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Su resumen del %(day)s") % {"day": date_format(day, "DATE_FORMAT")}
    key = f"{Notice.DIGEST}:{day}"
    written = Notice(
        recipient_id=person,
        kind=Notice.DIGEST,
        key=key,
        subject=subject,
        path="",
        read_at=now,  # nobody reads it in the inbox, where its parts stand
        next_try=now,
    )
    Notice.objects.bulk_create([written], ignore_conflicts=True)
    digest = Notice.objects.select_for_update().get(recipient=person, key=key)
    parts = Notice.objects.filter(recipient=person, mail=Notice.Mail.FOR_DIGEST, next_try__lte=now)
    if digest.mail == Notice.Mail.WAITING and digest.claim is None:
        return bool(parts.update(mail=Notice.Mail.IN_DIGEST, digest=digest))
    # Today's is on its way or was sent: at most one a day.
    parts.update(next_try=next_digest(Frequency.DAILY, now))
    return False


def drop_old(now: datetime) -> int:
    """Delete what was told long ago. Returns how many notices went."""
    old = Notice.objects.filter(created__lt=now - KEPT).exclude(mail__in=[Notice.Mail.WAITING, Notice.Mail.FOR_DIGEST])
    gone = 0
    while some := list(old.values_list("pk", flat=True)[:_CHUNK]):
        gone += Notice.objects.filter(pk__in=some).delete()[1].get(Notice._meta.label, 0)
    return gone
