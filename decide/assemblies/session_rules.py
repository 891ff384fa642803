"""Who calls a session, conducts it, keeps its door and votes in it. Asks, never writes.

A session is conducted by the assembly's own president and secretary, by the zonal administration and by the
participation office. A parish's president or secretary may hold the office for the parish instead of for the body.
"""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts.models import Appointment
from decide.accounts.rules import covers
from decide.assemblies.models import Assembly, Session
from decide.errors import Refused

Office = Appointment.Office
Level = Assembly.Level
Status = Session.Status


def sends_nobody(assembly) -> bool:
    """A neighbourhood assembly or a commune: nobody represents anybody, all who come have a vote."""
    return assembly.level in Assembly.REGISTERING


def is_of_the_board(user, assembly) -> bool:
    """Today's president or secretary of this assembly."""
    return user.is_authenticated and any(
        a.office in (Office.PRESIDENT, Office.SECRETARY) and _held_in(a, assembly) for a in user.appointments
    )


def _held_in(appointment, assembly) -> bool:
    if appointment.body_id is None and assembly.level == Level.PARISH:
        return appointment.parish_id is not None and appointment.parish_id == assembly.parish_id
    return appointment.body_id is not None and appointment.body_id == assembly.body_id


def is_of_the_city(user, assembly) -> bool:
    """The participation office, or the administration of the zone where the assembly is."""
    if not user.is_authenticated:
        return False
    zone = zone_id(assembly)
    return any(
        a.office == Office.PARTICIPATION or (a.office == Office.ZONAL and zone is not None and a.zone_id == zone)
        for a in user.appointments
    )


def zone_id(assembly) -> int | None:
    return assembly.parish.zone_id if assembly.parish_id else assembly.zone_id


def can_call(user, assembly) -> bool:
    """The board calls its own assembly; the city calls those of parishes, zones and the District."""
    if assembly.status != Assembly.Status.REGISTERED:
        return False
    return is_of_the_board(user, assembly) or (not sends_nobody(assembly) and is_of_the_city(user, assembly))


def can_change_call(user, session) -> bool:
    """Move or cancel, until it opens."""
    return session.status == Status.CALLED and can_call(user, session.assembly)


def can_conduct(user, session) -> bool:
    """The table: opens and closes, enters and confirms counts, keeps the minutes."""
    return is_of_the_board(user, session.assembly) or is_of_the_city(user, session.assembly)


def can_keep_door(user, session) -> bool:
    """Whoever conducts, and a desk of that place."""
    if not user.is_authenticated:
        return False
    assembly = session.assembly
    place = {"parish": assembly.parish} if assembly.parish_id else {"zone": assembly.zone} if assembly.zone_id else {}
    at_the_desk = any(a.office == Office.DESK and covers(a, **place) for a in user.appointments)
    return at_the_desk or can_conduct(user, session)


def door_is_open(session, now=None) -> bool:
    """Attendance is taken on the day of the session until it closes."""
    if session.status == Status.OPEN:
        return True
    return session.status == Status.CALLED and timezone.localdate(session.starts_at) <= timezone.localdate(now)


def can_lock(user, session, minutes) -> bool:
    """Two of the table lock the minutes of a session that was held: two different people."""
    if session.status != Status.HELD or not can_conduct(user, session) or (minutes and minutes.is_locked):
        return False
    return not (minutes and minutes.first_lock_at) or minutes.first_lock_by_id != user.pk


# --- refusals ------------------------------------------------------------------------------------------------


def refuse_unless_conducts(user, session) -> None:
    if not can_conduct(user, session):
        raise Refused(_("Solo la mesa de esta asamblea puede hacerlo."), status=403)


def refuse_unless_open(session) -> None:
    if session.status == Status.OPEN:
        return
    reasons = {
        Status.CALLED: _("La sesión todavía no está instalada."),
        Status.HELD: _("La sesión ya está clausurada."),
        Status.CANCELLED: _("Esta sesión se canceló."),
    }
    back = (reverse("assemblies:session", args=[session.pk]), _("Volver a la sesión"))
    raise Refused(reasons.get(session.status, _("La sesión no está abierta.")), status=409, way_out=back)


def delegate_refusal(user, session) -> Refused:
    """Why this person has no vote in this hall: the nearest reason that we know. A few queries, only for a refusal."""
    delegations = list(
        Appointment.objects.filter(holder=user, office=Office.DELEGATE).select_related("body").order_by("-starts")
    )
    here = [a for a in delegations if a.body_id == session.assembly.body_id]
    today = timezone.localdate()
    if any(a.starts <= today and (a.ends is None or a.ends >= today) for a in here):
        return Refused(_("Su delegación no tiene un puesto vigente en esta asamblea."), status=403)
    if expired := [a for a in here if a.ends and a.ends < today]:
        day = expired[0].ends
        return Refused(
            _("Su delegación terminó el %(day)s: ya no tiene voto.") % {"day": f"{day:%d/%m/%Y}"}, status=403
        )
    if here:
        return Refused(_("Su delegación todavía no empieza."), status=403)
    if delegations and delegations[0].body:
        words = {"body": delegations[0].body}
        return Refused(_("Usted es delegada o delegado de otra asamblea: %(body)s.") % words, status=403)
    return Refused(
        _("Usted no es delegada ni delegado de esta asamblea. Puede asistir con voz: anótese en la mesa."), status=403
    )
