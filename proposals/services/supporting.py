"""Supporting a proposal: its box counts, and the support that reaches the threshold moves the proposal.

The box's row is locked first (votes.services), so "this support reached the threshold" is true for exactly one.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from decide import live
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.groups import Group
from proposals import rules
from proposals.models import Proposal
from proposals.services.following import tell_followers
from proposals.services.lifecycle import in_spanish, reach_threshold, supporters
from votes import services as votes
from votes.models import Support


@transaction.atomic
def support_proposal(
    *, proposal: Proposal, user=None, residence=None, officer=None, code: str | None = None
) -> tuple[Proposal, bool]:
    """Support as `user`, or for a `residence` that is present at the desk of `officer` (`code`: a digest).

    Returns the proposal with its box as it is now, and whether this made a support: a second time changes nothing.
    Raises Refused: 403 (not verified, under 16), 404 (a draft), 409 (it takes no supports any more).
    """
    residence = residence or (user.residence if user else None)
    if not rules.is_public(proposal):
        raise Refused(_("Esta propuesta no existe."), status=404)
    if refusal := rules.support_refusal(proposal):
        raise refusal
    proposal.box, created = votes.add_support(box=proposal.box, residence=residence, officer=officer, code=code)
    if created:
        live.changed(f"proposal:{proposal.pk}")
        if proposal.status == Proposal.Status.OPEN and proposal.box.counted >= proposal.box.threshold:
            proposal = _reach(proposal)
    return proposal, created


@in_spanish()
def _reach(proposal: Proposal) -> Proposal:
    """The threshold is reached: the city owes an answer. The author is told there, supporters and followers here."""
    reached = reach_threshold(proposal=proposal)
    step = {
        "kind": "proposal-reached",
        "key": f"proposal-reached:{reached.pk}",
        "body": _("«%(title)s» reunió los apoyos que necesitaba. El Municipio debe responder, y le avisaremos.")
        % {"title": reached.title},
        "path": reached.get_absolute_url(),
    }
    notices.tell(
        **step,
        subject=_("Una propuesta que usted apoyó alcanzó su umbral"),
        about=f"proposal:{reached.pk}",
        group=Group.SUPPORTED,
        recipients=supporters(reached).exclude(pk=reached.author_id),
    )
    subject = _("Una propuesta alcanzó su umbral: %(title)s") % {"title": reached.title}
    tell_followers(reached, **step, subject=subject, parish=True, exclude=[reached.author])
    return reached


@transaction.atomic
def withdraw_support(*, proposal: Proposal, user=None, residence=None) -> tuple[Proposal, bool]:
    """Take a support back, and the intention too. What was reached stays reached. Raises Refused 409 when closed.

    Returns the proposal with its box as it is now, and whether there was a support.
    """
    residence = residence or (user.residence if user else None)
    if residence is None:
        votes.drop_intentions(user=user, boxes=[proposal.box_id])
        return proposal, False
    proposal.box, removed = votes.withdraw_support(box=proposal.box, residence=residence)
    if removed:
        live.changed(f"proposal:{proposal.pk}")
    return proposal, removed


def export_supports(user) -> list[dict]:
    """What a person supports, by the proposals' titles and pages, as JSON-able data."""
    if not user.residence_id:
        return []
    supports = Support.objects.filter(residence=user.residence_id, box__proposal__isnull=False)
    return [
        {
            # What moderators hid is nobody's to read, but the support is still one's own.
            "title": s.box.proposal.title if s.box.proposal.is_public else None,
            "page": s.box.proposal.get_absolute_url() if s.box.proposal.is_public else None,
            "since": s.created.isoformat(),
            "counts": s.counted,
            "at_a_desk": s.by_desk,
        }
        for s in supports.select_related("box__proposal").order_by("created", "pk")
    ]


def follow_boxes(sender, boxes, **kwargs) -> None:
    """Counts changed without a proposal's service (an erased account): watchers of the proposals are told."""
    live.changed(*(f"proposal:{pk}" for pk in Proposal.objects.filter(box__in=boxes).values_list("pk", flat=True)))
