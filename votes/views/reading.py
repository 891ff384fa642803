"""Reading: the list of polls, one poll with its figures, what the count can be checked with."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from decide.accounts.access import signin_required
from decide.comments.views import thread_context
from decide.notices.following import is_following
from votes import frozen, officers, who
from votes.clock import database_clock
from votes.forms import FilterForm
from votes.models import Poll
from votes.reading import has_voted, places_of, polls, polls_of, results_of
from votes.steps import story_of

PER_PAGE = 20
# A poll that closes within this time says so first.
SOON = timedelta(hours=48)


@require_safe
def index(request):
    form = FilterForm(request.GET)
    valid = form.is_valid()
    found = form.apply(polls().public()) if valid else Poll.objects.none()
    page = Paginator(found.current_first(), PER_PAGE).get_page(request.GET.get("pagina"))
    context = {"form": form, "page": page, "cards": cards(page.object_list), "chips": _chips(request, form)}
    context["refined"] = bool(form.errors or set(request.GET) - {"q", "pagina"})
    context["writes"] = request.user.is_authenticated and officers.writes_polls(request.user)
    return render(request, "votes/list.html", context, status=200 if valid else 400)


def _chips(request, form) -> list[dict]:
    chips = form.chips if form.is_valid() else []
    for chip in chips:
        without = request.GET.copy()
        for name in (chip["name"], "pagina"):
            without.pop(name, None)
        chip["address"] = f"?{without.urlencode()}"
    return chips


def cards(found) -> list[dict]:
    """Polls with the words of their cards; what they need comes with `reading.polls`."""
    now = timezone.now()
    return [
        {
            "poll": poll,
            "scope": who.scope_words(poll),
            "soon": poll.status == Poll.Status.OPEN and poll.closes_at - now < SOON,
        }
        for poll in found
    ]


def public_poll(pk: int) -> Poll:
    """What everybody may see; a draft and what is missing are one and the same 404."""
    return get_object_or_404(polls().public().select_related("answer__agency", "answer__passed_from"), pk=pk)


@require_safe
def go(request, pk):
    """The short address, as in a text message."""
    return redirect(public_poll(pk), permanent=True)


@require_safe
def detail(request, pk, slug):
    poll = public_poll(pk)
    if slug != poll.slug:
        return redirect(poll, permanent=True)
    return render(request, "votes/detail.html", detail_context(request, poll))


def detail_context(request, poll: Poll) -> dict:
    """Everything that the page of a poll shows, also as a preview of one that is not public yet."""
    context = {
        "poll": poll,
        "scope": who.scope_words(poll),
        "who_votes": who.who_votes(poll),
        "results": results_of(poll),
        "documents": poll.documents.all(),
        "story": story_of(poll),
        "mine": standing(request.user, poll),
        "share": _share(poll.turnout, poll.eligible),
        "share_verified": _share(poll.turnout, poll.verified),
        "publish": frozen.PUBLISH,
        "batch": frozen.BATCH,
        "may_manage": request.user.is_authenticated and officers.is_in_charge(request.user, poll),
        "soon": poll.closes_at - timezone.now() < SOON,
        "following": is_following(request, poll.thread.follow_list_id),
    }
    if poll.status == Poll.Status.CLOSED and poll.totals:
        context["places"] = places_of(poll)
    if poll.thread.public:
        context |= thread_context(request, poll.thread)
    return context


def _share(part: int, whole: int | None) -> float | None:
    """Per cent with one decimal; None where the whole is not known or the share says nothing (below 0.1)."""
    share = round(part * 100 / whole, 1) if whole else None
    return share or None


def standing(user, poll: Poll) -> dict:
    """What this person can do here: `state` and, where something keeps them from voting, `refusal`."""
    closed = who.not_now(poll, database_clock())
    residence = user.residence if user.is_authenticated else None
    voted = has_voted(poll, residence.pk) if residence else False
    if closed:
        return {"state": "over", "voted": voted, "known": residence is not None, "refusal": closed}
    if not user.is_authenticated:
        return {"state": "anonymous", "voted": False}
    if refusal := who.not_this_person(poll, residence):
        return {"state": "may_not", "voted": voted, "refusal": refusal}
    return {"state": "may", "voted": voted}


@never_cache
@signin_required
@require_safe
def own(request):
    """In which polls this person appears as having voted: that, and nothing of what."""
    found = polls_of(request.user.residence_id) if request.user.residence_id else Poll.objects.none()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    return render(request, "votes/own.html", {"page": page})
