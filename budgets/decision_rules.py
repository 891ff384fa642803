"""Who prepares the decision of an assembly, fixes its rules and counts; and when. Asks, never writes."""

from django.urls import reverse
from django.utils.translation import gettext as _

from budgets import request_rules
from budgets.models import Decision, Phase
from decide.assemblies import session_rules
from decide.assemblies.models import Assembly, Session
from decide.errors import Refused

Status = Decision.Status
# The rules are published before the vote: from the meetings that explain them on.
FIXING = (Phase.INFORMATION, Phase.ASSEMBLY)
BEFORE_THE_VOTE = (Session.Status.CALLED, Session.Status.OPEN)


def prepares(user, parish) -> bool:
    """The administration of its zone, and the participation office."""
    return user.is_authenticated and request_rules.manages_requests(user, parish)


def counts(user, session) -> bool:
    """The table of the session: its result, its files without internet, what the signed paper corrects."""
    return session_rules.can_conduct(user, session)


def is_budget_session(session) -> bool:
    return session.kind == Session.Kind.BUDGET and session.assembly.level == Assembly.Level.PARISH


def page_of(decision) -> str:
    return reverse("budgets:decision", args=[decision.year.year, decision.parish.slug])


def refuse_unless_prepares(user, parish) -> None:
    if not prepares(user, parish):
        raise Refused(
            _("La decisión la preparan la Administración Zonal de la parroquia y la oficina de participación."),
            status=403,
        )


def refuse_unless_preparing(decision) -> None:
    if decision.status != Status.PREPARING:
        back = (page_of(decision), _("Ver la decisión"))
        raise Refused(_("Las reglas ya están fijadas y publicadas: no cambian."), status=409, way_out=back)


def refuse_unless_fixed(decision) -> None:
    if decision.status == Status.PREPARING:
        raise Refused(_("Primero se fijan las reglas."), status=409)
