"""What moderators' decisions mean for a proposal, its photos and documents.

A hidden proposal is absent everywhere in the transaction of the decision: its column is what every list reads, its
box takes no supports, its thread is not public, its answer is not shown, and its watchers are told that it is gone.
"""

from django.db import transaction
from django.db.models import F, Q

from decide import live
from decide.answers import services as answers
from decide.comments.models import Thread
from decide.moderation.models import ModerationCase
from proposals.models import Proposal
from proposals.services.files import FILES, place_files
from proposals.services.lifecycle import lock_proposal
from votes import services as votes


@transaction.atomic
def follow_visibility(sender, case: ModerationCase, hidden: bool, **kwargs) -> None:
    """A moderator hid something of ours, or shows it again; or an image waited long enough."""
    if case.kind == "proposal":
        _hide_proposal(case, hidden)
    elif case.kind in FILES:
        _hide_file(FILES[case.kind], case, hidden)


def _hide_proposal(case: ModerationCase, hidden: bool) -> None:
    pk = Proposal.objects.filter(case=case).values_list("pk", flat=True).first()
    if pk is None:
        return
    locked = lock_proposal(pk)
    Proposal.objects.filter(pk=pk).update(hidden=hidden, version=F("version") + 1)
    locked.hidden = hidden
    votes.hide_box(box=locked.box, hidden=hidden)
    Thread.objects.filter(pk=locked.thread_id).update(public=locked.is_public, version=F("version") + 1)
    if locked.answer_id:
        answers.hide_answer(answer=locked.answer_id, hidden=hidden)
    live.changed(f"proposal:{pk}", f"thread:{locked.thread_id}", f"removed:{locked.thread_id}")
    place_files(pk)


def _hide_file(model, case: ModerationCase, hidden: bool) -> None:
    pk = model.objects.filter(case=case).values_list("proposal", flat=True).first()
    if pk is None:
        return
    lock_proposal(pk)
    model.objects.filter(case=case).update(hidden=hidden)
    place_files(pk)


def lock_cases(proposal: Proposal) -> None:
    """Before an author's write: the cases first, as moderators do, so that nobody waits in a circle."""
    own = Q(pk__in=Proposal.objects.filter(pk=proposal.pk).values("case"))
    for model in FILES.values():
        own |= Q(pk__in=model.objects.filter(proposal=proposal.pk).values("case"))
    list(ModerationCase.objects.select_for_update(no_key=True).filter(own).order_by("pk"))
