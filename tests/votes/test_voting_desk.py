"""Voting at an office's device: the person votes by themselves, the officer's session is locked away meanwhile."""

import time
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from decide.accounts.models import AccountSession
from decide.accounts.views.desk import SEEN
from tests.factories import PASSWORD, make_appointment, make_parish, make_poll, make_residence
from tests.votes import urna
from tests.votes.test_voting_steps import code_of, hidden, marks
from votes import services
from votes.models import DeskBallot, LiveBallot, Participation
from votes.services.desk import MINUTES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def parish():
    return make_parish("La Argelia")


@pytest.fixture
def poll(parish):
    return urna.open_poll()


@pytest.fixture
def person(parish):
    return make_residence(parish)


@pytest.fixture
def officer():
    return make_appointment(office="desk").holder


@pytest.fixture
def desk(client, officer, person):
    """The officer's browser, with the person standing before it."""
    client.force_login(officer)
    session = client.session
    session[SEEN] = {str(person.pk): int(time.time())}
    session.save()
    return client


def hand_over(desk, person, poll):
    return desk.post(f"/mostrador/persona/{person.pk}/votar/", {"votacion": poll.pk})


def cast(desk, poll, *positions):
    review = desk.post("/urna/", marks(poll, *positions) | {"paso": "revisar"})
    return desk.post("/urna/", hidden(review) | {"paso": "emitir"})


def test_person_without_an_account_votes_on_the_office_s_device(desk, person, poll):
    handed = hand_over(desk, person, poll)
    assert handed.headers["Location"] == "/urna/"
    assert "Votar en blanco" in desk.get("/urna/").content.decode()
    receipt = cast(desk, poll, (2,))

    assert receipt.status_code == 200
    assert code_of(receipt)
    assert "Terminar y devolver el equipo" in receipt.content.decode()
    assert Participation.objects.get().residence == person


@pytest.mark.parametrize("page", ["/mostrador/", "/mi/", "/votaciones/gestion/", "/mostrador/buscar/", "/mi/datos/"])
def test_voter_cannot_reach_the_officer_s_pages(desk, person, poll, page):
    key = desk.cookies[django_settings.SESSION_COOKIE_NAME].value
    hand_over(desk, person, poll)
    got = desk.get(page)

    assert got.status_code == 302
    assert got.headers["Location"].startswith("/cuentas/login/")
    held = desk.cookies.get(django_settings.SESSION_COOKIE_NAME)
    assert held is None or held.value == ""
    assert AccountSession.objects.filter(session_key=key).exists()  # locked away, not ended


def test_cookie_of_the_turn_is_for_the_ballot_only_and_for_no_script(desk, person, poll):
    cookie = hand_over(desk, person, poll).cookies["urna"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/urna/", True, "Strict")


def test_row_of_a_turn_does_not_say_who_votes(desk, person, poll):
    hand_over(desk, person, poll)
    row = DeskBallot.objects.values().get()
    assert not {"residence", "residence_id"} & set(row)
    cookie = desk.cookies["urna"].value
    assert row["digest"] not in cookie
    assert row["session_key"] not in cookie


def test_turn_is_for_one_ballot_and_the_same_form_twice_is_one(desk, person, poll):
    hand_over(desk, person, poll)
    sent = hidden(desk.post("/urna/", marks(poll, (1,)) | {"paso": "revisar"}))
    first = desk.post("/urna/", sent | {"paso": "emitir"})
    again = desk.post("/urna/", sent | {"paso": "emitir"})
    other = desk.post("/urna/", marks(poll, (2,)) | {"paso": "emitir", "cifras": "123456"})

    assert code_of(first).split(".")[2] == code_of(again).split(".")[2]
    assert other.status_code == 409
    assert desk.get("/urna/").headers["Location"] == "/urna/devolver/"
    assert desk.post("/urna/", marks(poll, (2,)) | {"paso": "revisar"}).headers["Location"] == "/urna/devolver/"
    assert LiveBallot.objects.get().commitment == code_of(first).split(".")[2]


def test_a_turn_ends_by_itself(desk, person, poll):
    hand_over(desk, person, poll)
    DeskBallot.objects.update(started_at=timezone.now() - timedelta(minutes=MINUTES + 1))
    late = cast(desk, poll, (1,))

    assert late.status_code == 403
    assert not Participation.objects.exists()


def test_officer_takes_the_device_back_with_the_own_password(desk, officer, person, poll):
    hand_over(desk, person, poll)
    cast(desk, poll, (1,))
    wrong = desk.post("/urna/devolver/", {"password": "no-es-esta-clave"})
    assert wrong.status_code == 403
    assert desk.get("/mostrador/").status_code == 302
    back = desk.post("/urna/devolver/", {"password": PASSWORD})

    assert back.headers["Location"] == "/mostrador/"
    assert desk.get("/mostrador/").status_code == 200
    assert not DeskBallot.objects.exists()
    assert desk.get("/urna/").status_code == 403


def test_nobody_votes_without_a_turn_or_with_a_forged_one(client, poll):
    assert client.get("/urna/").status_code == 403
    client.cookies["urna"] = "token:1"
    assert client.get("/urna/").status_code == 403
    assert client.post("/urna/", marks(poll, (1,)) | {"paso": "emitir", "cifras": "123456"}).status_code == 403
    assert client.post("/urna/devolver/", {"password": PASSWORD}).status_code == 403


def test_officer_starts_no_turn_for_somebody_who_is_not_there(client, officer, person, poll):
    client.force_login(officer)
    assert hand_over(client, person, poll).status_code == 403
    assert not DeskBallot.objects.exists()


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30, "0"])
def test_turn_needs_a_poll(desk, person, poll, number):
    assert desk.post(f"/mostrador/persona/{person.pk}/votar/", {"votacion": number}).status_code == 404
    assert desk.get("/mostrador/").status_code == 200


def test_turn_is_refused_where_the_person_may_not_vote(desk, person):
    make_parish("Calderón")
    elsewhere = services.open_poll(poll=make_poll(parishes=[make_parish("Calderón")]))
    refused = hand_over(desk, person, elsewhere)
    assert refused.status_code == 403
    assert "Calderón" in refused.content.decode()
    assert desk.get("/mostrador/").status_code == 200


def test_desk_shows_the_open_polls_of_the_person_s_parish(desk, person, poll):
    elsewhere = services.open_poll(poll=make_poll(parishes=[make_parish("Calderón")]))
    page = desk.get(f"/mostrador/persona/{person.pk}/votar/").content.decode()
    assert poll.title in page
    assert elsewhere.title not in page
    assert "/votar/" in desk.get(f"/mostrador/persona/{person.pk}/").content.decode()


def test_old_turns_are_forgotten(desk, person, poll):
    hand_over(desk, person, poll)
    assert services.drop_old_turns(timezone.now()) == 0
    assert services.drop_old_turns(timezone.now() + timedelta(hours=13)) == 1
