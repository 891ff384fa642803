"""In a real browser: a passkey made and used under the strict CSP, and the pages as screen readers meet them."""

import pytest

from tests.accounts.conftest import BORN, CEDULA
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in_by_form(page, user):
    page.goto("/cuentas/login/")
    page.get_by_label("Correo electrónico").fill(user.email)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.wait_for_url("**/mi/")


def test_passkey_is_added_and_opens_the_door(context, live_asgi, settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    user = make_user()
    page = context.new_page()
    # A page of "localhost": browsers know passkeys on no bare address.
    base = live_asgi.replace("127.0.0.1", "localhost")
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(f"{base}/cuentas/login/?next=/cuentas/2fa/webauthn/add/")
    page.get_by_label("Correo electrónico").fill(user.email)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Entrar", exact=True).click()
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Confirmar").click()
    page.get_by_label("Nombre de la llave").fill("Mi teléfono")
    page.get_by_label("Entrar solo con esta llave").check()
    page.get_by_role("button", name="Añadir la llave").click()
    page.wait_for_url("**/recovery-codes/")
    assert user.authenticator_set.filter(type="webauthn").count() == 1

    context.clear_cookies()
    page.goto(f"{base}/cuentas/login/?next=/mi/perfil/")
    page.get_by_role("button", name="Usar una llave de acceso").click()
    page.wait_for_url("**/mi/perfil/")
    assert page.get_by_label("Nombre que verán los demás").input_value() == user.display_name


def test_cedula_is_kept_nowhere_in_the_browser(context, page, sign_in):
    """forms.js keeps what people type on their phone: never this form."""
    sign_in(context, make_user())
    page.goto("/mi/residencia/")
    page.get_by_label("Número de cédula").fill(CEDULA)
    page.get_by_label("Fecha de nacimiento").fill(BORN.isoformat())
    page.wait_for_timeout(1500)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    databases = page.evaluate("indexedDB.databases().then((list) => JSON.stringify(list))")
    assert CEDULA not in kept
    assert databases == "[]" or CEDULA not in databases
