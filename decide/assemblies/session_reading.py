"""What the pages of a session show, read in a few queries whatever the size of the hall."""

from datetime import timedelta
from itertools import groupby

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.assemblies import session_rules as rules
from decide.assemblies.models import Assembly, Item, Mark, Minutes, Seat, Session
from decide.assemblies.services.attendance import NAMELESS, place_of
from decide.assemblies.services.hall import count_present, quorum_of
from decide.assemblies.services.seats import name_of
from decide.steps import Step, story

BOARD = (rules.Office.PRESIDENT, rules.Office.SECRETARY)


def sessions():
    """With what every page says of the assembly."""
    return Session.objects.public().select_related(
        "assembly__parish__zone", "assembly__zone", "assembly__body", "called_by", "minutes"
    )


def sessions_ahead(user, most: int = 3) -> list[Session]:
    """The next sessions of the assemblies that a person directs or is sent to, and those that are open: one query.

    A zonal officer has them on the pages of the assemblies; here are those of whoever holds one office of one body.
    """
    held = [a for a in user.appointments if a.office in (*BOARD, rules.Office.DELEGATE)]
    own = Q(assembly__body__in=[a.body_id for a in held if a.body_id])
    parishes = [a.parish_id for a in held if a.office in BOARD and a.parish_id and not a.body_id]
    own |= Q(assembly__parish__in=parishes, assembly__level=Assembly.Level.PARISH)
    now = timezone.now()
    coming = Q(status=Session.Status.CALLED, starts_at__range=(now - timedelta(days=1), now + timedelta(days=30)))
    if not held:
        return []
    found = Session.objects.filter(own).filter(coming | Q(status=Session.Status.OPEN)).select_related("assembly")
    return list(found.order_by("starts_at", "pk")[:most])


def minutes_of(session: Session) -> Minutes | None:
    return getattr(session, "minutes", None)


def figures(session: Session) -> dict:
    """`{"present", "entitled", "needed", "missing", "no_quorum"}`: as it is now, frozen once the session opened."""
    entitled, to_sit, to_decide = session.entitled, session.quorum_to_sit, session.quorum_to_decide
    if session.status == Session.Status.CALLED:
        entitled, to_sit, to_decide = quorum_of(session)
    present = count_present(session)
    needed = to_sit if session.status == Session.Status.CALLED else to_decide
    return {
        "present": present,
        "entitled": entitled,
        "to_sit": to_sit,
        "to_decide": to_decide,
        "needed": needed,
        "missing": max(0, needed - present),
        "everybody_votes": rules.sends_nobody(session.assembly),
    }


def items_of(session: Session) -> list[Item]:
    """In their order, with how many marked each (`marked`)."""
    return list(session.items.annotate(marked=Count("marks")))


def items_with_counts(session: Session) -> list[Item]:
    """The same with the count of hands, who entered and confirmed it, and what was corrected in it."""
    counted = session.items.select_related("hand_count__entered_by", "hand_count__confirmed_by")
    return list(counted.prefetch_related("hand_count__changes__by").annotate(marked=Count("marks")))


def shown_votes(session: Session, item: Item) -> int | None:
    """The votes that everybody may see now."""
    if item.status == Item.Status.CLOSED:
        return item.votes
    as_they_come = session.counts_shown == Session.Counts.AS_THEY_COME and item.way == Item.Way.PHONES
    return item.marked if as_they_come and item.status == Item.Status.OPEN else None


def with_votes(session: Session, items: list[Item]) -> list[Item]:
    for item in items:
        item.shown = shown_votes(session, item)
    return items


def seats_that_voted(session: Session) -> int:
    """How many seats have marked something of what is open."""
    marks = Mark.objects.filter(item__session=session, item__status=Item.Status.OPEN)
    return marks.aggregate(voted=Count("seat", distinct=True))["voted"]


def door_list(session: Session) -> list[dict]:
    """The seats by who sent them: `{"key", "place", "here", "seats": [{"number", "attendance", "people"}]}`.

    `people`: principal and alternate as `{"appointment", "name", "alternate", "here"}`. Two queries.
    """
    at_hand = {a.seat_id: a for a in session.attendances.filter(seat__isnull=False)}
    seats = (
        Seat.objects.current()
        .filter(assembly=session.assembly)
        .select_related("sent_by", "principal__holder", "alternate__holder")
        .order_by("sent_by__name", "sent_by", "number")
    )
    places = []
    for key, group in groupby(seats, key=lambda seat: seat.sent_by_id):
        rows = [_row(seat, at_hand.get(seat.pk)) for seat in group]
        places.append(
            {
                "key": key,
                "place": place_of(rows[0]["seat"]),
                "kind": rows[0]["seat"].sent_by.level,
                "seats": rows,
                "here": sum(row["here"] for row in rows),
            }
        )
    return places


def _row(seat: Seat, attendance) -> dict:
    people = [(seat.principal, False), (seat.alternate, True)]
    return {
        "seat": seat,
        "attendance": attendance,
        "here": bool(attendance and attendance.confirmed and attendance.left_at is None),
        "people": [
            {
                "appointment": appointment,
                "name": name_of(appointment) or NAMELESS,
                "alternate": alternate,
                "chosen": bool(attendance and attendance.appointment_id == appointment.pk),
            }
            for appointment, alternate in people
            if appointment
        ],
    }


def session_story(session: Session) -> dict:
    """What happened to the session, for `components/_steps.html`."""
    steps = []
    if session.called_at:
        who = str(session.called_by or "").rstrip(".")
        steps.append(Step(_("Convocada"), session.called_at, note=_("Por %(who)s.") % {"who": who} if who else ""))
    if session.moved_at:
        steps.append(Step(_("Cambió de fecha o lugar"), session.moved_at, note=session.move_reason))
    if session.status == Session.Status.CANCELLED:
        steps.append(Step(_("Cancelada"), session.updated, note=session.cancel_reason))
    if session.opened_at:
        steps.append(Step(_("Instalada"), session.opened_at))
    if session.closed_at:
        steps.append(Step(_("Clausurada"), session.closed_at))
    minutes = minutes_of(session)
    if minutes and minutes.locked_at:
        steps.append(Step(_("Acta publicada"), minutes.locked_at))
    elif session.status == Session.Status.HELD:
        steps.append(Step(_("Acta"), state="next", note=_("La mesa la prepara; la cierran dos personas.")))
    return story(steps)


def sessions_of(assembly: Assembly):
    """Those of one assembly, the newest first."""
    return Session.objects.public().filter(assembly=assembly).select_related("minutes").newest()


# --- to take home ------------------------------------------------------------------------------------------------

COLUMNS = ("sesion", "numero", "punto", "detalle", "como_se_vota", "estado", "votos", "presentes", "abierto", "cerrado")


def table_of(session: Session):
    """Rows of COLUMNS: what the session votes on, with the counts that everybody may see now. No names of people."""
    for item in with_votes(session, items_with_counts(session)):
        closed = item.status == Item.Status.CLOSED
        yield (
            session.pk,
            item.position,
            item.title,
            item.detail,
            str(item.get_way_display()),
            str(item.get_status_display()),
            item.shown,
            item.present if closed else None,
            item.opened_at,
            item.closed_at,
        )
