"""A zone's money: at least the minimum, whoever writes; parishes sum to their zone to the cent, also at once."""

import time
from datetime import date
from decimal import Decimal
from threading import Barrier
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from budgets.models import Decision, ParishAllocation, ParishIndicator, ZoneBudget
from budgets.services import money
from decide.errors import Refused
from decide.territory.geojson import FileRefused
from decide.territory.models import ZoneMembership
from tests.factories import (
    make_allocation,
    make_appointment,
    make_decision,
    make_parish,
    make_user,
    make_year,
    make_zone,
    make_zone_budget,
)
from tests.proposals.test_support_races import together

pytestmark = pytest.mark.django_db
CENT = Decimal("0.01")
HEAD = "parish_code,population,unmet_needs,density,infrastructure\n"


@pytest.fixture
def zonal():
    """An officer of the zone of `make_parish`."""
    officer = make_user()
    make_appointment(officer, "zonal", zone=make_zone())
    return officer


@pytest.fixture
def parishes():
    made = [make_parish(name, code=f"17010{n}") for n, name in enumerate(["La Argelia", "Lloa", "Solanda"], 1)]
    for n, parish in enumerate(made, 1):
        ParishIndicator.objects.create(
            year=make_year(), parish=parish, population=n * 1000, unmet_needs=n * 100, density=n, infrastructure=n
        )
    return made


def amounts():
    return dict(ParishAllocation.objects.values_list("parish__name", "amount"))


def refused(act, status):
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.status == status
    return str(refusal.value.reason)


# --- the minimum -----------------------------------------------------------------------------------------------------

INVESTMENTS = [
    ("333333.33", "60"),
    ("333333.35", "60"),
    ("0.05", "60"),
    ("1000000.00", "70"),
    ("8300000000.05", "60"),
    ("999999999999.99", "66.66"),
    ("999999999999.99", "100"),
    ("1234567.89", "66.70"),
]


def least(investment, percent):
    """The smallest amount to the cent that is at least the percentage."""
    return (Decimal(investment) * Decimal(percent) / 100).quantize(CENT, rounding="ROUND_CEILING")


@pytest.mark.parametrize(("investment", "percent"), INVESTMENTS)
def test_the_database_refuses_one_cent_below_the_minimum(investment, percent):
    zone_budget = make_zone_budget(participatory=investment, investment=investment)
    at_least = least(investment, percent)
    rows = ZoneBudget.objects.filter(pk=zone_budget.pk)
    assert rows.update(participatory=at_least, minimum_percent=Decimal(percent)) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(participatory=at_least - CENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneBudget.objects.create(
            year=make_year(),
            zone=make_zone("Otra"),
            investment=Decimal(investment),
            participatory=at_least - CENT,
            minimum_percent=Decimal(percent),
        )


def test_the_database_refuses_a_minimum_below_the_ordinance_and_more_than_the_whole():
    rows = ZoneBudget.objects.filter(pk=make_zone_budget().pk)
    for wrong in ({"minimum_percent": Decimal("59.99")}, {"participatory": Decimal("1000000.01")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(make_year()).objects.update(minimum_percent=Decimal("59.99"))


def test_the_service_refuses_the_same_in_words_with_the_least_amount(zonal):
    year, zone = make_year(), make_zone()
    given = {"year": year, "zone": zone, "investment": Decimal("333333.33"), "by": zonal}
    said = refused(lambda: money.set_zone_budget(**given, participatory=Decimal("199999.99")), 400)
    assert said == "La parte participativa debe ser al menos USD 200.000,00: el 60 % de USD 333.333,33."
    refused(lambda: money.set_zone_budget(**given, participatory=Decimal("333333.34")), 400)
    assert money.set_zone_budget(**given, participatory=Decimal("200000.00")).participatory == 200_000
    for wrong in ("NaN", "1e999", "-1", "0.001", "1000000000000"):
        refused(lambda wrong=wrong: money.set_zone_budget(**given, participatory=Decimal(wrong)), 400)


def test_a_zonal_officer_sets_the_money_of_that_zone_only_and_the_office_of_all(zonal):
    office = make_user()
    make_appointment(office, "participation")
    given = {"year": make_year(), "investment": Decimal(100), "participatory": Decimal(60)}
    for officer, zone in ((zonal, make_zone("Otra")), (make_user(), make_zone())):
        refused(lambda officer=officer, zone=zone: money.set_zone_budget(**given, zone=zone, by=officer), 403)
    money.set_zone_budget(**given, zone=make_zone(), by=zonal)
    money.set_zone_budget(**given, zone=make_zone("Otra"), by=office)
    assert ZoneBudget.objects.count() == 2


# --- allocations -----------------------------------------------------------------------------------------------------


def test_the_formula_shares_a_zone_to_the_cent(zonal, parishes):
    zone_budget = make_zone_budget(participatory="600000.01")
    money.set_allocations(zone_budget=zone_budget, by=zonal)
    assert amounts() == {
        "La Argelia": Decimal("100000.00"),
        "Lloa": Decimal("200000.00"),
        "Solanda": Decimal("300000.01"),
    }
    row = ParishAllocation.objects.get(parish=parishes[0])
    assert (row.amount, row.by_hand, row.arithmetic["share"]) == (row.computed, False, "1/6")


def test_by_hand_needs_a_reason_and_the_formula_shares_the_rest(zonal, parishes):
    zone_budget = make_zone_budget(participatory="600000.00")
    hand = {"zone_budget": zone_budget, "parish": parishes[0], "by": zonal}
    refused(lambda: money.set_by_hand(**hand, amount=Decimal(150_000), reason=" ."), 400)
    money.set_by_hand(**hand, amount=Decimal(150_000), reason="Deslave de marzo.")
    row = ParishAllocation.objects.get(parish=parishes[0])
    assert amounts() == {"La Argelia": 150_000, "Lloa": 180_000, "Solanda": 270_000}
    assert (row.by_hand, row.reason, row.computed) == (True, "Deslave de marzo.", 100_000)
    assert row.history.first().history_user == zonal
    money.set_allocations(zone_budget=zone_budget, by=zonal, by_hand={})
    assert amounts()["La Argelia"] == 100_000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({0: "600000.01"}, "Lo fijado a mano pasa en USD 0,01 de lo que tiene la zona (USD 600.000,00)."),
        ({0: "1", 1: "1", 2: "1"}, "Faltan USD 599.997,00 por asignar: las parroquias deben sumar USD 600.000,00"),
    ],
)
def test_by_hand_that_does_not_sum_to_the_zone_is_refused(zonal, parishes, given, said):
    zone_budget = make_zone_budget(participatory="600000.00")
    by_hand = {parishes[n].pk: (Decimal(amount), "Porque sí") for n, amount in given.items()}
    assert said in refused(lambda: money.set_allocations(zone_budget=zone_budget, by=zonal, by_hand=by_hand), 400)
    assert amounts() == {}


def test_a_parish_of_another_zone_gets_nothing_here(zonal, parishes):
    by_hand = {make_parish("Calderón", zone=make_zone("Calderón")).pk: (Decimal(1), "Porque sí")}
    refused(lambda: money.set_allocations(zone_budget=make_zone_budget(), by=zonal, by_hand=by_hand), 400)


def test_without_indicators_it_says_which_are_missing(zonal, parishes):
    ParishIndicator.objects.filter(parish=parishes[1]).delete()
    assert "Lloa" in refused(lambda: money.set_allocations(zone_budget=make_zone_budget(), by=zonal), 409)


def test_other_money_of_the_zone_is_shared_anew_and_what_is_by_hand_stays(zonal, parishes):
    zone_budget = make_zone_budget(participatory="600000.00")
    money.set_by_hand(zone_budget=zone_budget, parish=parishes[0], amount=Decimal(150_000), reason="Deslave.", by=zonal)
    more = {"year": zone_budget.year, "zone": zone_budget.zone, "investment": Decimal(1_000_000), "by": zonal}
    money.set_zone_budget(**more, participatory=Decimal("650000.00"))
    assert amounts() == {"La Argelia": 150_000, "Lloa": 200_000, "Solanda": 300_000}


def test_what_an_assembly_has_fixed_does_not_change(zonal, parishes):
    zone_budget = make_zone_budget(participatory="600000.00")
    money.set_allocations(zone_budget=zone_budget, by=zonal)
    make_decision(parish=parishes[1], status="fixed", budget=Decimal(200_000))
    hand = {"zone_budget": zone_budget, "amount": Decimal(150_000), "reason": "Deslave.", "by": zonal}
    assert "Lloa" in refused(lambda: money.set_by_hand(**hand, parish=parishes[0]), 409)
    keep = {parishes[1].pk: (Decimal(200_000), "Ya decidió."), parishes[0].pk: (Decimal(150_000), "Deslave.")}
    money.set_allocations(zone_budget=zone_budget, by=zonal, by_hand=keep)
    assert amounts() == {"La Argelia": 150_000, "Lloa": 200_000, "Solanda": 250_000}


def test_a_parish_counts_in_the_zone_of_the_year_not_of_today(zonal, parishes):
    """Comité del Pueblo: in Eugenio Espejo for the budgets, whatever the map of today says."""
    for since, zone in ((date(1970, 1, 1), make_zone()), (date(2027, 6, 1), make_zone("Otra"))):
        ZoneMembership.objects.create(parish=parishes[2], zone=zone, since=since)
    parishes[2].zone = make_zone("Otra")
    parishes[2].save()
    money.set_allocations(zone_budget=make_zone_budget(make_year(2027)), by=zonal)
    assert set(amounts()) == {"La Argelia", "Lloa", "Solanda"}


def test_a_parish_that_left_a_zone_gives_its_money_back_first(zonal, parishes):
    old, new = make_zone_budget(), make_zone_budget(zone=make_zone("Otra"))
    make_appointment(zonal, "zonal", zone=new.zone)
    money.set_allocations(zone_budget=old, by=zonal)
    ZoneMembership.objects.create(parish=parishes[2], zone=new.zone)
    refused(lambda: money.set_allocations(zone_budget=new, by=zonal), 409)
    money.set_allocations(zone_budget=old, by=zonal)
    money.set_allocations(zone_budget=new, by=zonal)
    assert amounts()["Solanda"] == new.participatory
    assert amounts()["La Argelia"] + amounts()["Lloa"] == old.participatory


def test_what_another_officer_changed_meanwhile_is_not_written_over(zonal, parishes):
    zone_budget = make_zone_budget(participatory="600000.00")
    seen = money.fingerprint(zone_budget)
    money.set_allocations(zone_budget=zone_budget, by=zonal, seen=seen)
    refused(lambda: money.set_allocations(zone_budget=zone_budget, by=zonal, by_hand={}, seen=seen), 409)


# --- indicators ------------------------------------------------------------------------------------------------------


def test_indicators_come_in_by_csv_also_with_semicolons_and_decimal_commas():
    make_parish("La Argelia", code="170101")
    make_parish("Lloa", code="170102")
    year = make_year()
    first = money.import_indicators(year=year, data=f"{HEAD}170101,10,5,1.5,2\n170102,20,0,0,0\n".encode())
    again = HEAD.replace(",", ";") + "\r\n170101;10;5;1,5;2\r\n170102;21;0;0;0,25\r\n"
    second = money.import_indicators(year=year, data=b"\xef\xbb\xbf" + again.encode())
    assert (first, second) == ({"added": 2, "changed": 0, "same": 0}, {"added": 0, "changed": 1, "same": 1})
    assert list(ParishIndicator.objects.order_by("parish__code").values_list("population", "density")) == [
        (10, Decimal("1.50")),
        (21, Decimal("0.00")),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("999999,1,1,1,1", "no es de una parroquia"),
        ("170101,1", "tiene 2 columnas"),
        ("170101,1.5,1,1,1", "población"),
        ("170101,1e9,1,1,1", "población"),
        ("170101,-1,0,1,1", "población"),
        ("170101,٣,0,1,1", "población"),
        ("170101,5,6,1,1", "más personas con necesidades"),
        ("170101,5,5,NaN,1", "densidad"),
        ("170101,5,5,1.234,1", "densidad"),
        ("170101,5,5,1,9999999", "infraestructura"),
        ("170101,1,1,1,1\n170101,1,1,1,1", "Línea 3: La Argelia está dos veces."),
        ("", "ninguna parroquia"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_stored(line, said):
    make_parish("La Argelia", code="170101")
    make_parish("Lloa", code="170102")
    with pytest.raises(FileRefused) as refusal:
        money.import_indicators(year=make_year(), data=f"{HEAD}{line}\n".encode())
    assert said in str(refusal.value)
    assert not ParishIndicator.objects.exists()


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"", b"a,b\n1,2\n", b'"' + b"x" * 200_000, b"x" * 300_000])
def test_what_is_no_such_file_is_refused(data):
    with pytest.raises(FileRefused):
        money.import_indicators(year=make_year(), data=data)


def test_indicators_are_fixed_by_the_allocation(zonal, parishes):
    money.set_allocations(zone_budget=make_zone_budget(), by=zonal)
    same = f"{HEAD}170101,1000,100,1,1\n"
    assert money.import_indicators(year=make_year(), data=same.encode())["same"] == 1
    with pytest.raises(FileRefused, match="La Argelia ya tiene su asignación"):
        money.import_indicators(year=make_year(), data=same.replace("1000", "1001").encode())


def test_indicators_are_the_participation_offices(zonal):
    refused(lambda: money.import_indicators(year=make_year(), data=HEAD.encode(), by=zonal), 403)


def test_the_command_imports_or_says_what_is_wrong(tmp_path, capsys):
    make_parish("La Argelia", code="170101")
    make_year(2027)
    file = tmp_path / "indicadores.csv"
    file.write_text(f"{HEAD}170101,10,5,1.5,2\n", encoding="utf-8")
    call_command("import_indicators", 2027, str(file), invented=True)
    assert capsys.readouterr().out == "1 añadidas, 0 cambiadas, 0 como estaban.\n"
    assert ParishIndicator.objects.get().invented
    file.write_text(f"{HEAD}1,10,5,1.5,2\n", encoding="utf-8")
    for year, path in ((2027, file), (2030, file), (2027, tmp_path / "nada.csv")):
        with pytest.raises(CommandError):
            call_command("import_indicators", year, str(path))


# --- at once ---------------------------------------------------------------------------------------------------------


def by_hand(zone_budget, parish, n, officer):
    def do():
        amount = Decimal(100_000 + n * 777) + CENT * n
        money.set_by_hand(zone_budget=zone_budget, parish=parish, amount=amount, reason=f"Razón {n}", by=officer)

    return do


def other_money(zone_budget, n, officer):
    given = {"year": zone_budget.year, "zone": zone_budget.zone, "investment": zone_budget.investment, "by": officer}
    return lambda: money.set_zone_budget(**given, participatory=Decimal(600_000 + n) + CENT) and None


@pytest.mark.django_db(transaction=True)
def test_officers_at_once_leave_parishes_that_sum_to_their_zone_and_lose_nothing_by_hand(zonal, parishes):
    zone_budget = make_zone_budget(participatory="600000.00")
    money.set_allocations(zone_budget=zone_budget, by=zonal)
    acts = [by_hand(zone_budget, parishes[n % 2], n, zonal) for n in range(4)]
    acts += [other_money(zone_budget, n, zonal) for n in range(4)]
    assert together(acts) == [None] * 8
    assert sum(amounts().values()) == ZoneBudget.objects.get().participatory
    assert ParishAllocation.objects.filter(by_hand=True).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writes one transaction after another anyhow")
def test_control_without_the_lock_what_one_officer_fixed_is_lost(zonal, parishes):
    zone_budget = make_zone_budget(participatory="600000.00")
    money.set_allocations(zone_budget=zone_budget, by=zonal)
    everybody_read, read_now = Barrier(2), money._by_hand_now

    def read(locked):
        found = read_now(locked)
        everybody_read.wait(timeout=60)
        return found

    unlocked = ZoneBudget.objects.select_related("zone", "year").get
    with (
        patch.object(money, "_lock", lambda budget, by: unlocked(pk=budget.pk)),
        patch.object(money, "_by_hand_now", read),
    ):
        together([by_hand(zone_budget, parishes[n], n, zonal) for n in range(2)])
    assert ParishAllocation.objects.filter(by_hand=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_amount_changed_while_an_assembly_fixes_it_is_one_of_the_two(zonal, parishes):
    zone_budget = make_zone_budget(participatory="600000.00")
    money.set_allocations(zone_budget=zone_budget, by=zonal)
    decision = make_decision(parish=parishes[0])

    def fix():
        with transaction.atomic():
            amount = money.lock_allocation(zone_budget.year, parishes[0]).amount
            time.sleep(0.2)
            fixed = {"status": "fixed", "seed": "s", "fixed_at": timezone.now()}
            Decision.objects.filter(pk=decision.pk).update(budget=amount, **fixed)

    together([fix, by_hand(zone_budget, parishes[0], 5, zonal), by_hand(zone_budget, parishes[0], 6, zonal)])
    assert Decision.objects.get().budget == ParishAllocation.objects.get(parish=parishes[0]).amount


def test_whoever_fixes_a_decision_reads_the_allocation_under_its_lock(parishes):
    row = make_allocation(parish=parishes[0], amount="1.00")
    assert money.lock_allocation(row.year, parishes[0]).amount == 1
    assert money.lock_allocation(row.year, parishes[1]) is None
