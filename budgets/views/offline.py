"""The assembly without internet: what is taken along (one file, or paper), and what comes back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import decision_rules as rules
from budgets import services
from budgets.decision_exports import candidates_of
from budgets.decision_forms import PaperForm, UploadForm
from budgets.decision_reading import fixed_or_404, pending_of
from budgets.models import Candidate, Decision
from budgets.offline_file import example_of, name_of, offline_html
from budgets.offline_reading import differences
from budgets.tally import minimum_of
from decide import limits
from decide.accounts.access import signin_required
from decide.assemblies import session_rules
from decide.assemblies.session_reading import door_list
from decide.errors import Refused

GET_OR_POST = ["GET", "HEAD", "POST"]


def _of_the_table(request, number, slug) -> Decision:
    """A decision whose rules are fixed, for whoever conducts its session; the names of delegates are in it."""
    decision = fixed_or_404(request.user, number, slug)
    session_rules.refuse_unless_conducts(request.user, decision.session)
    return decision


def _refuse_after(decision: Decision) -> None:
    if decision.session.status not in rules.BEFORE_THE_VOTE:
        back = (rules.page_of(decision), _("Ver la decisión"))
        raise Refused(_("La sesión ya terminó: no hace falta prepararla sin internet."), status=409, way_out=back)


@never_cache
@signin_required
@require_safe
def download(request, number, slug):
    """One HTML file that works from disk. It is a download: nothing of it is ever run under our address."""
    decision = _of_the_table(request, number, slug)
    _refuse_after(decision)
    response = HttpResponse(offline_html(decision), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name_of(decision)}"'
    return response


@never_cache
@signin_required
@require_safe
def paper(request, number, slug):
    """The same on paper: the rule in words with the order of ties and an example, attendance, counts, minutes."""
    decision = _of_the_table(request, number, slug)
    candidates = candidates_of(decision)
    context = {
        "decision": decision,
        "year": decision.year,
        "parish": decision.parish,
        "session": decision.session,
        "places": door_list(decision.session),
        "candidates": candidates,
        "by_tie": sorted(candidates, key=lambda c: c.tie_position or 0),
        "minimum": minimum_of(decision),
        "example": example_of(decision.rule),
        "lines": range(5),
    }
    return render(request, "budgets/decision_paper.html", context)


def _files_page(request, decision, *, form=None, paper_form=None, status=200):
    hands = Candidate.objects.filter(decision=decision, item__way="hands").select_related("request", "item__hand_count")
    decided = decision.status == Decision.Status.DECIDED
    minutes = getattr(decision.session, "minutes", None)
    context = {
        "decision": decision,
        "year": decision.year,
        "parish": decision.parish,
        "session": decision.session,
        "files": decision.offline_files.select_related("sent_by", "applied_by").order_by("-sent_at"),
        "form": form or UploadForm(),
        "problem": paper_form or form,
        "decided": decided,
        "scanned": bool(minutes and minutes.scan),
        "paper_form": paper_form or PaperForm(candidates=hands),
        "pending": pending_of(hands) if decided else [],
    }
    return render(request, "budgets/decision_files.html", context, status=status)


@never_cache
@signin_required
@require_http_methods(GET_OR_POST)
def files(request, number, slug):
    """Send the file that was filled in; sent twice it is once."""
    decision = _of_the_table(request, number, slug)
    if request.method != "POST":
        return _files_page(request, decision)
    limits.check(request, "office")
    form, status = UploadForm(request.POST, request.FILES), 400
    if form.is_valid():
        try:
            data = form.cleaned_data["file"].read()
            kept, new = services.receive_offline(decision=decision, officer=request.user, data=data)
        except Refused as refusal:
            form.add_error("file", str(refusal.reason))
            status = refusal.status
        else:
            if new:
                messages.success(request, _("Recibimos el archivo. Otra persona de la mesa lo revisa y lo aplica."))
            else:
                messages.info(request, _("Ya recibimos este archivo: nada cambió."))
            response = redirect("budgets:offline_received", number, slug, kept.pk)
            response.status_code = 303
            return response
    return _files_page(request, decision, form=form, status=status)


@never_cache
@signin_required
@require_http_methods(GET_OR_POST)
def received(request, number, slug, pk):
    """What the file says beside what the server has; a second person applies it."""
    decision = _of_the_table(request, number, slug)
    kept = get_object_or_404(decision.offline_files.select_related("sent_by", "applied_by"), pk=pk)
    if request.method == "POST":
        limits.check(request, "office")
        services.apply_offline(file=kept, officer=request.user)
        messages.success(request, _("La sesión está completa y el resultado publicado. Ahora revise el acta."))
        response = redirect("budgets:decision", number, slug)
        response.status_code = 303
        return response
    votes = {row["id"]: row["votes"] for row in kept.content["counts"]}
    candidates = candidates_of(decision)
    context = {
        "decision": decision,
        "year": decision.year,
        "parish": decision.parish,
        "session": decision.session,
        "kept": kept,
        "rows": [(c, votes.get(str(c.request_id))) for c in candidates],
        "present": len(kept.content["present"]),
        "differences": kept.differences if kept.applied_at else differences(kept.content, decision),
        "may_apply": not kept.applied_at and kept.sent_by_id != request.user.pk,
    }
    return render(request, "budgets/decision_file.html", context)


@signin_required
@require_POST
def correct(request, number, slug):
    """The signed paper says otherwise: one person writes it, another confirms it."""
    decision = _of_the_table(request, number, slug)
    limits.check(request, "office")
    hands = Candidate.objects.filter(decision=decision, item__way="hands").select_related("request")
    form, status = PaperForm(request.POST, candidates=hands), 400
    if form.is_valid():
        try:
            services.correct_from_paper(decision=decision, officer=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
            status = refusal.status
        else:
            messages.success(request, _("Queda anotado. Falta que otra persona de la mesa lo confirme con el acta."))
            return _to_files(decision)
    return _files_page(request, decision, paper_form=form, status=status)


@signin_required
@require_POST
def confirm(request, number, slug, pk):
    decision = _of_the_table(request, number, slug)
    limits.check(request, "office")
    candidate = get_object_or_404(decision.candidates.all(), pk=pk)
    services.confirm_from_paper(decision=decision, candidate=candidate, officer=request.user)
    messages.success(request, _("El conteo del acta firmada vale, y el resultado se calculó de nuevo."))
    return _to_files(decision)


def _to_files(decision: Decision):
    response = redirect(reverse("budgets:offline_files", args=[decision.year.year, decision.parish.slug]))
    response.status_code = 303
    return response
