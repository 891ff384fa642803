"""A year's phases: usual dates, published, moved by the clock or earlier by officers, only forward, each step dated."""

from contextlib import contextmanager
from datetime import date, datetime
from threading import Barrier
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from budgets.models import BudgetYear, PhaseDates
from budgets.services import year as years
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.models import Notice
from tests.factories import make_allocation, make_appointment, make_parish, make_user, make_zone_budget
from tests.proposals.test_support_races import together

pytestmark = pytest.mark.django_db


def at(year, month, day, hour=12):
    return timezone.make_aware(datetime(year, month, day, hour))


@pytest.fixture
def office():
    officer = make_user()
    make_appointment(officer, "participation")
    return officer


@pytest.fixture
def opened(office):
    return years.open_year(year=2028, by=office)


def phase_of(year):
    return BudgetYear.objects.get(pk=year.pk).phase


def publish(year, by, on):
    return years.publish_year(year=year, by=by, now=on)


def test_a_year_opens_with_eight_phases_in_order_and_the_usual_dates(opened):
    rows = list(opened.phases.order_by("starts").values_list("phase", "starts", "ends"))
    assert [phase for phase, _starts, _ends in rows] == years.rules.ORDER
    assert rows[0] == ("requests", date(2027, 1, 1), date(2027, 3, 31))
    assert rows[6] == ("execution", date(2028, 1, 1), date(2028, 12, 31))
    assert (opened.published, opened.phase, opened.minimum_percent) == (False, "", 60)


def test_the_minimum_of_a_new_year_is_the_citys_and_never_below_the_ordinance(office, settings):
    settings.BUDGET_MINIMUM_PERCENT = "70"
    assert years.open_year(year=2028, by=office).minimum_percent == 70
    settings.BUDGET_MINIMUM_PERCENT = "10"
    assert years.open_year(year=2029, by=office).minimum_percent == 60


def test_a_year_opens_once_also_where_a_kept_request_made_its_row(office):
    BudgetYear.objects.create(year=2028)
    years.open_year(year=2028, by=office)
    with pytest.raises(Refused) as refusal:
        years.open_year(year=2028, by=office)
    assert refusal.value.status == 409
    assert PhaseDates.objects.count() == 8


def test_only_the_participation_office_moves_a_year(opened):
    zonal = make_user()
    make_appointment(zonal, "zonal")
    acts = [
        lambda by: years.open_year(year=2031, by=by),
        lambda by: years.publish_year(year=opened, by=by),
        lambda by: years.advance_phase(year=opened, to="requests", by=by, reason="Porque sí"),
        lambda by: years.set_dates(year=opened, dates=years.usual_dates(2028), by=by, reason="Porque sí"),
    ]
    for act in acts:
        for stranger in (zonal, make_user()):
            with pytest.raises(Refused) as refusal:
                act(stranger)
            assert refusal.value.status == 403


def test_a_published_year_stands_in_the_phase_of_its_day(opened, office):
    publish(opened, office, at(2027, 5, 3))
    assert phase_of(opened) == "studies"
    entered = set(PhaseDates.objects.exclude(entered_at=None).values_list("phase", flat=True))
    assert entered == {"requests", "review", "studies"}


def test_the_clock_moves_a_year_on_the_first_day_of_a_phase_and_twice_is_once(opened, office):
    publish(opened, office, at(2026, 12, 1))
    assert (phase_of(opened), years.follow_phases(at(2026, 12, 31, 23))) == ("", 0)
    assert years.follow_phases(at(2027, 1, 1, 0)) == 1
    assert years.follow_phases(at(2027, 1, 1, 0)) == 0
    row = PhaseDates.objects.get(year=opened, phase="requests")
    assert (phase_of(opened), row.entered_at, row.entered_by) == ("requests", at(2027, 1, 1, 0), None)


def test_a_clock_that_stood_still_goes_through_every_phase_in_order(opened, office):
    publish(opened, office, at(2026, 12, 1))
    assert years.follow_phases(at(2028, 6, 1)) == 8
    assert PhaseDates.objects.filter(entered_at=None).count() == 0
    assert years.follow_phases(at(2030, 1, 1)) == 0


def test_what_is_not_published_does_not_move(opened):
    assert years.follow_phases(at(2028, 6, 1)) == 0
    assert phase_of(opened) == ""


def test_an_officer_starts_the_next_phase_earlier_with_a_reason(opened, office):
    publish(opened, office, at(2027, 2, 1))
    with pytest.raises(Refused):
        years.advance_phase(year=opened, to="review", by=office, reason=" .")
    assert years.advance_phase(year=opened, to="review", by=office, reason="Ya no llegan solicitudes.")
    row = PhaseDates.objects.get(year=opened, phase="review")
    assert (phase_of(opened), row.entered_by, row.note) == ("review", office, "Ya no llegan solicitudes.")
    assert row.starts == date(2027, 4, 1)
    assert years.follow_phases(at(2027, 4, 2)) == 0
    assert not years.advance_phase(year=opened, to="review", by=office, reason="Otra vez.")


@pytest.mark.parametrize("to", ["requests", "information", "follow_up", "nada", ""])
def test_a_year_never_goes_back_nor_over_a_phase(opened, office, to):
    publish(opened, office, at(2027, 4, 2))
    with pytest.raises(Refused) as refusal:
        years.advance_phase(year=opened, to=to, by=office, reason="Porque sí")
    assert refusal.value.status == 409
    assert phase_of(opened) == "review"


def test_dates_change_with_a_reason_and_the_old_ones_stay_readable(opened, office):
    publish(opened, office, at(2027, 1, 2))
    dates = years.usual_dates(2028) | {
        "requests": (date(2027, 1, 1), date(2027, 4, 15)),
        "review": (date(2027, 4, 16), date(2027, 4, 30)),
    }
    with pytest.raises(Refused):
        years.set_dates(year=opened, dates=dates, by=office, reason="")
    assert years.set_dates(year=opened, dates=dates, by=office, reason="Hubo paro de transporte.") == 2
    history = PhaseDates.history.filter(phase="review").order_by("history_date")
    assert [(row.starts.day, row.note, row.history_user) for row in history] == [
        (1, "", office),
        (16, "Hubo paro de transporte.", office),
    ]
    assert years.set_dates(year=opened, dates=dates, by=office, reason="") == 0


def test_the_first_day_of_a_phase_that_began_is_a_fact(opened, office):
    publish(opened, office, at(2027, 1, 2))
    dates = years.usual_dates(2028) | {"requests": (date(2027, 1, 5), date(2027, 3, 31))}
    with pytest.raises(Refused) as refusal:
        years.set_dates(year=opened, dates=dates, by=office, reason="Porque sí")
    assert refusal.value.status == 409


@pytest.mark.parametrize(
    "wrong", [{"review": (date(2027, 4, 30), date(2027, 4, 1))}, {"review": (date(2027, 1, 1), date(2027, 4, 1))}]
)
def test_dates_out_of_order_are_refused(opened, office, wrong):
    with pytest.raises(Refused) as refusal:
        years.set_dates(year=opened, dates=years.usual_dates(2028) | wrong, by=office, reason="Porque sí")
    assert refusal.value.status == 400


def test_weights_are_frozen_with_the_first_allocation_and_the_minimum_reaches_every_zone(opened, office):
    weights = dict(zip(years.WEIGHTS, (25, 25, 25, 25), strict=True))
    years.set_rules(year=opened, minimum_percent=60, weights=weights, by=office)
    zone_budget = make_zone_budget(opened, investment="1000.00", participatory="700.00")
    make_allocation(opened, make_parish(), "700.00", zone_budget)
    years.set_rules(year=opened, minimum_percent=70, weights=weights, by=office)
    zone_budget.refresh_from_db()
    assert zone_budget.minimum_percent == 70
    refused = [
        (71, weights, 409),  # the zone's money would not do
        (59, weights, 400),  # the ordinance
        (70, weights | {"weight_needs": 26}, 400),
        (70, weights | {"weight_needs": 24, "weight_density": 26}, 409),
    ]
    for minimum, given, status in refused:
        with pytest.raises(Refused) as refusal:
            years.set_rules(year=opened, minimum_percent=minimum, weights=given, by=office)
        assert refusal.value.status == status


def test_followers_of_all_parishes_are_told_when_requests_and_assemblies_begin(opened, office):
    neighbour = make_user()
    for name in ("La Argelia", "Calderón"):
        notices.follow(user=neighbour, list=notices.list_of_parish(make_parish(name)))
    publish(opened, office, at(2026, 12, 1))
    for day in (at(2027, 1, 1), at(2027, 4, 1), at(2027, 9, 1), at(2027, 9, 1)):
        years.follow_phases(day)
    told = Notice.objects.filter(recipient=neighbour).order_by("pk").values_list("kind", "subject", "path")
    assert list(told) == [
        ("budget-requests", "Ya puede pedir obras para 2028", "/presupuestos/2028/"),
        ("budget-assembly", "Su asamblea decide el presupuesto de 2028", "/presupuestos/2028/"),
    ]


# --- at once --------------------------------------------------------------------------------------------------------


@contextmanager
def everybody_reads_before_anybody_writes(lock):
    """The lock becomes a plain read, and writing waits until all have read: where there is a race, it shows."""
    everybody_read = Barrier(6)

    def read(pk):
        row = lock(pk)
        everybody_read.wait(timeout=60)
        return row

    with patch.object(years, "lock_year", read):
        yield


def move(opened, office):
    return lambda: years.advance_phase(year=opened, to="review", by=office, reason="Ya no llegan solicitudes.")


@pytest.mark.django_db(transaction=True)
def test_six_officers_at_once_move_a_year_once(opened, office):
    publish(opened, office, at(2027, 2, 1))
    outcomes = together([move(opened, office)] * 6)
    assert sorted(outcomes) == [False] * 5 + [True]
    assert BudgetYear.history.filter(phase="review").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writes one transaction after another anyhow")
def test_control_without_the_lock_a_year_is_moved_more_than_once(opened, office):
    publish(opened, office, at(2027, 2, 1))
    with everybody_reads_before_anybody_writes(lambda pk: BudgetYear.objects.get(pk=pk)):
        outcomes = together([move(opened, office)] * 6)
    assert outcomes.count(True) > 1
