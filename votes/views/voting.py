"""Voting: choose, review, confirm, receipt. Each step is a POST whose page carries the choices in hidden fields.

Nothing of a choice and no commitment is ever in a session, an address, a message or a log: who is not signed in
any more chooses again after signing in.
"""

import re
from dataclasses import dataclass

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from decide import limits
from decide.errors import Refused
from votes import who
from votes.ballot import STEP, WORD, new_ballot, read_ballot
from votes.clock import database_clock
from votes.models import Poll
from votes.opening import draw_word
from votes.reading import fingerprint_of, has_voted, polls
from votes.services.casting import cast_ballot

CHOOSE, REVIEW, REDRAW, CAST = "elegir", "revisar", "sortear", "emitir"


@dataclass(frozen=True)
class Place:
    """Where somebody votes: the address that takes the steps, where to go back to, and how the vote is cast."""

    action: str
    back: str
    cast: object
    at_desk: bool = False


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request, pk, slug):
    """The ballot of a person with an account."""
    poll = get_object_or_404(polls().public(), pk=pk)
    if slug != poll.slug:
        return redirect("votes:vote", pk, poll.slug)
    if refusal := who.not_now(poll, database_clock()):
        raise refusal
    user = request.user
    if not user.is_authenticated:
        if request.method == "POST":
            messages.info(
                request, _("Entre para votar. Por el secreto del voto no guardamos lo que eligió: elija de nuevo.")
            )
            return redirect_to_login(request.path)
        return render(request, "votes/door.html", {"poll": poll, **door_context(poll, None)})
    if user.residence is None and request.method != "POST":
        return render(request, "votes/door.html", {"poll": poll, **door_context(poll, user)})
    if refusal := who.not_this_person(poll, user.residence):
        raise refusal

    def cast(choices, word):
        return cast_ballot(residence=user.residence, poll=poll, choices=choices, word=word)

    place = Place(action=request.path, back=poll.get_absolute_url(), cast=cast)
    return steps(request, poll, place, voted=has_voted(poll, user.residence_id))


def door_context(poll: Poll, user) -> dict:
    return {"who_votes": who.who_votes(poll), "how": who.how_to_be_verified(poll)}


def steps(request, poll: Poll, place: Place, voted: bool):
    """The page that follows from what was sent."""
    context = {"poll": poll, "place": place, "voted": voted}
    if request.method != "POST":
        return _page(request, "choose", context | {"ballot": new_ballot(poll)})
    limits.check(request, "vote")
    context["ballot"] = ballot = read_ballot(poll, request.POST)
    step, word = request.POST.get(STEP), request.POST.get(WORD, "")
    if step == CHOOSE:
        for asked in ballot.asked:
            asked.error = ""
        return _page(request, "choose", context)
    if step not in (REVIEW, REDRAW, CAST):
        raise Refused(_("Falta decir qué paso sigue. Abra la papeleta de nuevo."), status=400)
    if ballot.errors:
        return _page(request, "choose", context, status=400)
    if step != CAST:
        return _page(request, "review", context | {"word": draw_word(), "redrawn": step == REDRAW})
    if not re.fullmatch(r"[0-9]{6}", word):
        raise Refused(_("Faltan las seis cifras de su voto. Abra la papeleta de nuevo."), status=400)
    receipt = place.cast(ballot.choices, word)
    return _page(request, "receipt", context | receipt_context(poll, receipt))


def _page(request, name: str, context: dict, status=200):
    return render(request, f"votes/{name}.html", context, status=status)


def receipt_context(poll: Poll, receipt) -> dict:
    """The receipt with its picture. The code stands after the hash of the address: no server or log ever sees it."""
    address = f"{settings.SITE_URL}{poll.get_absolute_url()}comprobar/"
    picture = segno.make(f"{address}#{receipt.code}", error="l").svg_data_uri(border=2, omitsize=True)
    return {"receipt": receipt, "address": address, "picture": picture, "fingerprint": fingerprint_of(poll)}
