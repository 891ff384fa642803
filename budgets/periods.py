"""When requests are taken, and for which year: asks, never writes.

A new request belongs to the published year whose phase is the entry of requests (the newest, if there were two).
Otherwise it is kept for the next one, which has not begun; `services.filing` makes that year's row if the city has not
made it yet, unpublished and without dates: only its number is known.
"""

from django.utils import timezone

from budgets.models import BudgetYear, Phase, PhaseDates


def takes_requests(year: BudgetYear) -> bool:
    return year.published and year.phase == Phase.REQUESTS


def review_has_begun(year: BudgetYear) -> bool:
    return year.phase not in ("", Phase.REQUESTS)


def open_year() -> BudgetYear | None:
    """The year for which requests are taken now."""
    return BudgetYear.objects.public().filter(phase=Phase.REQUESTS).newest().first()


def coming_year() -> BudgetYear | None:
    """The next year that has not begun: the first one after every year that has, or None."""
    begun = BudgetYear.objects.exclude(phase="").newest().values_list("year", flat=True).first()
    waiting = BudgetYear.objects.filter(phase="").order_by("year")
    return (waiting.filter(year__gt=begun) if begun else waiting).first()


def coming_number() -> int:
    """The number of the next year where it has no row yet: requests are filed in the year before it is spent."""
    newest = BudgetYear.objects.newest().values_list("year", flat=True).first() or 0
    return max(newest, timezone.localdate().year) + 1


def dates_of(year: BudgetYear, phase: str) -> PhaseDates | None:
    return PhaseDates.objects.filter(year=year, phase=phase).first()


def opens_on(year: BudgetYear | None):
    """The day on which the entry of requests of a year is to begin, if it is published and still to come, or None."""
    if year is None or not year.published:
        return None
    dates = dates_of(year, Phase.REQUESTS)
    return dates.starts if dates and dates.starts >= timezone.localdate() else None
