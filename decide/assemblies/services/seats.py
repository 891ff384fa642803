"""Representatives: elected in a session of the assembly that sends them, replaced visibly when one leaves.

Every write locks the assembly that they are sent to: who already sits there, how many and for which term is counted
under that lock.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decide.accounts import services as accounts
from decide.accounts.models import Appointment
from decide.assemblies import rules
from decide.assemblies.models import Assembly, Seat, SeatChange, Session
from decide.assemblies.services import telling
from decide.assemblies.services.shared import in_spanish, lock_assembly
from decide.errors import Refused
from decide.text import plain

MOST_TERMS = 2  # one re-election (OM 102)
HELD = (Session.Status.OPEN, Session.Status.HELD)


@dataclass(frozen=True)
class Person:
    """Somebody elected: the name on paper, and their account where an officer knows it."""

    name: str
    holder: object = None

    def is_the_same(self, other, namesakes=False) -> bool:
        """The same account; or the same name, unless both have accounts or an officer says that they are two."""
        if self.holder is not None and other.holder is not None:
            return self.holder.pk == other.holder.pk
        return not namesakes and _same_name(self.name, other.name)


def _same_name(one: str, other: str) -> bool:
    return plain(one).split() == plain(other).split() != []


def person_of(appointment: Appointment) -> Person:
    return Person(name_of(appointment), appointment.holder)


def name_of(appointment: Appointment | None) -> str:
    """The name under which a representative is published; empty where nobody is (an account that was erased)."""
    if appointment is None:
        return ""
    return appointment.holder_name or (str(appointment.holder) if appointment.holder_id else "")


def term_ends(starts: date) -> date:
    """The last day of a term that begins on this day."""
    return starts + timedelta(days=settings.ASSEMBLY_TERM_DAYS - 1)


@transaction.atomic
def elect_seats(
    *, by, session: Session, elected: list[tuple[Person, Person | None]], starts: date | None = None, namesakes=False
) -> list[Seat]:
    """Whom a session elected: pairs of a principal and an alternate (or None), for ASSEMBLY_TERM_DAYS from `starts`.

    The session's assembly sends them to the one above it. `starts` is the day of the session where none is given.
    `namesakes`: an officer says that whoever has the name of somebody else there is another person. All seats or,
    with Refused, none: 403 (who records), 400 (wrong persons), 409 (too many, over, re-elected once already).
    """
    sent_by = session.assembly
    if not rules.can_elect(by, sent_by):
        raise Refused(_("Las elecciones las registra la directiva o la Administración Zonal."), status=403)
    if namesakes and not rules.knows_namesakes(by, sent_by):
        raise Refused(_("Que son dos personas con el mismo nombre lo comprueba la Administración Zonal."), status=403)
    target = lock_assembly(sent_by.parent_id)
    if session.status not in HELD:
        raise Refused(_("Se elige en una sesión instalada. Registre primero la sesión."))
    starts = starts or timezone.localdate(session.starts_at)
    ends = term_ends(starts)
    _check_dates(session, starts, ends)
    if not elected:
        raise Refused(_("Escriba al menos a una persona elegida."), status=400)
    sitting = list(_seats_in(target).filter(starts__lte=ends, ends__gte=starts))
    numbers = _free_numbers(sent_by, sitting, len(elected))
    _check_persons(elected, sitting, sent_by, namesakes)
    former = list(_seats_in(target).filter(ends__lt=starts, ends__gte=starts - (ends - starts)))
    seats = []
    for number, (principal, alternate) in zip(numbers, elected, strict=False):
        term = 1 + _terms(principal, former, namesakes)
        _check_terms(principal, term)
        if alternate:
            _check_terms(alternate, 1 + _terms(alternate, former, namesakes))
        seats.append(
            Seat.objects.create(
                assembly=target,
                sent_by=sent_by,
                elected_in=session,
                number=number,
                starts=starts,
                ends=ends,
                term=term,
                principal=_appoint(by, target, principal, starts, ends),
                alternate=_appoint(by, target, alternate, starts, ends) if alternate else None,
            )
        )
    telling.tell_elected(sent_by, target, seats)
    return seats


def _seats_in(target: Assembly):
    return Seat.objects.filter(assembly=target).select_related("principal__holder", "alternate__holder", "sent_by")


def _check_dates(session: Session, starts: date, ends: date) -> None:
    held = timezone.localdate(session.starts_at)
    if starts < held:
        raise Refused(_("El período empieza el día de la sesión o después."), status=400)
    if starts > held + timedelta(days=settings.ASSEMBLY_TERM_DAYS):
        raise Refused(_("El período empieza demasiado tarde: a lo más un año después de la sesión."), status=400)
    if ends < timezone.localdate():
        raise Refused(_("Ese período ya terminó. Hace falta una nueva elección."))


def _free_numbers(sent_by: Assembly, sitting: list[Seat], wanted: int) -> list[int]:
    """The lowest numbers that nobody of this assembly holds in the period."""
    most = rules.seats_of(sent_by)
    taken = {seat.number for seat in sitting if seat.sent_by_id == sent_by.pk}
    free = [number for number in range(1, most + 1) if number not in taken]
    if wanted > len(free):
        said = ngettext(
            "Esta asamblea envía %(most)s representante, y queda %(free)s puesto libre.",
            "Esta asamblea envía %(most)s representantes, y quedan %(free)s puestos libres.",
            most,
        )
        raise Refused(said % {"most": most, "free": len(free)})
    return free[:wanted]


def _check_persons(elected, sitting: list[Seat], sent_by: Assembly, namesakes: bool) -> None:
    """Nobody twice: neither in what is recorded now nor with whoever sits there already."""
    persons = [person for pair in elected for person in pair if person]
    for n, person in enumerate(persons):
        if not any(c.isalnum() for c in person.name):
            raise Refused(_("Escriba el nombre de cada persona elegida."), status=400)
        if any(person.is_the_same(other) for other in persons[:n]):
            raise Refused(
                _("%(name)s está dos veces. El principal y el suplente son personas distintas.")
                % {"name": person.name},
                status=400,
            )
    for seat in sitting:
        for held in (seat.principal, seat.alternate):
            if held is None:
                continue
            same = next((p for p in persons if p.is_the_same(person_of(held), namesakes)), None)
            if same is not None:
                raise Refused(
                    _("%(name)s ya ocupa un puesto en esa asamblea, por «%(sent_by)s», hasta el %(ends)s.")
                    % {"name": same.name, "sent_by": seat.sent_by, "ends": f"{seat.ends:%d/%m/%Y}"}
                )


def _terms(person: Person, former: list[Seat], namesakes: bool) -> int:
    """For how many terms in a row this person sat there until now: a whole term in between begins anew."""
    same = [s.term for s in former if s.principal and person.is_the_same(person_of(s.principal), namesakes)]
    return max(same, default=0)


def _check_terms(person: Person, term: int) -> None:
    if term > MOST_TERMS:
        raise Refused(
            _("%(name)s ya fue reelegida o reelegido una vez. Debe pasar un período antes de volver.")
            % {"name": person.name}
        )


def _appoint(by, target: Assembly, person: Person, starts, ends) -> Appointment:
    return accounts.appoint_in_body(
        by=by,
        office=Appointment.Office.DELEGATE,
        body=target.body,
        zone=target.zone,
        holder=person.holder,
        holder_name=person.name,
        starts=starts,
        ends=ends,
    )


# --- leaving ------------------------------------------------------------------------------------------------


@transaction.atomic
def leave_seat(*, by, seat: Seat, alternate=False, reason: str) -> Seat:
    """The principal (or the `alternate`) leaves: the alternate takes over, or the seat ends and can be filled again.

    Shown on the assembly's page with its reason. Raises Refused: 403, 409 (over, or nobody there), 400.
    """
    lock_assembly(seat.assembly_id)
    locked = _seats_in(seat.assembly).select_for_update(of=("self",), no_key=True).get(pk=seat.pk)
    if not rules.can_change_seat(by, locked):
        raise Refused(_("Solo la directiva, la Administración Zonal o quien deja el puesto puede hacerlo."), status=403)
    if locked.ends < timezone.localdate():
        raise Refused(_("Este período ya terminó."))
    if not any(c.isalnum() for c in reason):
        raise Refused(_("Diga por qué, con una frase."), status=400)
    leaving = locked.alternate if alternate else locked.principal
    if leaving is None:
        raise Refused(_("Este puesto no tiene suplente."))
    change = SeatChange(seat=locked, left=leaving, reason=reason, by=by)
    accounts.end_in_body(appointment=leaving)
    if alternate:
        locked.alternate = None
    elif locked.alternate is not None:
        change.took_over = locked.alternate
        locked.principal, locked.alternate = locked.alternate, None
    else:
        _end(locked)
    # The alternate leaves its own column first: nobody stands in both at once.
    locked.save()
    change.save()
    telling.tell_left(change)
    return locked


def _end(seat: Seat) -> None:
    """Its last day was yesterday; one that began today ends today."""
    seat.ends = max(seat.starts, timezone.localdate() - timedelta(days=1))


@in_spanish()
def end_seats_of(sent_by: Assembly, *, by, reason: str) -> int:
    """Every seat that an assembly filled, because it is no more. Its parent is locked by whoever calls this."""
    seats = list(Seat.objects.filter(sent_by=sent_by, ends__gte=timezone.localdate()).order_by("pk"))
    for seat in seats:
        for appointment in (seat.principal, seat.alternate):
            if appointment is not None:
                accounts.end_in_body(appointment=appointment)
        _end(seat)
        seat.save()
        SeatChange.objects.create(seat=seat, left=seat.principal, reason=reason, by=by)
    return len(seats)


@transaction.atomic
def print_credential(*, officer, assembly: Assembly, appointment: Appointment) -> str:
    """The one-time code with which somebody elected on paper takes up the office. Raises Refused."""
    if not rules.can_issue(officer, appointment, assembly):
        raise Refused(_("Las credenciales las emite la Administración Zonal."), status=403)
    return accounts.make_credential(appointment=appointment)
