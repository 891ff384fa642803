"""What the room keeps of an officer, and how it forgets them."""

from decide.answers.models import Answer, Milestone


def export_own(user) -> dict:
    """The answers that this person gave as an officer."""
    rows = Answer.with_hidden.filter(answered_by=user).order_by("answered_at", "pk")
    return {
        "answers": [
            {
                "subject": answer.subject,
                "path": answer.get_absolute_url(),
                "outcome": answer.outcome,
                "body": answer.body,
                "answered_at": answer.answered_at.isoformat(),
            }
            for answer in rows
        ]
    }


def erase_own(user) -> None:
    """The city's answers stay; the person's name leaves them, also in history rows."""
    Answer.with_hidden.filter(answered_by=user).update(answered_by=None)
    Answer.history.filter(answered_by=user).update(answered_by=None)
    for model in (Answer, Milestone):
        model.history.filter(history_user=user).update(history_user=None)
