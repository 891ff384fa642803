"""Who owes what until when: assigning, passing on, extending, answering, correcting."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.answers import rules, services
from decide.answers.models import Answer
from decide.answers.signals import answer_changed
from decide.errors import Refused
from decide.notices.models import Notice
from tests.answers.tools import LONG, REASON, at, make_office, make_officer, owe, owe_assigned, status_of
from tests.factories import make_agency, make_answer, make_appointment, make_user, make_zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def events():
    """The events that owners hear, in order."""
    heard = []

    def hear(sender, answer, event, **kwargs):
        heard.append((event, answer.pk))

    answer_changed.connect(hear)
    yield heard
    answer_changed.disconnect(hear)


def give(answer, officer, **fields):
    return services.give_answer(answer=answer, officer=officer, **{"outcome": "accepted", "body": LONG, **fields})


# --- owed and due ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "assign_due", "due"),
    [
        ("2026-11-02 00:00", "2026-11-05", "2026-12-02"),
        ("2026-11-02 12:00", "2026-11-05", "2026-12-02"),
        # 19:00 in Quito is midnight in London: the day is Quito's.
        ("2026-11-02 19:00", "2026-11-05", "2026-12-02"),
        ("2026-11-02 23:59:59.999", "2026-11-05", "2026-12-02"),
        ("2026-11-03 00:00", "2026-11-06", "2026-12-03"),
    ],
)
def test_owe_answer_counts_whole_days_of_quito(clock, now, assign_due, due):
    clock.move(now)
    answer = owe()
    assert (answer.assign_due, answer.due) == (at(f"{assign_due} 23:59:59.999999"), at(f"{due} 23:59:59.999999"))
    assert answer.state == Answer.State.PENDING


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-12-02 00:00", "pending"),
        ("2026-12-02 23:59:59.999999", "pending"),
        ("2026-12-03 00:00", "late"),
        ("2026-12-20 10:00", "late"),
    ],
)
def test_pending_answer_is_late_from_midnight_in_quito(clock, now, state):
    answer = owe()
    clock.move(now)
    assert answer.state == state
    assert Answer.objects.late().exists() == (state == "late")
    assert Answer.objects.counts() == {
        "pending": int(state == "pending"),
        "late": int(state == "late"),
        "answered_in_time": 0,
        "answered_late": 0,
    }


@pytest.mark.parametrize(
    ("now", "state"), [("2026-12-02 23:59:59", "answered"), ("2026-12-03 00:00:01", "answered_late")]
)
def test_answer_given_after_its_day_stays_late_for_ever(clock, now, state):
    agency = make_agency()
    officer, answer = make_officer(agency), owe_assigned(agency)
    clock.move(now)
    given = give(answer, officer)
    clock.move("2027-06-01 12:00")
    assert Answer.objects.get(pk=given.pk).state == state
    assert [k for k, n in Answer.objects.counts().items() if n] == [
        {"answered": "answered_in_time", "answered_late": "answered_late"}[state]
    ]


def test_owe_answer_tells_the_participation_office(clock):
    office, _stranger = make_office(), make_officer(make_agency())
    answer = owe()
    notice = Notice.objects.get()
    assert (notice.recipient, notice.path) == (office, f"/respuestas/{answer.pk}/")
    assert "jueves 5 de noviembre de 2026" in notice.body
    assert "miércoles 2 de diciembre de 2026" in notice.body


# --- who --------------------------------------------------------------------------------------------------


def people():
    """Everybody, by what they are to one agency of a zone."""
    zone = make_zone()
    agency = make_agency(zone=zone)
    today = timezone.localdate()
    return agency, {
        "officer": make_officer(agency),
        "zonal": make_appointment(office="zonal", zone=zone).holder,
        "office": make_office(),
        "former": make_officer(agency, starts=today - timedelta(days=60), ends=today - timedelta(days=1)),
        "future": make_officer(agency, starts=today + timedelta(days=1)),
        "other agency": make_officer(make_agency()),
        "other zone": make_appointment(office="zonal", zone=make_zone("Calderón")).holder,
        "desk": make_appointment(office="desk").holder,
        "admin": make_user(is_staff=True, is_superuser=True),
        "resident": make_user(verified=True),
    }


DOES = {
    "assign": ({"office"}, lambda a, who, to: services.assign_answer(answer=a, officer=who, agency=to)),
    "pass": (
        {"officer", "zonal"},
        lambda a, who, to: services.pass_on_answer(answer=a, officer=who, agency=to, reason=REASON),
    ),
    "reassign": (
        {"office"},
        lambda a, who, to: services.reassign_answer(answer=a, officer=who, agency=to, reason=REASON),
    ),
    "extend": ({"officer", "zonal"}, lambda a, who, to: services.extend_answer(answer=a, officer=who, reason=REASON)),
    "give": ({"officer", "zonal"}, lambda a, who, to: give(a, who)),
}


@pytest.mark.parametrize("what", DOES)
def test_each_step_is_for_its_office_alone(what):
    agency, everybody = people()
    allowed, do = DOES[what]
    may = set()
    for name, person in everybody.items():
        answer = make_answer() if what == "assign" else make_answer(agency=agency)
        status = status_of(do, answer, person, make_agency())
        if status == 200:
            may.add(name)
            continue
        assert status == 403
        unchanged = Answer.objects.get(pk=answer.pk)
        assert (unchanged.agency, unchanged.answered_at, unchanged.extended_at) == (answer.agency, None, None)
    assert may == allowed


FOLLOWS = {
    "correct": lambda a, who: services.correct_answer(answer=a, officer=who, body=LONG, reason=REASON),
    "milestone": lambda a, who: services.add_milestone(
        answer=a, officer=who, title="Postes", planned=timezone.localdate()
    ),
}


@pytest.mark.parametrize("what", FOLLOWS)
def test_what_follows_the_answer_is_for_the_agency_that_gave_it(what):
    agency, everybody = people()
    statuses = {
        name: status_of(FOLLOWS[what], make_answer(agency=agency, outcome="accepted"), person)
        for name, person in everybody.items()
    }
    assert statuses == {name: 200 if name in {"officer", "zonal"} else 403 for name in everybody}


def test_zonal_officer_answers_only_for_the_agency_of_the_zone():
    officer = make_appointment(office="zonal", zone=make_zone()).holder
    assert not rules.speaks_for(officer, make_agency())
    assert not rules.speaks_for(officer, None)
    assert rules.agencies_of(officer) == []


# --- assigning and passing on -------------------------------------------------------------------------------


def test_assign_answer_tells_the_agency_and_its_owner(clock, events):
    agency = make_agency(zone=make_zone())
    officer, zonal = make_officer(agency), make_appointment(office="zonal", zone=agency.zone).holder
    office = make_office()
    answer = owe()
    Notice.objects.all().delete()
    assigned = services.assign_answer(answer=answer, officer=office, agency=agency)
    assert (assigned.agency, assigned.assigned_at, assigned.due) == (agency, clock.now, answer.due)
    assert set(Notice.objects.values_list("recipient", flat=True)) == {officer.pk, zonal.pk}
    assert events == [("assigned", answer.pk)]


def test_assign_answer_when_assigned_already_says_to_whom():
    agency, office = make_agency(), make_office()
    answer = owe_assigned(agency, office)
    with pytest.raises(Refused, match=agency.name) as refusal:
        services.assign_answer(answer=answer, officer=office, agency=make_agency())
    assert refusal.value.status == 409


@pytest.mark.parametrize("wrong", [{"municipal": False}, {"active": False}])
def test_assign_answer_to_whom_the_city_does_not_command_is_refused(wrong):
    with pytest.raises(Refused) as refusal:
        services.assign_answer(answer=owe(), officer=make_office(), agency=make_agency(**wrong))
    assert refusal.value.status == 400


def test_pass_on_answer_keeps_the_deadline_and_tells_why(clock, events):
    first, second = make_agency(), make_agency()
    office, before, after = make_office(), make_officer(first), make_officer(second)
    answer = owe_assigned(first, office)
    Notice.objects.all().delete()
    clock.move("2026-11-20 12:00")
    passed = services.pass_on_answer(answer=answer, officer=before, agency=second, reason=REASON)
    assert (passed.agency, passed.passed_from, passed.pass_reason) == (second, first, REASON)
    assert (passed.passed_at, passed.due) == (clock.now, answer.due)
    assert set(Notice.objects.values_list("recipient", flat=True)) == {after.pk, office.pk}
    assert all(REASON in body for body in Notice.objects.values_list("body", flat=True))
    assert events[-1] == ("passed", answer.pk)


def test_pass_on_answer_works_once():
    first, second, third = make_agency(), make_agency(), make_agency()
    before, after = make_officer(first), make_officer(second)
    answer = owe_assigned(first)
    services.pass_on_answer(answer=answer, officer=before, agency=second, reason=REASON)
    for officer in (before, after):
        with pytest.raises(Refused) as refusal:
            services.pass_on_answer(answer=answer, officer=officer, agency=third, reason=REASON)
        assert refusal.value.status == 409
    assert Answer.objects.get(pk=answer.pk).agency == second


def test_reassign_answer_puts_a_second_wrong_agency_right(clock, events):
    first, wrong, right = make_agency(), make_agency(), make_agency()
    office, stuck, after = make_office(), make_officer(wrong), make_officer(right)
    answer = owe_assigned(first, office)
    clock.move("2026-11-20 12:00")
    services.pass_on_answer(answer=answer, officer=make_officer(first), agency=wrong, reason=REASON)
    Notice.objects.all().delete()
    clock.move("2026-11-21 12:00")
    seen = Answer.objects.get(pk=answer.pk)
    put_right = services.reassign_answer(answer=seen, officer=office, agency=right, reason="Es una vía estatal.")
    assert (put_right.agency, put_right.reassigned_from, put_right.due) == (right, wrong, answer.due)
    told = dict(Notice.objects.values_list("recipient", "subject"))
    assert told == {after.pk: "Se debe una respuesta: Luz para la calle S37", stuck.pk: TAKEN}
    assert events[-1] == ("reassigned", answer.pk)
    # It was passed on once already: whoever has it now answers it.
    status = status_of(
        services.pass_on_answer, answer=put_right, officer=after, agency=make_agency(), reason="Es de otra dependencia."
    )
    assert status == 409
    assert give(put_right, after).agency == right


TAKEN = "Ya no debe esta respuesta: Luz para la calle S37"


def test_reassign_answer_again_and_back_is_told_each_time(clock):
    first, second = make_agency(), make_agency()
    office, officer = make_office(), make_officer(second)
    answer = owe_assigned(first, office)
    for day, to in ((3, second), (4, first), (5, second)):
        clock.move(f"2026-11-0{day} 12:00")
        services.reassign_answer(answer=answer, officer=office, agency=to, reason=f"{REASON} {day}")
        answer = Answer.objects.get(pk=answer.pk)
    assert [(m.before, m.after, m.reason) for m in answer.handovers] == [
        (first, second, f"{REASON} 3"),
        (second, first, f"{REASON} 4"),
        (first, second, f"{REASON} 5"),
    ]
    subjects = Notice.objects.filter(recipient=officer).order_by("pk").values_list("subject", flat=True)
    owed = "Se debe una respuesta: Luz para la calle S37"
    assert list(subjects) == [owed, TAKEN, owed]


@pytest.mark.parametrize(
    ("agency", "reason", "status"),
    [
        ("same", REASON, 400),
        ("other", "", 400),
        ("foreign", REASON, 400),
        ("unassigned", REASON, 409),
        ("moved since", REASON, 409),
        ("answered", REASON, 409),
    ],
)
def test_reassign_answer_is_refused(agency, reason, status):
    mine, other = make_agency(), make_agency()
    to = {"same": mine, "foreign": make_agency(municipal=False)}.get(agency, other)
    answer = owe() if agency == "unassigned" else owe_assigned(mine)
    if agency == "moved since":
        services.pass_on_answer(answer=answer, officer=make_officer(mine), agency=make_agency(), reason=REASON)
        answer.agency = mine  # as it was when the page was opened
    if agency == "answered":
        give(answer, make_officer(mine))
    assert status_of(services.reassign_answer, answer=answer, officer=make_office(), agency=to, reason=reason) == status
    assert Answer.objects.get(pk=answer.pk).reassigned_at is None


@pytest.mark.parametrize(
    ("agency", "reason"), [("same", REASON), ("other", ""), ("other", " \n--"), ("foreign", REASON)]
)
def test_pass_on_answer_with_wrong_input_is_refused(agency, reason):
    mine = make_agency()
    to = {"same": mine, "other": make_agency(), "foreign": make_agency(municipal=False)}[agency]
    answer = owe_assigned(mine)
    with pytest.raises(Refused) as refusal:
        services.pass_on_answer(answer=answer, officer=make_officer(mine), agency=to, reason=reason)
    assert refusal.value.status == 400
    assert Answer.objects.get(pk=answer.pk).passed_at is None


# --- extending ------------------------------------------------------------------------------------------------


def test_extend_answer_adds_whole_days_once(clock, events):
    agency = make_agency()
    officer, answer = make_officer(agency), owe_assigned(agency)
    clock.move("2026-12-02 23:59:59")
    extended = services.extend_answer(answer=answer, officer=officer, reason=REASON)
    assert extended.due == at("2026-12-17 23:59:59.999999")
    assert events[-1] == ("extended", answer.pk)
    with pytest.raises(Refused) as refusal:
        services.extend_answer(answer=answer, officer=officer, reason=REASON)
    assert refusal.value.status == 409
    assert Answer.objects.get(pk=answer.pk).due == extended.due


def test_extend_answer_after_its_deadline_is_refused(clock):
    agency = make_agency()
    officer, answer = make_officer(agency), owe_assigned(agency)
    clock.move("2026-12-03 00:00")
    with pytest.raises(Refused) as refusal:
        services.extend_answer(answer=answer, officer=officer, reason=REASON)
    assert refusal.value.status == 409


# --- answering ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", Answer.Outcome.values)
def test_give_answer_stores_each_outcome_once(clock, events, outcome):
    agency = make_agency()
    officer, answer = make_officer(agency), owe_assigned(agency)
    elsewhere = {"institution": "Empresa Eléctrica Quito", "institution_contact": "1700"}
    given = give(answer, officer, outcome=outcome, **elsewhere)
    assert (given.outcome, given.body, given.answered_at, given.answered_by) == (outcome, LONG, clock.now, officer)
    named = (given.institution, given.institution_contact)
    assert named == (tuple(elsewhere.values()) if outcome == "elsewhere" else ("", ""))
    assert events[-1] == ("answered", answer.pk)
    with pytest.raises(Refused) as refusal:
        give(answer, officer, outcome="rejected", body="Otra cosa")
    assert refusal.value.status == 409
    assert Answer.objects.get(pk=answer.pk).body == LONG


@pytest.mark.parametrize(
    "wrong",
    [
        {"body": ""},
        {"body": "...  !"},
        {"outcome": ""},
        {"outcome": "quizás"},
        {"outcome": "elsewhere"},
        {"outcome": "elsewhere", "institution": "EEQ"},
        {"outcome": "elsewhere", "institution_contact": "1700"},
    ],
)
def test_give_answer_with_wrong_input_is_refused(wrong):
    agency = make_agency()
    answer = owe_assigned(agency)
    with pytest.raises(Refused) as refusal:
        give(answer, make_officer(agency), **wrong)
    assert refusal.value.status == 400
    assert Answer.objects.get(pk=answer.pk).answered_at is None


def test_nothing_moves_after_the_answer():
    agency, office = make_agency(), make_office()
    officer, answer = make_officer(agency), owe_assigned(agency)
    give(answer, officer)
    late = [
        lambda: services.assign_answer(answer=answer, officer=office, agency=make_agency()),
        lambda: services.pass_on_answer(answer=answer, officer=officer, agency=make_agency(), reason=REASON),
        lambda: services.extend_answer(answer=answer, officer=officer, reason=REASON),
    ]
    for act in late:
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.status == 409


def test_correct_answer_keeps_every_earlier_text(clock, events):
    agency = make_agency()
    officer, answer = make_officer(agency), owe_assigned(agency)
    give(answer, officer)
    clock.move("2026-11-10 09:00")
    services.correct_answer(answer=answer, officer=officer, body=LONG + " (dos)", reason="La fecha estaba mal.")
    clock.move("2026-11-11 09:00")
    corrected = services.correct_answer(answer=answer, officer=officer, body=LONG + " (tres)", reason="Otra vez mal.")
    assert (corrected.outcome, corrected.answered_at) == ("accepted", at("2026-11-02 12:00"))
    assert corrected.corrected_at == clock.now
    fresh = Answer.objects.get(pk=answer.pk)
    assert [v.body for v in fresh.earlier_versions] == [LONG + " (dos)", LONG]
    assert [v.correction_reason for v in fresh.earlier_versions] == ["La fecha estaba mal.", ""]
    assert events[-2:] == [("corrected", answer.pk)] * 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"reason": ""}, 400), ({"body": " "}, 400), ({"body": LONG}, 409)],
)
def test_correct_answer_without_reason_or_change_is_refused(fields, status):
    agency = make_agency()
    officer, answer = make_officer(agency), owe_assigned(agency)
    give(answer, officer)
    with pytest.raises(Refused) as refusal:
        services.correct_answer(answer=answer, officer=officer, **{"body": "Otro texto", "reason": REASON, **fields})
    assert refusal.value.status == status


def test_correct_answer_before_there_is_one_is_refused():
    agency = make_agency()
    answer = owe_assigned(agency)
    with pytest.raises(Refused) as refusal:
        services.correct_answer(answer=answer, officer=make_officer(agency), body=LONG, reason=REASON)
    assert refusal.value.status == 409


def test_a_listener_that_fails_undoes_the_step():
    agency = make_agency()
    answer = owe_assigned(agency)

    def fail(**kwargs):
        raise RuntimeError

    answer_changed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            give(answer, make_officer(agency))
    finally:
        answer_changed.disconnect(fail)
    assert Answer.objects.get(pk=answer.pk).answered_at is None


# --- own data -------------------------------------------------------------------------------------------------


def test_erase_own_takes_the_name_out_of_answers_and_history():
    agency = make_agency()
    officer, answer = make_officer(agency), owe_assigned(agency)
    give(answer, officer)
    assert [a["body"] for a in services.export_own(officer)["answers"]] == [LONG]
    services.erase_own(officer)
    assert Answer.objects.get(pk=answer.pk).answered_by is None
    assert set(Answer.history.filter(id=answer.pk).values_list("answered_by", flat=True)) == {None}
    assert not Answer.history.filter(history_user=officer).exists()
    assert services.export_own(officer) == {"answers": []}
    assert Answer.objects.get(pk=answer.pk).body == LONG
