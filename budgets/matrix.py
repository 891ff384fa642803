"""The matrix of an assembly: the feasible requests of its parish, each with what it costs. Asks, never writes."""

from decimal import Decimal

from budgets.listing import listable
from budgets.models import Decision, Opinion, Request


def requests_of(year, parish) -> list[tuple[Request, Decimal]]:
    """What may be listed now and its cost by the technical opinion, in the order of the requests' numbers. Two
    queries. What costs nothing is not voted on: there is nothing to fund."""
    asked = list(listable(year, parish).order_by("pk"))
    costs = dict(
        Opinion.objects.filter(
            request__in=[each.pk for each in asked],
            kind=Opinion.Kind.TECHNICAL,
            current=True,
            issued_at__isnull=False,
            cost__gt=0,
        ).values_list("request", "cost")
    )
    return [(each, costs[each.pk]) for each in asked if each.pk in costs]


def is_current(decision: Decision) -> bool:
    """Whether the matrix that was prepared is what may be listed now."""
    kept = list(decision.candidates.order_by("request").values_list("request", "cost"))
    return kept == [(each.pk, cost) for each, cost in requests_of(decision.year, decision.parish)]
