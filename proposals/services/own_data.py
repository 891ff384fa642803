"""What the room keeps of a person, and how it forgets them."""

from django.db import transaction
from django.db.models import Q

from proposals.models import Proposal
from proposals.services.authoring import delete_drafts
from proposals.services.supporting import export_supports
from votes import services as votes


def export_own(user) -> dict:
    """Everything a person proposed, drafts too, and what they support, as JSON-able data."""
    own = Proposal.objects.filter(author=user).select_related("category", "parish", "box")
    own = own.prefetch_related("tags", "photos", "documents", "status_changes", "duplicate_links__original")
    return {"proposals": [_exported(proposal) for proposal in own.order_by("pk")], "supported": export_supports(user)}


def _exported(proposal: Proposal) -> dict:
    return {
        "id": proposal.pk,
        "status": proposal.status,
        "title": proposal.title,
        "summary": proposal.summary,
        "body": proposal.body,
        "category": proposal.category.name,
        "tags": [tag.name for tag in proposal.tags.all()],
        "parish": proposal.parish.code if proposal.parish else None,
        "place": {name: getattr(proposal, name) for name in ("neighbourhood", "street", "reference", "lat", "lon")},
        "created": proposal.created.isoformat(),
        "published": proposal.published_at.isoformat() if proposal.published_at else None,
        "withdrawal": proposal.withdrawal,
        "withdrawal_note": proposal.withdrawal_note,
        "supports": proposal.box.supports,
        "hidden_by_moderators": proposal.hidden,
        "photos": [{"url": photo.url, "alt": photo.alt} for photo in proposal.photos.all()],
        "documents": [{"url": doc.url, "title": doc.title} for doc in proposal.documents.all()],
        "steps": [
            {"status": step.status, "at": step.at.isoformat(), "note": step.note}
            for step in proposal.status_changes.all()
        ],
        "repeats": [
            {
                "page": link.original.get_absolute_url() if link.original.is_public else None,
                "since": link.at.isoformat(),
                "undone": link.undone_at and link.undone_at.isoformat(),
                "reason": link.undone_reason,
            }
            for link in proposal.duplicate_links.all()
        ],
    }


@transaction.atomic
def erase_own(user) -> None:
    """Drafts go with their files and history; what was published stays without its author, in history rows too.

    Boxes come before what owns them: all that this person's erasing changes are locked here, in one order.
    """
    own = Q(author=user) | Q(desk_officer=user)
    if user.residence_id:
        own |= Q(desk_residence=user.residence_id)
    votes.lock_boxes({*Proposal.objects.filter(own).values_list("box_id", flat=True), *votes.boxes_of(user)})
    delete_drafts(Proposal.objects.filter(author=user, status=Proposal.Status.DRAFT).select_related("box", "thread"))
    # Not through save(): the erasing itself leaves no row of history that says who it was.
    Proposal.objects.filter(author=user).update(author=None)
    Proposal.objects.filter(desk_officer=user).update(desk_officer=None)
    Proposal.history.filter(author=user).update(author=None)
    Proposal.history.filter(desk_officer=user).update(desk_officer=None)
    Proposal.history.filter(history_user=user).update(history_user=None)
    if user.residence_id:
        Proposal.objects.filter(desk_residence=user.residence_id).update(desk_residence=None, code=None)
