"""Whoever holds an office proves who they are with a second factor."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from decide.accounts.rules import needs_second_factor

# Signing in and out and setting the factor up, files, the live channel, the language.
OPEN = ("/cuentas/", "/static/", "/media/", "/live/", "/ws/", "/i18n/", "/salud/")
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorMiddleware:
    """Leads a person with an office and without a second factor to set one up before any other page.

    Whoever brings no session costs no query.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return (_may_matter(request) and _led_away(request)) or self.get_response(request)


def _may_matter(request) -> bool:
    return (
        settings.SECOND_FACTOR_REQUIRED
        and settings.SESSION_COOKIE_NAME in request.COOKIES
        and not request.path.startswith(OPEN)
    )


def _led_away(request):
    if not needs_second_factor(request.user) or has_second_factor(request.user):
        return None
    messages.info(request, _("Usted tiene un cargo. Para usarlo, proteja su cuenta con un segundo paso al entrar."))
    return redirect("mfa_index")


def has_second_factor(user) -> bool:
    """Whether the person can prove who they are with an app or a passkey (recovery codes alone are none)."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()
