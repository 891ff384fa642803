"""The published formula: how a zone's participatory money is shared among its parishes. Pure, exact, to the cent.

Código Municipal, art. I.3.86 (Ordenanza Metropolitana 102): the parish assemblies decide the money. Formula of
2020–2021: population 40, people with unmet basic needs 30, density 20, need of infrastructure 10. Of each criterion a
parish gets its part of the zone's sum, times the weight of the criterion.

A criterion whose sum in the zone is zero tells no parish from another: its weight passes to the others, in proportion
to theirs. Where none tells them apart, all parishes get the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

CRITERIA = ("population", "unmet_needs", "density", "infrastructure")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Share:
    """What a parish gets. `arithmetic` says how, ready for JSON: for each criterion what counts of this parish
    (`value`), of the zone (`total`), for how much of 100 (`weight`, a fraction in words); `share` of the whole."""

    amount: Decimal
    arithmetic: dict


def allocate(
    total: Decimal, indicators: Mapping[str, Mapping[str, Decimal | int]], weights: Mapping[str, int]
) -> dict[str, Share]:
    """Share `total` (USD, two places) among the parishes of `indicators`: {code: {criterion: number, not negative}}.

    Rounded by largest remainder: each gets its exact share rounded down to the cent, and the cents that are left go
    one by one to the largest remainders; equal ones in the order of the codes. So the shares sum to the total, each
    lies within a cent of its exact share, and the order of the parishes does not matter. When the total grows, no
    parish loses more than that one cent (no rounding has both: Balinski and Young).
    """
    cents = _cents(total)
    if not indicators:
        if cents:
            raise ValueError("there is money and no parish")
        return {}
    sums = {name: sum(Fraction(row[name]) for row in indicators.values()) for name in CRITERIA}
    if any(row[name] < 0 for row in indicators.values() for name in CRITERIA):
        raise ValueError("an indicator is negative")
    counted = effective_weights(weights, sums)
    shares = {code: _share(row, sums, counted, len(indicators)) for code, row in indicators.items()}
    exact = {code: share * cents for code, share in shares.items()}
    amounts = {code: int(amount) for code, amount in exact.items()}
    left = cents - sum(amounts.values())
    by_remainder = sorted(exact, key=lambda code: (amounts[code] - exact[code], code))
    for code in by_remainder[:left]:
        amounts[code] += 1
    return {
        code: Share(Decimal(amounts[code]) * CENT, _arithmetic(total, indicators, code, sums, counted, shares[code]))
        for code in indicators
    }


def effective_weights(weights: Mapping[str, int], sums: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The weights of 100 that count: without criteria that are zero in the whole zone; nothing where none is left."""
    if sum(weights[name] for name in CRITERIA) != 100 or any(weights[name] < 0 for name in CRITERIA):
        raise ValueError("the weights are not parts of 100")
    telling = {name: weights[name] for name in CRITERIA if sums[name] and weights[name]}
    whole = sum(telling.values())
    return {name: Fraction(100 * weight, whole) for name, weight in telling.items()}


def _share(row, sums, counted, parishes: int) -> Fraction:
    if not counted:
        return Fraction(1, parishes)
    return sum(weight / 100 * Fraction(row[name]) / sums[name] for name, weight in counted.items())


def _arithmetic(total, indicators, code, sums, counted, share) -> dict:
    return {
        "total": str(total),
        "parishes": len(indicators),
        "criteria": {
            name: {"value": str(indicators[code][name]), "total": _plain(sums[name]), "weight": str(weight)}
            for name, weight in counted.items()
        },
        "share": str(share),
    }


def _plain(number: Fraction) -> str:
    """A sum of decimals as a decimal."""
    return str(Decimal(number.numerator) / Decimal(number.denominator))


def _cents(total: Decimal) -> int:
    cents = Fraction(total) * 100
    if cents < 0 or cents.denominator != 1:
        raise ValueError("the total is an amount of USD with two places")
    return int(cents)
