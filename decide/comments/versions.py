"""What a comment said before its author edited it, within the first minutes, for everybody to read."""

from itertools import pairwise

from django.utils.translation import gettext as _

from decide.comments.models import Comment
from decide.versions import Budget, Version, changes_between


def public_versions(comment: Comment) -> list[Version]:
    """The edits, the newest first. Two queries at most.

    None where moderators have looked at the comment: what they hid must not be read among its versions. A telephone
    number or a cédula that the author took out is not shown either.
    """
    if comment.edited_at is None or comment.case_id:
        return []
    rows = list(comment.history.order_by("pk").only("pk", "body", "history_date"))
    budget, labels = Budget(), [("body", _("Comentario"))]
    pairs = [(old, new) for old, new in pairwise(rows) if old.body != new.body]
    return [
        Version(new.history_date, changes_between(old, new, labels, budget, shown=comment.body), id=str(new.pk))
        for old, new in reversed(pairs)
    ]
