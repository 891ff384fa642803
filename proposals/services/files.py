"""Which images wait before others see them, and where the files of a proposal stand (decide.storage)."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from decide import storage
from decide.moderation import services as moderation
from decide.moderation.models import ModerationCase
from proposals import rules
from proposals.models import Proposal, ProposalDocument, ProposalPhoto

FILES = {"photo": ProposalPhoto, "document": ProposalDocument}


def hold_images(locked: Proposal, photos) -> None:
    """Images of whoever has not verified where they live wait for a moderator, from the day others would see them."""
    author = locked.author
    if author is None or author.residence_id or not rules.was_published(locked):
        return
    for photo in photos:
        case = moderation.open_case(
            kind=photo.KIND,
            path=photo.moderated_path(),
            author=author,
            excerpt=photo.moderated_text(),
            state=ModerationCase.State.PENDING,
        )
        ProposalPhoto.objects.filter(pk=photo.pk).update(case=case, hidden=True)


def place_files(pk: int) -> None:
    """After the commit, every file of a proposal stands where everybody reads it, or out of reach."""
    transaction.on_commit(lambda: _place_files(pk))


def _place_files(pk: int) -> None:
    for model in FILES.values():
        for each in model.objects.filter(proposal=pk).select_related("proposal"):
            storage.place(each)


def place_recent_files(now) -> int:
    """Once more for what was hidden, held or shown again in the last hour: a process may have ended right after its
    commit. Returns for how many proposals."""
    since = now - timedelta(hours=1)
    recent = Q(case__decided_at__gte=since) | Q(case__opened_at__gte=since)
    found = set(Proposal.objects.filter(recent).values_list("pk", flat=True))
    for model in FILES.values():
        found.update(model.objects.filter(recent).values_list("proposal", flat=True))
    for pk in sorted(found):
        _place_files(pk)
    return len(found)
