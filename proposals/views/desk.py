"""The desk: a proposal or a support of a person who is present, the receipt, and following it by its code.

The code is shown once, to the officer who prints it: it stands in no address, and is stored as a digest. The receipt
and the page that follows a code serve whatever is filed at a desk (`votes.supported`); other rooms call `attempt` and
`keep_receipt`.
"""

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from decide import limits
from decide.accounts import rules as people
from decide.accounts.access import office_required
from decide.errors import Refused
from decide.text import clean_line
from proposals import rules, search, services
from proposals.desk_forms import DeskProposalForm, FollowForm, PresentForm
from proposals.models import Proposal
from votes import supported

RECEIPT = "desk_receipt"
FOUND_AT_MOST = 20

at_a_desk = office_required(*people.DESK_OFFICES)


@at_a_desk
@require_safe
def desk(request):
    """Find the proposal that the person wants to support, by its number or its title; or file a new one."""
    try:
        query = clean_line(request.GET.get("q", ""))[: search.MAX_QUERY]
    except ValidationError:
        query = ""
    found = Proposal.objects.public().filter(status__in=rules.TAKES_SUPPORTS, box__open=True)
    found = found.select_related("parish", "box")
    if query.isdecimal() and len(query) < 16:
        found = found.filter(pk=int(query))
    elif query:
        found = search.ORDERS["afines"](search.matching(found, query))
    else:
        found = found.newest()
    found = found.defer("body", "search_text")[:FOUND_AT_MOST]
    return render(request, "proposals/desk.html", {"query": query, "proposals": found})


@never_cache
@at_a_desk
@require_http_methods(["GET", "POST"])
def propose(request):
    form, status = DeskProposalForm(), 200
    if request.method == "POST":
        limits.check(request, "desk")
        form = DeskProposalForm(request.POST)
        status = attempt(form, lambda residence: _file(request, residence, form), request.user)
        if status == 303:
            return redirect("proposals:receipt")
    return render(request, "proposals/desk_propose.html", {"form": form}, status=status)


def _file(request, residence, form) -> None:
    proposal, code = services.file_proposal(officer=request.user, residence=residence, **form.values)
    keep_receipt(request, "proposal", proposal.pk, code)


@never_cache
@at_a_desk
@require_http_methods(["GET", "POST"])
def support(request, pk):
    """A support of the person who is present, or its withdrawal, by their document."""
    proposal = get_object_or_404(Proposal.objects.public().select_related("parish", "box"), pk=pk)
    form, status = PresentForm(), 200
    if request.method == "POST":
        limits.check(request, "desk")
        form = PresentForm(request.POST)
        act = _withdraw if request.POST.get("action") == "withdraw" else _support
        status = attempt(form, lambda residence: act(request, residence, proposal), request.user)
        if status == 303:
            return redirect("proposals:receipt") if act is _support else redirect("proposals:desk_support", pk)
    return render(request, "proposals/desk_support.html", {"form": form, "proposal": proposal}, status=status)


def _support(request, residence, proposal) -> None:
    proposal, code = services.file_support(officer=request.user, residence=residence, proposal=proposal)
    if code is None:
        raise Refused(_("Esta persona ya apoya esta propuesta: su apoyo se cuenta una sola vez."), status=409)
    keep_receipt(request, "proposal", proposal.pk, code, support=True)


def _withdraw(request, residence, proposal) -> None:
    _proposal, removed = services.withdraw_support(proposal=proposal, residence=residence)
    if not removed:
        raise Refused(_("Esta persona no apoya esta propuesta: no hay nada que retirar."), status=409)
    messages.success(request, _("El apoyo quedó retirado."))


def attempt(form, act, officer) -> int:
    """Do it for the person of a valid form: 303 when done; otherwise the reason is on the form, and its status."""
    if not form.is_valid():
        return 400
    try:
        act(form.residence(officer))
    except ValidationError as error:
        form.add_error(None, error)
        return 400
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return refusal.status
    return 303


def keep_receipt(request, name: str, pk: int, code: str | None, *, support: bool = False) -> None:
    """The last receipt of this officer's session, to be printed: of a thing (`name` as in `votes.supported`) or of a
    `support` for it. A form sent twice keeps the one that has the code."""
    if code:
        at = timezone.now().isoformat()
        request.session[RECEIPT] = {"name": name, "thing": pk, "support": support, "code": code, "at": at}


@never_cache
@at_a_desk
@require_safe
def receipt(request):
    """What the person takes home: what was filed, when, and the code. Nothing about who they are."""
    kept = request.session.get(RECEIPT) or {}
    kind = supported.table().get(kept.get("name"))
    if kind is None:
        return redirect("proposals:desk")
    address = f"{settings.SITE_URL}{reverse('proposals:follow')}"
    # After the hash: the telephone keeps it to itself, and no server or log sees the code.
    picture = segno.make(f"{address}#{kept['code']}", error="m").svg_data_uri(border=2, omitsize=True)
    things = kind.filed(kind.model.objects.filter(hidden=False)).select_related("parish")
    context = {
        **{name: kept[name] for name in ("name", "support", "code")},
        "at": timezone.datetime.fromisoformat(kept["at"]),
        "thing": get_object_or_404(things, pk=kept["thing"]),
        "address": address,
        "picture": picture,
    }
    return render(request, "proposals/receipt.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def follow(request):
    """What became of what was filed at a desk, for whoever has the code. A POST, so that no address carries it."""
    form, status, thing = FollowForm(), 200, None
    if request.method == "POST":
        limits.check(request, "follow-code")
        form, status = FollowForm(request.POST), 400
        if form.is_valid():
            (name, thing, support), status = supported.find_filed(form.cleaned_data["code"]), 200
            if thing is None:
                form.add_error("code", _("No encontramos ese código. Revíselo. Un apoyo que se retiró ya no lo tiene."))
                status = 404
    context = {"form": form}
    if thing:
        story = supported.table()[name].story(thing)
        context = {"form": FollowForm(), "name": name, "thing": thing, "support": support, "story": story}
    return render(request, "proposals/follow.html", context, status=status)
