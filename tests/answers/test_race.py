"""Two officers at once: one wins, the other is told so. Real threads, both engines, and a control without the lock."""

import threading

import pytest
from django.db import connection

from decide.answers import services
from decide.answers.models import Answer
from decide.answers.services import answering
from decide.notices.models import Notice
from tests.answers.tools import LONG, REASON, make_office, make_officer, owe, owe_assigned, status_of
from tests.factories import make_agency

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


def at_once(*acts):
    """The statuses of acts that begin at the same moment, each in a thread with a connection of its own."""
    start, statuses = threading.Barrier(len(acts)), []

    def run(act):
        try:
            start.wait(10)
            statuses.append(status_of(act))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses)


def giving(answer, officers):
    return [
        lambda o=o: services.give_answer(answer=answer, officer=o, outcome="accepted", body=f"{LONG} {o.pk}")
        for o in officers
    ]


def assigning(answer, officers):
    return [lambda o=o: services.assign_answer(answer=answer, officer=o, agency=make_agency()) for o in officers]


def passing(answer, officers):
    return [
        lambda o=o: services.pass_on_answer(answer=answer, officer=o, agency=make_agency(), reason=REASON)
        for o in officers
    ]


def reassigning(answer, officers):
    return [
        lambda o=o: services.reassign_answer(answer=answer, officer=o, agency=make_agency(), reason=REASON)
        for o in officers
    ]


def extending(answer, officers):
    return [lambda o=o: services.extend_answer(answer=answer, officer=o, reason=REASON) for o in officers]


BY_OFFICE = (assigning, reassigning)


@pytest.mark.parametrize("what", [giving, assigning, passing, reassigning, extending])
def test_of_officers_at_once_one_wins(what):
    agency = make_agency()
    answer = owe() if what is assigning else owe_assigned(agency)
    officers = [make_office() if what in BY_OFFICE else make_officer(agency) for _n in range(5)]
    assert at_once(*what(answer, officers)) == [200, 409, 409, 409, 409]
    # One change after the first row of the history (two where it was assigned before).
    assert Answer.history.filter(id=answer.pk).count() == (2 if what is assigning else 3)


@pytest.mark.parametrize("what", [giving, assigning, passing, reassigning, extending])
def test_control_without_the_lock_several_win(what, monkeypatch):
    """What each would read without the lock: the row as it was before the other wrote."""
    agency = make_agency()
    answer = owe() if what is assigning else owe_assigned(agency)
    stale = threading.local()

    def unlocked(pk):
        stale.answer = Answer(**{f.attname: getattr(answer, f.attname) for f in Answer._meta.concrete_fields})
        stale.answer._state.adding = False
        return stale.answer

    monkeypatch.setattr(answering, "lock_answer", unlocked)
    officers = [make_office() if what in BY_OFFICE else make_officer(agency) for _n in range(5)]
    assert at_once(*what(answer, officers)) == [200] * 5


def test_remind_at_once_tells_each_person_once(monkeypatch):
    agency = make_agency()
    officers = {make_officer(agency).pk for _n in range(3)}
    answer = owe_assigned(agency)
    Notice.objects.all().delete()
    last_day = answer.due
    assert at_once(*[lambda: services.remind(last_day)] * 6) == [200] * 6
    assert sorted(Notice.objects.values_list("recipient", flat=True)) == sorted(officers)
