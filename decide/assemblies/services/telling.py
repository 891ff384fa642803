"""Who is told of each step: applicants, the officers of the zone, rivals, objectors, followers of the parish."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts.models import Appointment, User
from decide.answers.deadlines import in_words, reminder_at
from decide.assemblies import rules
from decide.assemblies.models import Assembly, Objection, Seat, SeatChange
from decide.assemblies.services.shared import in_spanish
from decide.notices import services as notices
from decide.notices.groups import Group
from decide.notices.services import Message, tell_all

Status = Assembly.Status


def _decide_page(assembly: Assembly) -> str:
    return reverse("assemblies:decide", args=[assembly.pk])


def _applicants(*assemblies: Assembly):
    return User.objects.filter(pk__in=[a.applied_by_id for a in assemblies if a.applied_by_id])


def _key(assembly: Assembly, event: str) -> str:
    """One for each time that it comes to this step: an application may be returned and sent again."""
    return f"assembly-{event}:{assembly.pk}:{assembly.status_changes.count()}"


def _words(assembly: Assembly) -> dict:
    return {
        "name": assembly.name,
        "reason": assembly.decision_reason,
        "due": in_words(timezone.localdate(assembly.answer_due)) if assembly.answer_due else "",
        "until": in_words(timezone.localdate(assembly.objections_until)) if assembly.objections_until else "",
    }


def _tell_applicant(assembly: Assembly, event: str, subject, body) -> None:
    words = _words(assembly)
    notices.tell(
        kind=f"assembly-{event}",
        key=_key(assembly, event),
        subject=subject % words,
        body=body % words,
        path=assembly.get_absolute_url(),
        recipients=_applicants(assembly),
        group=Group.OWN,
    )


def _tell_rivals(assembly: Assembly, event: str, subject, body) -> None:
    """Whoever applied for the same neighbourhood and has no answer yet."""
    rivals = Assembly.objects.rivals_of(assembly).filter(status__in=[*rules.WAITING, Status.RETURNED])
    words = _words(assembly)
    notices.tell(
        kind=f"assembly-rival-{event}",
        key=_key(assembly, f"rival-{event}"),
        subject=subject % words,
        body=body % words,
        path=assembly.get_absolute_url(),
        recipients=_applicants(*rivals),
        about=f"assembly:{assembly.pk}",
        group=Group.OWN,
    )


def _tell_objectors(assembly: Assembly, event: str, subject, body) -> None:
    words = _words(assembly)
    notices.tell(
        kind=f"assembly-{event}",
        key=_key(assembly, event),
        subject=subject % words,
        body=body % words,
        path=f"{assembly.get_absolute_url()}#objeciones",
        recipients=User.objects.filter(objections__assembly=assembly).distinct(),
        about=f"assembly:{assembly.pk}",
        group=Group.SUPPORTED,
    )


def _tell_parish(assembly: Assembly, event: str, subject, body) -> None:
    words = _words(assembly)
    notices.tell_followers(
        [notices.parish_list(assembly.parish)],
        kind=f"assembly-{event}",
        key=_key(assembly, event),
        subject=subject % words,
        body=body % words,
        path=assembly.get_absolute_url(),
        about=f"assembly:{assembly.pk}",
    )


@in_spanish()
def tell_applied(assembly: Assembly, again=False) -> None:
    words = _words(assembly)
    notices.tell(
        kind="assembly-applied",
        key=_key(assembly, "to-answer"),
        subject=(_("Corregida: %(name)s") if again else _("Por registrar: %(name)s")) % words,
        body=_("Pide registrarse. Se debe una respuesta hasta el %(due)s.") % words,
        path=_decide_page(assembly),
        recipients=rules.officers_of(assembly),
        group=Group.OFFICE,
    )
    _tell_applicant(
        assembly,
        "received",
        _("Recibimos su solicitud: %(name)s"),
        _("La Administración Zonal le responde hasta el %(due)s. Le avisaremos."),
    )


@in_spanish()
def tell_opened(assembly: Assembly) -> None:
    _tell_applicant(
        assembly,
        "opened",
        _("Su registro está abierto a objeciones: %(name)s"),
        _("Los papeles están en orden. Hasta el %(until)s cualquiera puede objetar, a la vista de todos."),
    )
    _tell_parish(
        assembly,
        "opened",
        _("Una asamblea pide registrarse: %(name)s"),
        _("Puede leer su acta y su directiva. Hasta el %(until)s puede presentar una objeción."),
    )
    _tell_rivals(
        assembly,
        "opened",
        _("Otra asamblea pide el mismo barrio: %(name)s"),
        _("Está abierta a objeciones hasta el %(until)s. De las dos se registra una."),
    )


@in_spanish()
def tell_returned(assembly: Assembly) -> None:
    _tell_applicant(
        assembly,
        "returned",
        _("Devolvieron su solicitud: %(name)s"),
        _("Falta algo: %(reason)s Puede corregirla y enviarla de nuevo."),
    )


@in_spanish()
def tell_refused(assembly: Assembly) -> None:
    _tell_applicant(
        assembly, "refused", _("No se registró: %(name)s"), _("La Administración Zonal dio su razón: %(reason)s")
    )
    if assembly.is_public:
        _tell_objectors(
            assembly,
            "objection-answered",
            _("No se registró: %(name)s"),
            _("La razón y la respuesta a su objeción están en su página."),
        )


@in_spanish()
def tell_registered(assembly: Assembly) -> None:
    _tell_applicant(
        assembly,
        "registered",
        _("Quedó registrada: %(name)s"),
        _("Si la presidencia o la secretaría aún no tienen el cargo, la Administración Zonal les da su credencial."),
    )
    _tell_objectors(
        assembly,
        "objection-answered",
        _("Se registró: %(name)s"),
        _("La Administración Zonal respondió a su objeción. Puede leerla en su página."),
    )
    _tell_parish(
        assembly, "registered", _("Hay una asamblea nueva: %(name)s"), _("Quedó registrada. Conozca a su directiva.")
    )
    _tell_rivals(
        assembly,
        "registered",
        _("Se registró otra asamblea de su barrio: %(name)s"),
        _("Un barrio tiene una sola asamblea registrada. La Administración Zonal le responderá sobre la suya."),
    )


@in_spanish()
def tell_ended(assembly: Assembly) -> None:
    words = _words(assembly)
    notices.tell(
        kind="assembly-ended",
        key=_key(assembly, "ended"),
        subject=_("Terminó: %(name)s") % words,
        body=_("La Administración Zonal dio su razón: %(reason)s") % words,
        path=assembly.get_absolute_url(),
        recipients=_of_board(assembly),
        group=Group.OWN,
    )


def _of_board(assembly: Assembly):
    """Whoever applied, and the accounts that held its board's offices."""
    board = Q(held__body=assembly.body_id, held__office__in=rules.BOARD_OFFICES)
    return User.objects.filter(board | Q(pk=assembly.applied_by_id)).distinct()


@in_spanish()
def tell_objection(objection: Objection) -> None:
    assembly = objection.assembly
    words = _words(assembly)
    notices.tell(
        kind="assembly-objection",
        key=f"assembly-objection:{objection.pk}",
        subject=_("Hay una objeción: %(name)s") % words,
        body=_("Alguien presentó una objeción al registro. La Administración Zonal debe responderla.") % words,
        path=objection.moderated_path(),
        recipients=_applicants(assembly),
        about=f"objection:{objection.pk}",
        group=Group.OWN,
    )


@in_spanish()
def tell_elected(sent_by: Assembly, target: Assembly, seats: list[Seat]) -> None:
    words = {"name": sent_by.name, "target": target.name}
    key = f"seats-elected:{seats[0].pk}"
    notices.tell(
        kind="seats-elected",
        key=key,
        subject=_("Credenciales por emitir: %(name)s") % words,
        body=_("Eligió a quienes la representan en «%(target)s». Emita sus credenciales.") % words,
        path=reverse("assemblies:desk"),
        recipients=rules.officers_of(sent_by),
        group=Group.OFFICE,
    )
    pairs = [person for seat in seats for person in (seat.principal, seat.alternate) if person]
    notices.tell(
        kind="seat-yours",
        key=f"seat-yours:{seats[0].pk}",
        subject=_("Le eligieron para «%(target)s»") % words,
        body=_("«%(name)s» le envía como su representante o suplente.") % words,
        path=target.get_absolute_url(),
        recipients=[person.holder for person in pairs if person.holder],
        group=Group.ACCOUNT,
    )


@in_spanish()
def tell_left(change: SeatChange) -> None:
    seat = change.seat
    words = {"target": seat.assembly.name, "name": seat.sent_by.name}
    if change.took_over and change.took_over.holder:
        notices.tell(
            kind="seat-taken-over",
            key=f"seat-taken-over:{change.pk}",
            subject=_("Ahora usted es principal en «%(target)s»") % words,
            body=_("Quien tenía el puesto lo dejó. Usted representa a «%(name)s» hasta el fin del período.") % words,
            path=seat.assembly.get_absolute_url(),
            recipients=[change.took_over.holder],
            group=Group.ACCOUNT,
        )
    if change.left.holder and change.left.holder_id != change.by_id:
        notices.tell(
            kind="seat-left",
            key=f"seat-left:{change.pk}",
            subject=_("Terminó su representación en «%(target)s»") % words,
            body=_("Quedó registrado con su razón: %(reason)s") % {"reason": change.reason},
            path=seat.assembly.get_absolute_url(),
            recipients=[change.left.holder],
            group=Group.ACCOUNT,
        )


# --- what falls due -----------------------------------------------------------------------------------------


@in_spanish()
def remind(now) -> int:
    """Remind the officers of what waits for their answer: 10, 5 and 1 days before its day, and once it has passed.

    An objection period that ended is told too. Late answers are told to the participation office as well. Each person
    is told once per deadline and reminder. Returns how many notices were written.
    """
    waiting = Assembly.objects.filter(status=Status.APPLIED) | Assembly.objects.filter(
        status=Status.OBJECTIONS, objections_until__lte=now
    )
    messages = [
        message
        for assembly in waiting.with_places().order_by("answer_due", "pk")
        for message in _reminders(assembly, now)
    ]
    return tell_all(messages) if messages else 0


def _reminders(assembly: Assembly, now) -> list[Message]:
    days = (timezone.localdate(assembly.answer_due) - timezone.localdate(now)).days
    stage = reminder_at(-1 if now > assembly.answer_due else max(0, days))
    over = assembly.status == Status.OBJECTIONS
    if not stage and not over:
        return []
    subject, body = {
        "late": (
            _("Respuesta atrasada: %(name)s"),
            _("La respuesta a este registro se debía hasta el %(due)s. El atraso se ve en su página. Responda hoy."),
        ),
        "": (
            _("Terminó el plazo de objeciones: %(name)s"),
            _("Responda a las objeciones y decida el registro hasta el %(due)s."),
        ),
    }.get(stage, (_("Se debe una respuesta: %(name)s"), _("El registro espera su respuesta hasta el %(due)s.")))
    words = _words(assembly)
    people = list(rules.officers_of(assembly))
    if stage == "late":
        office = Appointment.objects.current().filter(office=Appointment.Office.PARTICIPATION)
        people += list(User.objects.filter(held__in=office, is_active=True).distinct())
    return [
        Message(
            kind="assembly-due",
            key=f"assembly-due:{assembly.pk}:{timezone.localdate(assembly.answer_due):%Y%m%d}:{stage or 'over'}",
            subject=subject % words,
            body=body % words,
            path=_decide_page(assembly),
            recipients=people,
            group=Group.OFFICE,
        )
    ]
