"""What the minutes of a session say: read once, as plain data, and frozen at the first lock.

What only the budget knows (the amount, the matrix, what was decided) comes from the function that
`settings.MINUTES_SECTIONS` names: `sections(session) -> dict`, all of it words and lists ready for JSON:

    {"amount": "USD 86.400", "matrix": TABLE, "works": TABLE, "projects": TABLE, "balance": "USD 1.200",
     "reserve": TABLE, "committee": ["five names"], "notes": ["sentences"]}
    TABLE = {"head": [...], "rows": [[...]]}

What is absent stands in the minutes as "No aplica". It returns {} for a session that has nothing to do with it.
"""

from django.conf import settings
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from decide.accounts.models import Appointment
from decide.assemblies import session_rules as rules
from decide.assemblies.models import Attendance, Item, Session
from decide.templatetags.decide import fecha

SECTIONS = ("amount", "matrix", "works", "projects", "balance", "reserve", "committee", "notes")


def minutes_content(session: Session) -> dict:
    """Everything of the minutes, in Spanish; moments as the city reads them."""
    with translation.override(settings.LANGUAGE_CODE):
        assembly = session.assembly
        zone = assembly.current_zone
        return {
            "format": 1,
            "assembly": assembly.name,
            "level": str(assembly.get_level_display()),
            "kind": str(session.get_kind_display()),
            "zone": zone.name if zone else "",
            "parish": assembly.parish.name if assembly.parish_id else "",
            "called_for": _day(session.starts_at),
            "opened": _day(session.opened_at),
            "closed": _day(session.closed_at),
            "place": session.place,
            "call": {
                "at": _day(session.called_at),
                "by": str(session.called_by or ""),
                "agenda": session.agenda,
                "moved": session.move_reason,
            },
            "attendees": _attendees(session),
            "quorum": _quorum(session),
            "most_marks": session.most_marks,
            "items": _items(session),
            **_sections(session),
            "observations": session.observations,
            "signatures": _signatures(session),
        }


def _day(moment) -> str:
    """With its year, whenever it is read."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    day = fecha(moment)
    return day if str(local.year) in day else day.replace(f", {local:%H:%M}", f" de {local.year}, {local:%H:%M}")


def _attendees(session: Session) -> list[dict]:
    """By neighbourhood, those with a vote first."""
    people = session.attendances.filter(confirmed=True).select_related("seat", "session__assembly")
    all_vote = rules.sends_nobody(session.assembly)
    rows = [
        {
            "name": a.name,
            "neighbourhood": a.neighbourhood,
            "quality": _quality(a, all_vote),
            "votes": all_vote or a.seat_id is not None,
            "means": str(a.get_means_display()),
            "arrived": f"{timezone.localtime(a.at):%H:%M}",
            "left": f"{timezone.localtime(a.left_at):%H:%M}" if a.left_at else "",
        }
        for a in people
    ]
    return sorted(rows, key=lambda row: (not row["votes"], row["neighbourhood"].lower(), row["name"].lower()))


def _quality(attendance: Attendance, all_vote: bool) -> str:
    if attendance.seat_id is None:
        return _("Asambleísta, con voz y voto") if all_vote else _("Con voz")
    if attendance.appointment_id == attendance.seat.alternate_id:
        return _("Acreditada/o con voto (alterna/o)")
    return _("Acreditada/o con voto (principal)")


def _quorum(session: Session) -> dict:
    checks = session.quorum_checks.select_related("by")
    return {
        "entitled": session.entitled,
        "to_sit": session.quorum_to_sit,
        "to_decide": session.quorum_to_decide,
        "checks": [
            {
                "at": f"{timezone.localtime(check.at):%H:%M}",
                "opening": check.opening,
                "present": check.present,
                "needed": check.needed,
                "reached": check.reached,
                "by": str(check.by or ""),
            }
            for check in checks
        ],
    }


def _items(session: Session) -> list[dict]:
    """Each item with its votes; those by phone stand by name."""
    names = dict(session.attendances.filter(seat__isnull=False).values_list("seat", "name"))
    items = session.items.select_related("hand_count__entered_by", "hand_count__confirmed_by").prefetch_related(
        "marks", "hand_count__changes__by"
    )
    return [_item(item, names) for item in items]


def _item(item: Item, names: dict) -> dict:
    count = getattr(item, "hand_count", None)
    voted = item.status == Item.Status.CLOSED
    return {
        "position": item.position,
        "title": item.title,
        "detail": item.detail,
        "way": str(item.get_way_display()),
        "voted": voted,
        "votes": item.votes if voted else None,
        "present": item.present if voted else None,
        "entered_by": str(count.entered_by or "") if count else "",
        "confirmed_by": str(count.confirmed_by or "") if count else "",
        "changes": [
            {"before": change.before, "after": change.after, "reason": change.reason, "by": str(change.by or "")}
            for change in (count.changes.all() if count else ())
        ],
        "voters": sorted(names.get(mark.seat_id, "") for mark in item.marks.all()),
    }


def _sections(session: Session) -> dict:
    found = import_string(settings.MINUTES_SECTIONS)(session) if getattr(settings, "MINUTES_SECTIONS", "") else {}
    return {name: found.get(name) for name in SECTIONS}


def _signatures(session: Session) -> list[dict]:
    """Who signs on paper: the line is there also where we do not know the name."""
    assembly, today = session.assembly, timezone.localdate(session.opened_at)
    held = Appointment.objects.current(today).select_related("holder").order_by("starts", "pk")
    asked = []
    if not rules.sends_nobody(assembly):
        zone = rules.zone_id(assembly)
        asked.append((_("Administración zonal"), held.filter(office=rules.Office.ZONAL, zone=zone) if zone else None))
    own = held.filter(body=assembly.body_id)
    if assembly.parish_id and assembly.level == rules.Level.PARISH:
        own = own | held.filter(body=None, parish=assembly.parish_id)
    if rules.sends_nobody(assembly) or own.filter(office=rules.Office.PRESIDENT).exists():
        asked.append((pgettext("quien firma", "Presidencia"), own.filter(office=rules.Office.PRESIDENT)))
    asked.append((pgettext("quien firma", "Secretaría"), own.filter(office=rules.Office.SECRETARY)))
    return [{"role": role, "name": _name(people.first() if people is not None else None)} for role, people in asked]


def _name(appointment) -> str:
    if appointment is None:
        return ""
    return appointment.holder_name or str(appointment.holder or "")


def budget_parts(content: dict) -> list[dict]:
    """What only the budget knows, in the order of the minutes: `{"label", "value", "shape"}` (table, list or text).

    Labels are in the reader's language; values as they were frozen. None where it does not apply.
    """
    labels = {
        "amount": _("Monto asignado a la parroquia"),
        "matrix": _("Matriz de prefactibilidad presentada"),
        "works": _("Obras priorizadas"),
        "projects": _("Proyectos sociales priorizados"),
        "balance": _("Saldo"),
        "reserve": _("Lista de reserva"),
        "committee": _("Comité de seguimiento"),
    }
    shapes = {dict: "table", list: "list"}
    return [
        {"label": label, "value": content.get(name), "shape": shapes.get(type(content.get(name)), "text")}
        for name, label in labels.items()
    ]
