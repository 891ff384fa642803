"""What of a year can be taken home as CSV or XLSX: each table its columns and rows, with the filters of the page.

Only what everybody may read: public requests, opinions that were issued all three, matrices whose rule is fixed,
results of what is decided.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from budgets.models import Candidate, Decision, Opinion, Request
from budgets.outcomes import sentence, votes_of

PARISH = ("codigo_parroquia", "parroquia", "zona")
REQUEST = (
    *("solicitud", *PARISH, "tipo", "titulo", "barrio", "beneficiarios", "asamblea", "ingresada", "estado", "razon"),
    *("apoyos", "direccion"),
)
LIST_COLUMNS = ("anio", *REQUEST)


@dataclass(frozen=True)
class Table:
    """`rows(year, parishes)`: `parishes` are rows of `YearFigures`, those that the filters left, in their order."""

    label: str
    columns: tuple[str, ...]
    rows: Callable[[object, list[dict]], Iterable]


def _place(parish: dict) -> tuple:
    return parish["code"], parish["name"], parish["zone_name"]


def _allocations(year, parishes) -> Iterator[tuple]:
    there = {row.parish_id: row for row in year.allocations.all()}
    for parish in parishes:
        row = there.get(parish["pk"])
        amounts = (row.amount, row.computed, row.by_hand, row.reason) if row else (None, None, None, "")
        yield *_place(parish), parish["people"], *amounts, parish["requests"], parish["won"], parish["decided"]


def _requests(year, parishes) -> Iterator[tuple]:
    places = {parish["pk"]: parish for parish in parishes}
    found = Request.objects.public().of_year(year).filter(parish__in=places).select_related("box", "assembly")
    for request in found.order_by("parish__code", "pk").iterator(chunk_size=500):
        yield (
            request.pk,
            *_place(places[request.parish_id]),
            *_asked(request),
        )


def _asked(request) -> tuple:
    return (
        str(request.get_kind_display()),
        request.title,
        request.neighbourhood,
        request.beneficiaries,
        request.assembly.name if request.assembly else "",
        request.filed_at,
        str(request.get_status_display()),
        request.status_reason,
        request.box.supports,
        f"{settings.SITE_URL}{request.get_absolute_url()}",
    )


def requests_of_list(found) -> Iterator[tuple]:
    """Rows of LIST_COLUMNS: public requests of any years, in the order in which they were found."""
    related = found.select_related("year", "parish__zone", "assembly", "box")
    for request in related.defer("body", "search_text", "parish__boundary").iterator(chunk_size=500):
        place = (request.parish.code, request.parish.name, request.parish.zone.short_name)
        yield request.year.year, request.pk, *place, *_asked(request)


def _opinions(year, parishes) -> Iterator[tuple]:
    places = {parish["pk"]: parish for parish in parishes}
    issued = Q(opinions__current=True, opinions__issued_at__isnull=False)
    complete = Request.objects.public().of_year(year).filter(parish__in=places)
    complete = complete.annotate(three=Count("opinions", filter=issued)).filter(three=3).order_by().values("pk")
    found = Opinion.objects.filter(request__in=complete, current=True, issued_at__isnull=False)
    found = found.select_related("request", "guideline").defer("request__body")
    for opinion in found.order_by("request__parish__code", "request", "kind").iterator(chunk_size=500):
        yield (
            opinion.request_id,
            *_place(places[opinion.request.parish_id]),
            opinion.request.title,
            str(opinion.get_kind_display()),
            opinion.version,
            str(opinion.get_verdict_display()),
            opinion.reason,
            opinion.cost,
            str(opinion.guideline or ""),
            opinion.condition,
            opinion.condition_by,
            opinion.condition_due,
            opinion.condition_met_on,
            opinion.issued_at,
        )


def _candidates(year, places):
    shown = Request.objects.public().order_by().values("pk")
    found = Candidate.objects.filter(decision__year=year, decision__parish__in=places, request__in=shown)
    return found.exclude(decision__status=Decision.Status.PREPARING).select_related("decision", "request", "item")


def _matrix(year, parishes) -> Iterator[tuple]:
    places = {parish["pk"]: parish for parish in parishes}
    found = _candidates(year, places).order_by("decision__parish__code", "number")
    for candidate in found.iterator(chunk_size=500):
        yield (
            *_place(places[candidate.decision.parish_id]),
            candidate.number,
            candidate.request_id,
            candidate.request.title,
            str(candidate.request.get_kind_display()),
            candidate.cost,
            candidate.tie_position,
            candidate.decision.budget,
            candidate.decision.rule,
            candidate.decision.minimum_votes,
            candidate.decision.seed,
        )


def _results(year, parishes) -> Iterator[tuple]:
    places = {parish["pk"]: parish for parish in parishes}
    found = _candidates(year, places).filter(decision__status=Decision.Status.DECIDED)
    for candidate in found.order_by("decision__parish__code", "place", "number").iterator(chunk_size=500):
        item = candidate.item
        yield (
            *_place(places[candidate.decision.parish_id]),
            candidate.number,
            candidate.request_id,
            candidate.request.title,
            candidate.cost,
            str(item.get_way_display()) if item else "",
            votes_of(candidate),
            item.present if item else None,
            str(candidate.get_outcome_display()),
            candidate.place,
            sentence(candidate),
            candidate.decision.decided_at,
        )


TABLES = {
    "asignaciones": Table(
        _("Asignaciones"),
        (*PARISH, "personas", "asignado_usd", "segun_formula_usd", "a_mano", "razon", "solicitudes", "priorizadas",
         "decidido_usd"),
        _allocations,
    ),
    "solicitudes": Table(
        _("Solicitudes"),
        REQUEST,
        _requests,
    ),
    "dictamenes": Table(
        _("Dictámenes"),
        ("solicitud", *PARISH, "titulo", "dictamen", "version", "resultado", "razon", "costo_usd", "lineamiento",
         "condicion", "condicion_quien", "condicion_hasta", "condicion_cumplida", "emitido"),
        _opinions,
    ),
    "matriz": Table(
        _("Matriz de la asamblea"),
        (*PARISH, "numero", "solicitud", "titulo", "tipo", "costo_usd", "orden_en_empate", "monto_parroquia_usd",
         "regla", "votos_minimos", "semilla"),
        _matrix,
    ),
    "resultados": Table(
        _("Resultados"),
        (*PARISH, "numero", "solicitud", "titulo", "costo_usd", "como_se_voto", "votos", "presentes", "resultado",
         "puesto", "explicacion", "decidida"),
        _results,
    ),
}  # fmt: skip
