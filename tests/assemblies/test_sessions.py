"""Calling, attendance, quorum and votes, by their services."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.assemblies import services
from decide.assemblies.live import hall_states, session_states
from decide.assemblies.models import Attendance, Item, Mark, QuorumRule, Session
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.models import Notice
from tests.assemblies.halls import make_hall
from tests.factories import make_appointment, make_assembly, make_parish, make_seat, make_session, make_user, make_zone

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(days=1)


def refused(service, **arguments) -> tuple[int, str]:
    """The status and the reason with which it says no."""
    with pytest.raises(Refused) as refusal:
        service(**arguments)
    return refusal.value.status, str(refusal.value.reason)


def call(officer, assembly=None, **fields):
    fields.setdefault("starts_at", timezone.now() + TOMORROW)
    return services.call_session(
        assembly=assembly or make_assembly(), officer=officer, place="Casa Somos", agenda="1. Lista", **fields
    )


# --- calling -------------------------------------------------------------------------------------------------


def test_call_is_published_and_told_to_members_and_followers_once():
    seat, follower = make_seat(), make_user()
    notices.follow(user=follower, list=notices.list_of_parish(seat.assembly.parish))
    notices.follow(user=seat.principal.holder, list=notices.list_of_parish(seat.assembly.parish))
    officer = make_appointment(office="participation").holder

    session = call(officer, seat.assembly)

    told = Notice.objects.filter(kind="session-called", path=session.get_absolute_url())
    assert sorted(told.values_list("recipient", flat=True)) == sorted(
        [seat.principal.holder_id, seat.alternate.holder_id, follower.pk]
    )
    assert (session.status, session.entitled, session.quorum_to_sit, bool(session.door_code)) == ("called", 1, 1, True)


def test_call_of_the_past_is_refused_and_sent_twice_is_stored_once():
    officer, key = make_appointment(office="participation").holder, "8a8e7c7e-1111-4222-8333-444455556666"
    assembly = make_assembly()
    assert refused(call, officer=officer, starts_at=timezone.now() - TOMORROW)[0] == 400
    assert refused(call, officer=officer, starts_at=timezone.now() + 700 * TOMORROW)[0] == 400
    assert call(officer, assembly, once_key=key) == call(officer, assembly, once_key=key)
    assert Session.objects.count() == 1


def test_moving_and_cancelling_are_told_with_the_reason_and_end_when_it_opens():
    seat = make_seat()
    officer = make_appointment(office="participation").holder
    session = call(officer, seat.assembly)
    later = timezone.now() + 3 * TOMORROW

    for _twice in range(2):
        services.move_session(session=session, officer=officer, starts_at=later, place="Otra casa", reason="Sin luz.")
    services.cancel_session(session=session, officer=officer, reason="Paro de transporte.")

    told = list(Notice.objects.filter(recipient=seat.principal.holder).order_by("pk").values_list("kind", "body"))
    assert [kind for kind, _body in told] == ["session-called", "session-moved", "session-cancelled"]
    assert "Sin luz." in told[1][1]
    assert "Paro de transporte." in told[2][1]
    assert refused(services.cancel_session, session=make_hall().session, officer=officer, reason="No")[0] == 409


# --- who may do what -----------------------------------------------------------------------------------------


def office_holders(assembly) -> dict:
    """One person for each office, near and far; the names are the rows of the table below."""
    zone, other = assembly.parish.zone, make_parish("Calderón", zone=make_zone("Calderón"))
    hood = make_assembly("neighbourhood", parish=assembly.parish, parent=make_assembly(parish=assembly.parish))
    held = {
        "zonal": {"office": "zonal", "zone": zone},
        "participation": {"office": "participation"},
        "president": {"office": "president", "body": assembly.body},
        "secretary": {"office": "secretary", "body": assembly.body},
        "parish secretary": {"office": "secretary", "parish": assembly.parish},
        "desk": {"office": "desk", "zone": zone},
        "other zonal": {"office": "zonal", "zone": other.zone},
        "other secretary": {"office": "secretary", "body": hood.body},
        "other desk": {"office": "desk", "zone": other.zone},
        "delegate": {"office": "delegate", "body": assembly.body},
        "moderator": {"office": "moderator"},
    }
    people = {name: make_appointment(**fields).holder for name, fields in held.items()}
    return people | {"resident": make_user(verified=True, parish=assembly.parish)}


BOARD = {"president", "secretary"}
CITY = {"zonal", "participation"}


@pytest.mark.parametrize(
    ("level", "calls", "conducts", "keeps_the_door"),
    [
        ("parish", CITY | BOARD | {"parish secretary"}, CITY | BOARD | {"parish secretary"}, {"desk"}),
        ("neighbourhood", BOARD, CITY | BOARD, {"desk"}),
    ],
)
def test_who_calls_conducts_and_keeps_the_door(level, calls, conducts, keeps_the_door):
    assembly = make_assembly(level)
    people = office_holders(assembly)
    now = timezone.now()
    acts = {
        "calls": lambda who, _s: call(who, assembly),
        "opens": lambda who, s: services.open_session(session=s, officer=who),
        "adds": lambda who, s: services.add_item(session=s, title="Punto", officer=who),
        "registers": lambda who, s: services.add_guest(session=s, name="Rosa", neighbourhood="", officer=who),
    }

    def may(act, who) -> bool:
        session = make_session(assembly, starts_at=now - timedelta(minutes=1))
        try:
            acts[act](who, session)
        except Refused as refusal:
            if refusal.status != 403:
                raise
            return False
        return True

    allowed = {act: {name for name, who in people.items() if may(act, who)} for act in acts}

    assert allowed == {
        "calls": calls,
        "opens": conducts,
        "adds": conducts,
        "registers": conducts | keeps_the_door,
    }


# --- attendance ----------------------------------------------------------------------------------------------


def test_alternate_has_the_vote_only_while_the_principal_is_not_there():
    hall = make_hall(present=0, status="called")
    seat, door = hall.seats[0], {"session": hall.session, "officer": hall.secretary}

    services.accredit(appointment=seat.alternate, **door)
    taken = services.accredit(appointment=seat.principal, **door)

    assert (taken.appointment, Attendance.objects.count()) == (seat.principal, 1)
    status, reason = refused(services.accredit, appointment=seat.alternate, **door)
    assert (status, "principal de este puesto" in reason) == (409, True)


def test_principal_who_comes_after_the_alternate_voted_does_not_take_the_vote_over():
    hall = make_hall(present=3)
    seat = hall.seats[3]
    services.accredit(session=hall.session, appointment=seat.alternate, officer=hall.secretary)
    item = hall.item(status="open")
    services.mark(item=item, user=hall.alternate(3))

    status, reason = refused(
        services.accredit, session=hall.session, appointment=seat.principal, officer=hall.secretary
    )

    assert (status, "ya votó con este puesto" in reason) == (409, True)
    assert refused(services.mark, item=item, user=hall.delegate(3))[0] == 403
    assert refused(services.remove_attendance, attendance=seat.attendances.get(), officer=hall.secretary)[0] == 409
    assert Mark.objects.count() == 1


def test_expired_foreign_and_doubled_delegates_are_refused_with_their_reason():
    hall = make_hall(present=0, status="called")
    door = {"session": hall.session, "officer": hall.secretary}
    year = timedelta(days=365)
    today = timezone.localdate()
    expired = make_seat(hall.session.assembly, starts=today - 2 * year, ends=today - timedelta(days=1))
    foreign = make_seat(make_assembly(parish=make_parish("Solanda")))
    twice = make_seat(hall.session.assembly, principal=hall.delegate(0))
    services.accredit(appointment=hall.seats[0].principal, **door)

    said = {
        word: refused(services.accredit, appointment=seat.principal, **door)
        for word, seat in {"terminó el": expired, "otra asamblea": foreign, "otro puesto": twice}.items()
    }

    assert [status for status, _reason in said.values()] == [403, 403, 409]
    assert [word for word, (_status, reason) in said.items() if word not in reason] == []


def test_qr_mark_counts_once_somebody_at_the_door_confirms_it():
    hall = make_hall(present=0, status="called")
    mine = services.check_in(session=hall.session, user=hall.delegate(0))
    assert services.check_in(session=hall.session, user=hall.delegate(0)) == mine
    assert state_of(hall)["present"] == 0

    services.accredit(session=hall.session, appointment=mine.appointment, officer=hall.zonal)

    mine.refresh_from_db()
    assert (mine.confirmed, mine.means, state_of(hall)["present"]) == (True, "qr", 1)
    assert refused(services.check_in, session=hall.session, user=hall.alternate(0))[0] == 409
    assert refused(services.check_in, session=hall.session, user=make_user())[0] == 403


def test_attendance_is_taken_on_the_day_of_the_session():
    hall = make_hall(present=0, status="called")
    Session.objects.filter(pk=hall.session.pk).update(starts_at=timezone.now() + 2 * TOMORROW)
    door = {"session": hall.session, "officer": hall.secretary}
    assert refused(services.accredit, appointment=hall.seats[0].principal, **door)[0] == 409
    assert refused(services.open_session, **door)[0] == 409


# --- quorum --------------------------------------------------------------------------------------------------


def test_session_opens_with_its_quorum_which_is_frozen():
    QuorumRule.objects.create(level="parish", sit_percent=50, decide_percent=60)
    hall = make_hall(seats=5, present=2, status="called")
    table = {"session": hall.session, "officer": hall.secretary}
    assert refused(services.open_session, **table) == (
        409,
        "Falta 1 persona con voto: hay 2 y se necesitan 3.",
    )
    hall.arrive(2)

    opened = services.open_session(**table)
    make_seat(hall.session.assembly)
    QuorumRule.objects.update(sit_percent=100, decide_percent=100)

    assert services.open_session(**table) == opened
    frozen = Session.objects.get()
    assert (frozen.entitled, frozen.quorum_to_sit, frozen.quorum_to_decide) == (5, 3, 3)
    assert [(c.present, c.needed, c.opening) for c in frozen.quorum_checks.all()] == [(3, 3, True)]


def test_item_opens_only_while_enough_are_in_the_hall():
    hall = make_hall(seats=4, present=2)
    item = hall.item()
    services.note_leaving(attendance=hall.seats[1].attendances.get(), officer=hall.secretary)
    assert refused(services.open_item, item=item, officer=hall.secretary)[0] == 409
    check = services.verify_quorum(session=hall.session, officer=hall.secretary)
    assert (check.present, check.needed, check.reached) == (1, 2, False)

    services.note_leaving(attendance=hall.seats[1].attendances.get(), officer=hall.secretary, back=True)

    assert services.open_item(item=item, officer=hall.secretary).status == "open"


def test_neighbourhood_session_counts_everybody_on_its_list():
    assembly = make_assembly("neighbourhood")
    president = make_appointment(office="president", body=assembly.body).holder
    session = make_session(assembly, starts_at=timezone.now())
    for name in ("Rosa", "Luis", "rosa"):
        services.add_guest(session=session, name=name, neighbourhood="", officer=president)
    session = services.open_session(session=session, officer=president)
    item = services.add_item(session=session, title="Directiva", officer=president)
    services.open_item(item=item, officer=president)
    assert refused(services.enter_hand_count, item=item, votes=3, officer=president)[0] == 400
    assert services.enter_hand_count(item=item, votes=2, officer=president).present == 2
    assert refused(services.add_item, session=session, title="Otro", way="phones", officer=president)[0] == 400


# --- hands ---------------------------------------------------------------------------------------------------


def test_hands_are_counted_by_two_people_and_corrected_visibly():
    hall = make_hall()
    item = hall.item("hands", "open")
    services.enter_hand_count(item=item, votes=3, officer=hall.secretary)
    assert refused(services.enter_hand_count, item=item, votes=4, officer=hall.zonal) == (
        409,
        "Paulina E. ya anotó 3 votos en este punto. Confírmelo o corríjalo.",
    )
    assert refused(services.confirm_hand_count, item=item, officer=hall.secretary)[0] == 403
    assert refused(services.close_item, item=item, officer=hall.zonal)[0] == 409
    services.confirm_hand_count(item=item, officer=hall.zonal)
    item.refresh_from_db()
    assert (item.status, item.votes, item.present) == ("closed", 3, 4)

    services.correct_hand_count(item=item, votes=4, reason="Faltó la última fila.", officer=hall.zonal)

    item.refresh_from_db()
    assert item.votes == 3  # until a second person confirms
    assert refused(services.close_session, session=hall.session, officer=hall.secretary)[0] == 409
    assert refused(services.confirm_hand_count, item=item, officer=hall.zonal)[0] == 403
    services.confirm_hand_count(item=item, officer=hall.secretary)
    item.refresh_from_db()
    assert item.votes == 4
    assert list(item.hand_count.changes.values_list("before", "after", "reason")) == [(3, 4, "Faltó la última fila.")]
    assert services.close_session(session=hall.session, officer=hall.secretary).status == "held"


@pytest.mark.parametrize("votes", [-1, 5])
def test_more_hands_than_people_in_the_hall_are_refused(votes):
    hall = make_hall()
    item = hall.item("hands", "open")
    assert refused(services.enter_hand_count, item=item, votes=votes, officer=hall.secretary)[0] == 400


# --- phones --------------------------------------------------------------------------------------------------


def test_delegate_marks_up_to_k_items_and_takes_a_mark_back():
    hall = make_hall(most_marks=2)
    items = [hall.item(status="open", title=f"Punto {n}") for n in range(3)]
    voter = hall.delegate(0)
    for item in (items[0], items[0], items[1]):
        services.mark(item=item, user=voter)
    assert refused(services.mark, item=items[2], user=voter)[0] == 409
    assert services.unmark(item=items[0], user=voter)
    services.mark(item=items[2], user=voter)
    services.mark(item=items[2], user=hall.delegate(1))

    closed = services.close_phone_items(session=hall.session, officer=hall.secretary)

    assert [(item.votes, item.present) for item in closed] == [(0, 4), (1, 4), (2, 4)]
    for service in (services.mark, services.unmark):
        assert refused(service, item=items[2], user=voter) == (409, "La votación de este punto ya se cerró.")


def test_whoever_has_no_vote_in_the_hall_is_refused_with_the_reason():
    hall = make_hall(present=3)
    item = hall.item(status="open")
    other = make_hall(parish=make_parish("Solanda"))
    year, today = timedelta(days=365), timezone.localdate()
    expired = make_seat(hall.session.assembly, starts=today - 2 * year, ends=today - timedelta(days=1))
    services.note_leaving(attendance=hall.seats[2].attendances.get(), officer=hall.secretary)
    cases = {
        "otra asamblea": other.delegate(0),
        "terminó el": expired.principal.holder,
        "lo tiene hoy": hall.alternate(0),
        "pase por la mesa": hall.delegate(3),
        "salió de la sala": hall.delegate(2),
        "no es delegada": make_user(verified=True),
    }

    said = {word: refused(services.mark, item=item, user=user) for word, user in cases.items()}

    assert {word: status for word, (status, _reason) in said.items()} == dict.fromkeys(cases, 403)
    assert [word for word, (_status, reason) in said.items() if word not in reason] == []
    assert Mark.objects.count() == 0


def test_appointment_that_ended_today_votes_no_more_though_accredited():
    hall = make_hall()
    item = hall.item(status="open")
    appointment = hall.seats[0].principal
    appointment.ends = timezone.localdate() - timedelta(days=1)
    appointment.save()
    assert refused(services.mark, item=item, user=hall.delegate(0))[0] == 403


def test_item_is_voted_in_one_way_only():
    hall = make_hall()
    hands, phones = hall.item("hands", "open"), hall.item("phones", "open")
    assert refused(services.mark, item=hands, user=hall.delegate(0)) == (409, "Este punto se vota a mano alzada.")
    assert refused(services.enter_hand_count, item=phones, votes=1, officer=hall.secretary)[0] == 409
    assert refused(services.mark, item=hall.item(), user=hall.delegate(0)) == (409, "Este punto todavía no se vota.")


def test_delegate_who_marked_and_left_still_counts_when_the_item_closes():
    hall = make_hall(present=3)
    item = hall.item(status="open")
    for number in range(3):
        services.mark(item=item, user=hall.delegate(number))
        services.note_leaving(attendance=hall.seats[number].attendances.get(), officer=hall.secretary)
    services.check_in(session=hall.session, user=hall.delegate(0))  # back, and not confirmed again
    closed = services.close_item(item=item, officer=hall.secretary)
    assert (closed.votes, closed.present) == (3, 3)


def test_items_keep_their_places_and_are_removed_only_before_they_open():
    hall = make_hall()
    first, second = hall.item(), hall.item(position=7)
    assert (first.position, second.position) == (1, 7)
    assert refused(services.add_item, session=hall.session, title="Otra vez", position=7)[0] == 409
    services.remove_item(item=second, officer=hall.secretary)
    services.open_item(item=first, officer=hall.secretary)
    assert refused(services.remove_item, item=first, officer=hall.secretary)[0] == 409
    assert list(Item.objects.all()) == [first]


# --- what watchers see ---------------------------------------------------------------------------------------


def state_of(hall, read=session_states) -> dict:
    return read([hall.session.pk])[hall.session.pk][1]


@pytest.mark.parametrize(("shown", "seen"), [("at_close", None), ("as_they_come", 1)])
def test_counts_are_seen_when_an_item_closes_or_as_they_come(shown, seen):
    hall = make_hall(counts_shown=shown)
    phones, hands = hall.item(status="open"), hall.item("hands", "open")
    services.mark(item=phones, user=hall.delegate(0))
    services.enter_hand_count(item=hands, votes=2, officer=hall.secretary)

    assert state_of(hall) == {
        "status": "open",
        "present": 4,
        "quorum": 2,
        "items": {str(phones.pk): seen, str(hands.pk): None},
    }
    beside = state_of(hall, hall_states)
    assert (beside["voted"], beside["idle"], beside["phones"]) == (1, False, True)
    assert beside["pending"] == {str(phones.pk): False, str(hands.pk): True}

    services.close_item(item=phones, officer=hall.secretary)
    services.confirm_hand_count(item=hands, officer=hall.zonal)

    assert state_of(hall)["items"] == {str(phones.pk): 1, str(hands.pk): 2}
    assert state_of(hall, hall_states)["idle"]


def test_version_grows_with_everything_that_watchers_see():
    hall = make_hall(present=3)
    seen = [session_states([hall.session.pk])[hall.session.pk][0]]
    item = hall.item("phones")
    for act in (
        lambda: services.open_item(item=item, officer=hall.secretary),
        lambda: services.mark(item=item, user=hall.delegate(0)),
        lambda: services.unmark(item=item, user=hall.delegate(0)),
        lambda: hall.arrive(3),
        lambda: services.close_item(item=item, officer=hall.secretary),
        lambda: services.close_session(session=hall.session, officer=hall.secretary),
    ):
        act()
        seen.append(session_states([hall.session.pk])[hall.session.pk][0])
    assert seen == sorted(set(seen))


def test_drafts_are_no_topic():
    session = make_session(status="draft")
    assert session_states([session.pk]) == hall_states([session.pk]) == {}
