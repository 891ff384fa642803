"""Own data: seen, taken along, and erased in every room at once."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings as site
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models
from django.test import Client, TestCase
from django.utils import timezone
from django.utils.module_loading import import_string

import proposals.services
from decide.accounts import services
from decide.accounts.models import AccountSession, Appointment, Consent, Residence, User
from decide.accounts.sessions import SessionStore, drop_expired
from decide.comments.models import Comment
from proposals.models import Proposal
from tests.accounts.conftest import BORN, CEDULA
from tests.factories import (
    PASSWORD,
    make_appointment,
    make_comment,
    make_parish,
    make_proposal,
    make_user,
)
from votes.models import Support

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def sign_in(user) -> Client:
    client = Client()
    assert client.post("/cuentas/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
    return client


def confirm(client, path="/mi/datos/borrar/"):
    """Whoever erases proves once more who they are."""
    answer = client.get(path)
    assert answer["Location"].startswith("/cuentas/reauthenticate/")
    return client.post(answer["Location"], {"password": PASSWORD})


def test_every_room_exports_and_erases(settings):
    rooms = import_string(settings.OWN_DATA_ROOMS)
    names = "budgets proposals assemblies supports comments answers moderation notices account"
    assert list(rooms) == names.split()
    for room in rooms.values():
        assert callable(room.export_own)
        assert callable(room.erase_own)


def test_download_holds_what_is_one_s_own_and_nobody_else_s(register):
    rosa, luis = make_user("rosa@example.org", "Rosa"), make_user("luis@example.org", "Luis")
    register()
    services.verify_by_register(user=rosa, cedula=CEDULA, birth_date=BORN)
    services.give_consent(user=rosa, purpose=Consent.Purpose.TERMS)
    mine = make_proposal(author=rosa, title="Luz en la escalinata")
    make_proposal(author=luis, title="Otra cosa muy distinta")
    make_comment(mine.thread, rosa, body="Mi comentario")
    make_comment(mine.thread, luis, body="Comentario ajeno")
    client = Client()
    client.force_login(rosa)
    answer = client.get("/mi/datos/descargar/")
    data = json.loads(answer.content)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    assert set(data) == {"made", *import_string(site.OWN_DATA_ROOMS)}
    assert data["account"]["residence"]["parish"] == "La Argelia"
    assert data["account"]["residence"]["documents"] == [{"kind": "cedula", "country": "EC"}]
    text = answer.content.decode()
    for own in ("Luz en la escalinata", "Mi comentario", "rosa@example.org"):
        assert own in text
    for foreign in ("Otra cosa", "ajeno", "luis@example.org", "v1:", CEDULA, "password"):
        assert foreign not in text


def test_consents_are_given_withdrawn_and_kept():
    user = make_user()
    client = Client()
    client.force_login(user)
    client.post("/mi/datos/novedades/", {"news": "yes"})
    client.post("/mi/datos/novedades/", {"news": "yes"})
    client.post("/mi/datos/novedades/", {"news": "no"})
    consent = user.consents.get()
    assert (consent.purpose, consent.version) == ("news", "2026-11")
    assert consent.withdrawn_at is not None
    assert "Novedades por correo" in client.get("/mi/datos/").content.decode()


def test_new_version_of_the_terms_is_a_new_consent(settings):
    user = make_user()
    services.give_consent(user=user, purpose="terms")
    settings.TERMS_VERSION = "2027-01"
    services.give_consent(user=user, purpose="terms")
    kept = list(user.consents.order_by("given_at").values_list("version", "withdrawn_at"))
    assert [version for version, _at in kept] == ["2026-11", "2027-01"]
    assert [at is None for _version, at in kept] == [False, True]


def test_erasing_needs_to_be_sure_and_to_be_oneself():
    user = make_user()
    client = Client()
    client.force_login(user)
    assert client.post("/mi/datos/borrar/", {"sure": "on"}).status_code == 302
    assert User.objects.filter(pk=user.pk).exists()
    client = sign_in(user)
    confirm(client)
    assert client.get("/mi/datos/borrar/").status_code == 200
    assert client.post("/mi/datos/borrar/", {}).status_code == 400
    assert User.objects.filter(pk=user.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_whole_circle_erase_and_register_again_gives_nothing_twice(register):
    parish = make_parish()
    register(parish=parish)
    others = make_proposal(parish=parish, title="De otra persona")
    rosa = make_user("rosa@example.org", "Rosa Quishpe")
    residence = services.verify_by_register(user=rosa, cedula=CEDULA, birth_date=BORN)
    proposals.services.support_proposal(proposal=others, user=User.objects.get(pk=rosa.pk))
    own = make_proposal(author=rosa, parish=parish, title="Luz en la escalinata")
    draft = make_proposal(author=rosa, status="draft", title="Un borrador")
    comment = make_comment(others.thread, rosa, body="Estoy de acuerdo")
    elsewhere = Client()
    elsewhere.force_login(rosa)

    client = sign_in(rosa)
    confirm(client)
    answer = client.post("/mi/datos/borrar/", {"sure": "on"})
    assert (answer.status_code, answer["Location"]) == (302, "/")

    assert not User.objects.filter(email="rosa@example.org").exists()
    assert elsewhere.get("/mi/perfil/").status_code == 302
    assert not AccountSession.objects.filter(account_id=rosa.pk).exists()
    others.box.refresh_from_db()
    assert (others.box.supports, others.box.counted, Support.objects.count()) == (0, 0, 0)
    own.refresh_from_db()
    assert own.author is None
    assert not Proposal.objects.filter(pk=draft.pk).exists()
    comment.refresh_from_db()
    assert comment.author is None
    assert Residence.objects.get() == residence

    again = make_user("rosa.otra@example.org", "Rosa")
    assert services.verify_by_register(user=again, cedula=CEDULA, birth_date=BORN) == residence
    proposals.services.support_proposal(proposal=others, user=User.objects.get(pk=again.pk))
    others.box.refresh_from_db()
    assert (others.box.supports, Support.objects.count(), Residence.objects.count()) == (1, 1, 1)


def pointing_at(pk) -> set[str]:
    keys = [
        (model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is User
    ]
    return {f"{m.__name__}.{f.name}" for m, f in keys if m._base_manager.filter(**{f.attname: pk}).exists()}


def test_nothing_is_left_that_points_to_an_erased_account(register):
    """Every column of every table that may hold an account: none holds the erased one, history rows included."""
    register()
    rosa = make_user("rosa@example.org", "Rosa Quishpe")
    services.verify_by_register(user=rosa, cedula=CEDULA, birth_date=BORN)
    office = make_appointment(holder=rosa, office="desk", holder_name="Rosa Quishpe")
    office.holder_name = "Rosa M. Quishpe"
    office.save()
    services.verify_at_desk(
        officer=User.objects.get(pk=rosa.pk),
        kind="refugee",
        country="EC",
        number="R-2291",
        birth_date=BORN,
        parish=make_parish(),
    )
    proposal = make_proposal(author=rosa)
    proposal.title = "Otro título"
    proposal.save()
    comment = make_comment(proposal.thread, rosa)
    comment.body = "Otra cosa"
    comment.save()
    for model in (proposal, comment, office):
        model.history.update(history_user=rosa)
    assert {"Residence.verified_by", "HistoricalAppointment.holder", "HistoricalComment.author"} <= pointing_at(rosa.pk)
    pk = rosa.pk
    services.erase_account(user=rosa)
    assert pointing_at(pk) == set()
    office.refresh_from_db()
    assert (office.holder, office.holder_name) == (None, "")
    assert set(Appointment.history.values_list("holder_name", flat=True)) == {""}
    assert Comment.objects.get().author is None


def test_administration_s_own_log_forgets_the_name():
    rosa, other = make_user("rosa@example.org", "Rosa Quishpe"), make_user(display_name="Luis Cando")
    for user in (rosa, other):
        LogEntry.objects.log_actions(other.pk, [user], CHANGE, single_object=True)
    services.erase_account(user=rosa)
    assert set(LogEntry.objects.values_list("object_repr", flat=True)) == {"", "Luis Cando"}


@pytest.mark.parametrize("path", ["/cuentas/login/code/", "/cuentas/password/reset/"])
@pytest.mark.parametrize("pk", [7, 10, 46, 1371])
def test_sessions_of_those_who_had_only_begun_to_enter_go_too(client, path, pk):
    """They hold the address, and would keep it for a month. allauth writes some of the numbers in base 36."""
    rosa = make_user("rosa@example.org", pk=pk)
    client.post(path, {"email": "rosa@example.org"})
    assert "rosa@example.org" in str([s.get_decoded() for s in AccountSession.objects.all()])
    with TestCase.captureOnCommitCallbacks(execute=True):
        services.erase_account(user=rosa)
    assert "rosa@example.org" not in str([s.get_decoded() for s in AccountSession.objects.all()])


@pytest.mark.parametrize("cookie", ["\0" + "a" * 31, "\u00e9" * 32, "a' or '1'='1' or 'a", "short"])
def test_cookie_that_we_never_made_is_no_session(cookie):
    """A NUL byte (which a quoted cookie may hold) would be an error of PostgreSQL, and a 500."""
    assert SessionStore(cookie).session_key is None


def test_expired_sessions_go():
    client = Client()
    client.force_login(make_user())
    assert drop_expired(timezone.now()) == 0
    assert drop_expired(timezone.now() + timedelta(days=31)) == 1
    assert AccountSession.objects.count() == 0


def test_erasing_is_all_or_nothing(monkeypatch):
    from decide.accounts.services import own_data

    rosa = make_user()
    proposal = make_proposal(author=rosa)
    monkeypatch.setattr(own_data.Residence.history.model.objects, "filter", lambda **k: 1 / 0, raising=False)
    with pytest.raises(ZeroDivisionError):
        services.erase_account(user=rosa)
    proposal.refresh_from_db()
    assert proposal.author == rosa
