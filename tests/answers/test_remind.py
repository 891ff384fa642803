"""Who is reminded, when; and nobody twice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.answers import services
from decide.notices.models import Notice
from tests.answers.tools import LONG, REASON, at, make_office, make_officer, owe, owe_assigned
from tests.factories import make_agency, make_answer, make_appointment, make_user, make_zone

pytestmark = pytest.mark.django_db


def told():
    """{(who, kind)} since the last call."""
    rows = {(n.recipient or n.address, n.kind.removeprefix("answer-")) for n in Notice.objects.all()}
    Notice.objects.all().delete()
    return rows


def remind_on(clock, *moments):
    """Tick at each moment; what each told, in order."""
    return [(services.remind(clock.move(moment)), told()) for moment in moments]


@pytest.fixture
def assigned(clock):
    """(answer, officer, office): owed since 2 November, due until the end of 2 December."""
    agency = make_agency(head_email="cabeza@example.org")
    office, officer = make_office(), make_officer(agency)
    answer = owe_assigned(agency, office)
    told()
    return answer, officer, office


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        ("2026-11-21 23:59:59", None),
        ("2026-11-22 00:00", "10"),
        ("2026-11-26 23:59:59", "10"),
        ("2026-11-27 00:00", "5"),
        ("2026-11-30 23:59:59", "5"),
        ("2026-12-01 00:00", "1"),
        ("2026-12-02 23:59:59", "1"),
    ],
)
def test_remind_tells_the_officers_at_ten_five_and_one_days(assigned, clock, now, kind):
    _answer, officer, _office = assigned
    expected = {(officer, kind)} if kind else set()
    assert remind_on(clock, now, now) == [(len(expected), expected), (len(expected), expected)]


def test_remind_on_the_day_it_is_late_tells_head_office_and_officers(assigned, clock):
    answer, officer, office = assigned
    clock.move("2026-12-03 00:00")
    assert services.remind(clock.now) == 3
    head = Notice.objects.get(recipient=None)
    assert (head.address, head.path) == ("cabeza@example.org", f"/respuestas/{answer.pk}/")
    assert str(answer.agency) in head.body
    assert "miércoles 2 de diciembre de 2026" in head.body
    assert {n.recipient for n in Notice.objects.all()} == {officer, office, None}


def test_remind_says_everything_once_however_often_it_runs(assigned, clock):
    _answer, officer, office = assigned
    head = "cabeza@example.org"
    counts, moment = [], at("2026-11-02 12:00")
    while moment < at("2026-12-20 00:00"):
        counts.append(services.remind(moment))
        moment += timedelta(hours=7)
    assert sum(counts) == 6
    assert told() == {(officer, "10"), (officer, "5"), (officer, "1")} | {
        (who, "late") for who in (officer, office, head)
    }


def test_remind_after_a_silence_says_only_the_newest(assigned, clock):
    _answer, officer, office = assigned
    assert remind_on(clock, "2026-12-02 08:00") == [(1, {(officer, "1")})]
    assert remind_on(clock, "2026-12-09 08:00") == [
        (3, {(officer, "late"), (office, "late"), ("cabeza@example.org", "late")})
    ]


def test_remind_begins_again_after_an_extension(assigned, clock):
    answer, officer, _office = assigned
    clock.move("2026-12-01 08:00")
    services.remind(clock.now)
    services.extend_answer(answer=answer, officer=officer, reason=REASON)
    told()
    expected = [(0, set()), (1, {(officer, "10")}), (1, {(officer, "5")}), (1, {(officer, "1")})]
    assert remind_on(clock, "2026-12-06 23:59", "2026-12-07 00:00", "2026-12-12 00:00", "2026-12-16 00:00") == expected


def test_remind_tells_whoever_has_it_now(assigned, clock):
    answer, officer, _office = assigned
    other = make_agency(zone=make_zone())
    after, zonal = make_officer(other), make_appointment(office="zonal", zone=other.zone).holder
    services.pass_on_answer(answer=answer, officer=officer, agency=other, reason=REASON)
    told()
    assert remind_on(clock, "2026-11-23 08:00") == [(2, {(after, "10"), (zonal, "10")})]


def test_remind_tells_only_those_who_hold_the_office_that_day(assigned, clock):
    answer, officer, _office = assigned
    make_officer(answer.agency, ends=at("2026-11-21 12:00").date())
    new = make_officer(answer.agency, starts=at("2026-11-24 12:00").date())
    make_officer(answer.agency, holder=make_user(is_active=False))
    services.remind(clock.move("2026-11-22 08:00"))
    assert told() == {(officer, "10")}
    Notice.objects.all().delete()
    services.remind(clock.move("2026-11-24 08:00"))
    assert told() == {(officer, "10"), (new, "10")}


def test_remind_says_nothing_about_what_was_answered(assigned, clock):
    answer, officer, _office = assigned
    services.give_answer(answer=answer, officer=officer, outcome="rejected", body=LONG)
    assert remind_on(clock, "2026-11-22 08:00", "2026-12-09 08:00") == [(0, set()), (0, set())]


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        ("2026-11-03 23:59", None),
        ("2026-11-04 00:00", "assign"),
        ("2026-11-05 23:59:59", "assign"),
        ("2026-11-06 00:00", "assign-late"),
        ("2026-11-21 12:00", "assign-late"),
        ("2026-11-22 00:00", "10"),
        ("2026-12-01 12:00", "1"),
        ("2026-12-03 00:00", "late"),
    ],
)
def test_remind_tells_the_participation_office_while_nobody_has_it(clock, now, kind):
    office, _officer = make_office(), make_officer(make_agency())
    owe()
    told()
    expected = {(office, kind)} if kind else set()
    assert remind_on(clock, now) == [(len(expected), expected)]


def test_head_who_is_an_officer_too_is_told_once(clock):
    agency = make_agency(head_email="Jefa@example.org")
    chief = make_officer(agency, holder=make_user("jefa@example.org"))
    owe_assigned(agency)
    told()
    services.remind(clock.move("2026-12-03 00:00"))
    assert [n for n in Notice.objects.all() if not n.recipient] == []
    assert Notice.objects.filter(recipient=chief).count() == 1


def test_remind_costs_the_same_for_one_and_twenty(clock, django_assert_num_queries):
    now = timezone.now()
    agency = make_agency()
    make_officer(agency)
    for count in (1, 20):
        for _n in range(count):
            make_answer(agency=agency, asked_at=now - timedelta(days=28))
        # answers, officers, savepoint, known keys, how they want their mail, insert, release
        with django_assert_num_queries(7):
            assert services.remind(now) == count
    with django_assert_num_queries(5):
        assert services.remind(now) == 0
