"""Whoever holds an office proves who they are twice, under WSGI and ASGI alike."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import AsyncClient, Client
from django.utils import timezone

from tests.factories import PASSWORD, make_appointment, make_user

pytestmark = pytest.mark.django_db
SET_UP = "/cuentas/2fa/"


def now_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def people() -> dict:
    today = timezone.localdate()
    protected = make_appointment(office="desk").holder
    TOTP.activate(protected, generate_totp_secret())
    only_recovery = make_appointment(office="desk").holder
    RecoveryCodes.activate(only_recovery)
    passkey = make_appointment(office="desk").holder
    Authenticator.objects.create(user=passkey, type="webauthn", data={})
    return {
        "resident": (make_user(), None),
        "officer": (make_appointment(office="desk").holder, SET_UP),
        "staff": (make_user(is_staff=True), SET_UP),
        "former officer": (make_appointment(office="desk", ends=today - timedelta(days=1)).holder, None),
        "officer with an app": (protected, None),
        "officer with a passkey": (passkey, None),
        "officer with recovery codes only": (only_recovery, SET_UP),
    }


def test_whoever_needs_a_second_factor_is_led_there():
    led = {}
    for name, (user, _expected) in (cases := people()).items():
        client = Client()
        client.force_login(user)
        answer = client.get("/mi/perfil/")
        led[name] = answer["Location"] if answer.status_code == 302 else None
    assert led == {name: expected for name, (_user, expected) in cases.items()}


@pytest.mark.django_db(transaction=True)
async def test_whoever_needs_a_second_factor_is_led_there_under_asgi():
    from asgiref.sync import sync_to_async

    officer = await sync_to_async(lambda: make_appointment(office="desk").holder)()
    resident = await sync_to_async(make_user)()
    for user, status in ((officer, 302), (resident, 200)):
        client = AsyncClient()
        await client.aforce_login(user)
        assert (await client.get("/mi/perfil/")).status_code == status
    assert (await AsyncClient().get("/privacidad/")).status_code == 200


@pytest.mark.parametrize("path", ["/mostrador/", "/gestion/", "/propuestas/", "/mi/perfil/", "/"])
def test_officer_sees_no_page_before(client, path):
    client.force_login(make_appointment(office="participation").holder)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, SET_UP)
    assert client.post(path).status_code == 302


@pytest.mark.parametrize("path", [SET_UP, "/cuentas/logout/", "/cuentas/2fa/webauthn/"])
def test_officer_reaches_the_doors(client, path):
    client.force_login(make_appointment(office="desk").holder)
    assert client.get(path).status_code == 200


def test_offered_and_not_required_in_the_demo(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_appointment(office="desk").holder)
    assert client.get("/mi/perfil/").status_code == 200


def test_visitor_without_session_costs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/privacidad/").status_code == 200


def sign_in(client, user):
    return client.post("/cuentas/login/", {"login": user.email, "password": PASSWORD})


def test_setting_up_an_app_and_signing_in_with_it(client):
    officer = make_appointment(office="desk").holder
    assert sign_in(client, officer).status_code == 302
    asked = client.get("/cuentas/2fa/totp/activate/")["Location"]
    assert asked.startswith("/cuentas/reauthenticate/")
    page = client.post(asked, {"password": PASSWORD}, follow=True).content.decode()
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    answer = client.post("/cuentas/2fa/totp/activate/", {"code": now_code(secret)})
    assert answer["Location"] == "/cuentas/2fa/recovery-codes/"
    codes = re.findall(r"<code>(\d+)</code>", client.get(answer["Location"]).content.decode())
    assert len(codes) == 10
    assert client.get("/mostrador/").status_code == 200

    again = Client()
    answer = sign_in(again, officer)
    assert answer["Location"] == "/cuentas/2fa/authenticate/"
    assert again.get("/mostrador/").status_code == 302  # not in yet
    assert again.get(answer["Location"]).status_code == 200
    assert again.post(answer["Location"], {"code": codes[0]}).status_code == 302
    assert again.get("/mostrador/").status_code == 200


def test_login_by_code_asks_for_the_second_step_too(client):
    from django.core import mail

    from tests.accounts.test_signup import code_in

    officer = make_appointment(office="desk").holder
    TOTP.activate(officer, generate_totp_secret())
    answer = client.post("/cuentas/login/code/", {"email": officer.email})
    answer = client.post(answer["Location"], {"code": code_in(mail.outbox[-1])})
    assert answer["Location"] == "/cuentas/2fa/authenticate/"
    assert "_auth_user_id" not in client.session


def test_administration_has_no_door_of_its_own(client):
    """Django's own sign-in page would know neither limits nor the second step."""
    assert client.get("/gestion/")["Location"].startswith("/gestion/login/")
    assert client.get("/gestion/login/?next=/gestion/")["Location"].startswith("/cuentas/login/")
    make_user("jefa@example.org", is_staff=True, is_superuser=True)
    answer = client.post("/gestion/login/", {"username": "jefa@example.org", "password": PASSWORD})
    assert answer.status_code == 302
    assert "_auth_user_id" not in client.session
