"""Writing what is told: in the transaction of what happened, one row per person and key."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, IntegerField, Max, Q, Value, When
from django.utils import timezone, translation

from decide.accounts.models import User
from decide.notices.groups import GROUPS, Frequency, Group, next_digest
from decide.notices.models import Announcement, Follow, FollowList, Notice, Preference
from decide.text import clean_line, clean_text

SUBJECT_LENGTH = 160
CHUNK = 500  # rows in one query
# So many followers are told in the transaction of what happened; the worker tells the others.
AT_ONCE = 200


class Message:
    """What is told: the arguments of `tell`, with its words in the city's language and without what could deceive."""

    def __init__(self, kind, key, subject, body, path="", recipients=(), address="", about="", group=Group.ACCOUNT):
        if path and (not path.startswith("/") or path.startswith("//")):
            raise ValueError("path is a page of ours: it begins with one slash")
        if group not in Group.values:
            raise ValueError(f"no such group: {group}")
        with translation.override(settings.LANGUAGE_CODE):
            self.subject, self.body = _shorten(_line(str(subject))), _text(str(body))
        self.kind, self.key, self.path, self.about, self.group = kind, key, path, about, group
        self.recipients, self.address = recipients, address

    def rows(self) -> list[Notice]:
        names = ("kind", "group", "key", "subject", "body", "path", "about")
        same = {name: getattr(self, name) for name in names}
        rows = [Notice(recipient=user, **same) for user in self.recipients]
        if self.address:
            rows.append(Notice(address=self.address, **same))
        return rows


def tell(
    *, kind: str, key: str, subject, body, path="", recipients=(), address="", about="", group=Group.ACCOUNT
) -> int:
    """Write one notice to each recipient (accounts), and one to `address` if given (somebody without an account).

    `key` says what is told: who was told already is not told again. `path` is a page of ours, from its slash on.
    `about` ("comment:42") is what it tells of: hidden by then, it is neither sent nor shown. `group` is whose
    preference decides when the mail goes; the default always goes at once. Call it in the transaction of what
    happened. Returns how many were written.
    """
    return tell_all([Message(kind, key, subject, body, path, tuple(recipients), address, about, group)])


@transaction.atomic
def tell_all(messages: list[Message]) -> int:
    """Write many messages at once, in a few queries whatever their number. Returns how many rows are new."""
    # One order for everybody, so that two transactions that tell the same people cannot wait for each other.
    rows = {(row.recipient_id or 0, row.address, row.key): row for message in messages for row in message.rows()}
    wanted, written, now = sorted(rows), 0, timezone.now()
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        people = {pk for pk, _address, _key in part if pk}
        told = Notice.objects.filter(key__in={key for _pk, _address, key in part})
        told = told.filter(Q(recipient__in=people) | Q(recipient=None))
        known = {(pk or 0, *rest) for pk, *rest in told.values_list("recipient_id", "address", "key")}
        new = [rows[at] for at in part if at not in known]
        _schedule(new, now)
        Notice.objects.bulk_create(new, ignore_conflicts=True)
        written += len(new)
    return written


def _schedule(rows: list[Notice], now: datetime) -> None:
    """When each goes out by mail, as its recipient wants its group."""
    chosen = [row for row in rows if row.recipient_id and row.group in GROUPS]
    if not chosen:
        return
    wishes = Preference.objects.filter(
        user__in={row.recipient_id for row in chosen}, group__in={row.group for row in chosen}
    )
    wanted = {(user, group): frequency for user, group, frequency in wishes.values_list("user", "group", "frequency")}
    for row in chosen:
        schedule(row, wanted.get((row.recipient_id, row.group), GROUPS[row.group].default), now)


def schedule(row: Notice, frequency: str, now: datetime) -> None:
    if frequency == Frequency.NOW:
        row.mail, row.next_try = Notice.Mail.WAITING, now
    elif frequency == Frequency.NEVER:
        row.mail = Notice.Mail.DROPPED
    else:
        row.mail, row.next_try = Notice.Mail.FOR_DIGEST, next_digest(frequency, now)


# --- followers ------------------------------------------------------------------------------------------


@transaction.atomic
def tell_followers(lists, *, kind: str, key: str, subject, body, path="", about="", exclude=()) -> int:
    """Tell everybody who follows one of these lists (a FollowList, or several; None counts for nobody), once.

    Whoever follows their own thing is told in the group "own", whoever follows it in "following", whoever only
    follows its parish in "parish". `exclude`: accounts that are not told (who did it). The arguments are those of
    `tell`; who was told of this key by `tell` before is not told again. The first AT_ONCE are told in this
    transaction, the others by the worker. Returns how many were told.
    """
    lists = [lists] if isinstance(lists, FollowList) else [each for each in lists or () if each]
    if not lists:
        return 0
    message = Message(kind, key, subject, body, path, about=about)
    announcement = Announcement(
        kind=kind,
        key=key,
        subject=message.subject,
        body=message.body,
        path=path,
        about=about,
        lists=sorted({each.pk for each in lists}),
        exclude=sorted({user.pk for user in exclude if user}),
    )
    told, finished = _announce(announcement, AT_ONCE)
    if not finished:
        announcement.save()
    return told


def write_announcements(now: datetime, stopped: Callable[[], bool] = lambda: False) -> int:
    """Tell the followers who are still to be told, until `stopped()`. Safe twice and at once. How many were told."""
    told = 0
    while not stopped() and (part := _write_part()) is not None:
        told += part
    return told


@transaction.atomic
def _write_part() -> int | None:
    announcement = Announcement.objects.select_for_update(skip_locked=True).order_by("pk").first()
    if announcement is None:
        return None
    told, finished = _announce(announcement, CHUNK)
    if finished:
        announcement.delete()
    else:
        announcement.save(update_fields=["after"])
    return told


# The nearest reason counts: one's own thing before what one follows, and that before its parish.
_RANKS = [Group.PARISH, Group.FOLLOWING, Group.OWN]


def _announce(announcement: Announcement, most: int) -> tuple[int, bool]:
    """Tell the next `most` followers. Returns how many were told, and whether that was everybody."""
    rank = Case(When(own=True, then=Value(2)), When(list__parish=None, then=Value(1)), default=Value(0))
    followers = (
        Follow.objects.filter(list__in=announcement.lists, user__gt=announcement.after, user__is_active=True)
        .exclude(user__in=announcement.exclude)
        .values("user")
        .annotate(rank=Max(rank, output_field=IntegerField()))
        .order_by("user")
    )
    part = list(followers.values_list("user", "rank")[: most + 1])
    finished, part = len(part) <= most, part[:most]
    if not part:
        return 0, True
    announcement.after = part[-1][0]
    fields = {name: getattr(announcement, name) for name in ("kind", "key", "subject", "body", "path", "about")}
    messages = [
        Message(**fields, group=group, recipients=[User(pk=pk) for pk, rank in part if _RANKS[rank] == group])
        for group in _RANKS
    ]
    return tell_all(messages), finished


# --- clean words ----------------------------------------------------------------------------------------


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
