"""Who may set dates and money, and which phase follows which. Asks, never writes."""

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


def opens_desk(user) -> bool:
    return people.has_office(user, *MONEY_OFFICES)


def place_of(phase: str) -> int:
    """-1 before the first phase, 7 in the last."""
    return ORDER.index(phase) if phase else -1


def next_phase(year: BudgetYear) -> str | None:
    place = place_of(year.phase) + 1
    return ORDER[place] if place < len(ORDER) else None
