"""How the formula gave a parish its amount, line by line, from the exact fractions that were stored."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext_lazy

from budgets.allocation import CRITERIA
from budgets.models import ParishAllocation

LABELS = {
    "population": gettext_lazy("Población"),
    "unmet_needs": gettext_lazy("Necesidades básicas insatisfechas"),
    "density": gettext_lazy("Densidad"),
    "infrastructure": gettext_lazy("Necesidad de infraestructura"),
}
UNITS = {
    "population": gettext_lazy("personas"),
    "unmet_needs": gettext_lazy("personas"),
    "density": gettext_lazy("personas por km², sumadas"),
    "infrastructure": gettext_lazy("puntos"),
}


@dataclass(frozen=True)
class Criterion:
    """One line of the arithmetic: `value` of `total` (the zone's) is `percent`, times `weight`, gives `amount`."""

    name: str
    label: str
    unit: str
    value: Decimal
    total: Decimal
    percent: Decimal
    weight: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Arithmetic:
    """How the formula shared `total` among so many parishes: what this one gets of it, line by line."""

    total: Decimal
    parishes: int
    lines: list[Criterion]
    percent: Decimal


def arithmetic_of(allocation: ParishAllocation) -> Arithmetic | None:
    """From the exact fractions that were stored; amounts of lines are rounded to the cent for reading."""
    stored = allocation.arithmetic
    if not stored:
        return None
    total, lines = Fraction(stored["total"]), []
    for name in CRITERIA:
        if name not in stored["criteria"]:
            continue
        row = stored["criteria"][name]
        value, whole, weight = (Fraction(row[key]) for key in ("value", "total", "weight"))
        part = value / whole
        figures = (as_decimal(n) for n in (value, whole, part * 100, weight, total * weight / 100 * part))
        lines.append(Criterion(name, LABELS[name], UNITS[name], *figures))
    return Arithmetic(as_decimal(total), stored["parishes"], lines, as_decimal(Fraction(stored["share"]) * 100))


def as_decimal(number: Fraction) -> Decimal:
    """With two places, for reading; whole where it is whole."""
    rounded = round(number * 100)
    return Decimal(rounded // 100) if rounded % 100 == 0 else Decimal(rounded) / 100
