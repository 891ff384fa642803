"""The pages of the money: all years, one year, a zone, a parish's year, what changed; and the tables to take home."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from budgets import money_rules as rules
from budgets.arithmetic import arithmetic_of
from budgets.exports import TABLES
from budgets.facts import of_scope
from budgets.models import ZoneBudget
from budgets.money_changes import changes_of_year
from budgets.money_forms import FilterForm
from budgets.parish_year import ParishYear
from budgets.services.money import least_of, weights_of
from budgets.services.money import parishes_of as parishes_in
from budgets.year_reading import YearFigures, now_of, percent_of, story_of, year_or_404, years
from decide.errors import Refused
from decide.notices import following
from decide.tables import table_response
from decide.territory.models import Parish, Zone

FACTS = [("distrito", _("Todo el Distrito")), ("zona", _("Por zona")), ("parroquia", _("Por parroquia"))]


@require_safe
def index(request):
    """The years, what phase each is in, what anybody can do now; and the real figures of the city, with sources."""
    context = {
        "years": [(year, now_of(year)) for year in years(request.user)],
        "facts": [(label, of_scope(scope)) for scope, label in FACTS],
        "sets_money": request.user.is_authenticated and rules.opens_desk(request.user),
    }
    return render(request, "budgets/index.html", context)


@require_safe
def year(request, number):
    """The district's year: the money on the map, by type and by zone, and a table of its parishes."""
    shown = year_or_404(request.user, number)
    figures = YearFigures(shown)
    form = FilterForm(request.GET, rows=figures.rows)
    rows = form.found()
    context = {
        "year": shown,
        "now": now_of(shown),
        "story": story_of(shown),
        "figures": figures,
        "map": figures.hexagons(),
        "kinds": figures.kinds(),
        "zones": figures.zone_bars(),
        "form": form,
        "rows": rows,
        "filtered": bool(set(request.GET) & {"q", "zona", "parroquia"}),
        "downloads": downloads(request, shown),
    }
    return render(request, "budgets/year.html", context, status=400 if form.errors else 200)


@require_safe
def zone(request, number, slug):
    """A zone's money with all its arithmetic, and what the formula gives to each of its parishes."""
    shown = year_or_404(request.user, number)
    place = get_object_or_404(Zone, slug=slug)
    budget = ZoneBudget.objects.filter(year=shown, zone=place).select_related("zone", "year").first()
    allocations = list(budget.allocations.select_related("parish").order_by("parish__name")) if budget else []
    if budget is None and not parishes_in(ZoneBudget(year=shown, zone=place)):
        raise Http404
    rows = [(row, arithmetic_of(row)) for row in allocations]
    context = {
        "year": shown,
        "zone": place,
        "budget": budget,
        "percent": percent_of(budget) if budget else None,
        "least": least_of(budget.investment, budget.minimum_percent) if budget else None,
        "by_hand": any(row.by_hand for row in allocations),
        "rows": rows,
        "criteria": next((how.lines for row, how in rows if how and not row.by_hand), []),
        "weights": weights_of(shown),
        "total": sum(row.amount for row in allocations),
        "invented": shown.indicators.filter(invented=True, parish__in=[r.parish_id for r in allocations]).exists(),
        "sets_money": rules.sets_money(request.user, place),
        "downloads": downloads(request, shown, zona=place.slug),
    }
    return render(request, "budgets/zone.html", context)


@require_safe
def parish(request, number, slug):
    """How much, what was asked, why or why not, what was decided with how many votes, and what comes next."""
    shown = year_or_404(request.user, number)
    parishes = following.with_follows(Parish.objects.defer("boundary").with_zone(), request)
    place = get_object_or_404(parishes, slug=slug)
    context = {
        "year": shown,
        "parish": place,
        "now": now_of(shown, place),
        "here": ParishYear(shown, place),
        "following": place.following,
        "downloads": downloads(request, shown, parroquia=place.slug),
    }
    return render(request, "budgets/parish.html", context)


@require_safe
def changes(request, number):
    """What officers changed of the dates, the rules and the money, with the reasons: the newest first."""
    shown = year_or_404(request.user, number)
    page, versions = changes_of_year(shown, request.GET.get("pagina"))
    return render(request, "budgets/changes.html", {"year": shown, "page": page, "versions": versions})


@require_safe
def download(request, number, table, form):
    """`table` of `exports.TABLES` as a file; the filters are those of the page of the year."""
    if table not in TABLES:
        raise Http404
    shown = year_or_404(request.user, number)
    filters = FilterForm(request.GET, rows=YearFigures(shown).rows)
    if not filters.is_valid():
        raise Refused(filters.errors.as_data()[next(iter(filters.errors))][0].messages[0], status=400)
    kind = TABLES[table]
    name = "-".join(filter(None, ["presupuesto", str(shown), table, *_named(filters)]))
    return table_response(name, form, kind.columns, kind.rows(shown, filters.found()))


def _named(filters) -> list[str]:
    return [filters.cleaned_data[name] for name in ("zona", "parroquia")]


def downloads(request, shown, **filters) -> dict:
    """For `_downloads.html`: the tables and the filters that go with them."""
    query = request.GET.copy()
    for name in [name for name in query if name not in ("q", "zona", "parroquia", "orden")]:
        del query[name]
    query.update(filters)
    return {
        "tables": [(slug, table.label) for slug, table in TABLES.items()],
        "query": f"?{query.urlencode()}" if query else "",
        "year": shown.year,
    }
