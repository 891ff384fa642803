"""Supports at once, over HTTP, on SQLite and PostgreSQL; each promise with a control that breaks without its guard."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test import Client

from decide.accounts.services import erase_account
from decide.answers import services as answers
from decide.answers.models import Answer
from decide.errors import Refused
from decide.notices.models import Notice
from proposals import services
from proposals.models import Proposal, StatusChange
from tests.factories import make_proposal, make_residence, make_support, make_user
from tests.votes.test_services import figures, rows
from votes import rules as signing
from votes.models import Support, SupportBox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


def together(acts) -> list:
    """Do all of this at once, each in a thread with its own connection; what each returned, or the exception."""
    start = threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(timeout=60)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def cookie_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def post(cookie: str, proposal, act="apoyar"):
    """A POST from one more telephone of whoever has this session; returns its status."""
    address = f"{proposal.get_absolute_url()}{act}/"

    def do() -> int:
        client = Client(raise_request_exception=False)
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return client.post(address).status_code

    return do


# --- one person, many taps -----------------------------------------------------------------------------------


def test_fifty_taps_of_one_person_are_one_support():
    proposal, cookie = make_proposal(), cookie_of(make_user(verified=True))
    assert together([post(cookie, proposal)] * 50) == [303] * 50
    assert figures(proposal.box) == rows(proposal.box) == (1, 1)


@contextmanager
def without_the_constraint():
    """The table as it would be without "one support per residence"."""
    kept = list(Support._meta.constraints)
    unique = next(c for c in kept if c.name == "one_support_per_residence")
    Support._meta.constraints = [c for c in kept if c is not unique]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Support, unique)
    try:
        yield
    finally:
        Support.objects.all().delete()
        Support._meta.constraints = kept
        with connection.schema_editor() as editor:
            editor.add_constraint(Support, unique)


def test_control_without_the_constraint_taps_are_many_supports():
    box, residence = make_proposal().box, make_residence()

    def look_then_write(everybody_looked):
        if not Support.objects.filter(box=box, residence=residence).exists():
            everybody_looked.wait(timeout=60)
            Support.objects.create(box=box, residence=residence, counted=True)

    with without_the_constraint():
        gate = threading.Barrier(8)
        assert together([lambda: look_then_write(gate)] * 8) == [None] * 8
        assert Support.objects.count() == 8
    gate = threading.Barrier(8)
    outcomes = together([lambda: look_then_write(gate)] * 8)
    assert Support.objects.count() == 1
    assert sorted(type(o).__name__ for o in outcomes) == ["IntegrityError"] * 7 + ["NoneType"]


# --- many people, one box --------------------------------------------------------------------------------------


def test_two_hundred_people_at_once_are_two_hundred_supports():
    proposal = make_proposal(threshold=1000)
    cookies = [cookie_of(make_user(verified=True)) for _n in range(200)]
    assert together([post(cookie, proposal) for cookie in cookies]) == [303] * 200
    assert figures(proposal.box) == rows(proposal.box) == (200, 200)
    assert SupportBox.objects.get(pk=proposal.box_id).version == 200


def test_control_counting_by_reading_and_writing_loses_supports():
    box, people = make_proposal().box, [make_residence() for _n in range(8)]
    everybody_read = threading.Barrier(8)

    def naive(residence):
        read = SupportBox.objects.get(pk=box.pk)
        everybody_read.wait(timeout=60)
        Support.objects.create(box=box, residence=residence, counted=signing.counts_in(read, residence))
        read.supports, read.counted = read.supports + 1, read.counted + 1
        read.save()

    outcomes = together([lambda r=r: naive(r) for r in people])
    assert outcomes == [None] * 8
    assert rows(box) == (8, 8)
    assert figures(box) == (1, 1)


# --- the threshold is crossed once ---------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [1, 30, 50])
def test_threshold_is_crossed_exactly_once(threshold):
    proposal = make_proposal(threshold=threshold)
    users = [make_user(verified=True) for _n in range(50)]
    assert together([post(cookie, proposal) for cookie in map(cookie_of, users)]) == [303] * 50
    proposal.refresh_from_db()
    assert figures(proposal.box) == rows(proposal.box) == (50, 50)
    assert proposal.status == "reached"
    assert list(Answer.objects.all()) == [proposal.answer]
    assert list(StatusChange.objects.values_list("status", flat=True)) == ["open", "reached"]
    told = Notice.objects.filter(kind="proposal-reached")
    assert told.filter(recipient=proposal.author).count() == 1
    assert threshold <= told.exclude(recipient=proposal.author).count() <= 50


def test_control_looking_at_the_state_before_writing_it_owes_several_answers():
    proposal, people = make_proposal(threshold=5), [make_residence() for _n in range(8)]
    everybody_read = threading.Barrier(8)

    def naive(residence):
        read = Proposal.objects.get(pk=proposal.pk)
        everybody_read.wait(timeout=60)
        Support.objects.create(box=read.box, residence=residence, counted=True)
        SupportBox.objects.filter(pk=read.box_id).update(supports=F("supports") + 1, counted=F("counted") + 1)
        read.box.refresh_from_db()
        if read.status == "open" and read.box.counted >= read.box.threshold:
            answer = answers.owe_answer(kind="proposal", subject=read.title, path="/", parish=None)
            Proposal.objects.filter(pk=read.pk).update(status="reached", answer=answer)

    together([lambda r=r: naive(r) for r in people])
    assert Answer.objects.count() > 1


# --- against each other ----------------------------------------------------------------------------------------


def test_supports_racing_withdrawals_leave_counts_that_equal_rows():
    proposal = make_proposal(threshold=1000)
    chance = random.Random(7)
    cookies = [cookie_of(make_user(verified=True)) for _n in range(8)]
    acts = [(cookie, act) for cookie in cookies for act in ("apoyar", "retirar-apoyo") * 4]
    chance.shuffle(acts)
    assert together([post(cookie, proposal, act) for cookie, act in acts]) == [303] * 64
    assert figures(proposal.box) == rows(proposal.box)


def test_last_support_racing_the_authors_withdrawal_ends_in_one_of_the_two():
    for _round in range(5):
        proposal = make_proposal(threshold=10)
        cookies = [cookie_of(make_user(verified=True)) for _n in range(12)]

        def withdraw(proposal=proposal):
            try:
                services.withdraw_proposal(proposal=proposal, reason="done")
            except Refused as refusal:
                return refusal.status
            return 303

        outcomes = together([*(post(cookie, proposal) for cookie in cookies), withdraw])
        assert set(outcomes) <= {303, 409}
        proposal.refresh_from_db()
        supports, counted = figures(proposal.box)
        assert (supports, counted) == rows(proposal.box)
        assert outcomes[:-1].count(303) == supports
        if outcomes[-1] == 303:
            assert (proposal.status, proposal.box.open, proposal.answer, counted < 10) == (
                "withdrawn",
                False,
                None,
                True,
            )
        else:
            assert (proposal.status, supports, proposal.answer is None) == ("reached", 12, False)


def test_erased_account_racing_its_neighbours_leaves_counts_that_equal_rows():
    proposals = [make_proposal(threshold=1000) for _n in range(3)]
    leaving = [make_user(verified=True) for _n in range(4)]
    for user in leaving:
        for proposal in proposals:
            make_support(proposal.box, user.residence)
    cookies = [cookie_of(make_user(verified=True)) for _n in range(6)]
    acts = [post(cookie, proposal) for cookie in cookies for proposal in proposals]
    acts += [lambda user=user: erase_account(user=user) for user in leaving]
    outcomes = together(acts)
    assert outcomes == [303] * 18 + [None] * 4
    assert [figures(p.box) for p in proposals] == [rows(p.box) for p in proposals] == [(6, 6)] * 3
