"""What the room keeps of a person, and how it forgets them: decisions stay, without anybody's name or words."""

from django.db import transaction
from django.utils import timezone

from decide.moderation.models import Appeal, Decision, ModerationCase, Report, Sanction


def export_own(user) -> dict:
    """What this person reported, what was decided about them and what they appealed; and, as a moderator, decided."""
    return {
        "reports": [
            {"what": r.case.kind, "reason": r.reason, "note": r.note, "created": r.created.isoformat()}
            for r in user.moderation_reports.select_related("case")
        ],
        "decisions": [
            {
                "what": d.kind,
                "decision": d.action,
                "reason": d.reason,
                "explanation": d.reason_text,
                "text": d.excerpt,
                "at": d.at.isoformat(),
            }
            for d in user.moderation_decisions.order_by("at", "pk")
        ],
        "appeals": [
            {
                "text": a.text,
                "created": a.created.isoformat(),
                "outcome": a.outcome,
                "explanation": a.reason_text,
                "decided": a.decided_at and a.decided_at.isoformat(),
            }
            for a in user.moderation_appeals.order_by("pk")
        ],
        "sanctions": [
            {
                "kind": s.kind,
                "reason": s.reason,
                "explanation": s.reason_text,
                "from": s.at.isoformat(),
                "until": s.until and s.until.isoformat(),
                "lifted": s.lifted_at and s.lifted_at.isoformat(),
            }
            for s in user.sanctions.exclude(decision=None).order_by("at", "pk")
        ],
        "decided_as_moderator": [
            {"what": d.kind, "decision": d.action, "reason": d.reason, "at": d.at.isoformat()}
            for d in Decision.objects.filter(by=user).order_by("at", "pk")
        ],
    }


@transaction.atomic
def erase_own(user) -> None:
    """Before an account is erased. What waited only for this person is waited for no more."""
    Report.objects.filter(reporter=user).update(reporter=None, note="")
    Appeal.objects.filter(author=user, decided_at=None).delete()
    Appeal.objects.filter(author=user).update(author=None, text="", reason_text="")
    Decision.objects.filter(subject=user).update(subject=None, reason_text="")
    for closing in Sanction.objects.to_confirm().filter(user=user):
        closing.dropped_at = timezone.now()
        closing.save()
    _forget(ModerationCase, {"author": {"reason_text": ""}, "decided_by": {}}, user)
    _forget(Sanction, {"user": {"reason_text": ""}, "by": {}, "confirmed_by": {}, "dropped_by": {}}, user)
    Decision.objects.filter(by=user).update(by=None)
    Appeal.objects.filter(decided_by=user).update(decided_by=None)


def _forget(model, people: dict, user) -> None:
    """Take the person out of each of these columns, with the words beside it; in the history rows too."""
    for name, words in people.items():
        for rows in (model.objects, model.history):
            rows.filter(**{name: user.pk}).update(**{name: None}, **words)
    model.history.filter(history_user=user).update(history_user=None)
