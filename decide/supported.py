"""What can be supported: the table behind saved taps, one's own supports, and codes of the desk (`votes.supported`)."""

import budgets.steps
import proposals.steps
from budgets.models import Request
from budgets.services import support_request
from proposals.models import Proposal
from proposals.services import support_proposal
from votes.supported import Supported

SUPPORTED = {
    "proposal": Supported(
        model=Proposal,
        support=lambda thing, user: support_proposal(proposal=thing, user=user)[0],
        story=proposals.steps.story_of,
        filed=lambda found: found.exclude(status=Proposal.Status.DRAFT).select_related("answer"),
    ),
    "budget_request": Supported(
        model=Request,
        support=lambda thing, user: support_request(request=thing, user=user)[0],
        story=budgets.steps.story_of,
        filed=lambda found: found.exclude(status=Request.Status.DRAFT).select_related("year"),
    ),
}
