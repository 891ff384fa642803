"""The formula, for whatever weights and indicators: exact to the cent, fair to whoever is the same, in any order."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.allocation import CRITERIA, allocate

CENT = Decimal("0.01")
counts = st.integers(0, 3_000_000)
points = st.decimals(0, 999_999, places=2)
rows = st.fixed_dictionaries({"population": counts, "unmet_needs": counts, "density": points, "infrastructure": points})
zones = st.lists(rows, min_size=1, max_size=18).map(lambda some: {f"17{n * 7 % 100:04}": r for n, r in enumerate(some)})
totals = st.decimals(0, 999_999_999_999, places=2)


@st.composite
def weights(draw):
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=3, max_size=3)))
    return dict(zip(CRITERIA, (b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)), strict=True))


quickly = settings(max_examples=60, deadline=None)


def amounts(*args):
    return {code: share.amount for code, share in allocate(*args).items()}


@quickly
@given(totals, zones, weights())
def test_parishes_sum_to_the_zone_to_the_cent_and_stand_within_a_cent_of_their_exact_share(total, zone, weighed):
    shared = allocate(total, zone, weighed)
    assert shared.keys() == zone.keys()
    assert sum(share.amount for share in shared.values()) == total
    assert sum(Fraction(share.arithmetic["share"]) for share in shared.values()) == 1
    for share in shared.values():
        exact = Fraction(share.arithmetic["share"]) * Fraction(total)
        assert abs(Fraction(share.amount) - exact) < Fraction(1, 100)


@quickly
@given(totals, zones, weights(), st.randoms(use_true_random=False))
def test_the_order_of_the_parishes_does_not_matter(total, zone, weighed, chance):
    shuffled = list(zone.items())
    chance.shuffle(shuffled)
    assert amounts(total, dict(shuffled), weighed) == amounts(total, zone, weighed)


@quickly
@given(totals, totals, zones, weights())
def test_with_more_money_nobody_has_less_but_for_the_cent_of_rounding(one, other, zone, weighed):
    less, more = sorted([one, other])
    before, after = amounts(less, zone, weighed), amounts(more, zone, weighed)
    assert all(after[code] >= before[code] - CENT for code in zone)


@quickly
@given(totals, zones, weights())
def test_who_needs_at_least_as_much_in_everything_gets_at_least_as_much_but_for_a_cent(total, zone, weighed):
    got = amounts(total, zone, weighed)
    for a, row in zone.items():
        for b, other in zone.items():
            if all(row[name] >= other[name] for name in CRITERIA):
                assert got[a] >= got[b] - CENT


OFFICIAL = {"population": 40, "unmet_needs": 30, "density": 20, "infrastructure": 10}


def row(population=0, unmet_needs=0, density="0", infrastructure="0"):
    values = (population, unmet_needs, Decimal(density), Decimal(infrastructure))
    return dict(zip(CRITERIA, values, strict=True))


def test_the_formula_of_2020_and_2021_by_hand():
    zone = {"170101": row(75, 10, "30", "1"), "170102": row(25, 30, "10", "3")}
    # 40·75/100 + 30·10/40 + 20·30/40 + 10·1/4 = 30 + 7,5 + 15 + 2,5 = 55 of 100
    assert amounts(Decimal("1000.00"), zone, OFFICIAL) == {"170101": Decimal("550.00"), "170102": Decimal("450.00")}


def test_a_criterion_that_is_zero_in_the_zone_passes_its_weight_to_the_others():
    zone = {"170101": row(75, 10), "170102": row(25, 30)}
    shared = allocate(Decimal("1000.00"), zone, OFFICIAL)
    assert {name: c["weight"] for name, c in shared["170101"].arithmetic["criteria"].items()} == {
        "population": "400/7",
        "unmet_needs": "300/7",
    }
    assert amounts(Decimal("1000.00"), zone, OFFICIAL) == {"170101": Decimal("535.71"), "170102": Decimal("464.29")}


def test_where_nothing_is_known_all_get_the_same_and_the_cent_left_goes_to_the_first_code():
    zone = {"170103": row(), "170101": row(), "170102": row()}
    assert amounts(Decimal("100.00"), zone, OFFICIAL) == {
        "170101": Decimal("33.34"),
        "170102": Decimal("33.33"),
        "170103": Decimal("33.33"),
    }


@pytest.mark.parametrize("total", ["-0.01", "0.005"])
def test_what_is_no_amount_is_refused(total):
    with pytest.raises(ValueError, match="two places"):
        allocate(Decimal(total), {"170101": row(1)}, OFFICIAL)


def test_weights_that_are_not_100_are_refused():
    with pytest.raises(ValueError, match="parts of 100"):
        allocate(Decimal(1), {"170101": row(1)}, OFFICIAL | {"population": 41})


def test_a_zone_without_parishes_has_nothing_to_share():
    assert allocate(Decimal(0), {}, OFFICIAL) == {}
    with pytest.raises(ValueError, match="no parish"):
        allocate(Decimal(1), {}, OFFICIAL)
