"""The three years of the demo's participatory budget and their money: delivered, in execution, taking requests.

Zones have the real amounts of 2021, a little less in the first year and a little more in the last; populations are
real, all other indicators invented. Years, money and shares are written by the services; their history is dated back.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from budgets.models import BudgetYear, ParishAllocation, Phase, PhaseDates, ZoneBudget
from budgets.money_rules import ORDER
from budgets.services.money import import_indicators, set_allocations, set_zone_budget
from budgets.services.year import open_year, usual_dates
from decide.accounts.models import User
from decide.demo.people import DATA
from decide.territory.models import Parish, Zone

CENT = Decimal("0.01")
SOURCE = "Inventado para la demostración, a partir de la asignación real de 2021 (quitoinforma.gob.ec/?p=100375)"
# How much of the real amounts of 2021 each year has.
DELIVERED, EXECUTED, ASKED = -1, 0, 1
SHARES = {DELIVERED: Decimal("0.94"), EXECUTED: Decimal("1.00"), ASKED: Decimal("1.06")}
# The period of requests has run for so many days, and goes on for so many.
RUNS, REMAINS = 45, 30
# At least so many days from then until the money is in the budget; each phase ends after this part of them.
LEAST = 150
PARTS = {
    Phase.REVIEW: 0.12,
    Phase.STUDIES: 0.38,
    Phase.INFORMATION: 0.58,
    Phase.ASSEMBLY: 0.75,
    Phase.INCORPORATION: 1.0,
}


def texts() -> dict:
    return tomllib.loads((DATA / "budgets.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Money:
    """A year with what each parish has, by its code."""

    offset: int
    year: BudgetYear
    dates: dict[str, tuple[date, date]]
    amounts: dict[str, Decimal]

    def day(self, phase: str, part: float) -> date:
        """A day within a phase: 0 its first, 1 its last."""
        starts, ends = self.dates[phase]
        return starts + timedelta(days=round((ends - starts).days * part))


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def write_years(accounts: dict[str, User], now: datetime) -> dict[int, Money]:
    today = timezone.localdate(now)
    facts = texts()
    offsets = {
        DELIVERED: (dates_of_delivered(today), Phase.FOLLOW_UP, {}),
        EXECUTED: (dates_of_executed(today), Phase.EXECUTION, facts["by_hand"]),
        ASKED: (dates_of_asked(today), Phase.REQUESTS, {}),
    }
    return {
        offset: write_year(today.year + offset, offset, SHARES[offset], dates, phase, by_hand, accounts, now)
        for offset, (dates, phase, by_hand) in offsets.items()
    }


def write_year(number, offset, share, dates, phase, by_hand, accounts, now) -> Money:
    officer = accounts["participacion"]
    year = open_year(year=number, by=officer, dates=dates)
    _enter(year, phase, dates, officer, now)
    import_indicators(year=year, data=(DATA / "indicadores.csv").read_bytes(), invented=True)
    _share(year, share, by_hand, officer)
    _date_back(year, dates, now)
    amounts = dict(ParishAllocation.objects.filter(year=year).values_list("parish__code", "amount"))
    return Money(offset, year, dates, amounts)


# --- phases ------------------------------------------------------------------------------------------------------


def dates_of_delivered(today: date) -> dict:
    """Last year's money: the usual months; its committees still look after what was delivered until this year ends."""
    dates = usual_dates(today.year - 1)
    return dates | {Phase.FOLLOW_UP: (dates[Phase.FOLLOW_UP][0], date(today.year, 12, 31))}


def dates_of_executed(today: date) -> dict:
    """This year's money, whatever the day: the committee's last look comes once the year is over."""
    dates = usual_dates(today.year)
    return dates | {Phase.FOLLOW_UP: (date(today.year + 1, 1, 2), date(today.year + 1, 4, 30))}


def dates_of_asked(today: date) -> dict:
    """Next year's money: requests are taken today. What follows is pressed into the rest of the year, if it can."""
    starts, ends = today - timedelta(days=RUNS), today + timedelta(days=REMAINS)
    rest = max((date(today.year, 12, 31) - ends).days, LEAST)
    dates, last = {Phase.REQUESTS: (starts, ends)}, ends
    for phase, part in PARTS.items():
        until = ends + timedelta(days=round(rest * part))
        dates[phase], last = (last + timedelta(days=1), until), until
    spent = max(date(today.year + 1, 1, 1), last + timedelta(days=1))
    dates[Phase.EXECUTION] = (spent, max(date(today.year + 1, 12, 31), spent + timedelta(days=200)))
    dates[Phase.FOLLOW_UP] = (spent + timedelta(days=120), dates[Phase.EXECUTION][1] + timedelta(days=120))
    return {phase.value: days for phase, days in dates.items()}


def _enter(year: BudgetYear, phase: str, dates, officer, now: datetime) -> None:
    """It is published and stands there; each phase began on its first day, by the clock. Nobody is told of the past."""
    for row in PhaseDates.objects.filter(year=year, phase__in=ORDER[: ORDER.index(phase) + 1]):
        row.entered_at = min(at(row.starts, 0, 1), now)
        row._history_date = row.entered_at
        row.save()
    year.phase, year.published = phase, True
    year._history_user, year._history_date = officer, min(at(dates[phase][0], 0, 1), now)
    year.save()


# --- money --------------------------------------------------------------------------------------------------------


def _share(year: BudgetYear, share: Decimal, by_hand: dict, officer) -> None:
    """Every zone's budget and the shares of its parishes: by the formula, a few by hand with their reason."""
    parishes = {p.code: p for p in Parish.objects.defer("boundary")}
    fixed = {parishes[code].pk: (Decimal(amount), reason) for code, (amount, reason) in by_hand.items()}
    zone_of = {p.pk: p.zone_id for p in parishes.values()}
    facts = texts()["zones"]
    for zone in Zone.objects.filter(slug__in=facts).order_by("slug"):
        participatory = (Decimal(facts[zone.slug]["participatory"]) * share).quantize(CENT)
        budget = set_zone_budget(
            year=year,
            zone=zone,
            investment=(participatory * 100 / Decimal(facts[zone.slug]["percent"])).quantize(CENT, "ROUND_DOWN"),
            participatory=participatory,
            source=SOURCE,
            by=officer,
        )
        ours = {pk: what for pk, what in fixed.items() if zone_of[pk] == zone.pk}
        set_allocations(zone_budget=budget, by=officer, by_hand=ours)


def _date_back(year: BudgetYear, dates, now: datetime) -> None:
    """The money was settled while requests were taken; the year itself was opened before."""
    starts, ends = dates[Phase.REQUESTS]
    opened = at(starts - timedelta(days=20), 10)
    settled = min(at(starts + (ends - starts) / 2, 11), now)
    BudgetYear.objects.filter(pk=year.pk).update(created=opened)
    BudgetYear.history.filter(id=year.pk, history_type="+").update(history_date=opened)
    PhaseDates.history.filter(year=year, history_type="+").update(history_date=opened)
    ZoneBudget.history.filter(year=year).update(history_date=settled)
    ParishAllocation.history.filter(year=year).update(history_date=settled)
