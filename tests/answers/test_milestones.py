"""What was promised, and what became of it."""

import uuid
from datetime import date
from itertools import product

import pytest

from decide.answers import services
from decide.answers.models import Milestone
from decide.answers.signals import answer_changed
from decide.errors import Refused
from decide.images import clean_photo
from tests.answers.tools import make_officer, picture, status_of
from tests.factories import make_agency, make_answer, make_milestone

pytestmark = pytest.mark.django_db
PLANNED, ONGOING, DONE, CANCELLED = Milestone.State.values


@pytest.fixture
def promised(clock):
    """(answer, officer): an accepted answer and an officer of its agency."""
    agency = make_agency()
    return make_answer(agency=agency, outcome="accepted"), make_officer(agency)


def in_state(answer, state):
    return make_milestone(answer, state=state, done_on=date(2026, 11, 1) if state == DONE else None)


ALLOWED = {
    (PLANNED, ONGOING),
    (PLANNED, DONE),
    (PLANNED, CANCELLED),
    (ONGOING, DONE),
    (ONGOING, CANCELLED),
}


def test_only_the_listed_states_may_follow(promised):
    answer, officer = promised
    moved = set()
    for before, after in product(Milestone.State.values, repeat=2):
        if before == after:
            continue
        step = in_state(answer, before)
        status = status_of(
            services.update_milestone, milestone=step, officer=officer, state=after, note="Por la lluvia."
        )
        assert (status, Milestone.objects.get(pk=step.pk).state) in {(200, after), (409, before)}
        if status == 200:
            moved.add((before, after))
    assert moved == ALLOWED


@pytest.mark.parametrize(("outcome", "allowed"), [("accepted", 1), ("partial", 1), ("rejected", 0), ("elsewhere", 0)])
def test_milestones_belong_to_what_was_accepted(clock, outcome, allowed):
    agency = make_agency()
    whom = {"institution": "EEQ", "institution_contact": "1700"} if outcome == "elsewhere" else {}
    answer = make_answer(agency=agency, outcome=outcome, **whom)
    form = {"title": "Postes", "planned": date(2027, 1, 8)}
    status = status_of(services.add_milestone, answer=answer, officer=make_officer(agency), **form)
    assert status == (200 if allowed else 409)
    assert answer.milestones.count() == allowed


def test_add_milestone_twice_with_one_key_is_stored_once(promised):
    answer, officer = promised
    form = {"title": "Postes", "planned": date(2027, 1, 8), "once_key": uuid.uuid4()}
    first = services.add_milestone(answer=answer, officer=officer, **form)
    assert services.add_milestone(answer=answer, officer=officer, **form) == first
    assert (first.state, first.first_planned) == (PLANNED, date(2027, 1, 8))
    other_agency = make_agency()
    other = make_answer(agency=other_agency, outcome="accepted")
    with pytest.raises(Refused) as refusal:
        services.add_milestone(answer=other, officer=make_officer(other_agency), **form)
    assert refusal.value.status == 409
    assert Milestone.objects.count() == 1


def test_add_milestone_beyond_the_most_is_refused(promised, monkeypatch):
    answer, officer = promised
    monkeypatch.setattr("decide.answers.services.milestones.MAX_MILESTONES", 1)
    make_milestone(answer)
    with pytest.raises(Refused) as refusal:
        services.add_milestone(answer=answer, officer=officer, title="Otro", planned=date(2027, 1, 8))
    assert refusal.value.status == 409


@pytest.mark.parametrize(
    ("now", "done_on", "stored"),
    [
        ("2026-11-10 23:30", None, date(2026, 11, 10)),
        ("2026-11-10 23:30", date(2026, 11, 4), date(2026, 11, 4)),
        ("2026-11-10 23:30", date(2026, 11, 11), None),
        ("2026-11-11 00:00", date(2026, 11, 11), date(2026, 11, 11)),
    ],
)
def test_done_has_its_day_and_it_is_not_tomorrow(promised, clock, now, done_on, stored):
    answer, officer = promised
    step = make_milestone(answer)
    clock.move(now)
    if stored is None:
        with pytest.raises(Refused) as refusal:
            services.update_milestone(milestone=step, officer=officer, state=DONE, done_on=done_on)
        assert refusal.value.status == 400
    else:
        services.update_milestone(milestone=step, officer=officer, state=DONE, done_on=done_on)
    assert Milestone.objects.get(pk=step.pk).done_on == stored


def test_a_moved_date_needs_a_reason_and_the_promise_stays(promised):
    answer, officer = promised
    step = services.add_milestone(answer=answer, officer=officer, title="Postes", planned=date(2027, 1, 8))
    with pytest.raises(Refused) as refusal:
        services.update_milestone(milestone=step, officer=officer, planned=date(2027, 3, 5))
    assert refusal.value.status == 400
    services.update_milestone(milestone=step, officer=officer, planned=date(2027, 3, 5), note="No llegaron.")
    step.refresh_from_db()
    assert (step.planned, step.first_planned, step.was_moved, step.note) == (
        date(2027, 3, 5),
        date(2027, 1, 8),
        True,
        "No llegaron.",
    )
    assert step.history.count() == 2


@pytest.mark.parametrize("state", [DONE, CANCELLED])
def test_the_date_of_what_ended_does_not_move(promised, state):
    answer, officer = promised
    step = in_state(answer, state)
    with pytest.raises(Refused) as refusal:
        services.update_milestone(milestone=step, officer=officer, planned=date(2027, 3, 5), note="No llegaron.")
    assert refusal.value.status == 409


@pytest.mark.parametrize(
    ("planned", "state", "done_on", "late"),
    [
        (date(2026, 11, 2), PLANNED, None, False),
        (date(2026, 11, 1), PLANNED, None, True),
        (date(2026, 11, 1), CANCELLED, None, False),
        (date(2026, 11, 1), DONE, date(2026, 11, 1), False),
        (date(2026, 11, 1), DONE, date(2026, 11, 2), True),
    ],
)
def test_milestone_is_late_after_its_day(promised, planned, state, done_on, late):
    assert make_milestone(promised[0], planned=planned, state=state, done_on=done_on).is_late is late


def test_every_change_is_said_to_the_owner(promised):
    answer, officer = promised
    heard = []

    def hear(answer, event, **kwargs):
        heard.append((event, sorted(m.state for m in answer.milestones.all())))

    answer_changed.connect(hear)
    try:
        step = services.add_milestone(answer=answer, officer=officer, title="Postes", planned=date(2027, 1, 8))
        services.update_milestone(milestone=step, officer=officer, state=ONGOING)
        services.update_milestone(milestone=step, officer=officer, state=DONE)
        services.add_photo(milestone=step, officer=officer, image=clean_photo(picture()), alt="Cuatro postes")
    finally:
        answer_changed.disconnect(hear)
    assert heard == [("milestone", [PLANNED]), ("milestone", [ONGOING]), ("milestone", [DONE]), ("milestone", [DONE])]


def test_add_photo_is_stored_once_and_only_by_its_agency(promised):
    answer, officer = promised
    step, key = in_state(answer, DONE), uuid.uuid4()
    first = services.add_photo(
        milestone=step, officer=officer, image=clean_photo(picture()), alt="Cuatro postes", once_key=key
    )
    again = services.add_photo(
        milestone=step, officer=officer, image=clean_photo(picture()), alt="Cuatro postes", once_key=key
    )
    assert first == again
    assert first.image.name.endswith(".webp")
    for officer_of_another, alt, status in [(True, "Postes", 403), (False, " -", 400)]:
        with pytest.raises(Refused) as refusal:
            services.add_photo(
                milestone=step,
                officer=make_officer(make_agency()) if officer_of_another else officer,
                image=clean_photo(picture()),
                alt=alt,
            )
        assert refusal.value.status == status
    assert step.photos.count() == 1
