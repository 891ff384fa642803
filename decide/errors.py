"""Saying no in words that a citizen understands, without losing what the person wrote."""

import logging

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


class Refused(Exception):
    """A rule says no.

    `reason` is a whole sentence in Spanish (translated); `status` is the HTTP status: 403 (not this person),
    409 (too late, already so) or 400 (wrong input). `way_out` is an optional (address, label) that says what
    the person can do instead.
    """

    def __init__(self, reason, *, status: int = 409, way_out: tuple[str, str] | None = None):
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.way_out = way_out


def refusal_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    context = {"reason": refusal.reason, "way_out": refusal.way_out}
    return render(request, "refused.html", context, status=refusal.status)


def bad_request(request: HttpRequest, exception) -> HttpResponse:
    """Django's own reads the token of the form first: a form that cannot be read would become our fault (500)."""
    return HttpResponseBadRequest(get_template("400.html").render())


class RefusedMiddleware(MiddlewareMixin):
    """Shows a `Refused` that no form has caught as a page with its status; and says in words what a 405 means.

    Two transactions that waited for each other (PostgreSQL ends one of them) and a database that is away are a 503
    that says to try again: nothing of it was stored.
    """

    def process_exception(self, request, exception):
        if isinstance(exception, Refused):
            return refusal_page(request, exception)
        if isinstance(exception, OperationalError):
            log.error("the database refused: %s", type(exception.__cause__ or exception).__name__)
            response = HttpResponse(get_template("503.html").render(), status=503)
            response["Retry-After"] = "5"
            return response
        return None

    def process_response(self, request, response):
        if response.status_code == 405 and not response.content:
            reason = _("Esta dirección solo recibe formularios. Vuelva a la página anterior.")
            page = refusal_page(request, Refused(reason, status=405))
            page["Allow"] = response["Allow"]
            return page
        return response
