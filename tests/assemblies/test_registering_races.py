"""At once, on SQLite and PostgreSQL: of rivals one is registered, a seat is filled once; controls without the guard."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from decide.accounts.models import Appointment
from decide.assemblies import rules, services
from decide.assemblies.models import Assembly, Seat
from decide.assemblies.services import ensure_assemblies
from decide.errors import Refused
from decide.territory.models import Neighbourhood
from tests.assemblies.registrations import held_session, make_zonal, pairs, ready
from tests.factories import make_assembly, make_parish, make_zone
from tests.proposals.test_support_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


def attempt(act, **kwargs):
    """A function for a thread: 200, or the status with which it was refused."""

    def run():
        try:
            act(**kwargs)
        except Refused as refusal:
            return refusal.status
        return 200

    return run


# --- rivals -------------------------------------------------------------------------------------------------


def rivals(n: int) -> list[Assembly]:
    make_assembly(parish=make_parish())
    return [ready(name=f"Asamblea {i}", neighbourhood_name=["San José", "barrio san jose"][i % 2]) for i in range(n)]


def test_of_rivals_registered_at_once_one_wins():
    claims = rivals(6)
    officers = [make_zonal(claims[0].parish) for _claim in claims]

    acts = [
        attempt(services.register_assembly, officer=officer, assembly=claim)
        for officer, claim in zip(officers, claims, strict=True)
    ]
    assert sorted(together(acts)) == [200] + [409] * 5

    (winner,) = Assembly.objects.registered().of_level("neighbourhood")
    assert list(Neighbourhood.objects.all()) == [winner.neighbourhood]
    assert Appointment.objects.filter(office="president").count() == 1


@contextmanager
def without(model, *names):
    """The table as it would be without these constraints."""
    kept = list(model._meta.constraints)
    gone = [c for c in kept if c.name in names]
    assert len(gone) == len(names)
    model._meta.constraints = [c for c in kept if c not in gone]
    with connection.schema_editor() as editor:
        for constraint in gone:
            editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model.objects.filter(status="registered", level="neighbourhood").update(status="ended")
        model._meta.constraints = kept
        with connection.schema_editor() as editor:
            for constraint in gone:
                editor.add_constraint(model, constraint)


def test_control_without_lock_and_constraint_all_rivals_are_registered():
    claims = rivals(4)
    everybody_looked = threading.Barrier(4)

    def naive(claim):
        if rules.registered_rival(claim) is None:
            everybody_looked.wait(timeout=60)
            Assembly.objects.filter(pk=claim.pk).update(status="registered", registered_at=timezone.now())

    with without(Assembly, "one_registered_assembly_of_a_place"):
        assert together([lambda c=claim: naive(c) for claim in claims]) == [None] * 4
        assert Assembly.objects.registered().of_level("neighbourhood").count() == 4
    everybody_looked = threading.Barrier(4)
    outcomes = together([lambda c=claim: naive(c) for claim in claims])
    assert sorted(type(o).__name__ for o in outcomes) == ["IntegrityError"] * 3 + ["NoneType"]


# --- seats --------------------------------------------------------------------------------------------------


def test_seats_filled_at_once_are_never_more_than_the_assembly_sends():
    sender = make_assembly("neighbourhood")
    officer, session = make_zonal(sender.parish), held_session(sender)

    acts = [
        attempt(services.elect_seats, by=officer, session=session, elected=pairs(f"Persona {n}", f"Vecina {n}"))
        for n in range(5)
    ]
    assert sorted(together(acts)) == [200, 200, 409, 409, 409]
    assert sorted(Seat.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_person_elected_at_once_by_two_neighbourhoods_sits_once():
    parish = make_assembly(parish=make_parish())
    senders = [make_assembly("neighbourhood", parent=parish) for _n in range(4)]
    officer = make_zonal(parish.parish)

    acts = [
        attempt(services.elect_seats, by=officer, session=held_session(sender), elected=pairs("Ana Pillajo"))
        for sender in senders
    ]
    assert sorted(together(acts)) == [200, 409, 409, 409]
    assert Seat.objects.count() == 1


def test_control_without_the_lock_two_neighbourhoods_send_the_same_person():
    parish = make_assembly(parish=make_parish())
    senders = [make_assembly("neighbourhood", parent=parish) for _n in range(2)]
    everybody_looked = threading.Barrier(2)
    today = timezone.localdate()

    def naive(sender):
        if not Seat.objects.filter(assembly=parish, principal__holder_name="Ana").exists():
            everybody_looked.wait(timeout=60)
            dates = {"starts": today, "ends": today}
            office = Appointment.objects.create(office="delegate", body=parish.body, holder_name="Ana", **dates)
            Seat.objects.create(assembly=parish, sent_by=sender, number=1, principal=office, **dates)

    together([lambda s=sender: naive(s) for sender in senders])
    assert Seat.objects.count() == 2


# --- the tree -----------------------------------------------------------------------------------------------


def test_tree_made_by_several_processes_at_once_is_made_once():
    for n in range(3):
        make_parish(f"Parroquia {n}", zone=make_zone(f"Zona {n}"))

    together([ensure_assemblies] * 4)

    assert Assembly.objects.count() == 1 + 3 + 3
    assert ensure_assemblies() == 0
