"""What the pages of a year show, gathered in few queries: none for a row."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, Sum
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budgets import money_rules as rules
from budgets.models import BudgetYear, Candidate, ParishAllocation, Phase, PhaseDates, Request, ZoneBudget
from budgets.money_rules import ORDER
from decide.steps import Step, story
from decide.templatetags.decide import fecha
from decide.territory.hexagons import parish_rows
from decide.territory.models import ZoneMembership
from decide.text import plain

# --- the year -------------------------------------------------------------------------------------------------------

_DOING = {
    "": gettext_lazy("Todavía no empieza."),
    Phase.REQUESTS: gettext_lazy("Cualquier persona pide obras o proyectos sociales para su parroquia."),
    Phase.REVIEW: gettext_lazy("La Administración Zonal revisa cada solicitud: la acepta, la devuelve o la remite."),
    Phase.STUDIES: gettext_lazy("Cada solicitud recibe tres dictámenes: técnico, socioeconómico y jurídico."),
    Phase.INFORMATION: gettext_lazy("En reuniones se explica qué es factible y qué no, y por qué."),
    Phase.ASSEMBLY: gettext_lazy("Cada asamblea parroquial vota en público qué se hace con el dinero."),
    Phase.INCORPORATION: gettext_lazy("Lo decidido entra en el presupuesto y en el plan de cada zona."),
    Phase.EXECUTION: gettext_lazy("Se hacen las obras y los proyectos que las asambleas priorizaron."),
    Phase.FOLLOW_UP: gettext_lazy("Un comité de cinco vecinos por parroquia revisa los avances cada cuatro meses."),
}
# What anybody can do now, (address, label): shown once the address exists.
_ACTIONS = {
    Phase.REQUESTS: ("budgets:new", gettext_lazy("Presentar una solicitud")),
    Phase.REVIEW: ("budgets:list", gettext_lazy("Ver las solicitudes")),
    Phase.STUDIES: ("budgets:list", gettext_lazy("Ver las solicitudes y sus dictámenes")),
    Phase.INFORMATION: ("assemblies:list", gettext_lazy("Ver cuándo se reúne su asamblea")),
    Phase.ASSEMBLY: ("assemblies:list", gettext_lazy("Ver cuándo es su asamblea")),
}


def years(user=None):
    """The years that this person may see, the newest first, each with its phases."""
    shown = _with_phases().newest()
    return shown if user is not None and rules.opens_desk(user) else shown.public()


def _with_phases():
    return BudgetYear.objects.prefetch_related(Prefetch("phases", PhaseDates.objects.order_by("starts")))


def year_under_way() -> BudgetYear | None:
    """The year that people decide about now: the newest one from its first request until the money is spent."""
    return years().exclude(phase__in=["", Phase.EXECUTION, Phase.FOLLOW_UP]).first()


def year_or_404(user, number: int) -> BudgetYear:
    """A published year; officers of the money also see one that is being prepared."""
    year = _with_phases().filter(year=number).first()
    if year is None or not (year.published or rules.opens_desk(user)):
        raise Http404
    return year


@dataclass(frozen=True)
class Now:
    """Where a year stands: the phase in words, until when, what happens meanwhile, and what anybody can do."""

    label: str
    until: date | None
    doing: str
    address: str = ""
    action: str = ""


def now_of(year: BudgetYear, parish=None) -> Now:
    """Of a published year; what can be done leads to what is of this parish, where one is given."""
    dates = {row.phase: row for row in year.phases.all()}
    if not year.phase:
        first = dates.get(Phase.REQUESTS)
        label = _("Por empezar")
        doing = _("Las solicitudes se reciben desde el %(day)s.") % {"day": fecha(first.starts)} if first else ""
        return Now(label, None, doing or str(_DOING[""]))
    until = dates[year.phase].ends if year.phase in dates else None
    address, action = "", ""
    if year.phase in _ACTIONS:
        name, action = _ACTIONS[year.phase]
        address = address_of(name)
        if address and parish is not None:
            address += f"?parroquia={parish.slug}"
    return Now(str(Phase(year.phase).label), until, str(_DOING[year.phase]), address, str(action) if address else "")


def address_of(name: str, *args) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def steps_of(year: BudgetYear) -> list[Step]:
    """The eight phases: when each began in fact, or when it is to begin."""
    steps, today = [], timezone.localdate()
    for row in sorted(year.phases.all(), key=lambda row: ORDER.index(row.phase)):
        label = row.get_phase_display()
        who = _("Del %(starts)s al %(ends)s.") % {"starts": fecha(row.starts), "ends": fecha(row.ends)}
        if row.entered_at and row.entered_by_id:
            starts = fecha(timezone.localdate(row.entered_at))
            who = _("Empezó antes, el %(starts)s. Hasta el %(ends)s.") % {"starts": starts, "ends": fecha(row.ends)}
            steps.append(Step(label, row.entered_at, note=row.note, who=who))
        elif row.entered_at:
            steps.append(Step(label, row.starts, who=who))
        else:
            late = row.starts < today and year.published
            steps.append(Step(label, row.starts, state="late" if late else "next", who=who))
    return steps


def story_of(year: BudgetYear, *more: Step) -> dict:
    return story([*steps_of(year), *more])


# --- the parishes of a year -------------------------------------------------------------------------------------------


@dataclass
class Bar:
    """A row of a chart that is also a table. `share` of the longest (0 to 100, as SVG reads it)."""

    label: str
    amount: Decimal
    share: str = "0"
    address: str = ""
    cells: dict = field(default_factory=dict)


def bars(rows: list[Bar]) -> list[Bar]:
    longest = max((row.amount for row in rows), default=Decimal(0))
    for row in rows:
        row.share = f"{row.amount / longest * 100:.2f}" if longest else "0"
    return rows


class YearFigures:
    """Everything of a year's money by parish, zone and type: five queries."""

    def __init__(self, year: BudgetYear):
        self.year = year
        self.zones = {row.zone_id: row for row in ZoneBudget.objects.filter(year=year).select_related("zone", "year")}
        self.rows = self._parishes()
        self._add_amounts()
        self._add_requests()

    def _parishes(self) -> list[dict]:
        """Every parish in its zone of that year."""
        rows = parish_rows()
        names = {r["zone_id"]: (r["zone__short_name"], r["zone__slug"], r["zone__abbreviation"]) for r in rows}
        names |= {pk: (z.zone.short_name, z.zone.slug, z.zone.abbreviation) for pk, z in self.zones.items()}
        since = ZoneMembership.objects.filter(since__lte=date(self.year.year, 1, 1)).order_by("since")
        zone_of = {parish: zone for parish, zone in since.values_list("parish", "zone") if zone in names}
        for row in rows:
            row["zone_id"] = zone_of.get(row["pk"], row["zone_id"])
            row["zone_name"], row["zone_slug"], row["zone_abbreviation"] = names[row["zone_id"]]
            row["zone__short_name"], row["zone__abbreviation"] = row["zone_name"], row["zone_abbreviation"]
            row["people"] = row["population_2022"] or row["population_2010"]
            row["address"] = reverse("budgets:parish", args=[self.year.year, row["slug"]])
        return rows

    def _add_amounts(self) -> None:
        amounts = dict(ParishAllocation.objects.filter(year=self.year).values_list("parish", "amount"))
        for row in self.rows:
            row["amount"] = amounts.get(row["pk"])
            row["each"] = row["amount"] / row["people"] if row["amount"] and row["people"] else None

    def _add_requests(self) -> None:
        funded = Q(candidate__outcome=Candidate.Outcome.FUNDED)
        counted = (
            Request.objects.public()
            .of_year(self.year)
            .order_by()
            .values("parish", "kind")
            .annotate(n=Count("pk"), won=Count("pk", filter=funded), usd=Sum("candidate__cost", filter=funded))
        )
        by_parish, self.by_kind = defaultdict(lambda: [0, 0, Decimal(0)]), defaultdict(lambda: [0, 0, Decimal(0)])
        for group in counted:
            for sums in (by_parish[group["parish"]], self.by_kind[group["kind"]]):
                sums[0] += group["n"]
                sums[1] += group["won"]
                sums[2] += group["usd"] or 0
        for row in self.rows:
            row["requests"], row["won"], row["decided"] = by_parish[row["pk"]]

    @property
    def total(self) -> Decimal:
        return sum((zone.participatory for zone in self.zones.values()), Decimal(0))

    @property
    def allocated(self) -> Decimal:
        return sum((row["amount"] or Decimal(0) for row in self.rows), Decimal(0))

    @property
    def requests(self) -> int:
        return sum(row["requests"] for row in self.rows)

    @property
    def won(self) -> int:
        return sum(row["won"] for row in self.rows)

    @property
    def decided(self) -> Decimal:
        return sum((row["decided"] for row in self.rows), Decimal(0))

    def hexagons(self) -> dict:
        """What the map shows: thousands of USD, so that a number fits in a hexagon; and where each leads."""
        values = {row["pk"]: round(row["amount"] / 1000) for row in self.rows if row["amount"]}
        return {"values": values, "addresses": {row["pk"]: row["address"] for row in self.rows}}

    def kinds(self) -> list[Bar]:
        """What the assemblies decided, by type; what was asked where they have not decided yet counts no money."""
        rows = []
        for kind, label in Request.Kind.choices:
            asked, won, usd = self.by_kind[kind]
            rows.append(Bar(str(label), usd, cells={"asked": asked, "won": won}))
        return bars(rows)

    def zone_bars(self) -> list[Bar]:
        decided, won = defaultdict(Decimal), defaultdict(int)
        for row in self.rows:
            decided[row["zone_id"]] += row["decided"]
            won[row["zone_id"]] += row["won"]
        rows = []
        for pk, zone in sorted(self.zones.items(), key=lambda item: plain(item[1].zone.short_name)):
            address = reverse("budgets:zone", args=[self.year.year, zone.zone.slug])
            cells = {"percent": percent_of(zone), "decided": decided[pk], "won": won[pk]}
            rows.append(Bar(zone.zone.short_name, zone.participatory, address=address, cells=cells))
        return bars(rows)


def percent_of(zone: ZoneBudget) -> Decimal | None:
    """The participatory part of the investment, in percent with two places, rounded down: 59,999 is no 60."""
    if not zone.investment:
        return None
    return (zone.participatory * 100 / zone.investment).quantize(Decimal("0.01"), rounding="ROUND_DOWN")


# --- what officers look after ---------------------------------------------------------------------------------------


def zones_for(user, year: BudgetYear) -> list[dict]:
    """Each zone of a year that this person may give money to, with what it has."""
    figures = YearFigures(year)
    parishes, sums = defaultdict(int), defaultdict(Decimal)
    for row in figures.rows:
        parishes[row["zone_id"]] += 1
        sums[row["zone_id"]] += row["amount"] or 0
    zones = {row["zone_id"]: (row["zone_name"], row["zone_slug"]) for row in figures.rows}
    found = []
    for pk, (name, slug) in sorted(zones.items(), key=lambda item: plain(item[1][0])):
        budget = figures.zones.get(pk)
        if rules.sets_money(user, _Place(pk)):
            found.append(
                {"name": name, "slug": slug, "budget": budget, "parishes": parishes[pk], "allocated": sums[pk]}
            )
    return found


@dataclass(frozen=True)
class _Place:
    """A zone as the rules ask for it, without reading its row."""

    pk: int
