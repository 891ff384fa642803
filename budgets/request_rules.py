"""May this person do this with a request now? Asks, never writes; takes what is already loaded (`box`, `year`)."""

from django.utils.translation import gettext as _

from budgets.models import Request
from budgets.periods import review_has_begun
from decide.accounts.models import Appointment
from decide.accounts.rules import has_office, holds
from decide.assemblies.models import Assembly
from decide.errors import Refused
from decide.moderation import rules as moderation
from proposals import rules as proposing
from proposals.models import Proposal

MAX_PHOTOS = 4
Status, Office = Request.Status, Appointment.Office
# While one of these, nobody but its author sees it.
PRIVATE = {Status.DRAFT, Status.KEPT}
# While one of these, it takes supports: the assembly has not decided, and nothing has ended it.
TAKES_SUPPORTS = {Status.FILED, Status.RETURNED, Status.STUDY, Status.FEASIBLE, Status.CONDITIONAL}
# Who writes in the name of a neighbourhood assembly or a commune.
BOARD = (Office.PRESIDENT, Office.SECRETARY)
# Not worth asking for: it is done, under way, or its author took it back.
OVER = {Proposal.Status.DRAFT, Proposal.Status.WITHDRAWN, Proposal.Status.EXECUTION, Proposal.Status.DONE}


def acts_for(user, assembly: Assembly) -> bool:
    """Presides it or is its secretary today, and it is registered."""
    if not user.is_authenticated or assembly.status != Assembly.Status.REGISTERED:
        return False
    return any(a.office in BOARD and a.body_id == assembly.body_id for a in user.appointments)


def assemblies_of(user):
    """The neighbourhood assemblies and communes in whose name this person may file. No query for most people."""
    bodies = [a.body_id for a in user.appointments if a.office in BOARD] if user.is_authenticated else []
    if not bodies:
        return Assembly.objects.none()
    return Assembly.objects.registered().filter(body__in=bodies, level__in=Assembly.REGISTERING).order_by("name")


def is_author(user, request: Request) -> bool:
    """Whoever wrote it, and whoever acts today for the assembly in whose name it was filed."""
    if not user.is_authenticated:
        return False
    if request.author_id is not None and request.author_id == user.pk:
        return True
    return request.assembly_id is not None and acts_for(user, request.assembly)


def was_filed(request: Request) -> bool:
    """It is no draft and not kept any more, whether moderators hid it or not."""
    return request.status not in PRIVATE


def can_view(user, request: Request) -> bool:
    """Whatever is public, one's own, and for moderators what is hidden. All else answers like what is missing: 404."""
    if request.is_public or is_author(user, request):
        return True
    return was_filed(request) and moderation.moderates(user)


def can_view_photo(user, photo) -> bool:
    """Whoever sees the request, if it is shown; if it is hidden, its author and moderators."""
    if not photo.hidden:
        return can_view(user, photo.request)
    return is_author(user, photo.request) or (was_filed(photo.request) and moderation.moderates(user))


def is_editable(request: Request) -> bool:
    """Freely until the review begins; what was returned, so that it can be corrected."""
    if request.status == Status.FILED:
        return not review_has_begun(request.year)
    return request.status in {*PRIVATE, Status.RETURNED}


def can_edit(user, request: Request) -> bool:
    return is_author(user, request) and is_editable(request)


def can_withdraw(user, request: Request) -> bool:
    """Its author, until the studies begin."""
    return is_author(user, request) and request.status in {Status.FILED, Status.RETURNED}


def has_public_versions(request: Request) -> bool:
    """From the first support on, each change is kept for everybody to read."""
    return was_filed(request) and request.box.supports > 0


def is_settled(request: Request) -> bool:
    """With the first support: its parish does not change, nor are photos taken away."""
    return has_public_versions(request)


def takes_supports(request: Request) -> bool:
    return support_refusal(request) is None


def support_refusal(request: Request) -> Refused | None:
    """Why nobody can support it or take a support back now; None if they can."""
    if request.status in TAKES_SUPPORTS and request.box.open:
        return None
    reason = _("Esta solicitud no recibe apoyos. Su estado: %(status)s.") % {
        "status": str(request.get_status_display()).lower()
    }
    return Refused(reason, status=409, way_out=(request.get_absolute_url(), _("Volver a la solicitud")))


def manages_requests(user, parish) -> bool:
    """The zonal administration of the parish, and the participation office."""
    return has_office(user, Office.PARTICIPATION) or holds(user, Office.ZONAL, parish=parish)


def may_make_request_of(user, proposal: Proposal) -> bool:
    """Its author, or an officer of its zone, of a public proposal for one parish that is not over. That it has none
    yet is asked where it is written."""
    if not proposal.is_public or proposal.parish_id is None or proposal.status in OVER:
        return False
    return proposing.is_author(user, proposal) or (
        user.is_authenticated and bool(user.appointments) and manages_requests(user, proposal.parish)
    )
