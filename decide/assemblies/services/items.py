"""What the session votes on: by hands, counted by two people, or by phones, by name. Never a sum of both."""

from django.db import transaction
from django.db.models import Max, ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.assemblies import session_rules as rules
from decide.assemblies.models import Attendance, CountChange, HandCount, Item, Mark, Session
from decide.assemblies.services.hall import changed, count_present, lock_session, quorum_refusal
from decide.errors import Refused

Way, Status = Item.Way, Item.Status
MOST_ITEMS = 200


def _locked(item: Item, officer=None) -> tuple[Session, Item]:
    """The session, locked, and the item as it is under that lock; refused unless this officer conducts it."""
    session = lock_session(item.session_id)
    if officer is not None:
        rules.refuse_unless_conducts(officer, session)
    item = Item.objects.filter(pk=item.pk).first()
    if item is None:
        raise Refused(_("Ese punto ya no está en la sesión."), status=404)
    item.session = session
    return session, item


@transaction.atomic
def add_item(*, session: Session, title: str, detail="", way=Way.HANDS, position=None, officer=None) -> Item:
    """One more item, at the end where no `position` is given. `officer`: who asks; None for our own services.

    Raises Refused: 403, 409 (the place is taken, the session ended), 400 (phones where nobody is accredited).
    """
    locked = lock_session(session.pk)
    if officer is not None:
        rules.refuse_unless_conducts(officer, locked)
    if locked.status not in (Session.Status.CALLED, Session.Status.OPEN):
        raise Refused(_("Esta sesión ya no recibe puntos."), status=409)
    if way == Way.PHONES and rules.sends_nobody(locked.assembly):
        raise Refused(_("En esta asamblea se vota a mano alzada: no hay delegaciones acreditadas."), status=400)
    if locked.items.count() >= MOST_ITEMS:
        raise Refused(_("Una sesión tiene hasta %(n)s puntos.") % {"n": MOST_ITEMS}, status=409)
    if position is None:
        position = (locked.items.aggregate(last=Max("position"))["last"] or 0) + 1
    elif there := locked.items.filter(position=position).first():
        raise Refused(
            _("El punto %(n)s ya está en la sesión: «%(title)s».") % {"n": position, "title": there.title}, status=409
        )
    item = Item.objects.create(session=locked, title=title, detail=detail, way=way, position=position)
    changed(locked)
    return item


@transaction.atomic
def remove_item(*, item: Item, officer) -> None:
    """Take out an item that was not opened yet. Raises Refused (409) otherwise, or where a decision owns it."""
    session, item = _locked(item, officer)
    if item.status != Status.WAITING:
        raise Refused(_("Este punto ya se abrió: no se puede quitar."), status=409)
    try:
        item.delete()
    except ProtectedError:
        raise Refused(_("Este punto viene de la matriz de la asamblea: no se quita aquí."), status=409) from None
    changed(session)


@transaction.atomic
def open_item(*, item: Item, officer) -> Item:
    """Vote on it from now on, with the quorum to decide. Opened again it stays as it is. Raises Refused."""
    session, item = _locked(item, officer)
    rules.refuse_unless_open(session)
    if item.status == Status.OPEN:
        return item
    if item.status == Status.CLOSED:
        raise Refused(_("Este punto ya se votó."), status=409)
    if refusal := quorum_refusal(count_present(session), session.quorum_to_decide):
        raise refusal
    if item.way == Way.HANDS and session.items.filter(status=Status.OPEN, way=Way.HANDS).exists():
        raise Refused(_("Ya se vota otro punto a mano alzada: cuéntelo y ciérrelo primero."), status=409)
    _open(item, timezone.now())
    changed(session)
    return item


@transaction.atomic
def open_phone_items(*, session: Session, officer) -> list[Item]:
    """Open at once everything that is voted by phone: each delegate marks among all of them."""
    locked = lock_session(session.pk)
    rules.refuse_unless_conducts(officer, locked)
    rules.refuse_unless_open(locked)
    if refusal := quorum_refusal(count_present(locked), locked.quorum_to_decide):
        raise refusal
    waiting = list(locked.items.filter(status=Status.WAITING, way=Way.PHONES))
    for item in waiting:
        _open(item, timezone.now())
    changed(locked)
    return waiting


def _open(item: Item, now) -> None:
    item.status, item.opened_at = Status.OPEN, now
    item.save(update_fields=["status", "opened_at"])


@transaction.atomic
def close_item(*, item: Item, officer) -> Item:
    """Votes on it are over and its count stands. Hands need the confirmed count. Raises Refused."""
    session, item = _locked(item, officer)
    if item.status == Status.CLOSED:
        return item
    rules.refuse_unless_open(session)
    if item.status != Status.OPEN:
        raise Refused(_("Este punto todavía no se abre."), status=409)
    if item.way == Way.HANDS:
        raise Refused(_("Falta el conteo confirmado: con él se cierra este punto."), status=409)
    _close_phones(item)
    changed(session)
    return item


@transaction.atomic
def close_phone_items(*, session: Session, officer) -> list[Item]:
    locked = lock_session(session.pk)
    rules.refuse_unless_conducts(officer, locked)
    rules.refuse_unless_open(locked)
    voted = list(locked.items.filter(status=Status.OPEN, way=Way.PHONES))
    for item in voted:
        _close_phones(item)
    changed(locked)
    return voted


def _close_phones(item: Item) -> None:
    """Its votes are its marks; who marked and left before the close was present for it."""
    there = Q(confirmed=True, left_at=None) | Q(seat__in=item.marks.values("seat"))
    present = Attendance.objects.filter(there, session=item.session_id, seat__isnull=False).count()
    _close(item, votes=item.marks.count(), present=present)


def _close(item: Item, *, votes: int, present: int) -> None:
    item.status, item.closed_at, item.votes, item.present = Status.CLOSED, timezone.now(), votes, present
    item.save(update_fields=["status", "closed_at", "votes", "present"])


@transaction.atomic
def change_way(*, item: Item, way: str, officer) -> Item:
    """Vote on it in the other way, until it is opened: the network of the hall is away. Raises Refused."""
    session, item = _locked(item, officer)
    if item.way == way:
        return item
    if item.status != Status.WAITING:
        raise Refused(_("Este punto ya se abrió: no cambia la manera de votarlo."), status=409)
    if way == Way.PHONES and rules.sends_nobody(session.assembly):
        raise Refused(_("En esta asamblea se vota a mano alzada: no hay delegaciones acreditadas."), status=400)
    item.way = way
    item.save(update_fields=["way"])
    changed(session)
    return item


# --- hands ---------------------------------------------------------------------------------------------------


@transaction.atomic
def enter_hand_count(*, item: Item, votes: int, officer) -> HandCount:
    """The hands that were counted. The first count stands: another one is refused (409) and sees it."""
    session, item = _locked(item, officer)
    rules.refuse_unless_open(session)
    if item.way != Way.HANDS:
        raise Refused(_("Este punto se vota con el teléfono: no se anotan manos."), status=409)
    if count := HandCount.objects.filter(item=item).select_related("entered_by").first():
        raise Refused(
            _("%(who)s ya anotó %(votes)s votos en este punto. Confírmelo o corríjalo.")
            % {"who": count.entered_by or _("Otra persona"), "votes": count.votes},
            status=409,
        )
    if item.status != Status.OPEN:
        raise Refused(_("Este punto todavía no se abre."), status=409)
    present = count_present(session)
    _refuse_too_many(votes, present)
    count = HandCount.objects.create(item=item, votes=votes, present=present, entered_by=officer)
    changed(session)
    return count


def _refuse_unless_counted_now(session: Session, paper: bool) -> None:
    if not paper:
        rules.refuse_unless_open(session)
    elif session.status != Session.Status.HELD:
        raise Refused(_("El papel firmado corrige los conteos de una sesión ya clausurada."), status=409)


def _refuse_too_many(votes: int, present: int) -> None:
    if not 0 <= votes <= present:
        raise Refused(
            _("Hay %(present)s personas con voto en la sala: escriba un número entre 0 y %(present)s.")
            % {"present": present},
            status=400,
        )


@transaction.atomic
def confirm_hand_count(*, item: Item, officer, paper=False) -> HandCount:
    """A second person saw the same count: it stands, and the item closes with it. Raises Refused (403, 409).

    `paper`: of a session that was held, as the signed paper says (`correct_hand_count`).
    """
    session, item = _locked(item, officer)
    count = HandCount.objects.filter(item=item).first()
    if count and count.confirmed_at and count.confirmed_by_id == officer.pk:
        return count
    _refuse_unless_counted_now(session, paper)
    if count is None:
        raise Refused(_("Todavía no se anota el conteo de este punto."), status=409)
    if count.confirmed_at:
        raise Refused(_("Este conteo ya está confirmado."), status=409)
    if count.entered_by_id == officer.pk:
        raise Refused(_("Usted anotó este conteo: lo confirma otra persona de la mesa."), status=403)
    count.confirmed_by, count.confirmed_at = officer, timezone.now()
    count.save(update_fields=["confirmed_by", "confirmed_at"])
    _close(item, votes=count.votes, present=count.present)
    changed(session)
    return count


@transaction.atomic
def correct_hand_count(*, item: Item, votes: int, reason: str, officer, paper=False) -> HandCount:
    """The count was another one: both stay readable with the reason, and a second person confirms it again.

    `paper`: after the session, because the signed paper says so; until the second person confirms it, what was
    counted stands.
    """
    session, item = _locked(item, officer)
    _refuse_unless_counted_now(session, paper)
    count = HandCount.objects.filter(item=item).first()
    if count is None:
        raise Refused(_("Todavía no se anota el conteo de este punto."), status=409)
    if count.votes == votes:
        raise Refused(_("Ese es el número que ya está anotado."), status=409)
    _refuse_too_many(votes, count.present)
    CountChange.objects.create(count=count, before=count.votes, after=votes, reason=reason, by=officer)
    count.votes, count.entered_by, count.entered_at = votes, officer, timezone.now()
    count.confirmed_by = count.confirmed_at = None
    count.save()
    changed(session)
    return count


# --- phones --------------------------------------------------------------------------------------------------


@transaction.atomic
def mark(*, item: Item, user) -> Mark:
    """The vote of the seat for which this person is accredited in the hall; twice is once.

    Raises Refused: 403 (not accredited, expired, of another assembly, the seat's other person has the vote), 409 (not
    open, by hands, all marks used).
    """
    session, item = _locked(item)
    attendance = _voter(session, user)
    _refuse_unless_marked_now(session, item)
    if same := Mark.objects.filter(item=item, seat=attendance.seat_id).first():
        return same
    if Mark.objects.filter(seat=attendance.seat_id, item__session=session).count() >= session.most_marks:
        raise Refused(
            _("Ya usó sus %(n)s votos de esta sesión. Quite uno para dar otro.") % {"n": session.most_marks}, status=409
        )
    made = Mark.objects.create(item=item, seat_id=attendance.seat_id, appointment_id=attendance.appointment_id)
    changed(session)
    return made


@transaction.atomic
def unmark(*, item: Item, user) -> bool:
    """Take a vote back while the item is open. Returns whether there was one. Raises Refused as `mark` does."""
    session, item = _locked(item)
    attendance = _voter(session, user)
    _refuse_unless_marked_now(session, item)
    gone = bool(Mark.objects.filter(item=item, seat=attendance.seat_id).delete()[0])
    if gone:
        changed(session)
    return gone


def _voter(session: Session, user) -> Attendance:
    """Under which seat this person votes here, today. Raises Refused (403)."""
    attendance = voter_in(session, user)
    if attendance is None:
        raise voter_refusal(session, user)
    return attendance


def voter_in(session: Session, user) -> Attendance | None:
    """The confirmed attendance, in the hall, of this person's current appointment; None without one."""
    today = timezone.localdate()
    return (
        Attendance.objects.filter(session=session, seat__isnull=False, appointment__holder=user)
        .present()
        .filter(appointment__starts__lte=today)
        .filter(Q(appointment__ends=None) | Q(appointment__ends__gte=today))
        .first()
    )


def voter_refusal(session: Session, user) -> Refused:
    """Why this person has no vote here now, in the nearest words."""
    own = session.attendances.filter(appointment__holder=user, seat__isnull=False).select_related("appointment").first()
    if own and not own.confirmed:
        return Refused(_("Falta que la mesa confirme su asistencia."), status=403)
    if own and own.left_at:
        return Refused(_("La mesa anotó que usted salió de la sala. Avise que volvió."), status=403)
    taken = session.attendances.filter(confirmed=True).filter(
        Q(seat__principal__holder=user) | Q(seat__alternate__holder=user)
    )
    if (other := taken.exclude(appointment__holder=user).first()) is not None:
        return Refused(_("El voto de su puesto lo tiene hoy %(name)s.") % {"name": other.name}, status=403)
    today = timezone.localdate()
    held = [
        a
        for a in user.held.current(today)
        if a.office == rules.Office.DELEGATE and a.body_id == session.assembly.body_id
    ]
    if held:
        return Refused(_("Todavía no está acreditada su asistencia: pase por la mesa."), status=403)
    return rules.delegate_refusal(user, session)


def _refuse_unless_marked_now(session: Session, item: Item) -> None:
    rules.refuse_unless_open(session)
    if item.way != Way.PHONES:
        raise Refused(_("Este punto se vota a mano alzada."), status=409)
    if item.status == Status.WAITING:
        raise Refused(_("Este punto todavía no se vota."), status=409)
    if item.status == Status.CLOSED:
        raise Refused(_("La votación de este punto ya se cerró."), status=409)
