"""The pages of a session: what each shows, to whom, and what is refused in words."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from decide.assemblies import services
from decide.assemblies.models import Attendance, HandCount, Item, Mark, Session
from tests.assemblies.halls import make_hall
from tests.factories import make_appointment, make_assembly, make_parish, make_seat, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def at(name: str, *args) -> str:
    return reverse(f"assemblies:{name}", args=args)


def enter(client, user):
    client.force_login(user)
    return client


def text_of(response) -> str:
    return response.content.decode()


# --- calling -------------------------------------------------------------------------------------------------


def test_session_is_called_after_being_shown_once(client):
    assembly = make_assembly()
    enter(client, make_appointment(office="participation").holder)
    typed = {
        "kind": "ordinary",
        "starts_at": f"{timezone.localdate().year + 1}-01-02T17:00",
        "place": "Casa Somos San Marcos",
        "agenda": "1. Quórum\n2. Informe",
        "once_key": "11111111-2222-4333-8444-555555555555",
    }
    if timezone.localdate().month == 1:
        typed["starts_at"] = f"{timezone.localdate().year}-12-02T17:00"

    asked = client.post(at("call", assembly.pk), typed)
    assert (asked.status_code, Session.objects.count(), "¿Convocar esta sesión?" in text_of(asked)) == (200, 0, True)
    for _twice in range(2):
        done = client.post(at("call", assembly.pk), typed | {"seguro": "si"})

    session = Session.objects.get()
    assert (done.status_code, done.url) == (302, session.get_absolute_url())
    page = text_of(client.get(done.url))
    assert [word for word in ("Casa Somos San Marcos", "2. Informe", "Convocada") if word not in page] == []


@pytest.mark.parametrize(
    "starts_at", ["", "ayer", "2020-01-01T10:00", "9999-12-31T23:59", "0001-01-01T00:00", "2026-02-31T10:00", "\x00"]
)
def test_call_with_a_wrong_date_keeps_what_was_typed(client, starts_at):
    assembly = make_assembly()
    enter(client, make_appointment(office="participation").holder)
    typed = {"kind": "ordinary", "starts_at": starts_at, "place": "Casa", "agenda": "Uno", "seguro": "si"}
    response = client.post(at("call", assembly.pk), typed)
    assert (response.status_code, "Hay un problema" in text_of(response)) == (400, True)
    assert "Uno" in text_of(response)


def test_pages_of_the_table_are_refused_to_others(client):
    hall = make_hall()
    item = hall.item()
    enter(client, make_user(verified=True))
    pk = hall.session.pk
    pages = [at("call", hall.session.assembly_id), *(at(n, pk) for n in ("table", "door", "door_sheet"))]
    pages += [at("minutes_draft", pk), at("move_session", pk), at("cancel_session", pk)]
    acts = [
        at(n, pk) for n in ("open_session", "verify_quorum", "close_session", "set_hall", "add_item", "open_phones")
    ]
    acts += [at(n, pk, item.pk) for n in ("open_item", "close_item", "remove_item", "count_hands", "confirm_hands")]
    acts += [at(n, pk) for n in ("add_guest", "accredit", "minutes_lock", "minutes_scan", "minutes_correct")]
    assert [client.get(page).status_code for page in pages] == [403] * len(pages)
    assert [client.post(act, {"seguro": "si"}).status_code for act in acts] == [403] * len(acts)
    assert [client.get(act).status_code for act in acts] == [405] * len(acts)


def test_drafts_and_what_does_not_exist_are_missing(client):
    draft, hall = make_session(status="draft"), make_hall()
    other = make_hall(parish=make_parish("Solanda")).item(status="open")
    enter(client, hall.secretary)
    addresses = [at(name, draft.pk) for name in ("session", "table", "door", "vote", "screen")]
    addresses += [
        at("minutes", make_session(make_assembly("neighbourhood"), status="held").pk),
        at("check_in", hall.session.pk, "otro"),
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)
    # An item of another session, at the address of this one.
    assert [
        client.post(at(name, hall.session.pk, other.pk), {"votes": 1}).status_code
        for name in ("mark", "open_item", "close_item", "count_hands", "correct_hands")
    ] == [404] * 5
    assert Mark.objects.count() == HandCount.objects.count() == 0


# --- the door ------------------------------------------------------------------------------------------------


def test_door_shows_seats_by_neighbourhood_and_accredits_with_two_taps(client):
    hall = make_hall(seats=2, present=1, status="called")
    enter(client, make_appointment(office="desk", zone=hall.session.assembly.parish.zone).holder)
    door = at("door", hall.session.pk)
    assert [word for word in ("San José", "1 de 2", "Delegada 1") if word not in text_of(client.get(door))] == []

    done = client.post(at("accredit", hall.session.pk), {"appointment": hall.seats[1].principal_id})

    assert (done.status_code, done.url.startswith(door)) == (303, True)
    assert "2 de 2" in text_of(client.get(done.url))


@pytest.mark.parametrize("wrong", ["", "0", "-1", "1e9", "NaN", str(10**30), "٣"])
def test_door_answers_a_wrong_appointment_as_missing(client, wrong):
    hall = make_hall(present=0, status="called")
    enter(client, hall.secretary)
    assert client.post(at("accredit", hall.session.pk), {"appointment": wrong}).status_code == 404


def test_qr_page_changes_nothing_when_it_is_opened(client):
    hall = make_hall(present=0, status="called")
    page = at("check_in", hall.session.pk, hall.session.door_code)
    assert "Estoy aquí" in text_of(client.get(page))
    assert client.post(page).status_code == 302  # to sign in, and back
    enter(client, hall.delegate(0))
    client.get(page)
    assert Attendance.objects.count() == 0

    assert client.post(page).status_code == 303

    assert "la mesa confirma" in text_of(client.get(page))
    waiting = Attendance.objects.get()
    enter(client, hall.secretary)
    assert "Avisaron con el QR" in text_of(client.get(at("door", hall.session.pk)))
    client.post(at("confirm_presence", hall.session.pk, waiting.pk))
    waiting.refresh_from_db()
    assert waiting.confirmed
    sheet = text_of(client.get(at("door_sheet", hall.session.pk)))
    assert page in sheet
    assert "data:image/svg+xml" in sheet


# --- the table -----------------------------------------------------------------------------------------------


def test_table_leads_through_an_item_by_hands(client, settings):
    hall = make_hall(status="called")
    pk = hall.session.pk
    enter(client, hall.secretary)
    client.post(at("open_session", pk))
    typed = {"title": "Directiva nueva", "way": "hands", "position": 1}
    assert client.post(at("add_item", pk), typed).status_code == 303
    again = client.post(at("add_item", pk), typed)  # sent twice
    assert (again.status_code, "Directiva nueva" in text_of(again), Item.objects.count()) == (409, True, 1)
    item = Item.objects.get()
    client.post(at("open_item", pk, item.pk))
    over = client.post(at("count_hands", pk, item.pk), {"votes": 9})
    assert (over.status_code, 'value="9"' in text_of(over)) == (400, True)
    client.post(at("count_hands", pk, item.pk), {"votes": 3})
    assert "Falta que lo confirme otra persona" in text_of(client.get(at("table", pk)))
    assert client.post(at("confirm_hands", pk, item.pk)).status_code == 403

    enter(client, hall.zonal)
    second = client.post(at("count_hands", pk, item.pk), {"votes": 4})
    assert (second.status_code, "ya anotó 3 votos" in text_of(second)) == (409, True)
    assert "Confirmar 3" in text_of(client.get(at("table", pk)))
    client.post(at("confirm_hands", pk, item.pk))

    item.refresh_from_db()
    assert (item.status, item.votes) == ("closed", 3)
    asked = client.post(at("close_session", pk))
    assert "¿Clausurar la sesión?" in text_of(asked)
    assert client.post(at("close_session", pk), {"seguro": "si"}).status_code == 303
    assert Session.objects.get().status == "held"


def test_votes_of_a_session_are_taken_home_without_names_and_only_once_they_are_seen(client):
    hall = make_hall()
    open_now, closed = hall.item(status="open", title="Adoquinado"), hall.item("hands", "open", title="=Directiva")
    services.mark(item=open_now, user=hall.delegate(0))
    hall.count(closed, 3)
    pk = hall.session.pk
    page = text_of(client.get(at("session", pk)))
    assert [at(f"session_{form}", pk) in page for form in ("csv", "xlsx")] == [True, True]
    taken = b"".join(client.get(at("session_csv", pk)).streaming_content).decode("utf-8-sig")
    rows = {row["punto"]: (row["votos"], row["presentes"]) for row in csv.DictReader(io.StringIO(taken))}
    assert rows == {"Adoquinado": ("", ""), "'=Directiva": ("3", "4")}
    assert "Delegada" not in taken
    assert client.get(at("session_xlsx", pk)).status_code == 200
    assert client.get(at("session_csv", make_session(status="draft").pk)).status_code == 404


@pytest.mark.parametrize("votes", ["", "-1", "1e3", "NaN", str(10**30), "\x00"])
def test_wrong_counts_are_refused_in_words(client, votes):
    hall = make_hall()
    item = hall.item("hands", "open")
    enter(client, hall.secretary)
    response = client.post(at("count_hands", hall.session.pk, item.pk), {"votes": votes})
    assert (response.status_code, HandCount.objects.count()) == (400, 0)


# --- the phones and the wall -----------------------------------------------------------------------------------


def test_phone_shows_what_is_open_and_the_votes_that_are_left(client):
    hall = make_hall(most_marks=2)
    item, waiting = hall.item(status="open", title="Adoquinado"), hall.item(title="Cancha")
    enter(client, hall.delegate(0))
    page = at("vote", hall.session.pk)
    assert client.post(at("mark", hall.session.pk, item.pk)).status_code == 303

    shown = text_of(client.get(page))

    assert "Usted votó por este punto." in shown
    assert "voto le queda, de 2" in shown
    assert client.post(at("mark", hall.session.pk, waiting.pk)).status_code == 409
    assert client.post(at("unmark", hall.session.pk, item.pk)).status_code == 303
    assert Mark.objects.count() == 0
    enter(client, hall.alternate(0))
    assert "El voto de su puesto lo tiene hoy Delegada 0." in text_of(client.get(page))


def test_screen_has_no_navigation_and_shows_no_count_before_the_close(client):
    hall = make_hall()
    item = hall.item(status="open", title="Adoquinado")
    for number in range(3):
        services.mark(item=item, user=hall.delegate(number))
    screen = at("screen", hall.session.pk)
    shown = text_of(client.get(screen))
    assert "<nav" not in shown
    assert f'data-live-field="items.{item.pk}">·<' in shown
    services.close_item(item=item, officer=hall.secretary)
    assert f'data-live-field="items.{item.pk}">3<' in text_of(client.get(screen))


def test_pages_ask_the_same_number_of_questions_for_a_small_and_a_large_hall(client):
    def questions(hall) -> dict:
        enter(client, hall.secretary)
        found = {}
        for name in ("session", "table", "door", "vote", "screen"):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(at(name, hall.session.pk)).status_code == 200
            found[name] = len(asked)
        return found

    small = make_hall(seats=2)
    small.count(small.item("hands", "open"), 1)
    large = make_hall(seats=8, parish=make_parish("Solanda"))
    for n in range(8):
        large.count(large.item("hands", "open", title=f"Punto {n}"), 2)
        large.item(status="open", title=f"Otro {n}")
    before = questions(small)
    assert questions(large) == before
    assert {name: n for name, n in before.items() if n > 10} == {}


def test_neighbourhood_session_lists_neighbours_and_no_seats(client):
    assembly = make_assembly("neighbourhood")
    session = make_session(assembly, starts_at=timezone.now())
    enter(client, make_appointment(office="president", body=assembly.body).holder)
    done = client.post(at("add_guest", session.pk), {"name": "Rosa Quishpe", "neighbourhood": ""})
    page = text_of(client.get(done.url))
    assert ("Rosa Quishpe" in page, "Quienes asisten" in page, "Delegadas y delegados" in page) == (True, True, False)


def test_expired_delegation_is_told_on_the_phone(client):
    hall = make_hall()
    seat = make_seat(hall.session.assembly)
    seat.principal.ends = timezone.localdate() - timezone.timedelta(days=1)
    seat.principal.save()
    enter(client, seat.principal.holder)
    assert "Su delegación terminó el" in text_of(client.get(at("vote", hall.session.pk)))


def test_own_page_leads_the_table_and_its_delegates_to_their_next_session(client):
    hall = make_hall(status="called")
    make_hall(parish=make_parish("Solanda"))
    for user in (hall.secretary, hall.delegate(0), hall.alternate(0)):
        enter(client, user)
        page = text_of(client.get("/mi/"))
        assert page.count("/asambleas/sesiones/") == page.count(hall.session.get_absolute_url()) == 1
