"""What the pages gather about assemblies: few queries, none for a row."""

from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from decide.accounts.models import Appointment
from decide.assemblies import rules
from decide.assemblies.models import Assembly, Seat, SeatChange, Session
from decide.assemblies.services import name_of

Level, Status = Assembly.Level, Assembly.Status
ENDED_BEFORE = 12  # former changes of representatives that a page shows


@dataclass
class Branch:
    """An assembly of the tree with what hangs from it; `local`: registered neighbourhood assemblies and communes."""

    assembly: Assembly
    children: list = field(default_factory=list)
    local: int = 0


def tree() -> tuple[Branch | None, dict[int, int], Counter]:
    """(the District with its zones and their parishes, {parish pk: local assemblies}, how many of each level).

    Two queries.
    """
    above = Assembly.objects.registered().filter(level__in=(Level.DISTRICT, Level.ZONE, Level.PARISH))
    fields = ("pk", "level", "name", "slug", "parent_id", "parish_id", "zone_id")
    branches = {a.pk: Branch(a) for a in above.order_by("name").only(*fields)}
    local = Assembly.objects.registered().filter(level__in=Assembly.REGISTERING).order_by()
    rows = list(local.values_list("parish", "parent", "level"))
    counts = Counter(level for _parish, _parent, level in rows)
    counts.update(branch.assembly.level for branch in branches.values())
    by_parish, by_parent = Counter(row[0] for row in rows), Counter(row[1] for row in rows)
    root = None
    for pk, branch in branches.items():
        branch.local += by_parent[pk]
        if branch.assembly.level == Level.DISTRICT:
            root = branch
        elif branch.assembly.parent_id in branches:
            branches[branch.assembly.parent_id].children.append(branch)
    for branch in branches.values():
        if branch.assembly.level == Level.ZONE:
            branch.local += sum(child.local for child in branch.children)
    return root, dict(by_parish), counts


def public_children(assembly: Assembly):
    """What sends people to it, as everybody sees it."""
    return Assembly.objects.public().filter(parent=assembly).order_by("name", "pk")


@dataclass
class Sender:
    """An assembly with the seats that it fills now."""

    assembly: Assembly
    seats: list[Seat]


def representatives(assembly: Assembly) -> list[Sender]:
    """Who sits in an assembly now, by who sent them. One query."""
    seats = Seat.objects.filter(assembly=assembly).current().order_by("sent_by__name", "sent_by", "number")
    return _by_sender(seats)


def sent_by(assembly: Assembly) -> list[Seat]:
    """Whom an assembly sends now, and from a later day on. One query."""
    seats = Seat.objects.filter(sent_by=assembly, ends__gte=timezone.localdate()).order_by("starts", "number")
    return [seat for sender in _by_sender(seats) for seat in sender.seats]


def _by_sender(seats) -> list[Sender]:
    today, senders = timezone.localdate(), {}
    people = ("principal__holder", "alternate__holder", "sent_by", "assembly")
    for seat in seats.select_related(*people):
        seat.principal_name = _name_today(seat.principal, today)
        seat.alternate_name = _name_today(seat.alternate, today)
        senders.setdefault(seat.sent_by_id, Sender(seat.sent_by, [])).seats.append(seat)
    return list(senders.values())


def _name_today(appointment: Appointment | None, today) -> str:
    """The name of who still holds the office; empty where it ended or the account was erased."""
    if appointment is None or (appointment.ends is not None and appointment.ends < today):
        return ""
    return name_of(appointment)


def changes_of(assembly: Assembly) -> list[SeatChange]:
    """Who left its seats lately, newest first. One query."""
    rows = SeatChange.objects.filter(Q(seat__assembly=assembly) | Q(seat__sent_by=assembly))
    rows = rows.select_related("left__holder", "took_over__holder", "seat__sent_by").order_by("-at", "-pk")
    changes = list(rows[:ENDED_BEFORE])
    for change in changes:
        change.left_name, change.took_over_name = name_of(change.left), name_of(change.took_over)
    return changes


def sessions_of(assembly: Assembly) -> list[Session]:
    return list(Session.objects.public().filter(assembly=assembly).newest()[:10])


# --- the officer's desk ---------------------------------------------------------------------------------------


def waiting(zones):
    """What an officer of these zones must answer now: by deadline."""
    now = timezone.now()
    due = Q(status=Status.APPLIED) | Q(status=Status.OBJECTIONS, objections_until__lte=now)
    return Assembly.objects.in_zone(*zones).filter(due).with_places().order_by("answer_due", "pk")


def waiting_count(zones) -> int:
    return waiting(zones).count()


def unclaimed(zones, everywhere=False):
    """Offices in the assemblies of these zones whose holders have no account yet: their credentials."""
    offices = (*rules.BOARD_OFFICES, Appointment.Office.DELEGATE)
    held = Appointment.objects.unclaimed().filter(office__in=offices, body__assembly__isnull=False)
    held = held.exclude(holder_name="").filter(Q(ends=None) | Q(ends__gte=timezone.localdate()))
    if not everywhere:
        held = held.filter(Q(body__assembly__zone__in=zones) | Q(body__assembly__parish__zone__in=zones))
    return held.select_related("body__assembly", "zone", "parish", "agency").order_by("-starts", "body__name", "pk")


# --- to take home ------------------------------------------------------------------------------------------------

COLUMNS = ("asamblea", "nivel", "nombre", "parroquia", "zona", "barrio_o_comuna", "hasta_donde_llega", "constituida",
           "estado", "objeciones_hasta", "registrada", "direccion")  # fmt: skip


def table_of(found):
    """Rows of COLUMNS of public assemblies, `with_places`: nothing of whoever applied or directs."""
    for a in found.iterator(chunk_size=500):
        zone = a.zone or (a.parish.zone if a.parish else None)
        yield (
            a.pk,
            str(a.get_level_display()),
            a.name,
            a.parish.name if a.parish else "",
            zone.short_name if zone else "",
            a.neighbourhood_name,
            a.extent,
            a.founded_on,
            str(a.get_status_display()),
            a.objections_until,
            a.registered_at,
            f"{settings.SITE_URL}{a.get_absolute_url()}",
        )
