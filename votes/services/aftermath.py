"""What follows from the states of a poll: people are told, and after the close the city owes an answer.

Everything happens in the transaction of the change itself, by `poll_changed`.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from decide import live
from decide.answers import services as answers
from decide.comments import services as comments
from decide.notices import services as notices
from decide.notices.models import FollowList
from decide.templatetags.decide import fecha
from votes import frozen, who
from votes.models import Poll

# How long before its close the followers are told once more.
LAST_CALL = timedelta(hours=24)
# A poll that is open for less than this needs no last call.
LONG_ENOUGH = timedelta(days=3)


def follow_list(poll: Poll) -> FollowList:
    """The list of those who follow a poll, made at the first call."""
    if poll.thread.follow_list is None:
        return comments.follow_list(thread=poll.thread, title=poll.title, about=f"poll:{poll.pk}")
    return poll.thread.follow_list


def follow_poll(sender, poll: Poll, event: str, **kwargs) -> None:
    """Receives `poll_changed`."""
    tell = {"opened": _opened, "closed": _closed, "annulled": _annulled}.get(event)
    if tell:
        with translation.override("es"):
            tell(poll)


def _opened(poll: Poll) -> None:
    _tell(
        poll,
        "opened",
        _("Ya puede votar: %(title)s"),
        _("%(who)s Puede votar hasta el %(closes)s."),
        parishes=True,
    )


def _closed(poll: Poll) -> None:
    """The city owes an answer from now on, by the agency that was named before anybody voted."""
    answer = answers.owe_answer(
        kind="poll",
        subject=poll.title,
        path=poll.get_absolute_url(),
        parish=_one_parish(poll),
        agency=poll.answers_for,
    )
    Poll.objects.filter(pk=poll.pk).update(answer=answer)
    poll.answer = answer
    _tell(
        poll,
        "closed",
        _("Hay resultado: %(title)s"),
        _("La votación se cerró y su resultado es público. Cualquiera puede contarlo de nuevo."),
        parishes=True,
    )


def _annulled(poll: Poll) -> None:
    words = _("Se anuló la votación. Razón: %(reason)s")
    _tell(poll, "annulled", _("Se anuló: %(title)s"), words, parishes=True)


def _one_parish(poll: Poll):
    """The parish of a poll of one parish; None for everything larger."""
    parishes = list(poll.parishes.all())
    return parishes[0] if len(parishes) == 1 and not poll.zones.all() else None


def _tell(poll: Poll, event: str, subject: str, body: str, parishes: bool) -> int:
    lists = [follow_list(poll)]
    if parishes:
        lists += FollowList.objects.filter(parish__in=[parish.pk for parish in frozen.parishes_of(poll)])
    words = {
        "title": poll.title,
        "who": who.who_votes(poll),
        "closes": fecha(poll.closes_at),
        "reason": poll.annul_reason,
    }
    return notices.tell_followers(
        lists,
        kind=f"poll-{event}",
        key=f"poll-{event}:{poll.pk}",
        subject=subject % words,
        body=body % words,
        path=poll.get_absolute_url(),
        about=f"poll:{poll.pk}",
    )


def remind_of_close(now: datetime) -> int:
    """Tell followers once, a day before a poll that was open for some days closes. Returns how many were told."""
    told = 0
    for poll in Poll.objects.open().filter(closes_at__gt=now, closes_at__lte=now + LAST_CALL).order_by("pk"):
        if poll.closes_at - poll.opens_at < LONG_ENOUGH:
            continue
        with transaction.atomic(), translation.override("es"):
            subject, body = _("Cierra pronto: %(title)s"), _("Puede votar hasta el %(closes)s. %(who)s")
            told += _tell(poll, "closing", subject, body, parishes=True)
    return told


def follow_answer(sender, answer, **kwargs) -> None:
    """The city's answer is part of the poll's page: its watchers are told."""
    for pk in Poll.objects.filter(answer=answer).values_list("pk", flat=True):
        live.changed(f"poll:{pk}", f"tally:{pk}")
