"""Supporting a proposal, taking the support back, and confirming what was meant before being verified."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from decide import limits
from decide.accounts import rules as people
from decide.accounts.access import signin_required
from proposals import rules, services
from proposals.models import Proposal
from votes import intentions as taps
from votes import rules as signing
from votes import services as votes
from votes.models import Support

HERE = "apoyo"  # messages with this tag are shown in the panel, where the person is looking
PER_PAGE = 20


def _proposal(pk: int) -> Proposal:
    return get_object_or_404(Proposal.objects.public().select_related("box"), pk=pk)


def _back(proposal):
    """To the panel that was tapped; 303: whatever was posted, the page is fetched with GET."""
    response = redirect(f"{proposal.get_absolute_url()}#apoyar")
    response.status_code = 303
    return response


@require_http_methods(["GET", "POST"])
def support(request, pk, slug):
    proposal = _proposal(pk)
    if request.method != "POST":
        return _back(proposal)
    limits.check(request, "support")
    if refusal := rules.support_refusal(proposal):
        raise refusal
    if not (request.user.is_authenticated and request.user.residence_id):
        return _keep_tap(request, proposal)
    services.support_proposal(proposal=proposal, user=request.user)
    messages.success(request, _("Gracias. Su apoyo quedó registrado."), extra_tags=HERE)
    return _back(proposal)


def _keep_tap(request, proposal):
    """Whoever is not verified yet: the tap is kept, counts for nothing, and the way on is shown."""
    if not request.user.is_authenticated:
        taps.remember(request.session, proposal.box)
        messages.info(
            request, _("Guardamos su apoyo. Para que cuente, entre o cree su cuenta; volverá a la propuesta.")
        )
        return redirect_to_login(f"{proposal.get_absolute_url()}#apoyar")
    votes.keep_intention(user=request.user, box=proposal.box)
    messages.info(request, _("Falta un paso: verificar que vive en Quito."), extra_tags=HERE)
    return _back(proposal)


@require_http_methods(["GET", "POST"])
def unsupport(request, pk, slug):
    proposal = _proposal(pk)
    if request.method != "POST":
        return _back(proposal)
    limits.check(request, "support")
    if request.user.is_authenticated:
        services.withdraw_support(proposal=proposal, user=request.user)
    else:
        taps.forget(request.session, proposal.box)
    messages.success(request, _("Retiró su apoyo. Puede volver a darlo cuando quiera."), extra_tags=HERE)
    return _back(proposal)


def panel(request, proposal) -> dict:
    """What `_support.html` shows: `state` (closed, supported, young, confirm, kept or ready), `reason` (why not),
    `mine` (the own support), `counts` (whether an own support counts, None if unknown). One or two queries."""
    user, box = request.user, proposal.box
    residence = user.residence if user.is_authenticated else None
    refusal = rules.support_refusal(proposal)
    mine = Support.objects.filter(box=box, residence=residence).first() if residence else None
    shown = {"mine": mine, "counts": mine.counted if mine else residence and signing.counts_in(box, residence)}
    if mine:
        return {**shown, "state": "supported", "final": refusal is not None}
    if refusal:
        return {**shown, "state": "closed", "reason": refusal.reason}
    if residence and (young := signing.obstacle(residence)):
        return {**shown, "state": "young", "reason": young.reason}
    if user.is_authenticated:
        kept = box.intentions.filter(user=user).exists()
        return {**shown, "state": ("confirm" if residence else "kept") if kept else "ready"}
    return {**shown, "state": "kept" if box.pk in taps.kept(request.session) else "ready"}


@never_cache
@signin_required
@require_http_methods(["GET", "POST"])
def intentions(request):
    """What was meant before being verified: one confirmation turns it into supports."""
    context = {"proposals": services.pending_intentions(request.user), "verified": people.is_verified(request.user)}
    if request.method == "POST":
        limits.check(request, "support")
        done, refused = services.confirm_intentions(user=request.user)
        context |= {"done": done, "refused": refused}
    elif request.user.residence and not context["verified"]:
        context["young"] = rules.resident_refusal(request.user).reason
    return render(request, "proposals/intentions.html", context)


@never_cache
@signin_required
@require_safe
def own(request):
    """What I support: only I see it."""
    supports = Support.objects.filter(residence=request.user.residence_id, box__proposal__isnull=False)
    supports = (
        supports.exclude(residence=None)
        .filter(box__hidden=False)
        .select_related("box__proposal__parish")
        .order_by("-created", "-pk")
    )
    page = Paginator(supports, PER_PAGE).get_page(request.GET.get("pagina"))
    return render(request, "proposals/supports.html", {"page": page, "verify": reverse("accounts:residence")})
