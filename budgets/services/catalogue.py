"""What officers choose from: guidelines of the plan, unit prices and reusable reasons, from `budgets/data/`.

All of it is invented for the demonstration and says so; a city enters its own in the administration.
"""

import csv
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from budgets.models import Guideline, ReusableReason, UnitPrice

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_catalogue() -> int:
    """Add what is not there yet; what a city changed stays. Twice changes nothing. Returns how many rows are new."""
    new = 0
    for row in _rows("guidelines"):
        new += Guideline.objects.get_or_create(code=row["code"], defaults={"name": row["name"], "invented": True})[1]
    for row in _rows("unit_prices"):
        defaults = {"unit": row["unit"], "price": Decimal(row["price"]), "invented": True}
        new += UnitPrice.objects.get_or_create(name=row["name"], defaults=defaults)[1]
    for row in _rows("reasons"):
        defaults = {"verdict": row["verdict"], "text": row["text"]}
        new += ReusableReason.objects.get_or_create(kind=row["kind"], title=row["title"], defaults=defaults)[1]
    return new


def _rows(name: str):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
