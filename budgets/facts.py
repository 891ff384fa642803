"""Real amounts of the participatory budgets of Quito since 2013, each with its source (`data/real_amounts.csv`).

What the press and the city published, not figures of this platform: shown apart from these, never in one chart.
"""

import csv
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.utils.translation import gettext_lazy as _

SCOPES = {"distrito": _("Todo el Distrito"), "zona": _("Zona"), "parroquia": _("Parroquia")}


@dataclass(frozen=True)
class RealAmount:
    """`year` may be a span (2014-2018); counts are None where nobody published them."""

    year: str
    scope: str
    place: str
    amount: Decimal
    works: int | None
    social: int | None
    note: str
    sources: tuple[str, ...]

    @property
    def where(self):
        return SCOPES["distrito"] if self.scope == "distrito" else self.place


@cache
def real_amounts() -> tuple[RealAmount, ...]:
    with (Path(__file__).parent / "data" / "real_amounts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            RealAmount(
                row["year"],
                row["scope"],
                row["place"],
                Decimal(row["amount"]),
                int(row["works"]) if row["works"] else None,
                int(row["social"]) if row["social"] else None,
                row["note"],
                tuple(part.strip() for part in row["source"].split(" ; ")),
            )
            for row in csv.DictReader(file)
        )


def of_scope(scope: str) -> list[RealAmount]:
    return [row for row in real_amounts() if row.scope == scope]
