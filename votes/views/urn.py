"""Voting at an office's device: the officer starts a turn for the person who is present, and hands the device over.

Meanwhile the browser does not hold the officer's session: only the voter's cookie, for one vote in one poll and a
short time. The officer takes the device back with the own password. Nobody but the voter casts or sees the vote.
"""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from decide import limits
from decide.accounts.access import office_required
from decide.accounts.models import Residence
from decide.accounts.rules import DESK_OFFICES
from decide.accounts.sessions import SessionStore
from decide.accounts.views.desk import present
from decide.errors import Refused
from votes import who
from votes.clock import database_clock
from votes.forms import TakeBackForm
from votes.models import Poll
from votes.reading import has_voted, open_for, polls
from votes.services import desk as turns
from votes.views.voting import Place, steps

COOKIE = "urna"
PATH = "/urna/"


@office_required(*DESK_OFFICES)
@require_http_methods(["GET", "HEAD", "POST"])
def start(request, pk):
    """The polls in which the person who is present may vote; a POST hands the device over."""
    residence = present(request, pk)
    if request.method == "POST":
        limits.check(request, "desk")
        number = request.POST.get("votacion", "")
        known = polls().filter(pk=int(number)) if number.isascii() and number.isdecimal() and len(number) < 16 else []
        poll = next(iter(known), None)
        if poll is None or poll.status not in Poll.PUBLIC:
            raise Refused(_("Elija una votación abierta."), status=404)
        return _hand_over(request, poll, residence)
    rows = [(poll, who.not_this_person(poll, residence)) for poll in open_for(residence.parish)]
    return render(request, "votes/desk_start.html", {"rows": rows, "residence": residence})


def _hand_over(request, poll: Poll, residence: Residence):
    if refusal := who.not_now(poll, database_clock()) or who.not_this_person(poll, residence):
        raise refusal
    token = turns.start_turn(poll=poll, officer=request.user, session_key=request.session.session_key)
    request.session.save()
    # The officer's session stays in the database, and this browser loses it: the middleware takes its cookie away.
    request.session = SessionStore()
    request.user = AnonymousUser()
    rotate_token(request)
    response = redirect("votes:urn")
    response.set_signed_cookie(
        COOKIE,
        f"{token}:{residence.pk}",
        max_age=turns.KEPT_HOURS * 3600,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return response


def _turn(request):
    """`(the turn, the residence)` of this browser. Raises Refused (403) without one."""
    value = request.get_signed_cookie(COOKIE, default="", max_age=turns.KEPT_HOURS * 3600)
    token, _colon, pk = value.partition(":")
    turn = turns.find_turn(token)
    if turn is None:
        raise Refused(
            _("Aquí no hay un turno para votar, o ya terminó. Pida otro a quien le atiende."),
            status=403,
            way_out=(reverse("accounts:desk"), _("Soy quien atiende")),
        )
    return turn, get_object_or_404(Residence.objects.select_related("parish"), pk=pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def urn(request):
    """The ballot on the office's device."""
    turn, residence = _turn(request)
    poll = get_object_or_404(polls().public(), pk=turn.poll_id)
    if refusal := who.not_now(poll, database_clock()) or who.not_this_person(poll, residence):
        raise refusal
    if turn.used and not (request.method == "POST" and request.POST.get("paso") == "emitir"):
        return redirect("votes:urn_back")

    def cast(choices, word):
        return turns.cast_at_desk(turn=turn, residence=residence, poll=poll, choices=choices, word=word)

    place = Place(action=reverse("votes:urn"), back=reverse("votes:urn_back"), cast=cast, at_desk=True)
    return steps(request, poll, place, voted=has_voted(poll, residence.pk))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request):
    """The voter hands the device back; the officer's password brings the officer's session back."""
    turn, _residence = _turn(request)
    form, status = TakeBackForm(), 200
    if request.method == "POST":
        limits.check(request, "take-back")
        form, status = TakeBackForm(request.POST), 400
        if form.is_valid():
            if session := turns.end_turn(turn=turn, password=form.cleaned_data["password"]):
                return _give_back(request, session)
            form.add_error("password", _("Esa no es la contraseña de quien abrió este turno."))
            status = 403
    context = {"form": form, "turn": turn}
    return render(request, "votes/desk_back.html", context, status=status)


def _give_back(request, session: SessionStore):
    request.session = session
    request.session.modified = True
    rotate_token(request)
    messages.success(request, _("El equipo volvió a usted. Lo que la persona votó no quedó en él."))
    response = redirect("accounts:desk")
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")
    return response
