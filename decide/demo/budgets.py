"""The participatory budget of the demo city: one year delivered, one in execution, one that takes requests today.

Written as rows of the past; sums, shares, results and minutes come from the project's own code. Everything but the
amounts of 2021, the populations and the names of parishes is invented.
"""

from datetime import datetime

from budgets.models import Phase
from decide.accounts.models import User
from decide.demo.assemblies import (
    Towns,
    term_of,
    write_assemblies,
    write_delegates_of_today,
    write_seats,
    write_session_of_today,
)
from decide.demo.budget_years import ASKED, DELIVERED, EXECUTED, Money, write_years
from decide.demo.halls import write_decisions
from decide.demo.open_year import write_open_requests
from decide.demo.works import Plan, hall_of, plan_of, works_of, write_requests
from decide.territory.models import Parish

DECIDED = (DELIVERED, EXECUTED)


def write_budgets(accounts: dict[str, User], sketches, now: datetime) -> None:
    """The territory, its parish assemblies and the people must be there."""
    years = write_years(accounts, now)
    parishes = list(Parish.objects.select_related("zone").defer("boundary").order_by("code"))
    sizes = {p.code: max(hall_of(p, offset)[0] for offset in DECIDED) for p in parishes}
    towns = write_assemblies(sizes, accounts, now)
    for offset in DECIDED:
        decide_year(years[offset], parishes, towns, accounts)
    seats = write_delegates_of_today(towns, accounts, now)
    write_session_of_today(towns, seats, accounts, now)
    write_open_requests(years[ASKED], towns, sketches, accounts, now)


def decide_year(money: Money, parishes: list[Parish], towns: Towns, accounts) -> None:
    """What every parish asked and decided in one year of the past."""
    works = works_of(money.offset)
    write_decided([plan_of(money, p, works.get(p.code, []), towns.places(p.code)) for p in parishes], towns, accounts)


def write_decided(plans: list[Plan], towns: Towns, accounts) -> None:
    """Of one year: the requests, whom the neighbourhoods had sent, and what these decided."""
    write_requests(plans, accounts)
    starts = term_of(plans[0].money.dates[Phase.ASSEMBLY][0])
    seats = write_seats(towns, {plan.code: plan.seats for plan in plans}, starts, accounts)
    write_decisions(plans, seats, accounts)
