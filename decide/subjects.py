"""Which kind of thing is what, and what of it everybody may see now: the one table by which `comment:42` is found.

Moderation makes cases with it; notices ask whether what they tell of is public.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from budgets.models import Request, RequestPhoto
from decide.answers.models import Answer
from decide.assemblies.models import Assembly, Objection
from decide.comments.models import Comment
from proposals.models import Proposal, ProposalDocument, ProposalPhoto


@dataclass(frozen=True)
class Subject:
    """`model` is Moderated where moderators can hide it; `public` gives what everybody may see now."""

    model: type
    public: Callable[[], QuerySet]

    def find_public(self, pk: int):
        """The object if everybody may see it now, or None."""
        return self.public().filter(pk=pk).first()

    def of_case(self, case):
        """The object that owns a moderation case, shown or hidden; None where it is gone."""
        return self.model._base_manager.filter(case=case).first()


def _beside_public_proposals(model):
    return lambda: model.objects.filter(hidden=False, proposal__in=Proposal.objects.public())


SUBJECTS = {
    "proposal": Subject(Proposal, Proposal.objects.public),
    "photo": Subject(ProposalPhoto, _beside_public_proposals(ProposalPhoto)),
    "document": Subject(ProposalDocument, _beside_public_proposals(ProposalDocument)),
    "request": Subject(Request, Request.objects.public),
    "request_photo": Subject(
        RequestPhoto, lambda: RequestPhoto.objects.filter(hidden=False, request__in=Request.objects.public())
    ),
    "assembly": Subject(Assembly, Assembly.objects.public),
    "objection": Subject(Objection, Objection.objects.public),
    "comment": Subject(Comment, lambda: Comment.objects.public().shown()),
    "answer": Subject(
        Answer, lambda: Answer.objects.exclude(proposal__in=Proposal.objects.exclude(pk__in=Proposal.objects.public()))
    ),
}


def public_ids(kind: str, ids: Iterable[int]) -> set[int]:
    """Those among `ids` that everybody may see, in one query; all of them where the table does not know the kind."""
    if kind not in SUBJECTS:
        return set(ids)
    return set(SUBJECTS[kind].public().filter(pk__in=ids).values_list("pk", flat=True))
