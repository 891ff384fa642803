"""Filing at a desk for a person who is present: no account, no e-mail, a printed code to follow it."""

from django.db import transaction

from proposals.models import Proposal
from proposals.services.authoring import draft_proposal
from proposals.services.lifecycle import publish_proposal
from proposals.services.supporting import support_proposal
from votes import codes


@transaction.atomic
def file_proposal(*, officer, residence, **values) -> tuple[Proposal, str | None]:
    """Publish a proposal of a person who is present, "por ventanilla": `(proposal, the code of its receipt)`.

    The officer is recorded and not published. The same `once_key` again gives the same proposal and no code: it was
    printed the first time, and nobody can read it from what is stored.
    """
    code = codes.make_code()
    proposal = draft_proposal(
        by_desk=True, desk_residence=residence, desk_officer=officer, code=codes.digest(code), **values
    )
    proposal = publish_proposal(proposal=proposal)
    return proposal, code if proposal.code == codes.digest(code) else None


@transaction.atomic
def file_support(*, officer, residence, proposal: Proposal) -> tuple[Proposal, str | None]:
    """Support for a person who is present: `(proposal, code)`; no code where the person supported it already."""
    code = codes.make_code()
    proposal, created = support_proposal(
        proposal=proposal, residence=residence, officer=officer, code=codes.digest(code)
    )
    return proposal, code if created else None
