"""The decision of an assembly: what everybody reads and takes home, and the officers' page where it is prepared."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import decision_exports as exports
from budgets import decision_rules as rules
from budgets import services
from budgets.decision_forms import AdvisoryPollForm, RecountForm, RulesForm, SessionForm
from budgets.decision_reading import context_of, decision_of, fixed_or_404, place_or_404, sessions_for
from budgets.matrix import is_current
from budgets.models import Decision
from budgets.recount import recount as count_again
from budgets.services.deciding import what_is_missing
from decide import limits, review
from decide.accounts.access import signin_required
from decide.errors import Refused
from decide.tables import table_response

GET_OR_POST = ["GET", "HEAD", "POST"]
STATUS = Decision.Status


def _see_other(name, year, parish):
    response = redirect(name, year.year, parish.slug)
    response.status_code = 303
    return response


@require_safe
def decision(request, number, slug):
    """The rule, the seed, the order of ties and the matrix before the vote; afterwards the result, and how to count it
    again."""
    year, parish = place_or_404(request.user, number, slug)
    found = decision_of(year, parish)
    context = {"year": year, "parish": parish, "prepares": rules.prepares(request.user, parish)}
    if found is not None and found.status != STATUS.PREPARING:
        counts = rules.counts(request.user, found.session)
        context |= context_of(found) | {"counts": counts}
    return render(request, "budgets/decision.html", context)


# --- preparing ---------------------------------------------------------------------------------------------------


def _prepared(request, number, slug):
    year, parish = place_or_404(request.user, number, slug)
    rules.refuse_unless_prepares(request.user, parish)
    return year, parish, decision_of(year, parish)


@never_cache
@signin_required
@require_http_methods(GET_OR_POST)
def prepare(request, number, slug):
    """Choose the session, then the rules; until they are fixed."""
    year, parish, found = _prepared(request, number, slug)
    if found is None or request.POST.get("act") == "session":
        return _choose_session(request, year, parish, found)
    if found.status != STATUS.PREPARING:
        return redirect("budgets:decision", number, slug)
    candidates = list(found.candidates.select_related("request"))
    form, status = RulesForm(decision=found, candidates=candidates), 200
    if request.method == "POST":
        limits.check(request, "office")
        form = RulesForm(request.POST, decision=found, candidates=candidates)
        status = 400
        if form.is_valid():
            shared = {name: form.cleaned_data[name] for name in ("rule", "minimum_votes", "most_marks")}
            try:
                services.set_rules(decision=found, officer=request.user, ways=form.ways, **shared)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
            else:
                messages.success(request, _("Las reglas están guardadas. Todavía no se publican."))
                return _see_other("budgets:prepare_decision", year, parish)
    context = {
        "year": year,
        "parish": parish,
        "decision": found,
        "session": found.session,
        "form": form,
        "missing": what_is_missing(found),
        "current": is_current(found),
        "sessions": sessions_for(parish).exclude(pk=found.session_id),
        "session_form": SessionForm(sessions=sessions_for(parish), initial={"session": found.session_id}),
    }
    return render(request, "budgets/decision_prepare.html", context, status=status)


def _choose_session(request, year, parish, found):
    form, status = SessionForm(sessions=sessions_for(parish)), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = SessionForm(request.POST, sessions=sessions_for(parish)), 400
        if form.is_valid():
            try:
                services.prepare_decision(year=year, session=form.cleaned_data["session"], officer=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
            else:
                messages.success(request, _("La matriz está lista. Elija la regla y fíjela antes de la asamblea."))
                return _see_other("budgets:prepare_decision", year, parish)
    context = {"year": year, "parish": parish, "form": form, "sessions": sessions_for(parish), "decision": found}
    return render(request, "budgets/decision_session.html", context, status=status)


def _found(request, number, slug) -> tuple:
    year, parish, found = _prepared(request, number, slug)
    if found is None:
        raise Http404
    return year, parish, found


@signin_required
@require_POST
def refresh(request, number, slug):
    year, parish, found = _found(request, number, slug)
    limits.check(request, "office")
    services.refresh_matrix(decision=found, officer=request.user)
    messages.success(request, _("La matriz está al día. Revísela."))
    return _see_other("budgets:prepare_decision", year, parish)


@signin_required
@require_POST
def fix(request, number, slug):
    """Publish amount, matrix, rule and seed; asks once before, because nothing of it changes afterwards."""
    year, parish, found = _found(request, number, slug)
    if found.status == STATUS.PREPARING and review.needed(request):
        if missing := what_is_missing(found):
            back = (reverse("budgets:prepare_decision", args=[number, slug]), _("Volver a la preparación"))
            raise Refused(" ".join(missing), status=409, way_out=back)
        return review.page(
            request,
            title=_("¿Fijar y publicar estas reglas?"),
            follows=_("Se sortea la semilla de los empates y se publica todo. Después ya nada de esto cambia."),
            rows=[
                (_("Regla"), found.get_rule_display()),
                (_("Votos mínimos"), found.minimum_votes or _("sin mínimo")),
                (_("Solicitudes en la matriz"), found.candidates.count()),
                (_("Sesión"), found.session.starts_at),
            ],
            button=_("Fijar y publicar"),
            back=reverse("budgets:prepare_decision", args=[number, slug]),
        )
    limits.check(request, "office")
    services.fix_rules(decision=found, officer=request.user)
    messages.success(request, _("Las reglas están fijadas y publicadas. Los puntos ya están en la sesión."))
    return _see_other("budgets:decision", year, parish)


@signin_required
@require_POST
def decide(request, number, slug):
    found = fixed_or_404(request.user, number, slug)
    limits.check(request, "session")
    services.decide_result(decision=found, officer=request.user)
    messages.success(request, _("El resultado está calculado y publicado, con una frase para cada solicitud."))
    return _see_other("budgets:decision", found.year, found.parish)


@never_cache
@signin_required
@require_http_methods(GET_OR_POST)
def poll(request, number, slug):
    """One step makes the draft of an advisory poll."""
    year, parish, found = _found(request, number, slug)
    if found.poll_id:
        return redirect("votes:edit", found.poll_id)
    form, status = AdvisoryPollForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = AdvisoryPollForm(request.POST), 400
        if form.is_valid():
            try:
                made = services.make_advisory_poll(decision=found, officer=request.user, **form.cleaned_data)
                messages.success(request, _("El borrador está listo, con la matriz como opciones. Revíselo y envíelo."))
                return redirect("votes:edit", made.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
    context = {"year": year, "parish": parish, "decision": found, "session": found.session, "form": form}
    return render(request, "budgets/decision_poll.html", context, status=status)


# --- to take home ------------------------------------------------------------------------------------------------


@require_safe
def table(request, number, slug, table, form):
    """The matrix with its votes and result, or the votes by phone: CSV or XLSX."""
    found = fixed_or_404(request.user, number, slug)
    columns, rows = {
        "resultado": (exports.COLUMNS, exports.rows_of),
        "votos": (exports.MARK_COLUMNS, exports.marks_of),
    }[table]
    return table_response(f"{exports.name_of(found)}-{table}", form, columns, rows(found))


@require_safe
def as_json(request, number, slug):
    found = fixed_or_404(request.user, number, slug)
    response = HttpResponse(exports.as_json(found), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{exports.name_of(found)}.json"'
    return response


@require_safe
def as_pabulib(request, number, slug):
    """The ballots by phone in Pabulib's format; 404 where something was counted by hands."""
    found = fixed_or_404(request.user, number, slug)
    text = exports.as_pabulib(found)
    if text is None:
        raise Http404
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{exports.name_of(found)}.pb"'
    return response


@require_http_methods(GET_OR_POST)
def recount(request):
    """Count any file in Pabulib's format, or an assembly's own: a dry run, nothing is stored."""
    form, status, found = RecountForm(), 200, None
    if request.method == "POST":
        limits.check(request, "recount")
        form, status = RecountForm(request.POST, request.FILES), 400
        if form.is_valid():
            try:
                found = count_again(form.cleaned_data["file"].read(), form.cleaned_data["rule"])
                status = 200
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
    return render(request, "budgets/recount.html", {"form": form, "found": found}, status=status)
