"""Reading requests: the list, one request, its versions, its photos, and what is like it.

In contexts and views of ours a request of the budget is `asked`: `request` is the browser's.
"""

from urllib.parse import quote

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import periods, services
from budgets import request_rules as rules
from budgets.exports import LIST_COLUMNS, requests_of_list
from budgets.models import Request, RequestPhoto
from budgets.request_forms import FilterForm
from budgets.search import similar_to
from budgets.steps import public_versions, story_of
from budgets.studies import Studies
from decide import limits
from decide.accounts.rules import can_write
from decide.comments.views import thread_context
from decide.errors import Refused
from decide.media import file_response
from decide.moderation.rules import moderates
from decide.notices.following import answer_tap, is_following
from decide.tables import table_response
from decide.territory.models import Parish
from proposals.views.reading import typed_title
from votes.views import supports

PER_PAGE = 20


@require_safe
def index(request):
    form = FilterForm(request.GET)
    valid = form.is_valid()
    found = form.apply(Request.objects.public().for_cards()) if valid else Request.objects.none()
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("pagina"))
    context = {"form": form, "page": page, "requests": page.object_list, "chips": _chips(request, form)}
    context["refined"] = bool(form.errors or set(request.GET) - {"q", "pagina"})
    context["open_year"] = periods.open_year()
    return render(request, "budgets/requests.html", context, status=200 if valid else 400)


@require_safe
def download(request, form):
    """The list as a file, with its filters and its order."""
    filters = FilterForm(request.GET)
    if not filters.is_valid():
        raise Refused(filters.errors.as_data()[next(iter(filters.errors))][0].messages[0], status=400)
    found = filters.apply(Request.objects.public())
    return table_response("solicitudes", form, LIST_COLUMNS, requests_of_list(found))


def _chips(request, form) -> list[dict]:
    """What is applied, each with the address of the list without it."""
    chips = form.chips
    for chip in chips:
        without = request.GET.copy()
        for name in (chip["name"], "pagina"):
            without.pop(name, None)
        chip["address"] = f"?{without.urlencode()}"
    return chips


def viewable(request, pk: int) -> Request:
    """The request, if this person may see it; 404 otherwise."""
    found = Request.objects.select_related(
        *("year", "parish__zone", "author", "assembly", "box", "thread", "case"),
        *("duplicate_of", "referred_to", "proposal", "reconsideration"),
    ).defer("parish__boundary", "search_text", "proposal__body", "proposal__search_text")
    asked = get_object_or_404(found, pk=pk)
    if not rules.can_view(request.user, asked):
        raise Http404
    return asked


@require_safe
def go(request, pk):
    """The short address, as in a text message."""
    return redirect(viewable(request, pk), permanent=True)


@require_safe
def detail(request, pk, slug):
    asked = viewable(request, pk)
    if slug != asked.slug:
        return redirect(asked, permanent=True)
    return render(request, "budgets/request.html", detail_context(request, asked))


def detail_context(request, asked: Request) -> dict:
    user, address = request.user, request.build_absolute_uri(asked.get_absolute_url())
    if rules.takes_supports(asked):
        sentence = _("Apoye esta solicitud para el presupuesto de su parroquia: «%(title)s». %(address)s")
    else:
        sentence = _("Vea qué pasó con esta solicitud para el presupuesto: «%(title)s». %(address)s")
    sentence %= {"title": asked.title, "address": address}
    is_author = rules.is_author(user, asked)
    return {
        "asked": asked,
        "story": story_of(asked),
        "studies": Studies(asked, user),
        "is_public": asked.is_public,
        "is_author": is_author,
        "moderates": moderates(user) and not is_author,
        "suspended": user.is_authenticated and not can_write(user),
        "photos": [photo for photo in asked.photos.select_related("case") if _sees(user, photo, asked)],
        "can_edit": rules.can_edit(user, asked),
        "can_withdraw": rules.can_withdraw(user, asked),
        "takes_requests": not rules.was_filed(asked) and periods.open_year() is not None,
        "opens_on": periods.opens_on(asked.year) if asked.status == Request.Status.KEPT else None,
        "has_versions": rules.has_public_versions(asked),
        "proposal": asked.proposal if asked.proposal and asked.proposal.is_public else None,
        "original": asked.duplicate_of if asked.duplicate_of and asked.duplicate_of.is_public else None,
        "address": address,
        "share_sentence": sentence,
        "whatsapp": f"https://wa.me/?text={quote(sentence)}",
        "support": supports.panel(request, asked, rules.support_refusal(asked)) if asked.is_public else None,
        "following": is_following(request, asked.thread.follow_list_id),
        **thread_context(request, asked.thread),
    }


def _sees(user, photo: RequestPhoto, asked: Request) -> bool:
    photo.request = asked
    return rules.can_view_photo(user, photo)


@require_safe
def photo(request, pk, number, small=False):
    """A photo that has no address of its own under `/media/`: of a draft, hidden, or not yet looked at."""
    found = get_object_or_404(RequestPhoto.objects.select_related("request__assembly"), pk=number, request=pk)
    if not rules.can_view_photo(request.user, found):
        raise Http404
    return file_response(found.image.small_name if small else found.image.name)


@require_safe
def versions(request, pk, slug):
    asked = viewable(request, pk)
    if slug != asked.slug:
        return redirect("budgets:versions", pk, asked.slug, permanent=True)
    page, shown = public_versions(asked, request.GET.get("pagina"))
    return render(request, "budgets/versions.html", {"asked": asked, "page": page, "versions": shown})


def parish_of(data) -> Parish | None:
    """The parish that a form or an address names, by its number or its slug."""
    typed = data.get("parish") or data.get("parroquia") or ""
    if typed.isdecimal() and len(typed) < 10:
        return Parish.objects.defer("boundary").filter(pk=int(typed)).first()
    return Parish.objects.defer("boundary").filter(slug=typed).first() if typed.isprintable() and typed else None


def similar_requests(data) -> list:
    year = periods.open_year() or periods.coming_year()
    return similar_to(typed_title(data), year=year, parish=parish_of(data))


@require_safe
def similar(request):
    """A piece of a page: the requests whose titles are like `q`, while the title is being typed."""
    limits.check(request, "similar")
    return render(request, "budgets/_similar.html", {"similar": similar_requests(request.GET), "asked_similar": True})


# --- supporting and following -------------------------------------------------------------------------------------


def _supported(pk: int) -> Request:
    return get_object_or_404(Request.objects.public().select_related("box"), pk=pk)


@require_http_methods(["GET", "POST"])
def support(request, pk, slug):
    asked = _supported(pk)
    if request.method != "POST":
        return supports.back_to(asked)
    return supports.give(
        request,
        asked,
        refusal=rules.support_refusal(asked),
        support=lambda: services.support_request(request=asked, user=request.user),
    )


@require_http_methods(["GET", "POST"])
def unsupport(request, pk, slug):
    asked = _supported(pk)
    if request.method != "POST":
        return supports.back_to(asked)
    withdraw = services.withdraw_support
    return supports.take_back(request, asked, withdraw=lambda: withdraw(request=asked, user=request.user))


@require_http_methods(["GET", "POST"])
def follow(request, pk, slug, wanted):
    """`wanted`: follow, or stop following. A GET comes from signing in, and leads back to the page."""
    asked = get_object_or_404(Request.objects.public().select_related("thread__follow_list", "author"), pk=pk)
    back = f"{asked.get_absolute_url()}#seguir"
    if request.method != "POST":
        return redirect(back)
    return answer_tap(request, list=services.follow_list(asked), wanted=wanted, back=back)
