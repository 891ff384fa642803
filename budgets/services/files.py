"""Which photos wait before others see them, and where the files of a request stand (decide.storage)."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from budgets import request_rules as rules
from budgets.models import FieldVisit, Request, RequestPhoto
from decide import storage
from decide.moderation import services as moderation
from decide.moderation.models import ModerationCase


def hold_images(locked: Request, photos) -> None:
    """Images of whoever has not verified where they live wait for a moderator, from the day others would see them."""
    author = locked.author
    if author is None or author.residence_id or not rules.was_filed(locked):
        return
    for photo in photos:
        case = moderation.open_case(
            kind=photo.KIND,
            path=photo.moderated_path(),
            author=author,
            excerpt=photo.moderated_text(),
            state=ModerationCase.State.PENDING,
        )
        RequestPhoto.objects.filter(pk=photo.pk).update(case=case, hidden=True)


def place_files(pk: int) -> None:
    """After the commit, every photo of a request and of visits to its place stands where everybody reads it, or out of
    reach."""
    transaction.on_commit(lambda: _place_files(pk))


def _place_files(pk: int) -> None:
    for photo in RequestPhoto.objects.filter(request=pk).select_related("request"):
        storage.place(photo)
    for visit in FieldVisit.objects.filter(request=pk).exclude(image="").select_related("request"):
        if visit.image:
            storage.place(visit)


def place_recent_files(now) -> int:
    """Once more for what was hidden, held, shown again or published in the last hour: a process may have ended right
    after its commit. Returns for how many requests."""
    since = now - timedelta(hours=1)
    recent = Q(case__decided_at__gte=since) | Q(case__opened_at__gte=since)
    found = set(Request.objects.filter(recent).values_list("pk", flat=True))
    found.update(RequestPhoto.objects.filter(recent).values_list("request", flat=True))
    visits = FieldVisit.objects.filter(Q(published_at__gte=since) | Q(created__gte=since))
    found.update(visits.values_list("request", flat=True))
    for pk in sorted(found):
        _place_files(pk)
    return len(found)


def lock_cases(request: Request) -> None:
    """Before an author's write: the cases first, as moderators do, so that nobody waits in a circle."""
    own = Q(pk__in=Request.objects.filter(pk=request.pk).values("case"))
    own |= Q(pk__in=RequestPhoto.objects.filter(request=request.pk).values("case"))
    list(ModerationCase.objects.select_for_update(no_key=True).filter(own).order_by("pk"))
