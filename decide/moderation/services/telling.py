"""What people are told of a decision: what, why, what happens next, how to appeal. No name, and nothing of the text."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from decide.accounts.models import Appointment, User
from decide.moderation.models import Decision
from decide.notices import services as notices
from decide.notices.groups import Group
from decide.templatetags.decide import fecha

Action = Decision.Action

WHAT = {
    "proposal": _("su propuesta"),
    "comment": _("su comentario"),
    "photo": _("su foto"),
    "document": _("su documento"),
    "request": _("su solicitud"),
    "request_photo": _("la foto de su solicitud"),
    "objection": _("su objeción"),
    "account": _("su cuenta"),
}
_WHY = _("Razón: %(reason)s.\n\n%(text)s")
_APPEAL = _("Si no está de acuerdo, apele hasta el %(appeal_until)s. Lo revisará otra persona, en %(hours)s horas.")

# What the author is told of each decision: the subject, and what follows after the reason.
AUTHOR = {
    Action.HIDE: (
        _("Moderación ocultó %(what)s"),
        _("Desde ahora solo la ven usted y moderación. Usted puede corregirla: un cambio suyo se revisa otra vez."),
        _("Desde ahora solo lo ven usted y moderación. Usted puede corregirlo: un cambio suyo se revisa otra vez."),
    ),
    Action.RESTORE: (_("Vuelve a verse %(what)s"), _("Ya se muestra como antes. No tiene que hacer nada.")),
    Action.APPROVE_EDIT: (_("Su cambio ya se ve"), _("Moderación revisó su cambio y ya se muestra.")),
    Action.REJECT_EDIT: (
        _("Moderación no aceptó su cambio"),
        _("Todo queda como estaba antes del cambio. Puede proponer otro: también se revisará."),
    ),
    Action.WARNING: (
        _("Recibió una advertencia"),
        _("Hoy no pierde nada. Si las reglas vuelven a romperse, su cuenta puede suspenderse."),
    ),
    Action.SUSPEND7: (_("Su cuenta está suspendida por 7 días"), ""),
    Action.SUSPEND30: (_("Su cuenta está suspendida por 30 días"), ""),
    Action.CLOSE: (
        _("Su cuenta se cerró"),
        _("Dos personas de moderación lo decidieron. Ya no puede entrar; sus apoyos y votos no se pierden."),
    ),
    Action.UPHOLD: (
        _("Se confirmó lo decidido"),
        _("Otra persona de moderación revisó su apelación. Con esto termina la revisión."),
    ),
    Action.LIFT: (
        _("Se levantó su sanción"),
        _("Otra persona de moderación le dio la razón. Ya no queda ninguna sanción de este caso."),
    ),
}
_SUSPENDED = _(
    "La suspensión termina sola el %(until)s. Hasta entonces puede leer, apoyar, votar y apelar, "
    "pero no publicar ni reportar."
)
_APPEAL_GRANTED = _("Su apelación fue aceptada: otra persona de moderación le dio la razón.")
FEMININE = {"proposal", "photo", "request", "request_photo", "objection", "account"}


def moderators() -> list[User]:
    """The accounts that hold the office today."""
    held = Appointment.objects.current().filter(office=Appointment.Office.MODERATOR, holder__is_active=True)
    return list({a.holder_id: a.holder for a in held.select_related("holder")}.values())


def tell_author(decision: Decision, *, sanction=None, token: str = "") -> None:
    """The person it concerns. A closed account cannot be entered: its mail carries `token`, the way to appeal."""
    if decision.subject is None or decision.action not in AUTHOR:
        return
    with translation.override(settings.LANGUAGE_CODE):
        subject, body = _words(decision, sanction)
    closed = not decision.subject.is_active
    notices.tell(
        kind="moderation",
        key=f"decision:{decision.pk}",
        subject=subject,
        body=body,
        path=_path(decision, token),
        recipients=() if closed else [decision.subject],
        address=decision.subject.email if closed else "",
    )


def _words(decision: Decision, sanction) -> tuple[str, str]:
    words = {
        "what": WHAT[decision.kind],
        "reason": decision.get_reason_display(),
        "text": decision.reason_text,
        "hours": settings.MODERATION_HOURS,
        "appeal_until": fecha(decision.appeal_until),
        "until": fecha(sanction.until) if sanction and sanction.until else "",
    }
    subject, *nexts = AUTHOR[decision.action]
    after = str(nexts[0] if decision.kind in FEMININE else nexts[-1])
    if decision.on_appeal and decision.action == Action.RESTORE:
        after = f"{_APPEAL_GRANTED} {after}"
    if sanction and sanction.until and decision.action != Action.LIFT:
        after = str(_SUSPENDED)
    why = str(_WHY) if decision.reason and not decision.on_appeal else "%(text)s"
    parts = [why if decision.reason or decision.reason_text else "", after]
    if decision.action in Decision.APPEALABLE and not decision.on_appeal:
        parts.append(str(_APPEAL))
    return str(subject) % words, "\n\n".join(part % words for part in parts if part)


def _path(decision: Decision, token: str) -> str:
    if token:
        return token
    if decision.action in (Action.RESTORE, Action.APPROVE_EDIT) and decision.case:
        return decision.case.path
    return decision.get_absolute_url()


def tell_reporters(decision: Decision) -> None:
    """Whoever reported it: that somebody looked, and how it ended. Once for each report."""
    people = [r.reporter for r in decision.reports.select_related("reporter") if r.reporter_id]
    if not people:
        return
    hidden = not decision.case.is_shown
    notices.tell(
        kind="moderation-report",
        key=f"report-decision:{decision.pk}",
        subject=_("Revisamos lo que usted reportó"),
        body=_("Moderación lo revisó y ya no se muestra. Gracias por avisar.")
        if hidden
        else _("Moderación lo revisó y se mantiene: no rompe las reglas. Gracias por avisar."),
        path="/moderacion/reglas/" if hidden else decision.case.path,
        recipients=people,
    )


def tell_moderators(*, key: str, subject, body, path: str, but=()) -> None:
    """Whoever holds the office, except those who have a part in it."""
    people = [user for user in moderators() if user.pk not in but]
    notices.tell(
        kind="moderation-desk",
        key=key,
        subject=subject,
        body=body,
        path=path,
        recipients=people,
        group=Group.OFFICE,
    )


def tell_end_of_suspension(sanction) -> None:
    notices.tell(
        kind="moderation",
        key=f"suspension-ended:{sanction.pk}",
        subject=_("Su suspensión terminó"),
        body=_("Desde hoy puede volver a publicar y a reportar. No tiene que hacer nada."),
        path="/moderacion/reglas/",
        recipients=[sanction.user],
    )
