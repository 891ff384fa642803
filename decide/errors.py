"""Saying no in words that a citizen understands, without losing what the person wrote."""

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


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


class RefusedMiddleware:
    """Shows a `Refused` that no form has caught as a page with its status."""

    sync_capable = async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Refused):
            return refusal_page(request, exception)
        return None
