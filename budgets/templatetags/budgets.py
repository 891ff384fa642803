"""What templates of other rooms show of ours."""

from django import template

from budgets import request_rules as rules
from budgets.decision_rules import page_of
from budgets.models import Candidate, Decision, Request
from budgets.outcomes import sentence

register = template.Library()
_Status = Request.Status
ON_A_MATRIX = {_Status.FEASIBLE, _Status.PRIORITISED, _Status.RESERVE, _Status.NOT_FUNDED}


@register.inclusion_tag("budgets/_of_proposal.html", takes_context=True)
def request_of(context, proposal):
    """The request that a proposal became, for whoever may see it, or the button to make it one. One query."""
    if proposal.parish_id is None:
        return {}
    user = context["user"]
    asked = Request.objects.filter(proposal=proposal).select_related("assembly").defer("body", "search_text").first()
    if asked:
        return {"asked": asked if rules.can_view(user, asked) else None}
    return {"proposal": proposal, "can_make": rules.may_make_request_of(user, proposal)}


@register.simple_tag
def outcome_of(asked):
    """`{"candidate", "sentence", "page"}` of a request on a published matrix; None otherwise. One query at most."""
    if asked.status not in ON_A_MATRIX:
        return None
    found = Candidate.objects.filter(request=asked).exclude(decision__status=Decision.Status.PREPARING)
    candidate = found.select_related("item", "decision__year", "decision__parish").first()
    if candidate is None:
        return None
    return {"candidate": candidate, "sentence": sentence(candidate), "page": page_of(candidate.decision)}


@register.simple_tag
def decision_page(session):
    """The address of what a budget session decides, once its rules are published; "" otherwise. One query at most."""
    if session.kind != session.Kind.BUDGET:
        return ""
    found = Decision.objects.filter(session=session).exclude(status=Decision.Status.PREPARING)
    decision = found.select_related("year", "parish").first()
    return page_of(decision) if decision else ""
