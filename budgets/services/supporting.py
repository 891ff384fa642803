"""Supporting a request: its box counts; those of its parish are told apart. No threshold: the assembly decides."""

from django.db import transaction
from django.utils.translation import gettext as _

from budgets import request_rules as rules
from budgets.models import Request
from decide import live
from decide.errors import Refused
from votes import services as votes
from votes.models import Support


@transaction.atomic
def support_request(
    *, request: Request, user=None, residence=None, officer=None, code: str | None = None
) -> tuple[Request, bool]:
    """Support as `user`, or for a `residence` that is present at the desk of `officer` (`code`: a digest).

    Returns the request with its box as it is now, and whether this made a support: a second time changes nothing.
    Raises Refused: 403 (not verified, under 16), 404 (not public), 409 (it takes no supports any more).
    """
    residence = residence or (user.residence if user else None)
    if not request.is_public:
        raise Refused(_("Esta solicitud no existe."), status=404)
    if refusal := rules.support_refusal(request):
        raise refusal
    request.box, created = votes.add_support(box=request.box, residence=residence, officer=officer, code=code)
    if created:
        live.changed(f"request:{request.pk}")
    return request, created


@transaction.atomic
def withdraw_support(*, request: Request, user=None, residence=None) -> tuple[Request, bool]:
    """Take a support back, and the intention too. Raises Refused (409) when closed.

    Returns the request with its box as it is now, and whether there was a support.
    """
    residence = residence or (user.residence if user else None)
    if residence is None:
        votes.drop_intentions(user=user, boxes=[request.box_id])
        return request, False
    request.box, removed = votes.withdraw_support(box=request.box, residence=residence)
    if removed:
        live.changed(f"request:{request.pk}")
    return request, removed


def export_supports(user) -> list[dict]:
    """What a person supports, by the requests' titles and pages, as JSON-able data."""
    if not user.residence_id:
        return []
    supports = Support.objects.filter(residence=user.residence_id, box__budget_request__isnull=False)
    return [
        {
            # What moderators hid is nobody's to read, but the support is still one's own.
            "title": s.box.budget_request.title if s.box.budget_request.is_public else None,
            "page": s.box.budget_request.get_absolute_url() if s.box.budget_request.is_public else None,
            "since": s.created.isoformat(),
            "counts": s.counted,
            "at_a_desk": s.by_desk,
        }
        for s in supports.select_related("box__budget_request").order_by("created", "pk")
    ]


def follow_boxes(sender, boxes, **kwargs) -> None:
    """Counts changed without our service (an erased account): watchers of the requests are told."""
    live.changed(*(f"request:{pk}" for pk in Request.objects.filter(box__in=boxes).values_list("pk", flat=True)))
