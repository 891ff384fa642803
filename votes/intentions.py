"""Taps of people who have not signed in: kept in their session until they do, at most INTENTION_PERIOD."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from votes import services

KEY = "intentions"
MOST = 50  # the last taps of one session


def remember(session, box) -> None:
    """Keep a tap in the session; the first one of a box stays."""
    taps = {str(pk): at.isoformat() for pk, at in kept(session).items()}
    taps.setdefault(str(box.pk), timezone.now().isoformat())
    session[KEY] = dict(list(taps.items())[-MOST:])


def forget(session, box) -> None:
    """Take a tap back."""
    session[KEY] = {str(pk): at.isoformat() for pk, at in kept(session).items() if pk != box.pk}


def kept(session) -> dict[int, datetime]:
    """`{box id: when}` of the taps that are not too old."""
    since = timezone.now() - settings.INTENTION_PERIOD
    taps = {int(pk): datetime.fromisoformat(at) for pk, at in session.get(KEY, {}).items()}
    return {pk: at for pk, at in taps.items() if at >= since}


def move_to_account(sender, request, user, **kwargs) -> None:
    """Whoever signs in finds the taps of this session among their intentions."""
    session = getattr(request, "session", None)
    if session is None or KEY not in session:
        return
    services.keep_intentions(user=user, taps=kept(session))
    del session[KEY]
