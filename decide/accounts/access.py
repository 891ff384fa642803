"""Doors: views that need an office, and views that keep what somebody typed while they sign in."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, QueryDict
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext_lazy as _

from decide import limits
from decide.accounts.rules import has_office
from decide.errors import Refused

KEPT = "kept_input"
KEPT_FORMS = 5  # the last five forms of one session
KEPT_CHARACTERS = 60_000
# Never kept: tokens, and whatever identifies a person.
NEVER_KEPT = {"csrfmiddlewaretoken", "password", "password1", "cedula", "number", "birth_date", "code"}


def office_required(*offices: str):
    """Only for whoever holds one of these offices today: others sign in, or are refused in words (403).

    What an officer types is about somebody else: it is not kept while they sign in, nor is a page by any cache.
    """

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not has_office(request.user, *offices):
                raise Refused(_("Esta página es para quienes tienen un cargo que la necesita."), status=403)
            response = view(request, *args, **kwargs)
            add_never_cache_headers(response)
            return response

        return guarded

    return decorate


def signin_required(view):
    """Only for people who are signed in; others sign in first and come back, with what they typed."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return _to_signin(request, request.get_full_path())
        response = view(request, *args, **kwargs)
        if "Cache-Control" not in response:
            patch_cache_control(response, private=True)
        return response

    return guarded


def signin_keeping_input(view=None, *, back=None):
    """A POST by someone not signed in leads to sign-in and back, with the typed fields kept in the session.

    They come back to the same address, or to `back(request, *args, **kwargs)` where that address only takes POSTs.
    Files are not kept. A GET passes: people may read a form before they sign in.
    """
    if view is None:
        return lambda v: signin_keeping_input(v, back=back)

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method != "POST" or request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return _to_signin(request, back(request, *args, **kwargs) if back else request.get_full_path())

    return guarded


def kept_input(request: HttpRequest) -> QueryDict | None:
    """What was typed at this address before signing in, once; None if nothing was."""
    kept = request.session.get(KEPT) or {}
    typed = kept.pop(request.path, None)
    if typed is None:
        return None
    request.session[KEPT] = kept
    return QueryDict(typed)


def _to_signin(request, address: str):
    if request.method == "POST":
        _keep(request, address.partition("?")[0])
    return redirect_to_login(address)


def _keep(request, path: str) -> None:
    fields = request.POST.copy()
    for name in [n for n in fields if n in NEVER_KEPT]:
        del fields[name]
    typed = fields.urlencode()
    if not typed or len(typed) > KEPT_CHARACTERS:
        return
    limits.check(request, "kept")  # each makes a row of a session, for anybody
    kept = {p: t for p, t in (request.session.get(KEPT) or {}).items() if p != path}
    kept[path] = typed
    request.session[KEPT] = dict(list(kept.items())[-KEPT_FORMS:])
