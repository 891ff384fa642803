"""Turns at the ballot on an office's device: one vote, a short time, and the officer's session locked away."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts.models import Residence
from decide.accounts.rules import DESK_OFFICES, has_office
from decide.accounts.sessions import SessionStore
from decide.errors import Refused
from votes.models import DeskBallot, Poll
from votes.services.casting import cast_ballot

MINUTES = 20  # to vote, from the moment the device is handed over
KEPT_HOURS = 12  # so long the officer can take the device back without signing in anew


def _digest(token: str) -> str:
    return sha256(f"desk-ballot|{token}".encode()).hexdigest()


def start_turn(*, poll: Poll, officer, session_key: str) -> str:
    """A turn for one vote in this poll: the token of the voter's cookie. The row does not say who votes."""
    if not has_office(officer, *DESK_OFFICES):
        raise Refused(_("Solo quien atiende en ventanilla abre un turno para votar."), status=403)
    token = secrets.token_urlsafe(24)
    DeskBallot.objects.create(digest=_digest(token), poll=poll, officer=officer, session_key=session_key)
    return token


def find_turn(token: str) -> DeskBallot | None:
    if not token:
        return None
    since = timezone.now() - timedelta(hours=KEPT_HOURS)
    return DeskBallot.objects.filter(digest=_digest(token), started_at__gte=since).select_related("officer").first()


@transaction.atomic
def cast_at_desk(*, turn: DeskBallot, residence: Residence, poll: Poll, choices: dict, word: str):
    """The one vote of a turn. Sent again with the same choices and word it returns the same receipt.

    Raises Refused: 403 when its time is up, 409 when the turn has been used for another ballot.
    """
    locked = DeskBallot.objects.select_for_update().filter(pk=turn.pk, poll=poll).first()
    if locked is None or locked.started_at < timezone.now() - timedelta(minutes=MINUTES):
        raise Refused(_("Su turno terminó. Pida otro a quien le atiende: todavía puede votar."), status=403)
    receipt = cast_ballot(residence=residence, poll=poll, choices=choices, word=word)
    if locked.used and not receipt.again:
        # Raised inside the transaction: the ballot that was stored first stands.
        raise Refused(_("Ya votó en este turno. Si quiere cambiar su voto, pida otro a quien le atiende."), status=409)
    locked.used = True
    locked.save(update_fields=["used"])
    return receipt


@transaction.atomic
def end_turn(*, turn: DeskBallot, password: str) -> SessionStore | None:
    """The officer's session, if this is the officer's password and the session still lives; the turn is over.

    None for a wrong password. Raises Refused (403) where the session ended meanwhile: the officer signs in again.
    """
    officer = turn.officer
    if not (officer.is_active and officer.check_password(password)):
        return None
    DeskBallot.objects.filter(pk=turn.pk).delete()
    session = SessionStore(session_key=turn.session_key)
    if session.get(SESSION_KEY) != str(officer.pk):
        raise Refused(
            _("Su sesión terminó mientras tanto. Entre de nuevo."),
            status=403,
            way_out=("/cuentas/login/?next=/mostrador/", _("Entrar")),
        )
    return session


def drop_old_turns(now: datetime) -> int:
    """Forget turns that nobody took back. Returns how many."""
    return DeskBallot.objects.filter(started_at__lt=now - timedelta(hours=KEPT_HOURS)).delete()[0]
