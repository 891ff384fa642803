"""Supporting a proposal, taking the support back, and confirming what was meant before being verified."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from decide import limits
from decide.accounts import rules as people
from decide.accounts.access import signin_required
from proposals import rules, services
from proposals.models import Proposal
from votes import services as votes
from votes import supported
from votes.views import supports

PER_PAGE = 20


def _proposal(pk: int) -> Proposal:
    return get_object_or_404(Proposal.objects.public().select_related("box"), pk=pk)


@require_http_methods(["GET", "POST"])
def support(request, pk, slug):
    proposal = _proposal(pk)
    if request.method != "POST":
        return supports.back_to(proposal)
    return supports.give(
        request,
        proposal,
        refusal=rules.support_refusal(proposal),
        support=lambda: services.support_proposal(proposal=proposal, user=request.user),
    )


@require_http_methods(["GET", "POST"])
def unsupport(request, pk, slug):
    proposal = _proposal(pk)
    if request.method != "POST":
        return supports.back_to(proposal)
    withdraw = services.withdraw_support
    return supports.take_back(request, proposal, withdraw=lambda: withdraw(proposal=proposal, user=request.user))


def panel(request, proposal) -> dict:
    return supports.panel(request, proposal, rules.support_refusal(proposal))


@never_cache
@signin_required
@require_http_methods(["GET", "POST"])
def intentions(request):
    """What was meant before being verified: one confirmation turns it into supports."""
    context = {"things": supported.pending_intentions(request.user), "verified": people.is_verified(request.user)}
    if request.method == "POST":
        limits.check(request, "support")
        done, refused = votes.confirm_intentions(user=request.user)
        context |= {"done": done, "refused": refused}
    elif request.user.residence and not context["verified"]:
        context["young"] = rules.resident_refusal(request.user).reason
    return render(request, "proposals/intentions.html", context)


@never_cache
@signin_required
@require_safe
def own(request):
    """What I support: only I see it."""
    page = Paginator(supported.supports_of(request.user), PER_PAGE).get_page(request.GET.get("pagina"))
    for each in page:
        each.thing = supported.thing_of(each.box)
    return render(request, "proposals/supports.html", {"page": page, "verify": reverse("accounts:residence")})
