"""One appeal against a decision, decided by another moderator."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts.models import User
from decide.errors import Refused
from decide.moderation import rules
from decide.moderation.models import Appeal, Decision, ModerationCase, Sanction, due_from
from decide.moderation.services.cases import LONGEST_REASON, record
from decide.moderation.services.links import appeal_token
from decide.moderation.services.sanctions import lift, log_sanction
from decide.moderation.services.shared import checked, lock_case, refuse_stranger
from decide.moderation.services.telling import tell_author

Action, Outcome, State = Decision.Action, Appeal.Outcome, ModerationCase.State
LONGEST_APPEAL = 3000


@transaction.atomic
def appeal(*, decision: Decision, author: User, text: str) -> Appeal:
    """Why the person does not agree, once. Sent twice with the same words is once.

    Raises Refused: 403 (told to somebody else), 409 (appealed already, too late, nothing left to decide), 400.
    """
    case = lock_case(decision.case_id) if decision.case_id else None
    decision = Decision.objects.get(pk=decision.pk)
    if decision.subject_id is None or decision.subject_id != author.pk:
        raise Refused(_("Solo puede apelar la persona a quien se le dijo la decisión."), status=403)
    text = checked(text, LONGEST_APPEAL, required=True, empty=_("Cuente por qué no está de acuerdo."))
    stored = Appeal.objects.filter(decision=decision).first()
    if stored and stored.text == text:
        return stored
    if stored:
        raise Refused(_("Ya apeló esta decisión: se puede una sola vez."))
    if case is not None:
        decision.case = case
    if not rules.is_open(decision):
        raise Refused(_("Esta decisión ya no se puede apelar."))
    now = timezone.now()
    try:
        with transaction.atomic():
            return Appeal.objects.create(decision=decision, author=author, text=text, created=now, due=due_from(now))
    except IntegrityError:  # a sanction has no case to lock: two at the same moment meet the constraint
        raise Refused(_("Ya apeló esta decisión: se puede una sola vez.")) from None


@transaction.atomic
def decide_appeal(*, appeal: Appeal, by, outcome: str, reason_text: str) -> Appeal:
    """Another moderator confirms what was decided, or revokes it: then it is shown again, or the sanction is lifted.

    Raises Refused: 403 (who decided before, or has a part in it), 409 (decided meanwhile), 400.
    """
    decision = appeal.decision
    case = lock_case(decision.case_id) if decision.case_id else None
    locked = Appeal.objects.select_for_update(of=("self",), no_key=True).select_related("decision").get(pk=appeal.pk)
    refuse_stranger(by)
    if locked.decided_at:
        raise Refused(_("Otra persona ya decidió esta apelación."))
    if not rules.can_decide_appeal(by, locked):
        raise Refused(_("Esta apelación la decide alguien que no tuvo parte en lo decidido."), status=403)
    if outcome not in Outcome.values:
        raise Refused(_("Elija si se confirma o se revoca."), status=400)
    reason_text = checked(
        reason_text, LONGEST_REASON, required=True, empty=_("Explique por qué, con una frase completa.")
    )
    result = _follow(locked, case, by, outcome, reason_text)
    locked.outcome, locked.reason_text = outcome, reason_text
    locked.decided_by, locked.decided_at = by, result.at
    locked.save()
    tell_author(result, token="" if result.subject is None or result.subject.is_active else appeal_token(decision))
    return locked


def _follow(appeal: Appeal, case: ModerationCase | None, by, outcome: str, reason_text: str) -> Decision:
    """The decision that the appeal ends with, and what follows from it."""
    before, overturned = appeal.decision, outcome == Outcome.OVERTURNED
    sanction = Sanction.objects.filter(decision=before).first()
    words = {"by": by, "reason": before.reason, "reason_text": reason_text, "on_appeal": appeal}
    if sanction is not None:
        if overturned:
            lift(sanction, by)
        return log_sanction(sanction, action=Action.LIFT if overturned else Action.UPHOLD, **words)
    # Shown again meanwhile: the log says so, and nothing changes.
    action = Action.RESTORE if overturned and case.state == State.HIDDEN else ""
    return record(case, action=action, event=Action.RESTORE if overturned else Action.UPHOLD, **words)
