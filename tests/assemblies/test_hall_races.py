"""A hall at once, over HTTP, on SQLite and PostgreSQL: nothing is counted twice. Each promise has a control that breaks
without its lock or constraint."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from decide.assemblies import services
from decide.assemblies.models import Attendance, HandCount, Item, Mark
from tests.assemblies.halls import make_hall
from tests.factories import make_appointment
from tests.proposals.test_support_races import cookie_of, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def post(cookie: str, name: str, *args, **data):
    """A POST from one more telephone of whoever has this session; returns its status."""

    def do() -> int:
        client = Client(raise_request_exception=False)
        client.cookies["sessionid"] = cookie
        return client.post(reverse(f"assemblies:{name}", args=args), data).status_code

    return do


@contextmanager
def without_constraint(model, name: str):
    """The table as it would be without this constraint; emptied afterwards."""
    kept = list(model._meta.constraints)
    gone = next(c for c in kept if c.name == name)
    model._meta.constraints = [c for c in kept if c is not gone]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, gone)
    try:
        yield
    finally:
        model.objects.all().delete()
        model._meta.constraints = kept
        with connection.schema_editor() as editor:
            editor.add_constraint(model, gone)


# --- the door ------------------------------------------------------------------------------------------------


def test_principal_and_alternate_at_two_doors_are_one_vote():
    hall = make_hall(seats=2, present=0, status="called")
    seat = hall.seats[0]
    cookies = [cookie_of(hall.secretary), cookie_of(hall.zonal)]
    acts = [
        post(cookie, "accredit", hall.session.pk, appointment=appointment.pk)
        for cookie in cookies * 3
        for appointment in (seat.principal, seat.alternate)
    ]

    outcomes = together(acts)

    assert set(outcomes) <= {303, 409}
    here = Attendance.objects.get()
    # The principal has the vote, whoever came first.
    assert (here.seat, here.appointment, here.confirmed) == (seat, seat.principal, True)


def test_control_without_the_constraint_both_of_a_seat_are_in_the_hall():
    hall = make_hall(seats=2, present=0, status="called")
    seat = hall.seats[0]

    def look_then_write(appointment, everybody_looked):
        if not Attendance.objects.filter(session=hall.session, seat=seat).exists():
            everybody_looked.wait(timeout=60)
            Attendance.objects.create(session=hall.session, seat=seat, appointment=appointment, name="X")

    def both() -> list:
        gate = threading.Barrier(2)
        return together([lambda a=a: look_then_write(a, gate) for a in (seat.principal, seat.alternate)])

    with without_constraint(Attendance, "one_vote_in_the_hall_per_seat"):
        assert both() == [None, None]
        assert Attendance.objects.count() == 2
    assert sorted(type(o).__name__ for o in both()) == ["IntegrityError", "NoneType"]
    assert Attendance.objects.count() == 1


# --- hands ---------------------------------------------------------------------------------------------------


def test_two_secretaries_entering_a_count_at_once_are_one_count():
    hall = make_hall()
    second = make_appointment(office="secretary", body=hall.session.assembly.body).holder
    item = hall.item("hands", "open")
    cookies = [cookie_of(hall.secretary), cookie_of(second)]
    acts = [
        post(cookie, "count_hands", hall.session.pk, item.pk, votes=votes) for votes in (2, 3) for cookie in cookies
    ]

    outcomes = together(acts)

    assert sorted(outcomes) == [303, 409, 409, 409]
    count = HandCount.objects.get()
    who = [*cookies, *cookies][outcomes.index(303)]
    assert (count.votes, count.entered_by) == (
        2 if outcomes.index(303) < 2 else 3,
        hall.secretary if who == cookies[0] else second,
    )


def test_control_counts_entered_without_the_lock_end_in_an_error_and_not_in_a_reason():
    hall = make_hall()
    item, gate = hall.item("hands", "open"), threading.Barrier(2)

    def naive(votes):
        if not HandCount.objects.filter(item=item).exists():
            gate.wait(timeout=60)
            HandCount.objects.create(item=item, votes=votes, present=4, entered_by=hall.secretary)

    outcomes = together([lambda v=v: naive(v) for v in (2, 3)])
    assert sorted(type(o).__name__ for o in outcomes) == ["IntegrityError", "NoneType"]


# --- phones --------------------------------------------------------------------------------------------------


def test_taps_of_one_seat_are_one_vote_in_an_item_and_k_in_a_session():
    hall = make_hall(most_marks=2)
    items = [hall.item(status="open", title=f"Punto {n}") for n in range(6)]
    cookie = cookie_of(hall.delegate(0))

    outcomes = together([post(cookie, "mark", hall.session.pk, item.pk) for item in items for _twice in range(3)])

    assert set(outcomes) == {303, 409}
    assert Mark.objects.count() == 2
    # Both of the two that count were answered with yes, each of its taps.
    assert outcomes.count(303) == 6


def test_control_counting_marks_before_writing_without_the_lock_gives_more_than_k():
    hall = make_hall(most_marks=2)
    items = [hall.item(status="open", title=f"Punto {n}") for n in range(6)]
    seat, gate = hall.seats[0], threading.Barrier(6)

    def naive(item):
        if Mark.objects.filter(seat=seat, item__session=hall.session).count() < 2:
            gate.wait(timeout=60)
            Mark.objects.create(item=item, seat=seat, appointment=seat.principal)

    assert together([lambda i=i: naive(i) for i in items]) == [None] * 6
    assert Mark.objects.count() == 6


def test_control_without_the_constraint_one_seat_votes_twice_in_an_item():
    hall = make_hall()
    item, seat = hall.item(status="open"), hall.seats[0]

    def look_then_write(gate):
        if not Mark.objects.filter(item=item, seat=seat).exists():
            gate.wait(timeout=60)
            Mark.objects.create(item=item, seat=seat, appointment=seat.principal)

    def four() -> list:
        gate = threading.Barrier(4)
        return together([lambda: look_then_write(gate)] * 4)

    with without_constraint(Mark, "one_mark_per_item_and_seat"):
        assert four() == [None] * 4
        assert Mark.objects.count() == 4
    assert sorted(type(o).__name__ for o in four()) == ["IntegrityError"] * 3 + ["NoneType"]


def test_votes_racing_the_close_are_all_counted_or_refused():
    hall = make_hall(seats=12)
    for _round in range(3):
        item = hall.item(status="open")
        acts = [post(cookie_of(hall.delegate(n)), "mark", hall.session.pk, item.pk) for n in range(12)]

        def close(item=item):
            services.close_item(item=item, officer=hall.secretary)
            return "closed"

        outcomes = together([*acts[:6], close, *acts[6:]])

        assert set(outcomes) <= {303, 409, "closed"}
        item.refresh_from_db()
        assert item.votes == item.marks.count() == outcomes.count(303)


def test_control_closing_without_the_lock_loses_votes():
    hall = make_hall()
    item = hall.item(status="open")
    looked, marked = threading.Event(), threading.Event()

    def naive_vote():
        assert Item.objects.get(pk=item.pk).status == "open"
        looked.set()
        assert marked.wait(timeout=60)
        Mark.objects.create(item=item, seat=hall.seats[0], appointment=hall.seats[0].principal)

    def close():
        assert looked.wait(timeout=60)
        services.close_item(item=item, officer=hall.secretary)
        marked.set()

    assert together([naive_vote, close]) == [None, None]
    item.refresh_from_db()
    assert (item.votes, item.marks.count()) == (0, 1)
