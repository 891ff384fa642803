"""Polls: what the database keeps, and what the opening freezes."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from decide.errors import Refused
from tests.factories import make_parish, make_poll, make_user, make_zone
from tests.votes import urna
from votes import canonical, clock, frozen, keys, live, services
from votes.models import Head, LogEntry, Option, Poll

pytestmark = pytest.mark.django_db


def open_now(**fields) -> Poll:
    return urna.open_poll(**fields)


@pytest.mark.parametrize(
    "wrong",
    [
        {"closes_at": timezone.now() - timedelta(days=9)},
        {"approved_at": None},
        {"status": "open"},  # without frozen rules
        {"status": "closed", "rules_json": "{}", "rules_hash": "x", "opened_at": timezone.now()},  # without its moment
        {"status": "annulled", "annulled_at": timezone.now()},  # without a reason
    ],
)
def test_database_refuses_a_poll_that_makes_no_sense(wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_poll(**wrong)


def test_database_refuses_approval_by_the_writer():
    writer = make_user()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_poll(written_by=writer, approved_by=writer)


@pytest.mark.parametrize(
    ("method", "max_choices", "amount"), [("approval", None, None), ("budget", None, None), ("single", 2, None)]
)
def test_database_refuses_a_question_whose_method_lacks_its_figure(method, max_choices, amount):
    question = make_poll().questions.get()
    question.method, question.max_choices, question.amount = method, max_choices, amount
    with pytest.raises(IntegrityError), transaction.atomic():
        question.save()


# --- opening -----------------------------------------------------------------------------------------------


def test_opening_freezes_hashes_and_publishes_the_rules():
    parish = make_parish("La Argelia", code="170150", population_2010=57_112)
    make_parish("Calderón")
    poll = open_now(parishes=[parish], questions=(("single", 2), ("approval", 3), ("budget", 3)))
    rules = canonical.loads(poll.rules_json.encode())
    assert poll.rules_hash == sha256(poll.rules_json.encode()).hexdigest()
    assert rules["parishes"] == [{"code": "170150", "name": "La Argelia", "population": 57_112, "zone": "Eloy Alfaro"}]
    assert (rules["scope"], rules["population"], poll.eligible) == ("parishes", 57_112, 57_112)
    assert [q["method"] for q in rules["questions"]] == ["single", "approval", "budget"]
    assert [q["amount_cents"] for q in rules["questions"]] == [None, None, 100_000]
    assert [o["cost_cents"] for o in rules["questions"][2]["options"]] == [40_000, 50_000, 60_000]
    assert rules["public_key"] == keys.public_key().hex()
    first = canonical.loads(bytes(LogEntry.objects.get(poll=poll).body))
    assert first == {"type": "open", "poll": str(poll.key), "rules": poll.rules_hash}
    assert Head.objects.get(poll=poll).size == 1
    assert (poll.status, poll.version) == ("open", 1)


def test_scope_is_the_parishes_of_its_zones_and_its_own_or_all():
    north, south = make_zone("Calderón"), make_zone("Quitumbe")
    a, b, c = make_parish("A", zone=north), make_parish("B", zone=south), make_parish("C", zone=south)
    assert set(frozen.parishes_of(make_poll(zones=[south]))) == {b, c}
    assert set(frozen.parishes_of(make_poll(zones=[north], parishes=[c]))) == {a, c}
    assert set(frozen.parishes_of(make_poll())) == {a, b, c}


def test_what_is_changed_after_the_opening_changes_no_rule():
    poll = open_now()
    Option.objects.filter(question__poll=poll).update(text="Otra cosa")
    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    assert urna.cast(Poll.objects.get(pk=poll.pk)).first


def test_rules_that_are_not_what_was_hashed_stop_everything():
    poll = open_now()
    changed = poll.rules_json.replace('"age":16', '"age":15')
    Poll.objects.filter(pk=poll.pk).update(rules_json=changed)
    frozen._known.clear()
    with pytest.raises(ValueError, match="not those that were frozen"):
        urna.cast(Poll.objects.get(pk=poll.pk))


def test_opening_twice_changes_nothing():
    poll = open_now()
    again = services.open_poll(poll=poll)
    assert (again.rules_hash, again.version, LogEntry.objects.count()) == (poll.rules_hash, poll.version, 1)


@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_what_was_not_approved_is_not_opened(status):
    make_parish()
    with pytest.raises(Refused), transaction.atomic():
        services.open_poll(poll=make_poll(status=status))


def test_a_poll_opens_at_its_hour_by_the_clock_of_the_database():
    make_parish()
    poll = make_poll(opens_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(Refused), transaction.atomic():
        services.open_poll(poll=poll)
    assert services.follow_polls(timezone.now()) == 0
    with clock.pretend(poll.opens_at):
        assert services.follow_polls(timezone.now()) == 1
    assert Poll.objects.get(pk=poll.pk).status == "open"


def test_a_poll_without_questions_does_not_open():
    make_parish()
    with pytest.raises(Refused), transaction.atomic():
        services.open_poll(poll=make_poll(questions=()))


# --- what is watched ------------------------------------------------------------------------------------------


def test_states_are_of_public_polls_and_sealed_totals_are_null():
    shown, sealed = open_now(), open_now(running_totals="at_close")
    draft, announced = make_poll(status="draft"), make_poll()
    urna.cast(sealed)
    states = live.poll_states([shown.pk, sealed.pk, draft.pk, announced.pk, 10**9])
    assert set(states) == {shown.pk, sealed.pk, announced.pk}
    options = [str(o.pk) for o in Option.objects.filter(question__poll=shown)]
    assert states[shown.pk] == (1, {"status": "open", "turnout": 0, "options": dict.fromkeys(options, 0)})
    version, state = states[sealed.pk]
    assert (version, state["turnout"], set(state["options"].values())) == (2, 1, {None})


def test_tallies_say_of_how_many_ballots_and_are_sealed_alike():
    shown, sealed = open_now(), open_now(running_totals="at_close")
    tallies = live.tally_states([shown.pk, sealed.pk, make_poll(status="draft").pk])
    options = [str(o.pk) for o in Option.objects.filter(question__poll=shown)]
    question = str(shown.questions.get().pk)
    assert tallies[shown.pk][1] == {"options": dict.fromkeys(options, 0), "counted": 0, "blank": {question: 0}}
    assert tallies[sealed.pk][1]["counted"] is None
    assert set(tallies[sealed.pk][1]["blank"].values()) == {None}


@pytest.mark.parametrize("read", [live.poll_states, live.tally_states])
def test_states_are_read_in_two_queries(django_assert_num_queries, read):
    polls = [open_now().pk for _n in range(5)]
    with django_assert_num_queries(2):
        read(polls)
