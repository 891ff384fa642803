"""What follows for a person: a warning, a suspension, a closed account. Each has its reason and one appeal."""

from datetime import timedelta
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts.models import User
from decide.accounts.sessions import end_sessions
from decide.errors import Refused
from decide.moderation import rules
from decide.moderation.models import Decision, ModerationCase, Reason, Sanction, due_from
from decide.moderation.services.cases import LONGEST_REASON
from decide.moderation.services.links import appeal_token
from decide.moderation.services.shared import checked, refuse_stranger, save_by
from decide.moderation.services.telling import tell_author, tell_end_of_suspension, tell_moderators

Action, Kind = Decision.Action, Sanction.Kind


@transaction.atomic
def sanction(
    *, person: User, by, kind: str, reason: str, reason_text: str, case: ModerationCase | None = None, once_key=None
) -> Sanction:
    """Warn, suspend for 7 or 30 days, or propose to close the account, which a second moderator confirms.

    A suspension begins now; of two, the one that ends later counts. A known `once_key` returns the stored sanction.
    Raises Refused: 403 (themselves, or what they reported), 409 (closed, or a closing waits already), 400.
    """
    user = _lock_user(person.pk)
    if once_key and (stored := Sanction.objects.filter(once_key=once_key).first()):
        if stored.by_id != by.pk or stored.user_id != user.pk:
            raise Refused(_("Este formulario ya se usó. Abra la página de nuevo."))
        return stored
    refuse_stranger(by)
    if not user.is_active:
        raise Refused(_("Esta cuenta ya está cerrada."))
    if case is not None and case.author_id != user.pk:
        raise Refused(_("Este caso es de otra persona."), status=400)
    if not rules.can_sanction(by, user, case):
        raise Refused(_("Usted es parte de este caso: lo decide otra persona."), status=403)
    if kind not in Kind.values or reason not in Reason.values:
        raise Refused(_("Elija la sanción y la regla que no se cumple."), status=400)
    reason_text = checked(
        reason_text, LONGEST_REASON, required=True, empty=_("Explique a la persona por qué, con una frase completa.")
    )
    now = timezone.now()
    row = Sanction(
        user=user, kind=kind, reason=reason, reason_text=reason_text, case=case, by=by, at=now, once_key=once_key
    )
    if kind == Kind.CLOSE:
        return _propose_closing(row, by)
    if kind in Sanction.DAYS:
        row.until = now + timedelta(days=Sanction.DAYS[kind])
    row.decision = log_sanction(row, by=by, action=kind, reason=reason, reason_text=reason_text)
    save_by(row, by)
    _settle(user)
    tell_author(row.decision, sanction=row)
    return row


def _propose_closing(row: Sanction, by) -> Sanction:
    row.due = due_from(row.at)
    try:
        with transaction.atomic():
            save_by(row, by)
    except IntegrityError:
        raise Refused(_("Ya se propuso cerrar esta cuenta: falta que otra persona lo confirme.")) from None
    tell_moderators(
        key=f"closing:{row.pk}",
        subject=_("Falta su confirmación para cerrar una cuenta"),
        body=_("Una persona de moderación propuso cerrar una cuenta. Otra persona debe confirmarlo o descartarlo."),
        path=row.get_absolute_url(),
        but={by.pk, row.user_id},
    )
    return row


@transaction.atomic
def confirm_closing(*, sanction: Sanction, by) -> Sanction:
    """The second of two people closes the account: it cannot be entered, and its sessions end at once.

    The person is told by mail, with a link to appeal without signing in. Raises Refused (403, 409).
    """
    user, locked = _lock_closing(sanction, by)
    locked.confirmed_by, locked.confirmed_at = by, timezone.now()
    words = {"reason": locked.reason, "reason_text": locked.reason_text}
    locked.decision = log_sanction(locked, by=by, action=Action.CLOSE, opened_at=locked.at, **words)
    save_by(locked, by)
    _settle(user)
    locked.decision.subject = user
    tell_author(locked.decision, sanction=locked, token=appeal_token(locked.decision))
    transaction.on_commit(partial(end_sessions, user.pk))
    return locked


@transaction.atomic
def drop_closing(*, sanction: Sanction, by) -> Sanction:
    """The second moderator does not agree: the account stays open, and nothing is told to the person."""
    _user, locked = _lock_closing(sanction, by)
    locked.dropped_by, locked.dropped_at = by, timezone.now()
    save_by(locked, by)
    return locked


def _lock_closing(sanction: Sanction, by) -> tuple[User, Sanction]:
    user = _lock_user(sanction.user_id)
    locked = Sanction.objects.select_for_update(of=("self",), no_key=True).get(pk=sanction.pk)
    refuse_stranger(by)
    if not locked.waits:
        raise Refused(_("Otra persona ya decidió sobre este cierre."))
    if not rules.can_confirm_closing(by, locked):
        raise Refused(_("El cierre lo confirma otra persona, que no tenga parte en el caso."), status=403)
    return user, locked


def lift(sanction: Sanction, by) -> None:
    """End a sanction because an appeal was right; the account is as it would be without it."""
    user = _lock_user(sanction.user_id) if sanction.user_id else None
    sanction.lifted_at = timezone.now()
    save_by(sanction, by)
    if user is not None:
        _settle(user)


def log_sanction(
    sanction: Sanction, *, by, action: str, reason: str, reason_text: str, opened_at=None, on_appeal=None
) -> Decision:
    """The row of the log. Its clock began when the closing was proposed or the appeal was sent, or begins now."""
    now = timezone.now()
    opened_at = on_appeal.created if on_appeal else opened_at or now
    return Decision.objects.create(
        case=sanction.case,
        kind="account",
        action=action,
        reason=reason,
        reason_text=reason_text,
        subject_id=sanction.user_id,
        by=by,
        opened_at=opened_at,
        due=on_appeal.due if on_appeal else due_from(opened_at),
        at=now,
        on_appeal=on_appeal is not None,
    )


def _lock_user(pk: int) -> User:
    user = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
    if user is None:
        raise Refused(_("Esta cuenta ya no existe."), status=404)
    return user


def _settle(user: User, now=None) -> None:
    """Make the account what its sanctions in force say: suspended until the last of them, open or closed."""
    in_force = user.sanctions.in_force(now)
    closed = in_force.filter(kind=Kind.CLOSE).exists()
    # Only an account that a sanction closed is opened by its end.
    was_closed_here = user.sanctions.filter(kind=Kind.CLOSE, confirmed_at__isnull=False).exists()
    user.suspended_until = in_force.aggregate(last=Max("until"))["last"]
    if closed or was_closed_here:
        user.is_active = not closed
    user.save(update_fields=["suspended_until", "is_active"])


def end_suspensions(now) -> int:
    """Suspensions end by themselves; whoever has none left is told. Returns how many ended."""
    over = Sanction.objects.filter(until__lte=now, ended_at=None, lifted_at=None).order_by("until", "pk")
    return sum(_end(pk, now) for pk in list(over.values_list("pk", flat=True)[:500]))


@transaction.atomic
def _end(pk: int, now) -> bool:
    user_id = Sanction.objects.filter(pk=pk).values_list("user", flat=True).first()
    user = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user_id).first()
    sanction = Sanction.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if sanction.ended_at or sanction.lifted_at:
        return False
    sanction.ended_at = now
    sanction.save()
    if user is not None:
        _settle(user, now)
        if user.is_active and user.suspended_until is None:
            tell_end_of_suspension(sanction)
    return True
