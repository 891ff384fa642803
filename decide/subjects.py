"""What text and notices tell of, by kind: the one table of what everybody may see now."""

from decide.answers.models import Answer
from decide.comments.models import Comment
from proposals.models import Proposal

PUBLIC = {
    "proposal": Proposal.objects.public,
    "comment": lambda: Comment.objects.public().shown(),
    "answer": lambda: Answer.objects.exclude(proposal__in=Proposal.objects.exclude(pk__in=Proposal.objects.public())),
}


def public_ids(kind: str, ids) -> set[int]:
    """Those among `ids` that everybody may see, in one query; all of them where the table does not know the kind."""
    if kind not in PUBLIC:
        return set(ids)
    return set(PUBLIC[kind]().filter(pk__in=ids).values_list("pk", flat=True))
