"""The administration: looks and helps, and neither shows nor changes what proves who somebody is."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from decide.accounts.models import DocumentKey, Residence
from tests.factories import make_appointment, make_residence, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def test_sections_have_their_names_in_spanish(admin):
    ours = {"accounts", "answers", "comments", "notices", "proposals", "territory", "votes"}
    shown = {app["app_label"]: app["name"] for app in admin.get("/gestion/").context["app_list"]}
    assert {label: str(shown[label]) for label in ours & set(shown)} == {
        "accounts": "Cuentas y cargos",
        "answers": "Respuestas",
        "comments": "Comentarios",
        "notices": "Avisos",
        "proposals": "Propuestas",
        "territory": "Territorio",
        "votes": "Apoyos y votaciones",
    }


@pytest.mark.parametrize("table", ["user", "residence", "appointment", "body"])
def test_lists_open_and_search(admin, table):
    make_residence()
    make_appointment(office="desk")
    assert admin.get(f"/gestion/accounts/{table}/").status_code == 200
    assert admin.get(f"/gestion/accounts/{table}/add/").status_code == (
        200 if table in ("appointment", "body") else 403
    )


def test_residences_are_only_looked_at_and_keys_are_not_shown(admin):
    residence = make_residence()
    key = DocumentKey.objects.get().key
    page = f"/gestion/accounts/residence/{residence.pk}/change/"
    answer = admin.get(page)
    assert answer.status_code == 200
    assert key not in answer.content.decode()
    assert admin.post(page, {"level": "desk"}).status_code == 403
    assert admin.post(f"/gestion/accounts/residence/{residence.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Residence.objects.get().level == "register"


def test_account_s_residence_and_password_are_not_changed_here(admin):
    user = make_user(verified=True)
    answer = admin.get(f"/gestion/accounts/user/{user.pk}/change/")
    page = answer.content.decode()
    assert 'name="residence"' not in page
    assert 'name="password"' not in page
    assert user.password not in page


def test_claim_key_is_not_shown(admin):
    office = make_appointment(office="delegate")
    office.claim_key = "v1:secret-claim-key"
    office.save()
    for page in ("change", "history"):
        answer = admin.get(f"/gestion/accounts/appointment/{office.pk}/{page}/")
        assert answer.status_code == 200
        assert "secret-claim-key" not in answer.content.decode()


def test_nobody_enters_as_another_through_addresses_or_second_steps(admin):
    user = make_user()
    factor = Authenticator.objects.create(user=user, type="totp", data={"secret": "GEZDGNBV"})
    assert admin.get("/gestion/account/emailaddress/").status_code == 404
    page = f"/gestion/mfa/authenticator/{factor.pk}"
    assert "GEZDGNBV" not in admin.get(f"{page}/change/").content.decode()
    assert admin.post(f"{page}/change/", {"data": "{}"}).status_code == 403
    assert admin.get("/gestion/mfa/authenticator/add/").status_code == 403
    assert admin.get("/gestion/mfa/authenticator/").status_code == 200
    admin.post(f"{page}/delete/", {"post": "yes"})
    assert not user.authenticator_set.exists()
