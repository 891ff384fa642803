"""Saying that a proposal repeats another, and taking that back: its author, or a moderator."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from decide import limits
from decide.accounts.access import kept_input, signin_required
from decide.errors import Refused
from proposals import rules, search, services
from proposals.duplicates import active_link
from proposals.linking_forms import LinkForm, UnlinkForm
from proposals.models import Proposal
from proposals.views.reading import typed_title


@never_cache
@signin_required
@require_http_methods(["GET", "POST"])
def link(request, pk):
    """Choose the other one by its title or its address (`?q=` looks for others)."""
    proposal = _linkable(request, pk)
    query = typed_title(request.GET)
    options = {"found": _found(proposal, query), "can_withdraw": rules.can_withdraw(request.user, proposal)}
    form, status = LinkForm(initial=_kept(request), **options), 200
    if request.method == "POST":
        limits.check(request, "proposal-edit")
        form, status = LinkForm(request.POST, **options), 400
        if form.is_valid():
            status = _link(request, proposal, form)
        if status == 303:
            return redirect(f"{proposal.get_absolute_url()}#repetida")
    context = {"proposal": proposal, "form": form, "query": query, "found": options["found"]}
    return render(request, "proposals/link.html", context, status=status)


def _link(request, proposal, form) -> int:
    typed = {name: form.cleaned_data.get(name) for name in ("original", "once_key")}
    try:
        services.link_duplicate(
            proposal=proposal, by=request.user, withdraw=bool(form.cleaned_data.get("withdraw")), **typed
        )
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return refusal.status
    messages.success(request, _("Las dos propuestas quedaron enlazadas. Avisamos a quienes apoyaron esta."))
    return 303


@never_cache
@signin_required
@require_http_methods(["GET", "POST"])
def unlink(request, pk):
    proposal = _linkable(request, pk)
    held = active_link(proposal)
    if held is None:
        raise Refused(_("Esta propuesta no está enlazada con otra."), status=409)
    form = UnlinkForm(request.POST if request.method == "POST" else None, initial=_kept(request))
    if form.is_valid():
        limits.check(request, "proposal-edit")
        services.unlink_duplicate(link=held, by=request.user, **form.cleaned_data)
        messages.success(request, _("Quitamos el enlace. Su razón se lee en la historia de la propuesta."))
        return redirect(proposal)
    context = {"proposal": proposal, "form": form}
    return render(request, "proposals/unlink.html", context, status=400 if form.is_bound else 200)


def _linkable(request, pk) -> Proposal:
    """What this person may link: what is not public is missing (404), what is somebody else's is refused (403)."""
    proposal = get_object_or_404(Proposal.objects.select_related("box", "thread", "parish", "author"), pk=pk)
    if not proposal.is_public:
        raise Http404
    if not rules.can_link(request.user, proposal):
        raise Refused(_("Solo quien la propuso o moderación la enlaza con otra."), status=403)
    return proposal


def _found(proposal, query: str) -> list[Proposal]:
    """Those like what is looked for, or like its own title."""
    alike = [one.proposal for one in search.similar_to(query or proposal.title, besides=proposal.pk)]
    if not query:
        return alike
    named = search.matching(Proposal.objects.public().exclude(pk=proposal.pk), query).order_by("-rank", "-pk")
    named = named.select_related("parish", "box").defer("body", "search_text")[: search.SIMILAR_AT_MOST]
    return list({one.pk: one for one in [*alike, *named]}.values())


def _kept(request):
    kept = kept_input(request) if request.method == "GET" else None
    return kept.dict() if kept else None
