"""One residence, one ballot: what is taken, what is refused, and what is kept."""

import logging
import uuid
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from decide.accounts.keys import document_keys, person_keys
from decide.accounts.models import RegisterEntry
from decide.accounts.services import erase_account, merge_residences, verify_by_register
from decide.errors import Refused
from tests.factories import make_appointment, make_parish, make_poll, make_residence, make_user
from tests.votes import urna
from votes import canonical, clock, keys, opening, services
from votes.models import DailyTurnout, LiveBallot, Participation, PendingLeaf, Poll

pytestmark = pytest.mark.django_db
CEDULA, BORN = "1710034065", date(1990, 5, 17)


def rows(poll) -> tuple[int, int, int, int]:
    """Participations, ballots, pending leaves, turnout."""
    return (
        Participation.objects.filter(poll=poll).count(),
        LiveBallot.objects.filter(participation__poll=poll).count(),
        PendingLeaf.objects.filter(poll=poll).count(),
        Poll.objects.get(pk=poll.pk).turnout,
    )


def refused(status, **arguments) -> Refused:
    with pytest.raises(Refused) as found, transaction.atomic():
        services.cast_ballot(**arguments)
    assert found.value.status == status, found.value.reason
    return found.value


# --- casting and changing ---------------------------------------------------------------------------------------


def test_a_ballot_is_stored_sealed_counted_and_waits_for_its_batch():
    poll, residence = urna.open_poll(), make_residence()
    receipt = urna.cast(poll, residence, urna.choose(poll, (1,)), "123456")
    assert rows(poll) == (1, 1, 1, 1)
    ballot, leaf = LiveBallot.objects.get(), PendingLeaf.objects.get()
    assert ballot.commitment == receipt.commitment
    assert canonical.loads(bytes(leaf.body)) == {"type": "cast", "c": receipt.commitment, "replaces": None}
    place = poll.key.bytes + ballot.pk.bytes
    opened = opening.Opening.unsealed(ballot.opening, place)
    assert (opened.choices, opened.word, opened.parish) == (urna.choose(poll, (1,)), "123456", residence.parish.code)
    assert opened.commitment(poll.key) == receipt.commitment
    stored = bytes(ballot.opening) + bytes(leaf.change)
    assert not any(key.encode() in stored for key in urna.choose(poll, (1, 2))[str(poll.questions.get().key)])
    assert list(DailyTurnout.objects.values_list("day", "voters")) == [(timezone.localdate(), 1)]


def test_changing_replaces_the_ballot_and_says_which():
    poll, residence = urna.open_poll(), make_residence()
    first = urna.cast(poll, residence, urna.choose(poll, (1,)))
    second = urna.cast(poll, residence, urna.choose(poll))
    assert (first.first, second.first) == (True, False)
    assert rows(poll) == (1, 1, 2, 1)
    assert LiveBallot.objects.get().commitment == second.commitment
    leaf = next(p for p in PendingLeaf.objects.all() if not p.first)
    assert canonical.loads(bytes(leaf.body))["replaces"] == first.commitment


def test_the_same_form_sent_twice_returns_the_same_ballot():
    poll, residence = urna.open_poll(), make_residence()
    first = urna.cast(poll, residence, urna.choose(poll, (2,)), "000001")
    again = urna.cast(poll, residence, urna.choose(poll, (2,)), "000001")
    assert (again.commitment, again.again) == (first.commitment, True)
    assert rows(poll) == (1, 1, 1, 1)
    other_word = urna.cast(poll, residence, urna.choose(poll, (2,)), "000002")
    assert other_word.commitment != first.commitment


def test_the_same_choices_and_word_of_two_people_are_two_ballots():
    poll = urna.open_poll()
    made = {urna.cast(poll, None, urna.choose(poll, (1,)), "111111").commitment for _n in range(3)}
    assert len(made) == 3


def test_a_receipt_is_signed_and_says_nothing_of_the_choice():
    poll, residence = urna.open_poll(), make_residence()
    receipt = urna.cast(poll, residence)
    read = opening.read_receipt(receipt.code, keys.public_key())
    assert (read.poll, read.commitment) == (poll.key, receipt.commitment)
    assert opening.read_receipt(receipt.code[:-1] + "0", keys.public_key()) != read or receipt.code.endswith("0")
    assert opening.read_receipt(receipt.code, b"\1" * 32) is None
    assert opening.read_receipt("nonsense", keys.public_key()) is None
    assert urna.verdict(poll, receipt=receipt.code)["ok"]


def test_include_by_says_the_close_until_a_batch_is_full():
    poll = urna.open_poll()
    receipts = [receipt for _who, receipt in urna.cast_many(poll, 11)]
    soon = timezone.now() + timedelta(minutes=16)
    assert all(r.include_by > poll.closes_at for r in receipts[:9])
    assert all(r.include_by < soon for r in receipts[9:])


def test_database_refuses_a_second_participation():
    poll, residence = urna.open_poll(), make_residence()
    Participation.objects.create(poll=poll, residence=residence)
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.create(poll=poll, residence=residence)


def test_the_turn_of_a_desk_and_of_an_account_are_one_voter():
    poll, residence = urna.open_poll(level="desk"), make_residence(level="desk")
    urna.cast(poll, residence)
    urna.cast(poll, type(residence).objects.get(pk=residence.pk))
    assert rows(poll)[0] == 1


# --- who, when ------------------------------------------------------------------------------------------------


def test_who_may_not_vote_is_told_why_and_leaves_nothing():
    here, elsewhere = make_parish("La Argelia"), make_parish("Calderón")
    poll = urna.open_poll(parishes=[here], level="desk")
    choices = urna.choose(poll, (1,))
    tomorrow = timezone.localdate() + timedelta(days=1)
    for residence, word in (
        (None, "verifique su residencia"),
        (make_residence(here), "ventanilla"),
        (make_residence(elsewhere, level="desk"), "Calderón"),
        (make_residence(here, participates_from=tomorrow, level="desk"), "16 años"),
    ):
        refusal = refused(403, poll=poll, residence=residence, choices=choices, word="123456")
        assert word in str(refusal.reason)
    assert rows(poll) == (0, 0, 0, 0)


def test_level_and_parish_are_read_now_not_as_the_caller_remembers():
    here, elsewhere = make_parish("La Argelia"), make_parish("Calderón")
    poll, residence = urna.open_poll(parishes=[here]), make_residence(here)
    type(residence).objects.filter(pk=residence.pk).update(parish=elsewhere)
    refused(403, poll=poll, residence=residence, choices=urna.choose(poll), word="123456")


@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_a_poll_that_is_not_public_is_missing(status):
    make_parish()
    poll = make_poll(status=status)
    refused(404, poll=poll, residence=make_residence(), choices={}, word="123456")
    poll.pk = 10**9
    refused(404, poll=poll, residence=make_residence(), choices={}, word="123456")


def test_before_the_opening_and_after_the_end_nobody_votes():
    make_parish()
    announced, closed, annulled = make_poll(), urna.open_poll(), urna.open_poll()
    urna.close(closed)
    officer = make_appointment().holder
    services.annul_poll(poll=annulled, officer=officer, reason="Se imprimió mal.")
    for poll in (announced, closed, annulled):
        before = rows(poll)
        refused(409, poll=poll, residence=make_residence(), choices=urna.choose(poll), word="123456")
        assert rows(poll) == before


def test_the_clock_of_the_database_decides_to_the_millisecond():
    poll, residence = urna.open_poll(), make_residence()
    asked = clock.parse(clock.stamp(poll.closes_at))  # the rules say milliseconds
    for moment, status in ((asked, 409), (asked + timedelta(milliseconds=1), 409)):
        with clock.pretend(moment):
            refused(status, poll=poll, residence=residence, choices=urna.choose(poll), word="123456")
    with clock.pretend(asked - timedelta(milliseconds=1)):
        assert urna.cast(poll, residence).first


def test_an_application_whose_clock_is_five_minutes_fast_takes_and_refuses_the_same(monkeypatch):
    poll = urna.open_poll(closes_at=timezone.now() + timedelta(minutes=2))
    fast = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr(timezone, "now", lambda: fast)
    assert urna.cast(poll).first  # by the database there are two minutes left
    assert services.follow_polls(fast) == 0
    assert Poll.objects.get(pk=poll.pk).status == "open"


def test_database_clock_is_now_and_goes_on_inside_a_transaction():
    first = clock.database_clock()
    second = clock.database_clock()
    assert abs((timezone.now() - first).total_seconds()) < 5
    assert first <= second


# --- what is chosen -------------------------------------------------------------------------------------------


@pytest.fixture
def three():
    return urna.open_poll(questions=(("single", 2), ("approval", 3), ("budget", 3)))


def test_valid_choices_of_each_method_are_taken(three):
    for positions in [((1,), (1, 3), (1, 3)), ((), (), ()), ((2,), (2,), (1, 2)), ((), (1, 2), (3,))]:
        assert urna.cast(three, None, urna.choose(three, *positions)).first
    assert rows(three) == (4, 4, 4, 4)


def wrong_choices(poll, other):
    """Everything that is not a ballot of this poll."""
    good = urna.choose(poll, (1,), (1,), (1,))
    one, two, _three = good
    (option,) = good[one]
    foreign = urna.choose(other, (1,))
    both = urna.choose(poll, (1, 2))[one]
    return {
        "two of a single": good | {one: both},
        "three of two": urna.choose(poll, (), (1, 2, 3)),
        "over the amount": urna.choose(poll, (), (), (2, 3)),
        "repeated": good | {one: [option, option]},
        "repeated in another order": good | {two: good[two] * 2},
        "option of another poll": good | {one: next(iter(foreign.values()))},
        "option of another question": good | {one: good[two]},
        "question of another poll": good | foreign,
        "question missing": {one: good[one], two: good[two]},
        "extra voter": good | {"voter": ["1"]},
        "extra weight": good | {"weight": [option]},
        "extra parish": good | {"parish": []},
        "number": good | {one: [1]},
        "negative": good | {one: [-1]},
        "text of a number": good | {one: ["1"]},
        "huge": good | {one: ["9" * 100_000]},
        "text for a list": good | {one: option},
        "object for a list": good | {one: {option: True}},
        "none": good | {one: None},
        "capitals": good | {one: [option.upper()]},
        "unknown": good | {one: [str(uuid.uuid4())]},
        "list": [good],
        "nothing": None,
        "empty": {},
        "nested": good | {one: [[option]]},
        "boolean": good | {one: [True]},
    }


NAMES = [
    *("two of a single", "three of two", "over the amount", "repeated", "repeated in another order"),
    *("option of another poll", "option of another question", "question of another poll", "question missing"),
    *("extra voter", "extra weight", "extra parish", "number", "negative", "text of a number", "huge"),
    *("text for a list", "object for a list", "none", "capitals", "unknown", "list", "nothing", "empty", "nested"),
    "boolean",
]


def test_wrong_choices_are_refused_and_leave_no_leaf(three):
    cases = wrong_choices(three, urna.open_poll())
    assert list(cases) == NAMES
    voter = make_residence()
    for name, choices in cases.items():
        refusal = refused(400, poll=three, residence=voter, choices=choices, word="123456")
        assert str(refusal.reason).endswith("."), name
    assert rows(three) == (0, 0, 0, 0)


@pytest.mark.parametrize("word", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123 56", None, 123456, "123456\n"])
def test_a_word_is_six_digits(word):
    poll = urna.open_poll()
    refused(400, poll=poll, residence=make_residence(), choices=urna.choose(poll), word=word)


def test_words_are_drawn_evenly():
    words = {services.draw_word() for _n in range(300)}
    assert len(words) > 290
    assert all(opening.WORD.fullmatch(word) for word in words)


# --- people ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_erasing_and_registering_again_gives_no_second_vote():
    make_parish(code="170150")
    RegisterEntry.objects.create(
        document_key=document_keys("cedula", "EC", CEDULA)[0],
        person_key=person_keys(CEDULA, BORN)[0],
        parish=make_parish(),
    )
    poll, user = urna.open_poll(), make_user()
    residence = verify_by_register(user=user, cedula=CEDULA, birth_date=BORN)
    first = urna.cast(poll, residence, urna.choose(poll, (1,)))
    erase_account(user=user)
    again = verify_by_register(user=make_user(), cedula=CEDULA, birth_date=BORN)
    assert again.pk == residence.pk
    assert services.has_voted(poll, again)
    second = urna.cast(poll, again, urna.choose(poll, (2,)))
    assert (second.first, rows(poll)[0], rows(poll)[3]) == (False, 1, 1)
    assert canonical.loads(bytes(PendingLeaf.objects.get(first=False).body))["replaces"] == first.commitment


def test_two_verifications_of_one_person_are_one_vote_and_the_log_says_so():
    officer = make_appointment(office="desk").holder
    poll, keep, drop, alone = urna.open_poll(), make_residence(), make_residence(), make_residence()
    urna.cast_many(poll, 9)
    kept, dropped = urna.cast(poll, keep), urna.cast(poll, drop)
    merge_residences(officer=officer, keep=keep, drop=drop)
    assert rows(poll)[0] == rows(poll)[1] == rows(poll)[3] == 10
    assert services.has_voted(poll, keep)
    urna.close(poll)
    found = urna.verdict(poll, receipt=dropped.code)
    assert found["ok"], found["failed"]
    assert "retirado" in found["steps"][-1][1]
    assert "contado" in urna.verdict(poll, receipt=kept.code)["steps"][-1][1]
    # Where only one of the two had voted, the vote goes along.
    other = urna.open_poll()
    urna.cast(other, alone)
    merge_residences(officer=officer, keep=keep, drop=alone)
    assert services.has_voted(other, keep)
    assert rows(other) == (1, 1, 1, 1)


def test_two_verifications_that_both_voted_unite_after_the_close_too():
    officer = make_appointment(office="desk").holder
    poll, keep, drop = urna.open_poll(), make_residence(), make_residence()
    urna.cast(poll, keep)
    urna.cast(poll, drop)
    urna.close(poll)
    merge_residences(officer=officer, keep=keep, drop=drop)
    assert Participation.objects.get().residence == keep


def test_a_person_is_told_in_which_polls_they_voted_and_nothing_more():
    user, poll = make_user(verified=True, parish=make_parish()), urna.open_poll()
    urna.cast(poll, user.residence)
    urna.cast(urna.open_poll())
    assert services.export_own(user)["voted"] == [{"poll": poll.pk, "title": poll.title}]
    services.erase_own(user)
    assert rows(poll)[:2] == (1, 1)


def test_casting_writes_nothing_to_the_logs(caplog):
    caplog.set_level(logging.DEBUG)
    poll, residence = urna.open_poll(), make_residence()
    caplog.clear()
    receipt = urna.cast(poll, residence, urna.choose(poll, (1,)), "424242")
    said = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert receipt.commitment not in said
    assert "424242" not in said
