"""What templates of other rooms show of ours."""

from django import template

from budgets import request_rules as rules
from budgets.models import Request

register = template.Library()


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
