"""What the room keeps of a person, and how it forgets them."""

from django.db import transaction
from django.db.models import Q

from budgets.models import FieldVisit, Opinion, Reconsideration, Request, RequestStep
from budgets.request_rules import PRIVATE
from budgets.services.authoring import delete_drafts
from budgets.services.supporting import export_supports
from votes import services as votes


def export_own(user) -> dict:
    """Everything a person asked for, drafts too, and what they support, as JSON-able data."""
    own = Request.objects.filter(author=user)
    own = own.select_related("year", "parish", "box", "assembly", "proposal", "reconsideration")
    own = own.prefetch_related("photos", "steps").order_by("pk")
    return {"requests": [_exported(request) for request in own], "supported": export_supports(user)}


def _exported(request: Request) -> dict:
    names = ("neighbourhood", "street", "reference", "lat", "lon")
    return {
        "id": request.pk,
        "status": request.status,
        "year": request.year.year,
        "kind": request.kind,
        "title": request.title,
        "body": request.body,
        "parish": request.parish.code,
        "assembly": request.assembly and request.assembly.name,
        "beneficiaries": request.beneficiaries,
        "beneficiaries_note": request.beneficiaries_note,
        "communal_land": request.communal_land,
        "place": {name: getattr(request, name) for name in names},
        "created": request.created.isoformat(),
        "filed": request.filed_at and request.filed_at.isoformat(),
        "supports": request.box.supports,
        "hidden_by_moderators": request.hidden,
        "proposal": request.proposal.get_absolute_url() if request.proposal and request.proposal.is_public else None,
        "review_asked": _reconsideration(getattr(request, "reconsideration", None)),
        "photos": [{"url": photo.url, "alt": photo.alt} for photo in request.photos.all()],
        "steps": [
            {"status": step.status, "at": step.at.isoformat(), "reason": step.reason} for step in request.steps.all()
        ],
    }


def _reconsideration(asked: Reconsideration | None) -> dict | None:
    if asked is None:
        return None
    return {
        "asked": asked.asked_at.isoformat(),
        "body": asked.body,
        "due": asked.due.isoformat(),
        "granted": asked.granted,
        "reply": asked.reply,
        "replied": asked.replied_at and asked.replied_at.isoformat(),
    }


@transaction.atomic
def erase_own(user) -> None:
    """Drafts and what is kept go with their photos and history; what was filed stays without its author, in history
    rows too. Boxes come before what owns them: all that this person's erasing changes are locked here, in one order."""
    own = Q(author=user) | Q(desk_officer=user)
    if user.residence_id:
        own |= Q(desk_residence=user.residence_id)
    votes.lock_boxes({*Request.objects.filter(own).values_list("box_id", flat=True), *votes.boxes_of(user)})
    drafts = Request.objects.filter(author=user, status__in=PRIVATE, assembly=None)
    delete_drafts(drafts.select_related("box", "thread"))
    # Not through save(): the erasing itself leaves no row of history that says who it was.
    Request.objects.filter(author=user).update(author=None)
    Request.objects.filter(desk_officer=user).update(desk_officer=None)
    Request.history.filter(author=user).update(author=None)
    Request.history.filter(desk_officer=user).update(desk_officer=None)
    Request.history.filter(history_user=user).update(history_user=None)
    RequestStep.objects.filter(by=user).update(by=None)
    if user.residence_id:
        Request.objects.filter(desk_residence=user.residence_id).update(desk_residence=None, code=None)
    _forget_in_studies(user)


def _forget_in_studies(user) -> None:
    """Opinions, visits and requests for review stay, without whoever wrote them."""
    columns = {Opinion: ["officer"], FieldVisit: ["officer"], Reconsideration: ["asked_by", "replied_by"]}
    for model, names in columns.items():
        for name in names:
            model.objects.filter(**{name: user}).update(**{name: None})
    for model, names in ((Opinion, ["officer"]), (Reconsideration, ["asked_by", "replied_by"])):
        for name in (*names, "history_user"):
            model.history.filter(**{name: user}).update(**{name: None})
