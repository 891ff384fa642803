"""Cases: made, reported, decided; edits that wait; images that waited too long."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts.suspension import refuse_suspended
from decide.errors import Refused
from decide.moderation import rules
from decide.moderation.models import EXCERPT_LENGTH, Decision, ModerationCase, Reason, Report, due_from
from decide.moderation.services.shared import checked, lock_case, refuse_stranger, save_by
from decide.moderation.services.telling import tell_author, tell_reporters
from decide.moderation.signals import edit_decided, visibility_changed
from decide.text import plain

Action, State = Decision.Action, ModerationCase.State
LONGEST_NOTE = 1000
LONGEST_REASON = 1500
NEEDS_REASON = (Action.HIDE, Action.REJECT_EDIT)
# Which state of a case follows which decision. An edit that is refused leaves the thing as it was.
AFTER = {
    Action.KEEP: State.KEPT,
    Action.HIDE: State.HIDDEN,
    Action.RESTORE: State.KEPT,
    Action.APPROVE_EDIT: State.KEPT,
}


def open_case(*, kind: str, path: str, author, excerpt: str, state: str = State.WAITING) -> ModerationCase:
    """A new case, in the queue for MODERATION_HOURS. `state` is "waiting", or "pending" for an image not shown yet.

    Whoever makes it stores it on the owner in the same transaction; `case_of` does both for what exists already.
    """
    now = timezone.now()
    case = ModerationCase(kind=kind, path=path, author=author, state=state, opened_at=now, due=due_from(now))
    _describe(case, excerpt)
    case.save()
    return case


@transaction.atomic
def case_of(*, thing) -> ModerationCase:
    """The case of something `Moderated`, made now if it had none (two at once get the same one).

    The owner's row is locked only while it has no case: what changes the thing locks its case first.
    """
    rows = type(thing)._base_manager
    stored = rows.filter(pk=thing.pk).values_list("case", flat=True)
    if stored and stored[0] is not None:
        thing.case = ModerationCase.objects.get(pk=stored[0])
        return thing.case
    locked = rows.select_for_update(of=("self",), no_key=True).filter(pk=thing.pk).first()
    if locked is None:
        raise Refused(_("Esto ya no existe."), status=404)
    if locked.case_id is None:
        locked.case = open_case(
            kind=thing.KIND,
            path=thing.moderated_path(),
            author=thing.moderated_author(),
            excerpt=thing.moderated_text(),
        )
        rows.filter(pk=thing.pk).update(case=locked.case)
    thing.case = locked.case
    return locked.case


@transaction.atomic
def report_thing(*, thing, reporter, reason: str, note: str = "") -> Report:
    """`report` on the case of something `Moderated`, which is made if it had none."""
    refuse_suspended(reporter)
    return report(case=case_of(thing=thing), reporter=reporter, reason=reason, note=note)


@transaction.atomic
def report(*, case: ModerationCase, reporter, reason: str, note: str = "") -> Report:
    """Somebody says what is wrong. Twice is once. Whatever the number of reports, nothing is hidden by them.

    What a moderator already kept returns to the queue only for a reason that nobody had given before. Raises Refused:
    403 (suspended, one's own), 409 (hidden meanwhile), 400.
    """
    refuse_suspended(reporter)
    locked = lock_case(case.pk)
    if stored := Report.objects.filter(case=locked, reporter=reporter).first():
        return stored
    if locked.author_id == reporter.pk:
        raise Refused(_("Esto lo publicó usted: puede editarlo o retirarlo."), status=403)
    if not locked.is_shown or locked.state == State.GONE:
        raise Refused(_("Moderación ya lo retiró. Gracias por avisar."))
    if reason not in Reason.values:
        raise Refused(_("Elija una razón de la lista."), status=400)
    note = checked(note, LONGEST_NOTE, required=reason == Reason.OTHER, empty=_("Cuente en una frase qué pasa."))
    answered = locked.state == State.KEPT and locked.reports.filter(reason=reason).exclude(decision=None)
    decision = answered.order_by("-pk").first().decision if answered else None
    row = Report.objects.create(case=locked, reporter=reporter, reason=reason, note=note, decision=decision)
    if locked.state == State.KEPT and decision is None:
        now = timezone.now()
        locked.state, locked.opened_at, locked.due = State.WAITING, now, locked.due or due_from(now)
        locked.save()
    return row


@transaction.atomic
def decide(
    *, case: ModerationCase, by, action: str, reason: str = "", reason_text: str = "", seen_version: int
) -> Decision:
    """What a moderator decides about the version of the case that they saw. The author is told, and who reported it.

    Raises Refused: 403 (no moderator, their own content or report), 409 (decided or changed meanwhile), 400.
    """
    locked = lock_case(case.pk)
    refuse_stranger(by)
    if rules.has_part_in(by, locked):
        raise Refused(_("Usted es parte de este caso: lo decide otra persona."), status=403)
    if locked.version != seen_version or action not in rules.actions(locked):
        raise Refused(
            _("Este caso cambió mientras usted lo leía. Mire cómo quedó."),
            way_out=(locked.get_absolute_url(), _("Ver el caso")),
        )
    if action in NEEDS_REASON and reason not in Reason.values:
        raise Refused(_("Elija la regla que no se cumple."), status=400)
    if reason and reason not in Reason.values:
        raise Refused(_("Elija una razón de la lista."), status=400)
    required = action in (*NEEDS_REASON, Action.RESTORE)
    reason_text = checked(
        reason_text, LONGEST_REASON, required=required, empty=_("Explique al autor por qué, con una frase completa.")
    )
    decision = record(locked, by=by, action=action, reason=reason, reason_text=reason_text)
    tell_author(decision)
    tell_reporters(decision)
    return decision


def record(
    case: ModerationCase, *, by, action: str, reason: str, reason_text: str, on_appeal=None, event: str = ""
) -> Decision:
    """Write a decision on a locked case and what follows from it. `on_appeal`: the appeal that led to it."""
    now = timezone.now()
    clock = (on_appeal.created, on_appeal.due) if on_appeal else (case.opened_at, case.due)
    if clock[1] is None:  # acted on without waiting for anything
        clock = (now, due_from(now))
    decision = Decision.objects.create(
        case=case,
        case_version=case.version if action else None,
        kind=case.kind,
        action=event or action,
        reason=reason,
        reason_text=reason_text,
        excerpt=case.excerpt,
        subject=case.author,
        by=by,
        opened_at=clock[0],
        due=clock[1],
        at=now,
        on_appeal=on_appeal is not None,
    )
    if action:
        _apply(case, decision, action, by)
    return decision


def _apply(case: ModerationCase, decision: Decision, action: str, by) -> None:
    was_shown, fields = case.is_shown, case.pending_edit
    approved = action == Action.APPROVE_EDIT
    case.state = AFTER.get(action) or (State.HIDDEN if case.state == State.HIDDEN else State.KEPT)
    if action != Action.RESTORE:  # an appeal may restore what an edit waits on: the edit still waits
        case.due, case.pending_edit = None, None
    elif fields is None:
        case.due = None
    case.decided_at, case.decided_by = decision.at, by
    case.reason, case.reason_text = decision.reason, decision.reason_text
    case.version += 1
    case.reports.filter(decision=None).update(decision=decision)
    save_by(case, by)
    if fields is not None and case.pending_edit is None:
        edit_decided.send(sender=ModerationCase, case=case, fields=fields, approved=approved)
    if was_shown != case.is_shown:
        visibility_changed.send(sender=ModerationCase, case=case, hidden=not case.is_shown)


# --- what the author does meanwhile -----------------------------------------------------------------------


@transaction.atomic
def keep_edit(*, case: ModerationCase, fields: dict) -> ModerationCase:
    """An author's edit of what was decided on (`rules.edit_waits`): kept until a moderator looks at it.

    `fields` is what the owner needs to apply it, ready for JSON: {field: new value}; texts are shown to the moderator
    beside what is public now. A second edit replaces the first; the clock runs on. A case that was never decided on
    needs none of this: Refused (409).
    """
    locked = lock_case(case.pk)
    if not rules.edit_waits(locked) or locked.state == State.GONE:
        raise Refused(_("Este cambio no necesita revisión."))
    now = timezone.now()
    if locked.due is None:
        locked.opened_at, locked.due = now, due_from(now)
    locked.pending_edit = fields
    locked.version += 1
    locked.save()
    return locked


@transaction.atomic
def refresh_case(*, case: ModerationCase, excerpt: str) -> ModerationCase:
    """The author changed what a moderator has not decided on yet: they decide on the new words."""
    locked = lock_case(case.pk)
    if locked.excerpt != excerpt[:EXCERPT_LENGTH] and locked.state != State.GONE:
        _describe(locked, excerpt)
        locked.version += 1
        locked.save()
    return locked


@transaction.atomic
def close_gone(*, case: ModerationCase) -> ModerationCase:
    """The author took the thing away: nothing is left to decide, and its words leave the case and its decisions."""
    locked = lock_case(case.pk)
    locked.state, locked.due, locked.pending_edit = State.GONE, None, None
    locked.version += 1
    _describe(locked, "")
    locked.save()
    locked.decisions.update(excerpt="")
    return locked


def _describe(case: ModerationCase, excerpt: str) -> None:
    case.excerpt = excerpt[:EXCERPT_LENGTH]
    case.search_text = plain(case.excerpt)


# --- what falls due -----------------------------------------------------------------------------------------


def show_expired_images(now) -> int:
    """An image waits at most MODERATION_HOURS: then it is shown, and its case stays in the queue as late."""
    expired = ModerationCase.objects.filter(state=State.PENDING, due__lte=now).order_by("due").values_list("pk")[:500]
    return sum(_show_expired(pk, now) for (pk,) in list(expired))


@transaction.atomic
def _show_expired(pk: int, now) -> bool:
    case = lock_case(pk)
    if case.state != State.PENDING or case.due > now:
        return False
    case.state = State.WAITING
    case.save()
    visibility_changed.send(sender=ModerationCase, case=case, hidden=False)
    return True
