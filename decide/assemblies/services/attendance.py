"""Who is in the hall: from the list, or by the QR code at the door, which an officer confirms.

A seat is one vote. Whoever is accredited for it, its principal or its alternate, has that vote:
- the alternate only while the principal is not there;
- the principal, coming later, takes it over, unless the seat has already voted by phone in this session: then it stays
  with whoever voted, so that never both of them vote.
One person has one vote, even if elected to two seats.
"""

import secrets

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts.models import Appointment
from decide.assemblies import session_rules as rules
from decide.assemblies.models import Attendance, Mark, Seat, Session
from decide.assemblies.services.hall import changed, lock_session, refresh_quorum
from decide.assemblies.services.seats import name_of
from decide.errors import Refused

Means = Attendance.Means
NAMELESS = "—"  # an account that was erased meanwhile


def new_door_code() -> str:
    """What the QR at the door carries: not to be guessed, and good for this session only."""
    return secrets.token_urlsafe(12)


def place_of(seat: Seat) -> str:
    return seat.sent_by.neighbourhood_name or seat.sent_by.name


def _at_the_door(session: Session, officer) -> Session:
    locked = lock_session(session.pk)
    if not rules.can_keep_door(officer, locked):
        raise Refused(_("La asistencia la registran la mesa de esta asamblea y la ventanilla de su zona."), status=403)
    _refuse_unless_door_open(locked)
    refresh_quorum(locked)
    return locked


def _refuse_unless_door_open(session: Session) -> None:
    if rules.door_is_open(session):
        return
    if session.status == Session.Status.CALLED:
        raise Refused(_("La asistencia se registra el día de la sesión."), status=409)
    raise Refused(_("La asistencia de esta sesión ya está cerrada."), status=409)


@transaction.atomic
def accredit(*, session: Session, appointment: Appointment, officer, means=Means.LIST, at=None) -> Attendance:
    """Accredit a delegate who is present, with the vote of their seat; twice is once. `at`: when, if not now.

    Raises Refused: 403 (expired, of another assembly), 409 (the vote of the seat is another's, or the door is shut).
    """
    locked = _at_the_door(session, officer)
    seat = _seat_of(locked, appointment)
    _refuse_second_vote(locked, appointment, seat)
    attendance = locked.attendances.filter(seat=seat).select_related("appointment__holder").first()
    if attendance is None:
        attendance = Attendance(session=locked, seat=seat)
    elif attendance.appointment_id == appointment.pk:
        if attendance.confirmed and attendance.left_at is None:
            return attendance
        means = attendance.means if not attendance.confirmed else means
    else:
        _refuse_take_over(attendance, seat, appointment)
    return _write(attendance, appointment, means, confirmed=True, officer=officer, at=at)


def _write(
    attendance: Attendance, appointment: Appointment, means, *, confirmed: bool, officer=None, at=None
) -> Attendance:
    attendance.appointment, attendance.means, attendance.recorded_by = appointment, means, officer
    attendance.name, attendance.neighbourhood = name_of(appointment)[:120] or NAMELESS, place_of(attendance.seat)[:120]
    attendance.at, attendance.left_at, attendance.confirmed = at or timezone.now(), None, confirmed
    attendance.save()
    changed(attendance.session)
    return attendance


def _seat_of(session: Session, appointment: Appointment) -> Seat:
    """The seat that this appointment holds here today. Raises Refused (403) with the reason."""
    appointment = Appointment.objects.select_related("body", "holder").get(pk=appointment.pk)
    if appointment.body_id != session.assembly.body_id:
        other = appointment.body or _("otra asamblea")
        raise Refused(
            _("%(name)s es de otra asamblea: %(body)s. Aquí no tiene voto.")
            % {"name": name_of(appointment), "body": other},
            status=403,
        )
    today = timezone.localdate()
    if appointment.ends and appointment.ends < today:
        raise Refused(
            _("La delegación de %(name)s terminó el %(day)s: ya no tiene voto.")
            % {"name": name_of(appointment), "day": f"{appointment.ends:%d/%m/%Y}"},
            status=403,
        )
    seats = Seat.objects.current(today).filter(assembly=session.assembly).select_related("sent_by")
    seat = seats.filter(Q(principal=appointment) | Q(alternate=appointment)).first()
    if seat is None or appointment.starts > today:
        raise Refused(
            _("%(name)s no tiene hoy un puesto en esta asamblea.") % {"name": name_of(appointment)}, status=403
        )
    return seat


def _refuse_second_vote(session: Session, appointment: Appointment, seat: Seat) -> None:
    """One person, one vote: whoever was elected to two seats is accredited for one."""
    if appointment.holder_id is None:
        return
    others = session.attendances.filter(appointment__holder=appointment.holder_id).exclude(seat=seat)
    if others.filter(confirmed=True).exists():
        raise Refused(
            _("%(name)s ya está en la sala con el voto de otro puesto.") % {"name": name_of(appointment)}, status=409
        )


def _refuse_take_over(attendance: Attendance, seat: Seat, appointment: Appointment) -> None:
    """Whether `appointment` may take the vote of the seat from whom it is accredited to."""
    name = attendance.name
    if Mark.objects.filter(seat=seat, item__session=attendance.session_id).exists():
        raise Refused(
            _("%(name)s ya votó con este puesto: el voto sigue siendo suyo en esta sesión.") % {"name": name},
            status=409,
        )
    is_there = attendance.confirmed and attendance.left_at is None
    if is_there and appointment.pk == seat.alternate_id:
        raise Refused(
            _("%(name)s, principal de este puesto, está en la sala y tiene el voto.") % {"name": name}, status=409
        )


@transaction.atomic
def check_in(*, session: Session, user) -> Attendance:
    """ "I am here", by the QR at the door: it counts once an officer confirms it. Twice is once. Raises Refused."""
    locked = lock_session(session.pk)
    _refuse_unless_door_open(locked)
    refresh_quorum(locked)
    today = timezone.localdate()
    own = Appointment.objects.current(today).filter(holder=user, body=locked.assembly.body_id)
    seats = Seat.objects.current(today).filter(assembly=locked.assembly).select_related("sent_by")
    seat = seats.filter(principal__in=own).first() or seats.filter(alternate__in=own).first()
    if seat is None:
        raise rules.delegate_refusal(user, locked)
    held = {appointment.pk: appointment for appointment in own.select_related("holder")}
    appointment = held.get(seat.principal_id) or held[seat.alternate_id]
    attendance = locked.attendances.filter(seat=seat).first()
    if attendance is None:
        attendance = Attendance(session=locked, seat=seat)
    elif attendance.appointment_id == appointment.pk:
        if attendance.left_at is None:
            return attendance
    elif attendance.confirmed or appointment.pk == seat.alternate_id:
        raise Refused(
            _("%(name)s ya está en la sala con el voto de su puesto. Hable con la mesa.") % {"name": attendance.name},
            status=409,
        )
    return _write(attendance, appointment, Means.QR, confirmed=False)


@transaction.atomic
def add_guest(*, session: Session, name: str, neighbourhood: str, officer) -> Attendance:
    """Somebody with a voice; in an assembly to which nobody is sent, a neighbour with a vote. Twice is once."""
    locked = _at_the_door(session, officer)
    known = locked.attendances.filter(seat=None, name__iexact=name, neighbourhood__iexact=neighbourhood).first()
    if known:
        return known
    guest = Attendance.objects.create(session=locked, name=name, neighbourhood=neighbourhood, recorded_by=officer)
    changed(locked)
    return guest


@transaction.atomic
def note_leaving(*, attendance: Attendance, officer, back: bool = False) -> Attendance:
    """Somebody left the hall, or came back. Whoever left keeps the seat's vote, and is not counted as present."""
    locked = _at_the_door(attendance.session, officer)
    attendance = locked.attendances.get(pk=attendance.pk)
    if back == (attendance.left_at is None):
        return attendance
    attendance.left_at = None if back else timezone.now()
    attendance.save(update_fields=["left_at"])
    changed(locked)
    return attendance


@transaction.atomic
def remove_attendance(*, attendance: Attendance, officer) -> None:
    """Taken by mistake, or a QR mark of somebody who is not there. Refused (409) once the seat has voted."""
    locked = _at_the_door(attendance.session, officer)
    attendance = locked.attendances.filter(pk=attendance.pk).first()
    if attendance is None:
        return
    if attendance.seat_id and Mark.objects.filter(seat=attendance.seat_id, item__session=locked).exists():
        raise Refused(_("%(name)s ya votó: no se puede quitar de la lista.") % {"name": attendance.name}, status=409)
    attendance.delete()
    changed(locked)
