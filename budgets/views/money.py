"""The officers' desk of the money: a year's dates, rules and phases, a zone's money and its parishes'."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import money_rules as rules
from budgets.decision_reading import decisions_in
from budgets.indicators import read
from budgets.models import BudgetYear, Phase, ZoneBudget
from budgets.money_forms import (
    AdvanceForm,
    AllocationsForm,
    DatesForm,
    IndicatorsForm,
    OpenYearForm,
    RulesForm,
    ZoneBudgetForm,
)
from budgets.services import money, year
from budgets.year_reading import now_of, story_of, year_or_404, years, zones_for
from decide import limits
from decide.accounts.access import office_required
from decide.accounts.models import Appointment
from decide.errors import Refused
from decide.territory.geojson import FileRefused
from decide.territory.models import Parish, Zone

with_money = office_required(*rules.MONEY_OFFICES)
with_years = office_required(Appointment.Office.PARTICIPATION)


def _attempt(form, act) -> int:
    """Do it with a valid form: 303 when done; otherwise the reason is on the form, and its status."""
    if not form.is_valid():
        return 400
    try:
        act()
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return refusal.status
    return 303


def _see_other(*args):
    response = redirect(*args)
    response.status_code = 303
    return response


@with_money
@require_http_methods(["GET", "POST"])
def desk(request):
    """All years, also those in preparation; the participation office opens another one here."""
    form, status = OpenYearForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form = OpenYearForm(request.POST)
        status = _attempt(form, lambda: year.open_year(year=form.cleaned_data["year"], by=request.user))
        if status == 303:
            messages.success(request, _("El año quedó abierto con sus fechas usuales. Revíselas y publíquelo."))
            return _see_other("budgets:desk_year", form.cleaned_data["year"])
    context = {
        "years": [(each, now_of(each)) for each in years(request.user)],
        "form": form,
        "manages": rules.manages_years(request.user),
    }
    return render(request, "budgets/desk.html", context, status=status)


@with_money
@require_safe
def desk_year(request, number):
    """One year: what is missing, the next phase, and the zones that this officer looks after."""
    return render(request, "budgets/desk_year.html", _year_context(request, year_or_404(request.user, number)))


def _year_context(request, shown, form=None) -> dict:
    following = rules.next_phase(shown)
    return {
        "year": shown,
        "now": now_of(shown),
        "story": story_of(shown),
        "zones": zones_for(request.user, shown),
        "indicators": shown.indicators.count(),
        "manages": rules.manages_years(request.user),
        "next": Phase(following) if following and shown.published else None,
        "form": form or AdvanceForm(initial={"to": following}),
    }


@with_years
@require_POST
def publish(request, number):
    limits.check(request, "office")
    year.publish_year(year=year_or_404(request.user, number), by=request.user)
    messages.success(request, _("El año está publicado. Sus fases avanzan solas, en sus fechas."))
    return _see_other("budgets:desk_year", number)


@with_years
@require_POST
def advance(request, number):
    """The next phase begins now, before its day, with a reason."""
    limits.check(request, "office")
    shown = year_or_404(request.user, number)
    form = AdvanceForm(request.POST)

    def act():
        to, reason = form.cleaned_data["to"], form.cleaned_data["reason"]
        if year.advance_phase(year=shown, to=to, by=request.user, reason=reason):
            messages.success(request, _("La fase comenzó. Quedó con su fecha y su razón."))

    status = _attempt(form, act)
    if status == 303:
        return _see_other("budgets:desk_year", number)
    context = _year_context(request, year_or_404(request.user, number), form)
    return render(request, "budgets/desk_year.html", context, status=status)


@with_years
@require_http_methods(["GET", "POST"])
def dates(request, number):
    shown = year_or_404(request.user, number)
    rows = list(shown.phases.all())
    form, status = DatesForm(year=number, rows=rows), 200
    if request.method == "POST":
        limits.check(request, "office")
        form = DatesForm(request.POST, year=number, rows=rows)
        status = _attempt(form, lambda: _set_dates(shown, form, rows, request.user))
        if status == 303:
            messages.success(request, _("Las fechas quedaron guardadas. Las anteriores se pueden leer en los cambios."))
            return _see_other("budgets:desk_year", number)
    return render(request, "budgets/desk_dates.html", {"year": shown, "form": form}, status=status)


def _set_dates(shown, form, rows, by) -> None:
    """A row that requests made before the year was opened has no dates yet: then it is opened with these."""
    if rows:
        year.set_dates(year=shown, dates=form.dates, by=by, reason=form.cleaned_data["reason"])
    else:
        year.open_year(year=shown.year, dates=form.dates, by=by)


@with_years
@require_http_methods(["GET", "POST"])
def rules_of_year(request, number):
    shown = year_or_404(request.user, number)
    frozen = shown.allocations.exists()
    form, status = RulesForm(year=shown, frozen=frozen), 200
    if request.method == "POST":
        limits.check(request, "office")
        form = RulesForm(request.POST, year=shown, frozen=frozen)
        status = _attempt(
            form,
            lambda: year.set_rules(
                year=shown,
                minimum_percent=form.cleaned_data["minimum_percent"],
                weights=form.weights,
                by=request.user,
            ),
        )
        if status == 303:
            messages.success(request, _("Las reglas quedaron guardadas."))
            return _see_other("budgets:desk_year", number)
    context = {"year": shown, "form": form, "frozen": frozen}
    return render(request, "budgets/desk_rules.html", context, status=status)


@with_years
@require_http_methods(["GET", "POST"])
def indicators(request, number):
    """A CSV is looked at first, with what is wrong line by line, and stored at the second step."""
    shown = year_or_404(request.user, number)
    form, status, rows, problems = IndicatorsForm(), 200, [], []
    if request.method == "POST":
        limits.check(request, "office")
        form = IndicatorsForm(request.POST, request.FILES)
        status = 200 if form.is_valid() else 400
        if form.is_valid():
            parishes = {p.code: p for p in Parish.objects.defer("boundary")}
            rows, problems = read(form.data_bytes, parishes)
            if not problems and "store" in request.POST:
                try:
                    counted = money.import_indicators(year=shown, data=form.data_bytes, by=request.user)
                except FileRefused as refusal:
                    problems, status = refusal.problems, 409
                else:
                    words = _("Quedó guardado: %(added)s añadidas, %(changed)s cambiadas, %(same)s como estaban.")
                    messages.success(request, words % counted)
                    return _see_other("budgets:desk_year", number)
            elif problems:
                status = 400
            content = "" if problems else form.data_bytes.decode("utf-8-sig", "replace").replace("\x00", "")
            form = IndicatorsForm(initial={"content": content})
    missing = _missing(shown, rows) if rows and not problems else []
    context = {"year": shown, "form": form, "rows": rows, "problems": problems, "missing": missing}
    return render(request, "budgets/desk_indicators.html", context, status=status)


def _missing(shown, rows) -> list[Parish]:
    """Parishes that would still have no indicators."""
    known = {row.parish.pk for row in rows} | set(shown.indicators.values_list("parish", flat=True))
    return list(Parish.objects.defer("boundary").exclude(pk__in=known))


@with_money
@require_http_methods(["GET", "POST"])
def zone(request, number, slug):
    """A zone's money: what it invests, how much of it is participatory, and the share of each parish."""
    shown, place = _zone(request, number, slug)
    budget, form, status = _budget(shown, place), None, 200
    if request.method == "POST":
        limits.check(request, "office")
        form = ZoneBudgetForm(request.POST, zone_budget=budget)
        status = _attempt(
            form, lambda: money.set_zone_budget(year=shown, zone=place, by=request.user, **_amounts(form))
        )
        if status == 303:
            messages.success(request, _("El presupuesto de la zona quedó guardado."))
            return _see_other("budgets:desk_zone", number, slug)
    return _zone_page(request, shown, place, budget, form=form, status=status)


def _amounts(form) -> dict:
    names = ("investment", "participatory", "source")
    return {name: form.cleaned_data[name] for name in names} | {"seen": form.cleaned_data["seen"] or None}


@with_money
@require_POST
def allocate(request, number, slug):
    """Share a zone's money among its parishes: by the formula, and by hand where there is an amount."""
    limits.check(request, "office")
    shown, place = _zone(request, number, slug)
    budget = get_object_or_404(ZoneBudget.objects.select_related("zone", "year"), year=shown, zone=place)
    form = _allocations_form(budget, request.POST)
    status = _attempt(
        form,
        lambda: money.set_allocations(
            zone_budget=budget, by=request.user, by_hand=form.by_hand, seen=form.cleaned_data["seen"] or None
        ),
    )
    if status == 303:
        messages.success(request, _("Las parroquias quedaron con su asignación, al centavo."))
        return _see_other("budgets:desk_zone", number, slug)
    return _zone_page(request, shown, place, budget, allocations_form=form, status=status)


def _zone(request, number, slug) -> tuple[BudgetYear, Zone]:
    shown, place = year_or_404(request.user, number), get_object_or_404(Zone, slug=slug)
    if not rules.sets_money(request.user, place):
        raise Refused(_("El dinero de una zona lo fija su administración o la oficina de participación."), status=403)
    return shown, place


def _budget(shown, place) -> ZoneBudget:
    budget = ZoneBudget.objects.filter(year=shown, zone=place).select_related("zone", "year").first()
    return budget or ZoneBudget(year=shown, zone=place)


def _allocations_form(budget, data=None) -> AllocationsForm:
    allocations = {row.parish_id: row for row in budget.allocations.all()}
    form = AllocationsForm(data, zone_budget=budget, parishes=money.parishes_of(budget), allocations=allocations)
    form.allocations = allocations
    return form


def _zone_page(request, shown, place, budget, *, form=None, allocations_form=None, status=200):
    if budget.pk and allocations_form is None:
        allocations_form = _allocations_form(budget)
    rows = allocations_form.rows(allocations_form.allocations) if allocations_form else []
    context = {
        "year": shown,
        "zone": place,
        "budget": budget,
        "form": form or ZoneBudgetForm(zone_budget=budget),
        "allocations": allocations_form,
        "rows": rows,
        "total": sum(row["allocation"].amount for row in rows if row["allocation"]),
        "minimum": shown.minimum_percent,
        "decisions": decisions_in(shown, [row["parish"] for row in rows] or money.parishes_of(budget)),
    }
    return render(request, "budgets/desk_zone.html", context, status=status)
