"""Every page of allauth that a person can reach looks and speaks like ours."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import get_resolver

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
ENGLISH = re.compile(r"\b(password|sign in|sign up|email address|your|please|code:|authenticator app)\b", re.I)


def reachable() -> set[str]:
    """Every address under /cuentas/ that takes no parameter."""
    found = set()

    def walk(patterns, prefix):
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns, route)
            elif "<" not in route and "(" not in route:
                found.add("/" + route.replace("^", "").replace("$", ""))

    walk(get_resolver().url_patterns, "")
    return {path for path in found if path.startswith("/cuentas/")}


def check(path, answer) -> bool:
    """Whether it was a page; it extends base.html, has one h1, no inline script or style, and is Spanish."""
    if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
        assert answer.status_code in (200, 302, 404, 405), path
        return False
    page = answer.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert 'class="site-header"' in page, path
    assert main.count("<h1") == 1, path
    for script in re.findall(r"<script[^>]*>", page):
        assert "src=" in script or 'type="application/json"' in script, (path, script)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page), path
    shown = re.sub(r"<[^>]+>", " ", re.sub(r"<script.*?</script>", "", main, flags=re.S))
    assert not ENGLISH.search(shown), (path, ENGLISH.search(shown))
    return True


def test_pages_for_visitors():
    pages = {path for path in reachable() if check(path, Client().get(path))}
    assert {"/cuentas/login/", "/cuentas/signup/", "/cuentas/login/code/", "/cuentas/password/reset/"} <= pages


def test_pages_for_people_who_are_signed_in():
    user = make_user()
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    client = Client()
    client.force_login(user)
    pages = {path for path in reachable() - {"/cuentas/logout/"} if check(path, client.get(path))}
    assert {"/cuentas/2fa/", "/cuentas/email/", "/cuentas/password/change/", "/cuentas/reauthenticate/"} <= pages


def test_pages_behind_reauthentication():
    user = make_user()
    client = Client()
    client.post("/cuentas/login/", {"login": user.email, "password": PASSWORD})
    client.post("/cuentas/reauthenticate/", {"password": PASSWORD})
    pages = {path for path in reachable() - {"/cuentas/logout/"} if check(path, client.get(path))}
    assert {"/cuentas/2fa/totp/activate/", "/cuentas/2fa/webauthn/add/", "/cuentas/email/"} <= pages


def test_too_many_requests_is_a_page_of_ours(settings, client):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1/m/ip"}
    for _i in range(3):
        answer = client.post("/cuentas/login/", {"login": "a@example.org", "password": "x"})
    assert answer.status_code == 429
    assert 'class="site-header"' in answer.content.decode()
