"""The zones' money: at least the minimum, to the cent, whoever writes; parishes sum to their zone."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from budgets.models import ZoneBudget
from tests.factories import make_year, make_zone, make_zone_budget

pytestmark = pytest.mark.django_db


# investment, participatory, percent; the first of each pair is the least that fits, to the cent.
EXACT = [
    ("333333.33", "200000.00", "60"),
    ("333333.35", "200000.01", "60"),
    ("0.05", "0.03", "60"),
    ("1000000.00", "700000.00", "70"),
    ("8300000000.05", "4980000000.03", "60"),
    ("999999999999.99", "666666666666.66", "66.66"),
    ("999999999999.99", "999999999999.99", "100"),
    ("1234567.89", "823457.00", "66.70"),
]


def least(investment, percent):
    """The smallest amount to the cent that is at least the percentage."""
    return (Decimal(investment) * Decimal(percent) / 100).quantize(Decimal("0.01"), rounding="ROUND_CEILING")


@pytest.mark.parametrize(("investment", "percent"), [(i, p) for i, _least, p in EXACT])
def test_the_database_refuses_one_cent_below_the_minimum(investment, percent):
    zone_budget = make_zone_budget(participatory=investment, investment=investment)
    at_least = least(investment, percent)
    rows = ZoneBudget.objects.filter(pk=zone_budget.pk)
    assert rows.update(participatory=at_least, minimum_percent=Decimal(percent)) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(participatory=at_least - Decimal("0.01"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneBudget.objects.create(
            year=make_year(),
            zone=make_zone("Otra"),
            investment=Decimal(investment),
            participatory=at_least - Decimal("0.01"),
            minimum_percent=Decimal(percent),
        )
