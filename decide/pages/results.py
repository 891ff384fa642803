"""`/resultados/`: what was asked, answered, decided and delivered, by year, office and parish.

Nothing here is stored and nobody edits it: each figure is counted when the page is opened, with the condition of the
list that its link opens, so that the list has exactly that many rows. What is hidden counts nowhere.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from decide.accounts.models import Residence
from decide.answers.forms import UNASSIGNED
from decide.answers.models import Answer, kinds
from decide.comments.models import Comment
from decide.errors import Refused
from decide.fields import YearField, in_year
from decide.pages import reading
from decide.territory.hexagons import parish_rows
from decide.territory.models import Agency
from proposals.forms import FilterForm
from proposals.models import Proposal
from votes.forms import FilterForm as Polls
from votes.models import Poll, Support

# Fewer participants than these are not told: in a small parish they could be recognised.
FEWEST = 5
ALL = ""
LATE = ("atrasadas", "con-atraso")


# --- what is counted: a new section joins with a row in SOURCES, and one in PARTICIPATION ------------------------


@dataclass(frozen=True)
class Source:
    """Rows that are counted, and the list that shows them.

    `kinds()` is {word of the list's `estado`: condition}; a cohort is the year of `moment`. `place` is the column by
    which they are told apart, "agency" or "parish". `words` says each kind in the order of the page; `ALL` is all rows.
    """

    name: str
    title: str
    note: str
    rows: Callable[[], QuerySet]
    kinds: Callable[[], dict[str, Q]]
    moment: str
    place: str
    list: str
    words: dict[str, str]

    def count(self) -> dict[tuple, dict[str, int]]:
        """{(year, place pk or None): {kind: count}}: one query."""
        conditions = self.kinds()
        numbered = {word: f"n{i}" for i, word in enumerate(self.words)}
        counted = {n: Count("pk", filter=conditions[word] if word else None) for word, n in numbered.items()}
        groups = self.rows().order_by().annotate(year=ExtractYear(self.moment)).values("year", where=F(self.place))
        return {
            (row["year"], row["where"]): {word: row[n] for word, n in numbered.items()}
            for row in groups.annotate(**counted)
        }

    def address(self, kind: str, **filters) -> str:
        """The list with exactly the rows of this figure."""
        query = {name: value for name, value in {"estado": kind, **filters}.items() if value}
        return f"{reverse(self.list)}?{urlencode(query)}" if query else reverse(self.list)


ASKED = Source(
    name="answers",
    title=_("Lo que el Municipio debía responder"),
    note=_("Una propuesta que reúne sus apoyos obliga a responder con plazo. Se cuenta en el año en que se preguntó."),
    rows=lambda: Answer.objects.all(),
    kinds=kinds,
    moment="asked_at",
    place="agency",
    list="answers:list",
    words={
        ALL: _("Preguntadas"),
        "a-tiempo": _("Respondidas a tiempo"),
        "con-atraso": _("Respondidas con atraso"),
        "pendientes": _("Pendientes a tiempo"),
        "atrasadas": _("Atrasadas"),
        "aceptadas": _("Aceptadas"),
        "en-parte": _("Aceptadas en parte"),
        "no-aceptadas": _("No aceptadas"),
        "de-otros": _("De otra institución"),
        "cumplidas": _("Cumplidas"),
    },
)
PROPOSED = Source(
    name="proposals",
    title=_("Lo que propuso la gente"),
    note=_("Cada propuesta está en un solo estado, el de hoy. Se cuenta en el año en que se publicó."),
    rows=lambda: Proposal.objects.public(),
    kinds=lambda: {word: Q(status=status) for word, status in FilterForm.STATES.items()},
    moment="published_at",
    place="parish",
    list="proposals:list",
    words={ALL: _("Publicadas"), **{word: status.label for word, status in FilterForm.STATES.items()}},
)
VOTED = Source(
    name="polls",
    title=_("Lo que se vota"),
    note=_("Votaciones con voto secreto que cualquiera puede contar de nuevo. Se cuentan en el año en que se abren."),
    rows=lambda: Poll.objects.public(),
    kinds=lambda: {word: Q(status=status) for word, (status, _label) in Polls.STATES.items()},
    moment="opens_at",
    place="answers_for",
    list="votes:list",
    words={ALL: _("Anunciadas"), **{word: label for word, (_status, label) in Polls.STATES.items()}},
)
SOURCES = (ASKED, PROPOSED, VOTED)

# Who took part: the residences behind public acts, and when. {name: (rows, path to the residence, moment)}.
PARTICIPATION = {
    "supports": lambda: (
        Support.objects.filter(box__in=Proposal.objects.public().values("box")),
        "residence",
        "created",
    ),
    "proposals": lambda: (Proposal.objects.public(), "author__residence", "published_at"),
    "desk proposals": lambda: (Proposal.objects.public(), "desk_residence", "published_at"),
    "comments": lambda: (Comment.objects.public().shown(), "author__residence", "created"),
}


def participants(year: int | None = None) -> dict[int, int]:
    """{parish pk: how many of its verified residents supported, proposed or commented}: one query."""
    took_part = Q()
    for rows, residence, moment in (find() for find in PARTICIPATION.values()):
        if year:
            rows = rows.filter(**{f"{moment}__range": in_year(year)})
        took_part |= Q(pk__in=rows.filter(**{f"{residence}__isnull": False}).order_by().values(residence))
    counted = Residence.objects.filter(took_part).order_by().values_list("parish").annotate(Count("pk"))
    return dict(counted)


def withhold(counts: dict[int, int], everywhere) -> dict[int, int]:
    """Those that may be told. A single one kept back would be known from the sum: then the next goes with it."""
    told = {pk: n for pk, n in counts.items() if n >= FEWEST}
    if told and len(set(everywhere) - set(told)) == 1:
        del told[min(told, key=told.get)]
    return told


# --- how it is shown ---------------------------------------------------------------------------------------------


@dataclass
class Figure:
    """A number and the list of the rows that it counts. `late`: it is no good news."""

    label: str
    value: int
    address: str
    late: bool = False


@dataclass
class Row:
    label: str
    figures: list[Figure]
    address: str = ""
    css: str = ""


@dataclass
class Block:
    """One source: its figures in the chosen cohort, and the same by year."""

    source: Source
    figures: list[Figure]
    years: list[Row] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        return list(self.source.words.values())


def _figures(source: Source, counts, **filters) -> list[Figure]:
    figures = []
    for kind, label in source.words.items():
        value = counts.get(kind, 0)
        figures.append(Figure(label, value, source.address(kind, **filters), late=kind in LATE and value > 0))
    return figures


def _sum(counted: dict, wanted) -> Counter:
    total = Counter()
    for group, counts in counted.items():
        if wanted(*group):
            total.update(counts)
    return total


def block_of(source: Source, counted: dict, year: int | None) -> Block:
    chosen = _figures(source, _sum(counted, lambda y, _place: not year or y == year), anio=year)
    years = [
        Row(str(y), _figures(source, _sum(counted, lambda other, _place, y=y: other == y), anio=y))
        for y in sorted({y for y, _place in counted}, reverse=True)
    ]
    return Block(source, chosen, years)


def offices(counted: dict, year: int | None) -> list[Row]:
    """Every agency of the city and who else was asked, by name; what no agency has yet; all together. One query."""
    by_agency = defaultdict(Counter)
    for (y, agency), counts in counted.items():
        if not year or y == year:
            by_agency[agency].update(counts)
    agencies = Agency.objects.filter(Q(municipal=True, active=True) | Q(pk__in=[pk for pk in by_agency if pk]))
    rows = [
        Row(f"{name} ({acronym})" if acronym else name, _figures(ASKED, by_agency[pk], anio=year, dependencia=slug))
        for pk, slug, name, acronym in agencies.order_by("name").values_list("pk", "slug", "name", "acronym")
    ]
    if by_agency[None]:
        rows.append(Row(_("Sin asignar"), _figures(ASKED, by_agency[None], anio=year, dependencia=UNASSIGNED)))
    total = _figures(ASKED, _sum(counted, lambda y, _place: not year or y == year), anio=year)
    return [*rows, Row(_("Todas"), total, css="total")]


def parishes(counted: dict, year: int | None, rows: list[dict], told: dict[int, int]) -> tuple[list, dict[int, float]]:
    """(the parishes zone by zone with their figures, {parish pk: participants per 1,000 residents} of those told)."""
    proposed = Counter()
    for (y, parish), counts in counted.items():
        if not year or y == year:
            proposed[parish] += counts[ALL]
    rates = {}
    for row in rows:
        people = row["population_2022"] or row["population_2010"]
        row["people"], row["participants"] = people, told.get(row["pk"])
        if row["participants"] and people:
            rate = row["participants"] * 1000 / people
            rates[row["pk"]] = round(rate, 2 if rate < 1 else 1 if rate < 10 else None)
        row["rate"] = rates.get(row["pk"])
        address = PROPOSED.address(ALL, parroquia=row["slug"], anio=year)
        row["proposed"] = Figure(row["name"], proposed[row["pk"]], address)
    return reading.parishes_by_zone({}, rows=rows), rates


@require_safe
def page(request):
    """Everything at once, of all years or of `?anio=`; at most eight queries of its own."""
    year = _year(request)
    counted = {source.name: source.count() for source in SOURCES}
    rows, took_part = parish_rows(), participants(year)
    told = withhold(took_part, [row["pk"] for row in rows])
    zones, rates = parishes(counted[PROPOSED.name], year, rows, told)
    everybody = sum(took_part.values())
    years = sorted({y for counts in counted.values() for y, _place in counts}, reverse=True)
    context = {
        "year": year,
        "years": years if not year or year in years else sorted([*years, year], reverse=True),
        "blocks": [block_of(source, counted[source.name], year) for source in SOURCES],
        "offices": offices(counted[ASKED.name], year),
        "office_columns": list(ASKED.words.values()),
        "rows": rows,
        "zones": zones,
        "rates": rates,
        "participants": everybody if everybody >= FEWEST else None,
        "fewest": FEWEST,
        "census": sorted({2022 if row["population_2022"] else 2010 for row in rows}),
        "now": timezone.now(),
    }
    return render(request, "pages/results.html", context)


def _year(request) -> int | None:
    asked = request.GET.get("anio", "")
    if not asked:
        return None
    try:
        return YearField().clean(asked)
    except Exception as error:
        raise Refused(_("Escriba un año con cuatro cifras, por ejemplo 2026."), status=400) from error
