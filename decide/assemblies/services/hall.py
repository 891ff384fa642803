"""The session itself: one lock for the whole hall, the quorum, opening and closing.

Whatever is written of a session takes its row first: attendance, items, counts and marks of one hall come one after
the other, so that what was looked at under the lock is still so when it is written. Order of locks: session, then
its rows, then its minutes.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decide import live
from decide.assemblies import session_rules as rules
from decide.assemblies.models import Attendance, HandCount, Item, QuorumCheck, QuorumRule, Seat, Session
from decide.errors import Refused

Status = Session.Status
SAME_CHECK = timedelta(seconds=30)  # the same button twice is one verification


def lock_session(pk: int) -> Session:
    """The session as it is now, locked until the transaction ends."""
    return (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("assembly__parish__zone", "assembly__zone", "assembly__body")
        .get(pk=pk)
    )


def changed(session: Session) -> None:
    """Watchers see something else now. `version` is in no history, so that it moves alone."""
    Session.objects.filter(pk=session.pk).update(version=F("version") + 1)
    live.changed(f"assembly:{session.pk}", f"hall:{session.pk}")


def count_present(session: Session) -> int:
    """How many are in the hall with a vote."""
    return Attendance.objects.filter(session=session).present().with_vote().count()


def quorum_of(session: Session) -> tuple[int, int, int]:
    """`(entitled, to sit, to decide)` by today's seats and the rule of the level. Nobody is sent: no quorum."""
    if rules.sends_nobody(session.assembly):
        return 0, 0, 0
    entitled = Seat.objects.current().filter(assembly=session.assembly).count()
    rule = QuorumRule.objects.filter(level=session.assembly.level).first() or QuorumRule()
    return entitled, *(-(-entitled * percent // 100) for percent in (rule.sit_percent, rule.decide_percent))


def refresh_quorum(session: Session) -> None:
    """What the quorum would be, until the session opens and freezes it."""
    if session.status == Status.CALLED:
        session.entitled, session.quorum_to_sit, session.quorum_to_decide = quorum_of(session)
        Session.objects.filter(pk=session.pk).update(
            entitled=session.entitled,
            quorum_to_sit=session.quorum_to_sit,
            quorum_to_decide=session.quorum_to_decide,
        )


def quorum_refusal(present: int, needed: int) -> Refused | None:
    """How many are missing; None if there are enough."""
    if present >= needed:
        return None
    missing = needed - present
    words = {"missing": missing, "present": present, "needed": needed}
    return Refused(
        ngettext(
            "Falta %(missing)s persona con voto: hay %(present)s y se necesitan %(needed)s.",
            "Faltan %(missing)s personas con voto: hay %(present)s y se necesitan %(needed)s.",
            missing,
        )
        % words,
        status=409,
    )


@transaction.atomic
def open_session(*, session: Session, officer, at=None) -> Session:
    """Called → open, with the quorum to sit; the quorum is frozen. Opened again it stays as it is. Raises Refused.

    `at`: when it was opened without internet.
    """
    locked = lock_session(session.pk)
    rules.refuse_unless_conducts(officer, locked)
    if locked.status == Status.OPEN:
        return locked
    if locked.status != Status.CALLED:
        raise Refused(_("Esta sesión ya no se puede instalar."), status=409)
    now = timezone.now()
    if not rules.door_is_open(locked, now):
        raise Refused(_("La sesión se instala el día para el que fue convocada."), status=409)
    refresh_quorum(locked)
    present = count_present(locked)
    if refusal := quorum_refusal(present, locked.quorum_to_sit):
        raise refusal
    locked.status, locked.opened_at = Status.OPEN, at or now
    locked.save()
    QuorumCheck.objects.create(
        session=locked, at=at or now, opening=True, present=present, needed=locked.quorum_to_sit, by=officer
    )
    changed(locked)
    return locked


@transaction.atomic
def verify_quorum(*, session: Session, officer) -> QuorumCheck:
    """Count again who is in the hall, against the quorum to decide, and keep what was found. Raises Refused."""
    locked = lock_session(session.pk)
    rules.refuse_unless_conducts(officer, locked)
    rules.refuse_unless_open(locked)
    found = {"present": count_present(locked), "needed": locked.quorum_to_decide}
    now = timezone.now()
    same = locked.quorum_checks.filter(**found, opening=False, by=officer, at__gte=now - SAME_CHECK).last()
    return same or QuorumCheck.objects.create(session=locked, at=now, by=officer, **found)


@transaction.atomic
def close_session(*, session: Session, officer, at=None) -> Session:
    """Open → held, once nothing is being voted and every count is confirmed. Raises Refused. `at`: as for opening."""
    locked = lock_session(session.pk)
    rules.refuse_unless_conducts(officer, locked)
    if locked.status == Status.HELD:
        return locked
    rules.refuse_unless_open(locked)
    if item := locked.items.filter(status=Item.Status.OPEN).first():
        raise Refused(_("Todavía se vota «%(item)s»: cierre primero ese punto.") % {"item": item.title}, status=409)
    if count := HandCount.objects.filter(item__session=locked, confirmed_at=None).select_related("item").first():
        raise Refused(
            _("Falta que una segunda persona confirme el conteo de «%(item)s».") % {"item": count.item.title},
            status=409,
        )
    locked.status, locked.closed_at = Status.HELD, at or timezone.now()
    locked.save()
    changed(locked)
    return locked


@transaction.atomic
def set_hall(*, session: Session, officer, most_marks: int, counts_shown: str) -> Session:
    """How many items each may mark by phone (until somebody has marked one), and when the counts are shown."""
    locked = lock_session(session.pk)
    rules.refuse_unless_conducts(officer, locked)
    if locked.status not in (Status.CALLED, Status.OPEN):
        raise Refused(_("La sesión ya terminó."), status=409)
    if not 1 <= most_marks <= 100 or counts_shown not in Session.Counts.values:
        raise Refused(_("Elija un número entre 1 y 100."), status=400)
    if most_marks != locked.most_marks and locked.items.filter(marks__isnull=False).exists():
        raise Refused(_("Ya hay votos con el teléfono: el número de puntos por persona no puede cambiar."), status=409)
    locked.most_marks, locked.counts_shown = most_marks, counts_shown
    locked.save()
    changed(locked)
    return locked
