"""Opening a year of the participatory budget, and moving it through its eight phases: only forward, each step dated.

Locks: the year's row (FOR NO KEY UPDATE: requests go on being filed), then its phases.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from budgets import money_rules as rules
from budgets.models import BudgetYear, Phase, PhaseDates, ZoneBudget
from budgets.models.money import LEAST_PERCENT
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.models import FollowList
from proposals.services.lifecycle import in_spanish

Dates = Mapping[str, tuple[date, date]]

# (years before, month, day) of the first and the last day. Quarters as the city had them (press of 2018 to 2021): until
# 31 March, studies and information in the second and third, assemblies in September, the budget in the fourth. The
# months within them are ours, and each year has its own dates.
USUAL = {
    Phase.REQUESTS: ((-1, 1, 1), (-1, 3, 31)),
    Phase.REVIEW: ((-1, 4, 1), (-1, 4, 30)),
    Phase.STUDIES: ((-1, 5, 1), (-1, 6, 30)),
    Phase.INFORMATION: ((-1, 7, 1), (-1, 8, 31)),
    Phase.ASSEMBLY: ((-1, 9, 1), (-1, 9, 30)),
    Phase.INCORPORATION: ((-1, 10, 1), (-1, 12, 31)),
    Phase.EXECUTION: ((0, 1, 1), (0, 12, 31)),
    # The committee meets every four months of the year in which the money is spent: the first four end in April.
    Phase.FOLLOW_UP: ((0, 5, 1), (1, 4, 30)),
}
WEIGHTS = ("weight_population", "weight_needs", "weight_density", "weight_infrastructure")


def usual_dates(year: int) -> dict[str, tuple[date, date]]:
    return {phase.value: tuple(date(year + y, m, d) for y, m, d in days) for phase, days in USUAL.items()}


def usual_minimum() -> Decimal:
    """The city's setting, never below the ordinance."""
    return max(Decimal(settings.BUDGET_MINIMUM_PERCENT), LEAST_PERCENT)


@transaction.atomic
def open_year(*, year: int, by, dates: Dates | None = None, minimum_percent: Decimal | None = None) -> BudgetYear:
    """A year with its eight phases, seen by officers until it is published. Raises Refused.

    Its row may exist already, without dates: requests that came too early are kept for it.
    """
    _refuse_stranger(by)
    dates = dates or usual_dates(year)
    _refuse_disorder(dates)
    opened = _row_of(year)
    opened.minimum_percent = usual_minimum() if minimum_percent is None else minimum_percent
    _refuse_percentage(opened.minimum_percent)
    _save(opened, by)
    for phase in rules.ORDER:
        starts, ends = dates[phase]
        _save(PhaseDates(year=opened, phase=phase, starts=starts, ends=ends), by)
    return opened


def _row_of(year: int) -> BudgetYear:
    try:
        with transaction.atomic():
            return BudgetYear.objects.create(year=year)
    except IntegrityError:
        row = BudgetYear.objects.select_for_update(no_key=True).get(year=year)
    if row.phases.exists():
        raise Refused(_("El año %(year)s ya está abierto.") % {"year": year}, status=409)
    return row


@transaction.atomic
def publish_year(*, year: BudgetYear, by, now: datetime | None = None) -> BudgetYear:
    """Everybody sees it, and it stands at once in the phase of today. Publishing twice is publishing once."""
    _refuse_stranger(by)
    locked = lock_year(year.pk)
    if not locked.published:
        locked.published = True
        _save(locked, by)
        _follow(locked, now or timezone.now())
    return locked


@transaction.atomic
def set_dates(*, year: BudgetYear, dates: Dates, by, reason: str) -> int:
    """Other dates, with a reason that everybody reads; the old ones stay in the history. How many phases changed.

    The first day of a phase that has begun is a fact and stays. Raises Refused.
    """
    _refuse_stranger(by)
    lock_year(year.pk)
    rows = {row.phase: row for row in PhaseDates.objects.filter(year=year)}
    changed = [row for phase, row in rows.items() if (row.starts, row.ends) != tuple(dates[phase])]
    if not changed:
        return 0
    if not any(c.isalnum() for c in reason):
        raise Refused(_("Escriba por qué cambian las fechas: lo leerán todos."), status=400)
    for row in changed:
        if row.entered_at and row.starts != dates[row.phase][0]:
            raise Refused(
                _("«%(phase)s» ya comenzó: su primer día no cambia.") % {"phase": row.get_phase_display()}, status=409
            )
    _refuse_disorder(dates)
    for row in changed:
        row.starts, row.ends = dates[row.phase]
        row.note = reason
        _save(row, by)
    return len(changed)


@transaction.atomic
def set_rules(*, year: BudgetYear, minimum_percent: Decimal, weights: Mapping[str, int], by) -> BudgetYear:
    """The least participatory part, also of zones that have their money already; and the formula's weights, which are
    frozen with the first allocation. `weights`: by the names of the columns. Raises Refused."""
    _refuse_stranger(by)
    locked = lock_year(year.pk)
    given = {name: weights[name] for name in WEIGHTS}
    if any(weight < 0 for weight in given.values()) or sum(given.values()) != 100:
        raise Refused(_("Los cuatro pesos deben sumar 100."), status=400)
    if given != {name: getattr(locked, name) for name in WEIGHTS} and locked.allocations.exists():
        raise Refused(_("Los pesos quedaron fijos con la primera asignación de este año."), status=409)
    _refuse_percentage(minimum_percent)
    zones = list(ZoneBudget.objects.select_for_update(of=("self",)).filter(year=locked).select_related("zone"))
    for zone in zones:
        if not reaches(zone.participatory, zone.investment, minimum_percent):
            raise Refused(
                _("Con ese mínimo, lo que %(zone)s ya destinó no alcanzaría. Corrija primero su presupuesto.")
                % {"zone": zone.zone},
                status=409,
            )
    for zone in zones:
        if zone.minimum_percent != minimum_percent:
            zone.minimum_percent = minimum_percent
            _save(zone, by)
    locked.minimum_percent = minimum_percent
    for name, weight in given.items():
        setattr(locked, name, weight)
    _save(locked, by)
    return locked


@transaction.atomic
def advance_phase(*, year: BudgetYear, to: str, by=None, reason="", now: datetime | None = None) -> bool:
    """Move a published year to its next phase: the tick on its day, an officer (`by`) earlier, with a reason.

    Safe twice and at once: whoever comes second finds it done (False). Never back, never over a phase. Raises Refused.
    """
    if by is not None:
        _refuse_stranger(by)
        if not any(c.isalnum() for c in reason):
            raise Refused(_("Escriba por qué la fase empieza ahora: lo leerán todos."), status=400)
    locked = lock_year(year.pk)
    if not locked.published:
        raise Refused(_("Publique primero el año: sus fases son públicas."), status=409)
    if locked.phase == to:
        return False
    if to != rules.next_phase(locked):
        raise Refused(_("Las fases van en orden y no retroceden. Recargue la página y mire en cuál está."), status=409)
    _enter(locked, to, now or timezone.now(), by, reason)
    _tell(locked)
    return True


def follow_phases(now: datetime) -> int:
    """Phases whose first day has come: how many began (called by the tick; safe twice and at once)."""
    waiting = BudgetYear.objects.public().exclude(phase=Phase.FOLLOW_UP).order_by("year").values_list("pk", flat=True)
    return sum(_follow_one(pk, now) for pk in waiting)


@transaction.atomic
def _follow_one(pk: int, now: datetime) -> int:
    return _follow(lock_year(pk), now)


def _follow(locked: BudgetYear, now: datetime) -> int:
    """Every phase up to that of today, in order; only the last one is told, as what is true now."""
    rows = {row.phase: row for row in locked.phases.all()}
    today, entered = timezone.localdate(now), 0
    while (phase := rules.next_phase(locked)) and phase in rows and rows[phase].starts <= today:
        _enter(locked, phase, now)
        entered += 1
    if entered:
        _tell(locked)
    return entered


def _enter(locked: BudgetYear, phase: str, now: datetime, by=None, reason="") -> None:
    row = PhaseDates.objects.filter(year=locked, phase=phase).first()
    if row is None:
        raise Refused(_("Esta fase no tiene fechas. Póngalas primero."), status=409)
    locked.phase = phase
    _save(locked, by)
    row.entered_at, row.entered_by, row.note = now, by, reason or row.note
    _save(row, by)


@in_spanish()
def _tell(locked: BudgetYear) -> None:
    """The followers of every parish, when requests are taken and when assemblies decide."""
    words = _WORDS.get(locked.phase)
    if words is None:
        return
    ends = PhaseDates.objects.get(year=locked, phase=locked.phase).ends
    subject, body = words()
    values = {"year": locked.year, "until": date_format(ends, "DATE_FORMAT")}
    notices.tell_followers(
        FollowList.objects.filter(parish__isnull=False),
        kind=f"budget-{locked.phase}",
        key=f"budget-phase:{locked.pk}:{locked.phase}",
        subject=subject % values,
        body=body % values,
        path=locked.get_absolute_url(),
    )


_WORDS = {
    Phase.REQUESTS: lambda: (
        _("Ya puede pedir obras para %(year)s"),
        _("Hasta el %(until)s se reciben solicitudes para el presupuesto participativo de %(year)s de su parroquia."),
    ),
    Phase.ASSEMBLY: lambda: (
        _("Su asamblea decide el presupuesto de %(year)s"),
        _("Hasta el %(until)s cada asamblea parroquial prioriza sus obras de %(year)s. Vea cuándo es la suya."),
    ),
}


def lock_year(pk: int) -> BudgetYear:
    """The year as it is now, locked until the transaction ends."""
    return BudgetYear.objects.select_for_update(no_key=True).get(pk=pk)


def reaches(participatory: Decimal, investment: Decimal, percent: Decimal) -> bool:
    """Whether the participatory part is at least this percentage of the investment: exact, as the database asks it."""
    return participatory * 100 >= investment * percent


def _save(row, by) -> None:
    if by is not None:
        row._history_user = by
    row.save()


def _refuse_stranger(by) -> None:
    if not rules.manages_years(by):
        raise Refused(_("Los años del presupuesto los lleva la oficina de participación."), status=403)


def _refuse_percentage(percent: Decimal) -> None:
    if not LEAST_PERCENT <= percent <= 100:
        raise Refused(
            _("El mínimo va de %(least)s a 100 por ciento: la ordenanza no permite menos.") % {"least": LEAST_PERCENT},
            status=400,
        )


def _refuse_disorder(dates: Dates) -> None:
    for phase in rules.ORDER:
        starts, ends = dates[phase]
        if ends < starts:
            raise Refused(_("«%(phase)s» terminaría antes de empezar.") % {"phase": Phase(phase).label}, status=400)
    for one, other in pairwise(rules.ORDER):
        if dates[other][0] <= dates[one][0]:
            words = {"phase": Phase(other).label, "before": Phase(one).label}
            raise Refused(_("«%(phase)s» debe empezar después de «%(before)s».") % words, status=400)
