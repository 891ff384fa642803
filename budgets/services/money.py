"""The money of a year: zones, indicators, allocations. Parishes of a zone sum to its participatory part to the cent.

Locks, in this order: the year, the zone's budget, its allocations. Whoever fixes what an assembly decides with takes
`lock_allocation` first, so that the amount cannot change under its feet.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets import money_rules as rules
from budgets.allocation import CENT, allocate
from budgets.indicators import read
from budgets.models import BudgetYear, Decision, ParishAllocation, ParishIndicator, ZoneBudget
from budgets.services.year import lock_year, reaches
from decide.errors import Refused
from decide.territory.geojson import FileRefused
from decide.territory.models import Parish, ZoneMembership

MOST = Decimal(10) ** 12  # what the columns hold, in USD
ByHand = Mapping[int, tuple[Decimal, str]]


# --- which parish belongs to which zone -----------------------------------------------------------------------------


def zones_of_year(year: int) -> dict[int, int]:
    """{parish pk: zone pk} on the first day of the year in which the money is spent: two queries."""
    on = date(year, 1, 1)
    zone_of = dict(Parish.objects.order_by("pk").values_list("pk", "zone"))
    memberships = ZoneMembership.objects.filter(since__lte=on).order_by("since")
    return zone_of | dict(memberships.values_list("parish", "zone"))


def parishes_of(zone_budget: ZoneBudget) -> list[Parish]:
    """The parishes that share a zone's money, by code."""
    zone_of = zones_of_year(zone_budget.year.year)
    ours = [parish for parish, zone in zone_of.items() if zone == zone_budget.zone_id]
    return list(Parish.objects.defer("boundary").filter(pk__in=ours).order_by("code"))


# --- a zone ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_zone_budget(
    *, year: BudgetYear, zone, investment: Decimal, participatory: Decimal, source="", by, seen: str | None = None
) -> ZoneBudget:
    """What a zone invests and how much of it its parishes decide. What was allocated already is shared anew: amounts by
    hand stay, the formula shares the rest. Raises Refused, also where an assembly has fixed its amount."""
    _refuse_stranger(by, zone)
    locked = lock_year(year.pk)
    for amount in (investment, participatory):
        _refuse_no_amount(amount)
    if not reaches(participatory, investment, locked.minimum_percent):
        raise Refused(
            _("La parte participativa debe ser al menos %(least)s: el %(percent)s %% de %(investment)s.")
            % {
                "least": in_usd(least_of(investment, locked.minimum_percent)),
                "percent": number_format(locked.minimum_percent.normalize()),
                "investment": in_usd(investment),
            },
            status=400,
        )
    if participatory > investment:
        raise Refused(_("La parte participativa no puede pasar del presupuesto de inversión."), status=400)
    row = ZoneBudget.objects.select_for_update(of=("self",), no_key=True).filter(year=locked, zone=zone).first()
    row = row or ZoneBudget(year=locked, zone=zone)
    _refuse_overtaken(row, seen)
    row.investment, row.participatory, row.source = investment, participatory, source
    row.minimum_percent = locked.minimum_percent
    row._history_user = by
    row.save()
    if row.allocations.exists():
        _allocate(row, _by_hand_now(row), by)
    return row


def least_of(investment: Decimal, percent: Decimal) -> Decimal:
    """The smallest participatory part of an investment, to the cent."""
    return (investment * percent / 100).quantize(CENT, rounding="ROUND_CEILING")


# --- indicators -----------------------------------------------------------------------------------------------------


@transaction.atomic
def import_indicators(*, year: BudgetYear, data: bytes, by=None, invented=False) -> dict[str, int]:
    """Store what the formula reads of each parish: {"added", "changed", "same"}. All lines or, with FileRefused, none.

    `by` None: from the command line. Indicators of a zone that has its allocations are fixed: a line that changes one
    is a problem. Parishes that are not in the file stay.
    """
    if by is not None and not rules.manages_years(by):
        raise Refused(_("Los indicadores los carga la oficina de participación."), status=403)
    locked = lock_year(year.pk)
    parishes = {p.code: p for p in Parish.objects.defer("boundary")}
    rows, problems = read(data, parishes)
    there = {row.parish_id: row for row in ParishIndicator.objects.filter(year=locked)}
    fixed = set(ParishAllocation.objects.filter(year=locked).values_list("parish", flat=True))
    counted = {"added": 0, "changed": 0, "same": 0}
    for row in rows:
        old = there.get(row.parish.pk)
        same = old is not None and all(getattr(old, name) == value for name, value in row.values.items())
        if same:
            counted["same"] += 1
            continue
        if row.parish.pk in fixed:
            problems.append(
                _("%(parish)s ya tiene su asignación: sus indicadores quedaron fijos.") % {"parish": row.parish}
            )
            continue
        counted["changed" if old else "added"] += 1
        new = old or ParishIndicator(year=locked, parish=row.parish)
        for name, value in row.values.items():
            setattr(new, name, value)
        new.invented = invented
        new.save()
    if problems:
        raise FileRefused(problems)
    return counted


# --- allocations ----------------------------------------------------------------------------------------------------


@transaction.atomic
def set_allocations(*, zone_budget: ZoneBudget, by, by_hand: ByHand | None = None, seen=None) -> list[ParishAllocation]:
    """Share a zone's participatory part among all its parishes: `by_hand` ({parish pk: (amount, reason)}) as given, the
    rest by the formula over what remains. None keeps what is by hand now; {} leaves everything to the formula.

    `seen` is the `fingerprint` that the officer saw: what another one changed meanwhile is not overwritten (409).
    """
    locked = _lock(zone_budget, by)
    _refuse_overtaken(locked, seen)
    return _allocate(locked, _by_hand_now(locked) if by_hand is None else by_hand, by)


@transaction.atomic
def set_by_hand(*, zone_budget: ZoneBudget, parish, amount: Decimal, reason: str, by) -> list[ParishAllocation]:
    """One parish by hand, with its reason; what others have by hand stays, and the formula shares the rest."""
    locked = _lock(zone_budget, by)
    return _allocate(locked, {**_by_hand_now(locked), parish.pk: (amount, reason)}, by)


def lock_allocation(year: BudgetYear, parish) -> ParishAllocation | None:
    """What a parish has, which nobody changes until the caller's transaction ends."""
    allocation = ParishAllocation.objects.filter(year=year, parish=parish).first()
    if allocation is None:
        return None
    ZoneBudget.objects.select_for_update(no_key=True).get(pk=allocation.zone_budget_id)
    return ParishAllocation.objects.get(pk=allocation.pk)


def fingerprint(zone_budget: ZoneBudget, allocations=None) -> str:
    """What an officer sees of a zone's money, in sixteen letters."""
    rows = zone_budget.allocations.all() if allocations is None and zone_budget.pk else allocations or ()
    seen = sorted((row.parish_id, str(row.amount), row.by_hand, row.reason) for row in rows)
    seen = [f"{zone_budget.investment} {zone_budget.participatory}" if zone_budget.pk else "", *map(str, seen)]
    return hashlib.sha256("\n".join(seen).encode()).hexdigest()[:16]


def _lock(zone_budget: ZoneBudget, by) -> ZoneBudget:
    year = lock_year(zone_budget.year_id)
    locked = (
        ZoneBudget.objects.select_for_update(of=("self",), no_key=True).select_related("zone").get(pk=zone_budget.pk)
    )
    locked.year = year
    _refuse_stranger(by, locked.zone)
    return locked


def _by_hand_now(locked: ZoneBudget) -> dict[int, tuple[Decimal, str]]:
    rows = locked.allocations.filter(by_hand=True)
    return {parish: (amount, reason) for parish, amount, reason in rows.values_list("parish", "amount", "reason")}


def _allocate(locked: ZoneBudget, by_hand: ByHand, by) -> list[ParishAllocation]:
    parishes = parishes_of(locked)
    _refuse_by_hand(locked, parishes, by_hand)
    by_formula = [p for p in parishes if p.pk not in by_hand]
    known = _indicators(locked.year, parishes)
    weights = weights_of(locked.year)
    if missing := [p.name for p in by_formula if p.code not in known]:
        raise Refused(
            _("Faltan los indicadores de: %(parishes)s. Impórtelos primero.") % {"parishes": ", ".join(missing)},
            status=409,
        )
    whole = allocate(locked.participatory, known, weights) if len(known) == len(parishes) else {}
    rest = locked.participatory - sum(amount for amount, _reason in by_hand.values())
    shares = allocate(rest, {p.code: known[p.code] for p in by_formula}, weights) if by_formula else {}
    rows = {row.parish_id: row for row in ParishAllocation.objects.filter(year=locked.year, parish__in=parishes)}
    _refuse_elsewhere(locked, rows.values())
    wanted = []
    for parish in parishes:
        row = rows.get(parish.pk) or ParishAllocation(year=locked.year, parish=parish, zone_budget=locked)
        row.parish, row.was = parish, row.amount if row.pk else None
        row.computed = whole[parish.code].amount if whole else None
        row.by_hand = parish.pk in by_hand
        if row.by_hand:
            row.amount, row.reason = by_hand[parish.pk]
            row.arithmetic = whole[parish.code].arithmetic if whole else {}
        else:
            row.amount, row.reason, row.arithmetic = shares[parish.code].amount, "", shares[parish.code].arithmetic
        wanted.append(row)
    gone = list(locked.allocations.exclude(parish__in=parishes))
    _refuse_fixed(locked, [row.parish_id for row in wanted if row.was != row.amount] + [row.parish_id for row in gone])
    for row in gone:
        row._history_user = by
        row.delete()
    for row in wanted:
        row._history_user = by
        row.save()
    _see_the_sum(locked)
    return wanted


def _see_the_sum(locked: ZoneBudget) -> None:
    """Never stored otherwise: whatever goes wrong above undoes the whole transaction."""
    amounts = list(ParishAllocation.objects.filter(zone_budget=locked).values_list("amount", flat=True))
    if amounts and sum(amounts) != locked.participatory:
        raise RuntimeError(f"parishes of {locked.zone_id} sum to {sum(amounts)}, not {locked.participatory}")


def weights_of(year: BudgetYear) -> dict[str, int]:
    """The formula's weights of a year, of 100, by criterion."""
    return {
        "population": year.weight_population,
        "unmet_needs": year.weight_needs,
        "density": year.weight_density,
        "infrastructure": year.weight_infrastructure,
    }


def _indicators(year: BudgetYear, parishes) -> dict[str, dict]:
    names = ("population", "unmet_needs", "density", "infrastructure")
    rows = ParishIndicator.objects.filter(year=year, parish__in=parishes).values("parish__code", *names)
    return {row.pop("parish__code"): row for row in rows}


def in_usd(amount: Decimal) -> str:
    """`USD 200.000,01`, for sentences."""
    return f"USD {number_format(amount, decimal_pos=2, use_l10n=True, force_grouping=True)}"


# --- refusals -------------------------------------------------------------------------------------------------------


def _refuse_stranger(by, zone) -> None:
    if not rules.sets_money(by, zone):
        raise Refused(_("El dinero de una zona lo fija su administración o la oficina de participación."), status=403)


def _refuse_no_amount(amount: Decimal) -> None:
    if not amount.is_finite() or amount < 0 or amount >= MOST or amount != amount.quantize(CENT):
        raise Refused(_("Escriba un monto en dólares con dos decimales como máximo."), status=400)


def _refuse_overtaken(locked: ZoneBudget, seen: str | None) -> None:
    if seen is not None and seen != fingerprint(locked):
        raise Refused(_("Otra persona cambió estas cifras mientras usted escribía. Mire cómo quedaron."), status=409)


def _refuse_by_hand(locked: ZoneBudget, parishes, by_hand: ByHand) -> None:
    if not parishes:
        raise Refused(_("Esta zona no tiene parroquias en ese año."), status=409)
    if not set(by_hand) <= {p.pk for p in parishes}:
        raise Refused(_("Una de las parroquias no es de esta zona en ese año."), status=400)
    for amount, reason in by_hand.values():
        _refuse_no_amount(amount)
        if not any(c.isalnum() for c in reason):
            raise Refused(_("Un monto fijado a mano necesita su razón: la leerán todos."), status=400)
    rest = locked.participatory - sum(amount for amount, _reason in by_hand.values())
    words = {"rest": in_usd(abs(rest)), "total": in_usd(locked.participatory)}
    if rest < 0:
        raise Refused(_("Lo fijado a mano pasa en %(rest)s de lo que tiene la zona (%(total)s).") % words, status=400)
    if rest and len(by_hand) == len(parishes):
        raise Refused(
            _("Faltan %(rest)s por asignar: las parroquias deben sumar %(total)s al centavo.") % words, status=400
        )


def _refuse_elsewhere(locked: ZoneBudget, rows) -> None:
    """A parish that moved between zones: the zone that it left is shared anew first."""
    elsewhere = [row.parish_id for row in rows if row.zone_budget_id != locked.pk]
    if elsewhere:
        names = ", ".join(Parish.objects.filter(pk__in=elsewhere).values_list("name", flat=True))
        raise Refused(
            _("Estas parroquias tienen su asignación en otra zona: %(names)s. Vuelva a calcular primero esa zona.")
            % {"names": names},
            status=409,
        )


def _refuse_fixed(locked: ZoneBudget, parishes: list[int]) -> None:
    """What an assembly decides with is fixed before its first vote and does not change afterwards."""
    decisions = Decision.objects.filter(year=locked.year, parish__in=parishes)
    fixed = decisions.exclude(status=Decision.Status.PREPARING).order_by("parish__name")
    names = list(fixed.values_list("parish__name", flat=True))
    if names:
        raise Refused(
            ngettext(
                "La asamblea de %(names)s ya fijó el monto con que decide: no puede cambiar.",
                "Las asambleas de %(names)s ya fijaron el monto con que deciden: no puede cambiar.",
                len(names),
            )
            % {"names": ", ".join(names)},
            status=409,
        )
