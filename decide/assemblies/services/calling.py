"""Calling a session, moving and cancelling it: whoever is concerned is told, each time with the reason."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decide.accounts.models import User
from decide.assemblies import session_rules as rules
from decide.assemblies.models import Assembly, Seat, Session
from decide.assemblies.services.attendance import new_door_code
from decide.assemblies.services.hall import changed, lock_session, refresh_quorum
from decide.assemblies.services.shared import in_spanish
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.groups import Group
from decide.notices.models import FollowList
from decide.templatetags.decide import fecha

FURTHEST = timedelta(days=366)


@transaction.atomic
def call_session(
    *,
    assembly: Assembly,
    officer,
    starts_at,
    place: str,
    agenda: str,
    kind=Session.Kind.ORDINARY,
    most_marks: int = 5,
    counts_shown=Session.Counts.AT_CLOSE,
    once_key=None,
) -> Session:
    """Call a session for a date to come: published at once, members and followers of the parish are told.

    A known `once_key` returns the stored session. Raises Refused: 403 (who), 400 (the date).
    """
    if once_key and (stored := Session.objects.filter(once_key=once_key, called_by=officer).first()):
        return stored
    if not rules.can_call(officer, assembly):
        raise Refused(_("Usted no puede convocar a esta asamblea."), status=403)
    _refuse_date(starts_at)
    try:
        with transaction.atomic():
            session = Session.objects.create(
                assembly=assembly,
                kind=kind,
                status=Session.Status.CALLED,
                starts_at=starts_at,
                place=place,
                agenda=agenda,
                most_marks=most_marks,
                counts_shown=counts_shown,
                called_at=timezone.now(),
                called_by=officer,
                door_code=new_door_code(),
                once_key=once_key,
            )
    except IntegrityError:
        if once_key and (stored := Session.objects.filter(once_key=once_key, called_by=officer).first()):
            return stored
        raise Refused(_("Este formulario ya se envió. Vuelva a abrirlo."), status=409) from None
    refresh_quorum(session)
    _tell(
        session,
        "called",
        gettext_lazy("Convocatoria: %(assembly)s"),
        gettext_lazy("Se convoca a la sesión del %(day)s, en %(place)s. En la página está el orden del día."),
    )
    return session


def _refuse_date(starts_at) -> None:
    now = timezone.now()
    if starts_at <= now:
        raise Refused(_("Esa fecha ya pasó: convoque para un día y una hora que vengan."), status=400)
    if starts_at > now + FURTHEST:
        raise Refused(_("Esa fecha está muy lejos: convoque con un año de anticipación como máximo."), status=400)


def _locked(session: Session, officer) -> Session:
    locked = lock_session(session.pk)
    if not rules.can_call(officer, locked.assembly):
        raise Refused(_("Solo quien puede convocar a esta asamblea cambia la convocatoria."), status=403)
    if locked.status != Session.Status.CALLED:
        raise Refused(_("La convocatoria de esta sesión ya no se puede cambiar."), status=409)
    return locked


@transaction.atomic
def move_session(*, session: Session, officer, starts_at, place: str, reason: str) -> Session:
    """Another date or place, with the reason; whoever was called is told. The same again changes nothing."""
    locked = _locked(session, officer)
    if (locked.starts_at, locked.place) == (starts_at, place):
        return locked
    _refuse_date(starts_at)
    locked.starts_at, locked.place = starts_at, place
    locked.moved_at, locked.move_reason = timezone.now(), reason
    locked.save()
    changed(locked)
    _tell(
        locked,
        f"moved:{locked.moved_at:%Y%m%d%H%M%S%f}",
        gettext_lazy("Cambió la sesión: %(assembly)s"),
        gettext_lazy("Ahora es el %(day)s, en %(place)s. La razón: %(reason)s"),
        reason,
    )
    return locked


@transaction.atomic
def cancel_session(*, session: Session, officer, reason: str) -> Session:
    locked = lock_session(session.pk)
    if locked.status == Session.Status.CANCELLED and rules.can_call(officer, locked.assembly):
        return locked
    locked = _locked(locked, officer)
    locked.status, locked.cancel_reason = Session.Status.CANCELLED, reason
    locked.save()
    changed(locked)
    _tell(
        locked,
        "cancelled",
        gettext_lazy("Se canceló la sesión: %(assembly)s"),
        gettext_lazy("Ya no habrá sesión el %(day)s. La razón: %(reason)s"),
        reason,
    )
    return locked


def members(assembly: Assembly):
    """The accounts that hold its seats today, principals and alternates, and its board."""
    seats = Seat.objects.current().filter(assembly=assembly)
    seated = Q(held__seat_as_principal__in=seats) | Q(held__seat_as_alternate__in=seats)
    today = timezone.localdate()
    board = (
        Q(held__body=assembly.body_id, held__office__in=[rules.Office.PRESIDENT, rules.Office.SECRETARY])
        & Q(held__starts__lte=today)
        & (Q(held__ends=None) | Q(held__ends__gte=today))
    )
    return User.objects.filter(seated | board, is_active=True).distinct()


def followed_by(assembly: Assembly) -> list[FollowList]:
    """The lists of those who follow its parish, or a parish of its zone."""
    if assembly.parish_id:
        return list(FollowList.objects.filter(parish=assembly.parish_id))
    return list(FollowList.objects.filter(parish__zone=assembly.zone_id)) if assembly.zone_id else []


def _tell(session: Session, event: str, subject, body, reason: str = "") -> None:
    """`subject` and `body` are lazy: what is stored for others is in the city's language, whatever the actor's is."""
    with in_spanish():
        words = {
            "assembly": session.assembly.name,
            "day": fecha(session.starts_at),
            "place": session.place,
            "reason": reason,
        }
        tell_all_concerned(session, event=event, subject=str(subject) % words, body=str(body) % words)


def tell_all_concerned(session: Session, *, event: str, subject: str, body: str, path="") -> None:
    """Members in the group of their own things, followers of the parish in theirs; nobody twice (the key)."""
    step = {
        "kind": f"session-{event.partition(':')[0]}",
        "key": f"session:{session.pk}:{event}",
        "subject": subject,
        "body": body,
        "path": path or session.get_absolute_url(),
    }
    notices.tell(**step, group=Group.OWN, recipients=members(session.assembly))
    notices.tell_followers(followed_by(session.assembly), **step)
