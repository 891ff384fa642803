"""Two officers at once: one result, one application; with a control that does it twice without the lock."""

import threading

import pytest
from django.db import connection, transaction

from budgets import services
from budgets.models import Decision, OfflineFile, RequestStep
from budgets.services.deciding import write_result
from decide.assemblies.models import HandCount
from decide.errors import Refused
from tests.budgets.decision.parishes import make_participation, make_place
from tests.budgets.decision.test_offline import content_of, send
from tests.proposals.test_support_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


def test_result_asked_by_many_at_once_is_one():
    place = make_place(costs=(60_000, 50_000))
    place.fix()
    place.vote(6, 5)
    officers = [place.secretary, place.zonal, make_participation()] * 2
    acts = [
        lambda officer=officer: services.decide_result(decision=place.decision, officer=officer).decided_at
        for officer in officers
    ]
    assert len(set(together(acts))) == 1
    assert RequestStep.objects.count() == 2
    assert Decision.history.filter(status="decided").count() == 1


def test_control_looking_before_writing_decides_more_than_once():
    place = make_place(costs=(60_000,))
    place.fix()
    place.vote(6)
    everybody_looked = threading.Barrier(4)

    def naive():
        decision = Decision.objects.get(pk=place.decision.pk)
        everybody_looked.wait(timeout=60)
        if decision.status == "fixed":
            with transaction.atomic():
                write_result(decision, place.secretary)

    together([naive] * 4)
    assert Decision.history.filter(status="decided").count() > 1


def test_rules_fixed_by_many_at_once_have_one_seed():
    place = make_place(costs=(60_000, 50_000))
    acts = [
        lambda officer=officer: services.fix_rules(decision=place.decision, officer=officer).seed
        for officer in [place.zonal, make_participation()] * 3
    ]
    assert len(set(together(acts))) == 1
    assert place.hall.session.items.count() == 2


def test_file_sent_and_applied_by_many_at_once_is_applied_once():
    place = make_place(status="called", present=0)
    place.fix()
    content = content_of(place)

    def receive():
        try:
            return send(place, content)[0].pk
        finally:
            connection.close()

    assert len(set(together([receive] * 6))) == 1
    kept = OfflineFile.objects.get()
    officers = [place.zonal, make_participation(), place.secretary]
    outcomes = together(
        [
            lambda officer=officer: services.apply_offline(file=kept, officer=officer).applied_by_id
            for officer in officers
        ]
    )
    applied = {outcome for outcome in outcomes if not isinstance(outcome, Refused)}
    assert applied == {OfflineFile.objects.get().applied_by_id}
    assert HandCount.objects.count() == 3
