"""Reading: the list, one proposal, its versions, its poster, and what is like it."""

from urllib.parse import quote

import segno
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from decide import limits
from decide.accounts.rules import can_write
from decide.comments.views import thread_context
from decide.media import file_response
from decide.moderation.rules import moderates
from decide.notices.following import is_following
from decide.text import clean_line
from proposals import rules, search
from proposals.duplicates import shown_on
from proposals.forms import FilterForm
from proposals.models import Proposal, ProposalDocument, ProposalPhoto
from proposals.steps import story_of
from proposals.versions import public_versions
from proposals.views.supporting import panel

PER_PAGE = 20


@require_safe
def index(request):
    form = FilterForm(request.GET)
    valid = form.is_valid()
    found = form.apply(Proposal.objects.public().for_cards()) if valid else Proposal.objects.none()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    context = {"form": form, "page": page, "proposals": page.object_list, "chips": _chips(request, form)}
    context["refined"] = bool(form.errors or set(request.GET) - {"q", "pagina"})
    return render(request, "proposals/list.html", context, status=200 if valid else 400)


def _chips(request, form) -> list[dict]:
    """What is applied, each with the address of the list without it."""
    chips = form.chips
    for chip in chips:
        without = request.GET.copy()
        for name in (chip["name"], "pagina"):
            without.pop(name, None)
        chip["address"] = f"?{without.urlencode()}"
    return chips


def viewable(request, pk: int, *related) -> Proposal:
    """The proposal, if this person may see it; 404 otherwise."""
    proposals = Proposal.objects.select_related(
        "parish__zone", "category", "author", "box", "thread", "answer__agency", "case", *related
    ).defer("parish__boundary", "search_text")
    proposal = get_object_or_404(proposals, pk=pk)
    if not rules.can_view(request.user, proposal):
        raise Http404
    return proposal


@require_safe
def go(request, pk):
    """The short address, as in a text message."""
    return redirect(viewable(request, pk), permanent=True)


@require_safe
def detail(request, pk, slug):
    proposal = viewable(request, pk)
    if slug != proposal.slug:
        return redirect(proposal, permanent=True)
    return render(request, "proposals/detail.html", detail_context(request, proposal))


def detail_context(request, proposal) -> dict:
    user, address = request.user, request.build_absolute_uri(proposal.get_absolute_url())
    if rules.takes_supports(proposal):
        sentence = _("Apoye esta propuesta para Quito: «%(title)s». %(address)s")
    else:
        sentence = _("Vea qué pasó con esta propuesta para Quito: «%(title)s». %(address)s")
    sentence %= {"title": proposal.title, "address": address}
    return {
        "proposal": proposal,
        "answer": proposal.answer,
        "story": story_of(proposal),
        "is_public": rules.is_public(proposal),
        "is_draft": not rules.was_published(proposal),
        "moderates": moderates(user) and not rules.is_author(user, proposal),
        "suspended": user.is_authenticated and not can_write(user),
        "photos": _shown_to(user, proposal, proposal.photos),
        "documents": _shown_to(user, proposal, proposal.documents),
        "is_author": rules.is_author(user, proposal),
        "can_edit": rules.can_edit(user, proposal),
        "can_withdraw": rules.can_withdraw(user, proposal),
        "can_link": rules.can_link(user, proposal),
        "duplicates": shown_on(proposal),
        "has_versions": rules.has_public_versions(proposal),
        "address": address,
        "share_sentence": sentence,
        "whatsapp": f"https://wa.me/?text={quote(sentence)}",
        "support": panel(request, proposal) if rules.is_public(proposal) else None,
        "following": is_following(request, proposal.thread.follow_list_id),
        "poll": rules.public_poll(proposal),
        "can_make_poll": rules.can_make_poll(user, proposal),
        **thread_context(request, proposal.thread),
    }


def _shown_to(user, proposal, files) -> list:
    """Its photos or documents; also those that wait or are hidden, with why, for its author and moderators."""
    return [each for each in files.select_related("case") if rules.can_view_file(user, each)]


@require_safe
def photo(request, pk, number, small=False):
    """A photo that has no address of its own under `/media/`: of a draft, hidden, or not yet looked at."""
    found = _file(request, ProposalPhoto, pk, number)
    return file_response(found.image.small_name if small else found.image.name)


@require_safe
def document(request, pk, number):
    return file_response(_file(request, ProposalDocument, pk, number).file.name)


def _file(request, model, pk, number):
    found = get_object_or_404(model.objects.select_related("proposal"), pk=number, proposal=pk)
    if not rules.can_view_file(request.user, found):
        raise Http404
    return found


@require_safe
def versions(request, pk, slug):
    proposal = viewable(request, pk)
    if slug != proposal.slug:
        return redirect("proposals:versions", pk, proposal.slug, permanent=True)
    page, shown = public_versions(proposal, request.GET.get("pagina"))
    return render(request, "proposals/versions.html", {"proposal": proposal, "page": page, "versions": shown})


@require_safe
def poster(request, pk, slug):
    proposal = viewable(request, pk)
    if not rules.is_public(proposal):
        raise Http404
    if slug != proposal.slug:
        return redirect("proposals:poster", pk, proposal.slug, permanent=True)
    address = request.build_absolute_uri(f"/propuestas/{proposal.pk}/")
    code = segno.make(address, error="m").svg_data_uri(border=2, omitsize=True)
    return render(request, "proposals/poster.html", {"proposal": proposal, "address": address, "code": code})


@require_safe
def similar(request):
    """A piece of a page: the proposals whose titles are like `q`, while the title is being typed."""
    limits.check(request, "similar")
    context = {"similar": search.similar_to(typed_title(request.GET)), "asked": True}
    return render(request, "proposals/_similar.html", context)


def typed_title(data) -> str:
    """What was typed so far, cleaned; nothing for what cannot be a title."""
    try:
        return clean_line(data.get("q") or data.get("title") or "")[: search.MAX_QUERY]
    except ValidationError:
        return ""
