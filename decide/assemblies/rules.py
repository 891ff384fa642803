"""May this person do this now, with an assembly, its registration or its representatives? Asks, never writes.

`decide.assemblies.session_rules` asks the same of sessions.
"""

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts import rules as people
from decide.accounts.models import Appointment, User
from decide.assemblies.models import Assembly, FoundingFile, Seat
from decide.assemblies.session_rules import is_of_the_board
from decide.errors import Refused

Level, Status = Assembly.Level, Assembly.Status
Office = Appointment.Office
BOARD_OFFICES = (Office.PRESIDENT, Office.SECRETARY)
# While one of these, it waits for its zone's officer; with objections open, once their period is over.
WAITING = (Status.APPLIED, Status.OBJECTIONS)


# --- whose it is --------------------------------------------------------------------------------------------


def zones_of(user) -> list[int]:
    """The zones that this person administers today."""
    if not user.is_authenticated:
        return []
    return [a.zone_id for a in user.appointments if a.office == Office.ZONAL]


def answers_for(user, assembly: Assembly) -> bool:
    """The officers of its zone; of the District's assembly, the participation office."""
    zone = assembly.current_zone
    if zone is None:
        return people.has_office(user, Office.PARTICIPATION)
    return people.holds(user, Office.ZONAL, zone=zone)


def officers_of(assembly: Assembly, on=None):
    """The accounts of those who answer for it."""
    zone = assembly.current_zone
    held = Appointment.objects.current(on)
    held = held.filter(office=Office.ZONAL, zone=zone) if zone else held.filter(office=Office.PARTICIPATION)
    return User.objects.filter(held__in=held, is_active=True).distinct()


def applied(user, assembly: Assembly) -> bool:
    return user.is_authenticated and assembly.applied_by_id is not None and assembly.applied_by_id == user.pk


# --- a registration -----------------------------------------------------------------------------------------


def can_file_on_paper(user) -> bool:
    return people.has_office(user, *people.DESK_OFFICES)


def can_view(user, assembly: Assembly) -> bool:
    """What is public; before that who applied, who answers for it and, for one on paper, the desks."""
    if assembly.is_public or applied(user, assembly) or answers_for(user, assembly):
        return True
    return assembly.by_desk and can_file_on_paper(user)


def can_correct(user, assembly: Assembly) -> bool:
    """Once it was returned: who applied, or any desk for one on paper."""
    mine = applied(user, assembly) or (assembly.by_desk and can_file_on_paper(user))
    return mine and assembly.status == Status.RETURNED


def can_view_file(user, file: FoundingFile) -> bool:
    """The list of attendance: who applied and the officers of the zone, nobody else. The minutes: who sees the
    registration, and of one that was refused only those."""
    assembly = file.assembly
    if applied(user, assembly) or answers_for(user, assembly):
        return True
    return file.kind == FoundingFile.Kind.MINUTES and assembly.status in Assembly.PUBLIC


def takes_objections(assembly: Assembly, now=None) -> bool:
    return assembly.status == Status.OBJECTIONS and assembly.objections_until > (now or timezone.now())


def objection_refusal(assembly: Assembly, now=None) -> Refused | None:
    if takes_objections(assembly, now):
        return None
    way_out = (assembly.get_absolute_url(), _("Volver a la asamblea"))
    if assembly.status == Status.OBJECTIONS:
        return Refused(_("Terminó el plazo para presentar objeciones."), status=409, way_out=way_out)
    return Refused(_("Esta asamblea no está abierta a objeciones."), status=409, way_out=way_out)


def actions(assembly: Assembly, now=None) -> tuple[str, ...]:
    """What the officer of its zone may decide about it now."""
    if assembly.status == Status.APPLIED:
        return ("open", "return", "refuse")
    if assembly.status == Status.OBJECTIONS and not takes_objections(assembly, now):
        return ("register", "refuse")
    if assembly.status == Status.REGISTERED and assembly.level in Assembly.REGISTERING:
        return ("end",)
    return ()


def can_decide(user, assembly: Assembly) -> bool:
    """An officer of its zone, never on what they applied for themselves."""
    return answers_for(user, assembly) and not applied(user, assembly)


def is_late(assembly: Assembly, now=None) -> bool:
    """Whether the officer's answer is past its day."""
    return (
        assembly.status in WAITING and assembly.answer_due is not None and assembly.answer_due < (now or timezone.now())
    )


def registered_rival(assembly: Assembly) -> Assembly | None:
    """The registered assembly of the same neighbourhood, if there is one."""
    others = Assembly.objects.registered().exclude(pk=assembly.pk)
    same = Q(parish=assembly.parish_id, neighbourhood_key=assembly.neighbourhood_key)
    if not assembly.neighbourhood_key:
        return None
    if assembly.neighbourhood_id:
        same |= Q(neighbourhood=assembly.neighbourhood_id)
    return others.filter(same).first()


# --- representatives ----------------------------------------------------------------------------------------


def seats_of(assembly: Assembly) -> int:
    """How many it sends to the assembly above: four a neighbourhood, one a commune, ten a parish; a parish with a
    registered commune sends one more, for the communes."""
    seats = settings.ASSEMBLY_SEATS.get(assembly.level, 0)
    if assembly.level == Level.PARISH and assembly.children.registered().of_level(Level.COMMUNE).exists():
        seats += 1
    return seats


def can_elect(user, assembly: Assembly) -> bool:
    """Who records whom this assembly elected: its board, the officers of its zone, the participation office.

    One record is enough: what was recorded is public at once, and gives a vote to an account only when an officer has
    printed the credential and, at a desk, seen the person and their document.
    """
    if assembly.parent_id is None or assembly.status != Status.REGISTERED:
        return False
    office = people.has_office(user, Office.PARTICIPATION)
    return office or answers_for(user, assembly) or is_of_the_board(user, assembly)


def knows_namesakes(user, assembly: Assembly) -> bool:
    """Whoever may say that somebody is another person of the same name: an officer, not the board itself."""
    return people.has_office(user, Office.PARTICIPATION) or answers_for(user, assembly)


def can_change_seat(user, seat: Seat) -> bool:
    """Whoever records elections of the assembly that sent it, and whoever leaves."""
    leaves = user.is_authenticated and any(
        each is not None and each.holder_id == user.pk for each in (seat.principal, seat.alternate)
    )
    return leaves or can_elect(user, seat.sent_by)


def can_issue(user, appointment: Appointment, assembly: Assembly) -> bool:
    """Who prints the credential of an office in this assembly: the officers of its zone, the participation office."""
    if appointment.office not in (*BOARD_OFFICES, Office.DELEGATE) or appointment.body_id != assembly.body_id:
        return False
    return people.has_office(user, Office.PARTICIPATION) or answers_for(user, assembly)
