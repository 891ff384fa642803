"""How a proposal moves from state to state: one service, one table."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide import live
from decide.errors import Refused
from proposals.models import Proposal, StatusChange
from votes.models import SupportBox

Status = Proposal.Status

# Which state may follow which. Whoever is not here stays where it is.
NEXT = {
    Status.DRAFT: {Status.OPEN},
    Status.OPEN: {Status.REACHED, Status.WITHDRAWN, Status.ARCHIVED},
    Status.REACHED: {Status.REVIEW},
    Status.REVIEW: {Status.ANSWERED},
    Status.ANSWERED: {Status.EXECUTION},
    Status.EXECUTION: {Status.DONE},
    Status.DONE: {Status.EXECUTION},
}


def lock_proposal(pk: int) -> Proposal:
    """The proposal as it is now, with its box and itself locked (in this order) until the transaction ends."""
    SupportBox.objects.select_for_update().get(proposal=pk)
    return Proposal.objects.select_for_update(of=("self",)).select_related("box", "thread").get(pk=pk)


@transaction.atomic
def change_status(*, proposal, to, note="", at=None) -> Proposal:
    """Move a proposal to another state, dated and public. Raises Refused (409) if it cannot follow."""
    locked = lock_proposal(proposal.pk)
    if to not in NEXT.get(locked.status, ()):
        raise Refused(_("La propuesta está en otro estado y este paso ya no es posible."), status=409)
    locked.status = to
    locked.version += 1
    locked.save()
    StatusChange.objects.create(proposal=locked, status=to, note=note, at=at or timezone.now())
    live.changed(f"proposal:{locked.pk}")
    return locked


def publish_proposal(*, proposal, at=None) -> Proposal:
    """Draft → open, at once; opens its box and its thread."""
    raise NotImplementedError


def withdraw_proposal(*, proposal, reason, note="") -> Proposal:
    raise NotImplementedError


def reach_threshold(*, proposal) -> Proposal:
    """Open → reached, and the answer that is owed from now on (in `proposal.answer`). Does nothing if not open."""
    raise NotImplementedError


def archive_expired(now) -> int:
    raise NotImplementedError


def follow_answer(sender, answer, **kwargs) -> None:
    raise NotImplementedError
