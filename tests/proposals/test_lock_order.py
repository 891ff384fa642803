"""Two things that met each other in the wrong order on PostgreSQL: a deadlock, and a 503 for one of the two.

Each play makes them meet for certain: one holds the box and waits until the other has begun. Without its lock order
(the controls take it away) PostgreSQL ends one of the two.
"""

import threading
import time

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.db.models import QuerySet

from decide.accounts.services import erase_account
from decide.accounts.services.verification import merge_residences
from decide.errors import Refused
from proposals import services
from proposals.services import supporting
from tests.factories import make_appointment, make_proposal, make_residence, make_support, make_user
from tests.proposals.test_support_races import together
from tests.votes.test_services import figures, rows
from votes.models import Support
from votes.services import supports

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]
PATIENCE = 0.4  # seconds in which the other one gets as far as it can


def in_turn(monkeypatch, module, name, first, second) -> list:
    """`first` stops before `module.name`, which it calls with the box held, until `second` is as far as it gets."""
    held, real = threading.Event(), getattr(module, name)

    def waiting(*args, **kwargs):
        held.set()
        time.sleep(PATIENCE)
        return real(*args, **kwargs)

    def then():
        assert held.wait(20)
        return second()

    monkeypatch.setattr(module, name, waiting)
    return together([first, then])


def crossing_while_erasing(monkeypatch, author=False):
    leaver = make_user(verified=True)
    proposal = make_proposal(threshold=2, author=leaver if author else None)
    make_support(proposal.box, leaver.residence)
    neighbour = make_user(verified=True)
    outcomes = in_turn(
        monkeypatch,
        supporting,
        "reach_threshold",
        lambda: services.support_proposal(proposal=proposal, user=neighbour)[1],
        lambda: erase_account(user=leaver),
    )
    return proposal, outcomes


@pytest.mark.parametrize("author", [False, True])
def test_account_erased_in_the_instant_its_support_crosses_the_threshold(monkeypatch, author):
    proposal, outcomes = crossing_while_erasing(monkeypatch, author)
    assert outcomes == [True, None]
    assert figures(proposal.box) == rows(proposal.box) == (1, 1)
    proposal.refresh_from_db()
    assert proposal.status == "reached"
    assert (proposal.author is None) is author


def postgres_only():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")


def without_no_key(monkeypatch):
    """select_for_update as it was: nobody may refer to the row meanwhile."""
    real = QuerySet.select_for_update

    def strict(self, *args, no_key=False, **kwargs):
        return real(self, *args, no_key=no_key and self.model.__name__ == "SupportBox", **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", strict)


def test_control_an_account_that_nobody_may_refer_to_meets_the_box_in_the_other_order(monkeypatch):
    postgres_only()
    without_no_key(monkeypatch)
    _proposal, outcomes = crossing_while_erasing(monkeypatch)
    assert any(isinstance(outcome, OperationalError) for outcome in outcomes)


def supporting_while_merging(monkeypatch, dropped):
    """The account that supports stands with the residence that is dropped, or with the one that stays; the other
    residence has supported before."""
    user, other = make_user(verified=True), make_residence()
    keep, drop = (other, user.residence) if dropped else (user.residence, other)
    officer, proposal = make_appointment(office="desk").holder, make_proposal()
    make_support(proposal.box, other)
    outcomes = in_turn(
        monkeypatch,
        supports,
        "_count",
        lambda: services.support_proposal(proposal=proposal, user=user)[1],
        lambda: merge_residences(officer=officer, keep=keep, drop=drop).pk,
    )
    return proposal, keep, user, outcomes


@pytest.mark.parametrize("dropped", [True, False])
def test_residences_merged_while_that_person_supports(monkeypatch, dropped):
    proposal, keep, user, outcomes = supporting_while_merging(monkeypatch, dropped)
    assert outcomes == [True, keep.pk]
    assert list(Support.objects.values_list("box", "residence")) == [(proposal.box_id, keep.pk)]
    assert figures(proposal.box) == rows(proposal.box) == (1, 1)
    user.refresh_from_db()
    assert user.residence_id == keep.pk


@pytest.mark.parametrize("dropped", [True, False])
def test_control_a_residence_held_after_the_box_meets_the_merging_in_the_other_order(monkeypatch, dropped):
    postgres_only()
    monkeypatch.setattr(supports, "_hold", lambda residence: None)
    *_rest, outcomes = supporting_while_merging(monkeypatch, dropped)
    assert any(isinstance(outcome, DatabaseError) for outcome in outcomes)


def test_support_of_a_residence_that_was_just_merged_is_refused_in_words():
    keep, user = make_residence(), make_user(verified=True)
    stale, proposal = user.residence, make_proposal()
    merge_residences(officer=make_appointment(office="desk").holder, keep=keep, drop=stale)
    stale.pk = stale.pk or 0
    with pytest.raises(Refused, match="cambió hace un momento") as refused:
        services.support_proposal(proposal=proposal, residence=stale)
    assert refused.value.status == 409
