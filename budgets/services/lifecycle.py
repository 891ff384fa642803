"""How a request moves from state to state: one service, one table. Locks: box, request, thread (as for proposals)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets.models import Request, RequestStep
from budgets.request_rules import PRIVATE, TAKES_SUPPORTS
from budgets.services.following import tell_followers
from decide import live
from decide.accounts.models import User
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.groups import Group
from proposals.services.lifecycle import in_spanish
from votes.models import SupportBox

Status = Request.Status

_VERDICTS = {Status.FEASIBLE, Status.CONDITIONAL, Status.NOT_FEASIBLE}
_RESULTS = {Status.PRIORITISED, Status.RESERVE, Status.NOT_FUNDED}

# Which state may follow which. A verdict may be corrected by a new opinion or looked at again; a result, by the signed
# paper. What the review ended (a duplicate, referred) can come back to it.
NEXT = {
    Status.DRAFT: {Status.KEPT, Status.FILED},
    Status.KEPT: {Status.FILED},
    Status.FILED: {Status.RETURNED, Status.DUPLICATE, Status.REFERRED, Status.STUDY, Status.WITHDRAWN},
    Status.RETURNED: {Status.FILED, Status.DUPLICATE, Status.REFERRED, Status.STUDY, Status.WITHDRAWN},
    Status.DUPLICATE: {Status.FILED},
    Status.REFERRED: {Status.FILED},
    Status.STUDY: {*_VERDICTS, Status.FILED, Status.DUPLICATE, Status.REFERRED},
    Status.FEASIBLE: {Status.STUDY, *_VERDICTS, *_RESULTS} - {Status.FEASIBLE},
    Status.CONDITIONAL: {Status.STUDY, *_VERDICTS} - {Status.CONDITIONAL},
    Status.NOT_FEASIBLE: {Status.STUDY, *_VERDICTS} - {Status.NOT_FEASIBLE},
    Status.PRIORITISED: _RESULTS - {Status.PRIORITISED},
    Status.RESERVE: _RESULTS - {Status.RESERVE},
    Status.NOT_FUNDED: _RESULTS - {Status.NOT_FUNDED},
}
# What is told to its supporters too: it was decided, or they can go on elsewhere.
ENDS = {*_RESULTS, Status.WITHDRAWN, Status.DUPLICATE}
# What ends or returns a request says why.
NEEDS_REASON = {Status.RETURNED, Status.DUPLICATE, Status.REFERRED, Status.WITHDRAWN}


def lock_request(pk: int) -> Request:
    """The request as it is now, with its box and itself locked (in this order) until the transaction ends."""
    SupportBox.objects.select_for_update(no_key=True).get(budget_request=pk)
    return (
        Request.objects.select_for_update(of=("self",), no_key=True)
        .select_related("box", "thread__follow_list", "parish", "year", "author")
        .get(pk=pk)
    )


@transaction.atomic
def change_status(
    *, request, status, reason="", officer=None, at=None, duplicate_of=None, referred_to=None, tell=True
) -> Request:
    """Move a request to another state, dated (`at`, now) and public, with its reason. Author and followers are told.

    `duplicate_of` (a request) and `referred_to` (an agency) go with those two states. Raises Refused: 409 if it cannot
    follow, 400 without the reason that it needs.
    """
    return move(
        lock_request(request.pk),
        status,
        reason=reason,
        by=officer,
        at=at,
        duplicate_of=duplicate_of,
        referred_to=referred_to,
        tell=tell,
    )


def move(
    locked: Request, to: str, *, reason="", by=None, at=None, duplicate_of=None, referred_to=None, tell=True
) -> Request:
    """As `change_status`, of a request that the caller holds (`lock_request`)."""
    if to not in NEXT.get(locked.status, ()):
        raise Refused(_("La solicitud está en otro estado y este paso ya no es posible."), status=409)
    if to in NEEDS_REASON and not any(c.isalnum() for c in reason):
        raise Refused(_("Escriba la razón: la leerán quien la presentó y todos."), status=400)
    if (to == Status.DUPLICATE) != (duplicate_of is not None):
        raise Refused(_("Diga qué solicitud repite."), status=400)
    if duplicate_of is not None and duplicate_of.pk == locked.pk:
        raise Refused(_("Una solicitud no se repite a sí misma: elija otra."), status=400)
    if (to == Status.REFERRED) != (referred_to is not None):
        raise Refused(_("Diga a qué dependencia se remite."), status=400)
    locked.status, locked.status_reason = to, reason
    locked.duplicate_of, locked.referred_to = duplicate_of, referred_to
    locked.version += 1
    if by:
        locked._history_user = by
    locked.save()
    _open_or_close(locked)
    step = RequestStep.objects.create(request=locked, status=to, at=at or timezone.now(), by=by, reason=reason)
    live.changed(f"request:{locked.pk}", f"support:{locked.box_id}")
    if tell and to not in PRIVATE:
        _tell(locked, step)
    return locked


def _open_or_close(locked: Request) -> None:
    """Its box takes supports while the state says so; a state that is taken back opens it again."""
    box, wanted = locked.box, locked.status in TAKES_SUPPORTS
    if box.open == wanted:
        return
    box.open, box.closed_at = wanted, None if wanted else timezone.now()
    box.version += 1
    box.save(update_fields=["open", "closed_at", "version"])


@in_spanish()
def _tell(locked: Request, step: RequestStep) -> None:
    words = _WORDS.get(step.status)
    if words is None or locked.hidden:
        return
    subject, body = words()
    values = {
        "title": locked.title,
        "original": locked.duplicate_of and locked.duplicate_of.title,
        "agency": locked.referred_to,
        "parish": locked.parish,
    }
    body %= values
    if step.reason and step.status != Status.FILED:
        body += "\n\n" + _("Razón: %(reason)s") % {"reason": step.reason}
    told = {
        "kind": f"request-{step.status}",
        "key": f"request-step:{step.pk}",
        "subject": subject % values,
        "body": body,
    }
    tell_followers(locked, **told, parish=step.status == Status.PRIORITISED, exclude=[step.by])
    if step.status in ENDS:
        notices.tell(
            **told,
            path=locked.get_absolute_url(),
            about=f"request:{locked.pk}",
            group=Group.SUPPORTED,
            recipients=supporters(locked).exclude(pk__in=[locked.author_id or 0, step.by_id or 0]),
        )


def supporters(request: Request):
    """The accounts of those who support it (names are never published; they may be told)."""
    return User.objects.filter(residence__supports__box=request.box_id)


# What is told of each step; what is only filed is told by `filing.tell_filed`.
_WORDS = {
    Status.RETURNED: lambda: (
        _("Hay algo que corregir: %(title)s"),
        _("La Administración Zonal la devolvió para que se corrija. Quien la presentó puede enviarla de nuevo."),
    ),
    Status.DUPLICATE: lambda: (
        _("Repite otra solicitud: %(title)s"),
        _(
            "La Administración Zonal la unió a «%(original)s», que pide lo mismo y sigue su camino. Los apoyos no se "
            "mueven solos: si quiere, apoye a la otra desde su página."
        ),
    ),
    Status.REFERRED: lambda: (
        _("Pasó a quien corresponde: %(title)s"),
        _("No es del presupuesto participativo. La Administración Zonal la remitió a %(agency)s."),
    ),
    Status.STUDY: lambda: (
        _("Está en estudios: %(title)s"),
        _("Tres dictámenes dirán si es factible: técnico, socioeconómico y jurídico."),
    ),
    Status.FEASIBLE: lambda: (
        _("Es factible: %(title)s"),
        _("Los tres dictámenes son favorables. La asamblea de %(parish)s decidirá si la prioriza."),
    ),
    Status.CONDITIONAL: lambda: (
        _("Es factible con una condición: %(title)s"),
        _("En su página se lee quién debe hacer qué y hasta cuándo. Si no se cumple, no llega a la asamblea."),
    ),
    Status.NOT_FEASIBLE: lambda: (
        _("No es factible: %(title)s"),
        _("En su página se leen los tres dictámenes. Quien la presentó puede pedir una vez que se revise."),
    ),
    Status.PRIORITISED: lambda: (
        _("La asamblea la priorizó: %(title)s"),
        _("La asamblea de %(parish)s decidió que se haga con su presupuesto."),
    ),
    Status.RESERVE: lambda: (
        _("Está en la lista de reserva: %(title)s"),
        _("Si queda dinero de la parroquia, se hace en el orden de la lista."),
    ),
    Status.NOT_FUNDED: lambda: (
        _("No alcanzó el presupuesto: %(title)s"),
        _("En su página se lee por qué. Puede pedirla de nuevo el próximo año."),
    ),
    Status.WITHDRAWN: lambda: (
        _("Se retiró la solicitud: %(title)s"),
        _("Quien la presentó la retiró. Su página se sigue pudiendo leer."),
    ),
}
