"""Who may set dates and money, and what a phase allows. Asks, never writes."""

from datetime import date

from django.utils import timezone

from budgets.models import BudgetYear, Phase
from decide.accounts import rules as people
from decide.accounts.models import Appointment

Office = Appointment.Office
ORDER = [phase.value for phase in Phase]
MONEY_OFFICES = (Office.PARTICIPATION, Office.ZONAL)


def manages_years(user) -> bool:
    """The participation office opens years, sets their dates and moves them on."""
    return people.has_office(user, Office.PARTICIPATION)


def sets_money(user, zone) -> bool:
    """The participation office everywhere, a zonal administration in its zone."""
    return manages_years(user) or people.holds(user, Office.ZONAL, zone=zone)


def place_of(phase: str) -> int:
    """-1 before the first phase, 7 in the last."""
    return ORDER.index(phase) if phase else -1


def next_phase(year: BudgetYear) -> str | None:
    place = place_of(year.phase) + 1
    return ORDER[place] if place < len(ORDER) else None


def takes_requests(year: BudgetYear, today: date | None = None) -> bool:
    """Whether a request can be filed for this year now: in the phase of requests, until its last day inclusive."""
    if not year.published or year.phase != Phase.REQUESTS:
        return False
    today = today or timezone.localdate()
    ends = next((dates.ends for dates in year.phases.all() if dates.phase == Phase.REQUESTS), None)
    return ends is None or today <= ends
