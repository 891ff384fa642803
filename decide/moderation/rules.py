"""Who may do what: yes/no questions that never write."""

from django.utils import timezone

from decide.accounts.models import Appointment
from decide.accounts.rules import can_write, has_office
from decide.moderation.models import Decision, ModerationCase

Action, State = Decision.Action, ModerationCase.State


def moderates(user) -> bool:
    """Whoever holds the office today, and is not suspended."""
    return has_office(user, Appointment.Office.MODERATOR) and can_write(user)


def actions(case: ModerationCase) -> tuple[str, ...]:
    """What can be decided about a case as it is now. An edit that waits is decided first, or all of it is hidden."""
    if case.pending_edit is not None:
        shown = (Action.HIDE,) if case.is_shown else ()
        return (Action.APPROVE_EDIT, Action.REJECT_EDIT, *shown)
    return {
        State.WAITING: (Action.KEEP, Action.HIDE),
        State.PENDING: (Action.KEEP, Action.HIDE),
        State.KEPT: (Action.HIDE,),
        State.HIDDEN: (Action.RESTORE,),
    }.get(case.state, ())


def has_part_in(user, case: ModerationCase | None) -> bool:
    """Its author, and whoever reported it, have a part in a case."""
    return case is not None and (case.author_id == user.pk or case.reports.filter(reporter=user.pk).exists())


def can_decide(user, case: ModerationCase) -> bool:
    """Nobody decides on their own content, nor on what they reported."""
    return moderates(user) and bool(actions(case)) and not has_part_in(user, case)


def edit_waits(case: ModerationCase | None) -> bool:
    """Whether an author's edit waits for a moderator: once something was decided about the thing."""
    return case is not None and case.decided_at is not None


def can_appeal(user, decision: Decision, now=None) -> bool:
    """The person it was told to, once, within the time; not what was decided on an appeal."""
    return user is not None and user.pk is not None and decision.subject_id == user.pk and is_open(decision, now)


def is_open(decision: Decision, now=None) -> bool:
    """Whether a decision can be appealed now, by whoever it was told to: while it stands, once, within its time."""
    return (
        decision.action in Decision.APPEALABLE
        and not decision.on_appeal
        and not hasattr(decision, "appeal")
        and (now or timezone.now()) < decision.appeal_until
        and _stands(decision)
    )


def _stands(decision: Decision) -> bool:
    """Something hidden is still hidden by this decision; a sanction was not lifted."""
    if decision.action == Action.HIDE:
        return decision.case.state == State.HIDDEN and decision.case.decided_at == decision.at
    return decision.sanction.lifted_at is None


def can_decide_appeal(user, appeal) -> bool:
    """Another moderator than who decided (or proposed, or confirmed), who has no part in it."""
    decision = appeal.decision
    decided = {decision.by_id, appeal.author_id, decision.subject_id}
    sanction = getattr(decision, "sanction", None)
    if sanction is not None:
        decided |= {sanction.by_id, sanction.confirmed_by_id}
    return (
        moderates(user)
        and appeal.decided_at is None
        and user.pk not in decided
        and not has_part_in(user, decision.case)
    )


def can_sanction(user, person, case: ModerationCase | None = None) -> bool:
    """A moderator, never themselves, nor over what they reported, and only who still can enter."""
    return moderates(user) and person.pk != user.pk and person.is_active and not has_part_in(user, case)


def can_confirm_closing(user, sanction) -> bool:
    """The second of two people."""
    return (
        moderates(user)
        and sanction.waits
        and user.pk not in (sanction.by_id, sanction.user_id)
        and not has_part_in(user, sanction.case)
    )
