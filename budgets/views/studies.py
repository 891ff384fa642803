"""The officer's desk: opinions by deadline, in batches or one by one; their corrections and conditions."""

from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from budgets import services, studies
from budgets import study_rules as rules
from budgets.models import Opinion, ReusableReason
from budgets.review_forms import MetForm, ReasonForm
from budgets.study_forms import BatchForm, OpinionFilter, OpinionForm
from budgets.views.requests import viewable
from decide import limits, review
from decide.accounts.access import office_required
from decide.errors import Refused

PER_PAGE = 50
at_the_desk = office_required(*rules.STUDY_OFFICES)
# Whoever reviews records what was met, too.
at_a_desk = office_required(*rules.STUDY_OFFICES, *rules.REVIEW_OFFICES)


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request):
    """What this officer owes, by deadline. A POST gives the same opinion to those that were ticked."""
    form = OpinionFilter(request.GET, user=request.user)
    valid = form.is_valid()
    mine = studies.desk_of(request.user)
    found = form.apply(mine) if valid else mine.none()
    page = Paginator(studies.with_rows(found), PER_PAGE).get_page(request.GET.get("pagina"))
    rows = list(page.object_list)
    for row in rows:
        row.can_tick = rules.writes(request.user, row)
    kinds = {row.kind for row in rows if row.can_tick}
    batch, status = BatchForm(kinds=kinds, rows=rows), 200 if valid else 400
    if request.GET.get("marcar") == "todas":
        for row in rows:
            row.ticked = row.can_tick
    if request.method == "POST":
        limits.check(request, "office")
        batch = BatchForm(request.POST, kinds=rules.KIND_OFFICE, rows=rows)
        if batch.is_valid() and not review.wants_back(request):
            return _ask_batch(request, batch) if review.needed(request) else _issue_batch(request, batch)
        status = 200 if batch.is_valid() else 400
    context = {
        "form": form,
        "batch": batch,
        "page": page,
        "rows": rows,
        "counts": studies.counts_of(mine),
        "query": query_of(request),
        "reviews": rules.has_office(request.user, *rules.REVIEW_OFFICES),
    }
    return render(request, "budgets/opinions.html", context, status=status)


def query_of(request) -> str:
    """The filters of the address, without what was only asked for once."""
    query = request.GET.copy()
    query.pop("marcar", None)
    return query.urlencode()


def _ask_batch(request, batch):
    got = batch.cleaned_data
    titles = "\n".join(_row_in_words(row, batch.costs.get(row.pk)) for row in batch.chosen)
    verdict = Opinion.Verdict(got["verdict"])
    rows = [
        (_("Solicitudes (%(n)s)") % {"n": len(batch.chosen)}, titles),
        (_("Resultado"), verdict.label),
        (_("Por qué"), got["reason"]),
        (_("Lineamiento del PMDOT"), got["guideline"]),
    ]
    if verdict == Opinion.Verdict.CONDITIONAL:
        rows += [(field.label, got[field.name]) for field in batch.conditions]
    return review.page(
        request,
        title=_("¿Emitir estos dictámenes?"),
        rows=[(label, value) for label, value in rows if value],
        button=_("Emitir los dictámenes"),
        follows=_("Serán públicos. Después solo se corrigen con otra versión y su razón, a la vista de todos."),
    )


def _row_in_words(row: Opinion, cost: Decimal | None) -> str:
    cost = f" · USD {number_format(cost, decimal_pos=2, use_l10n=True, force_grouping=True)}" if cost else ""
    return f"{row.get_kind_display()} · {row.request.title}{cost} · "


def _issue_batch(request, batch):
    chosen = batch.chosen
    issued, refused = services.issue_opinions(opinions=chosen, officer=request.user, costs=batch.costs, **batch.values)
    n = len(issued)
    if n:
        messages.success(request, ngettext("Emitió %(n)s dictamen.", "Emitió %(n)s dictámenes.", n) % {"n": n})
    for opinion, why in refused:
        messages.error(request, f"{opinion.request.title}: {why}")
    return redirect(request.get_full_path())


# --- one opinion -----------------------------------------------------------------------------------------------


def _mine(request, pk: int) -> Opinion:
    """An opinion of this officer's; for others it answers 404 while it is a draft, and 403 once it is public."""
    related = ("request__parish__zone", "request__year", "request__assembly", "request__author", "officer", "guideline")
    opinion = get_object_or_404(Opinion.objects.select_related(*related), pk=pk)
    asked = opinion.request
    if asked.hidden and not opinion.issued_at:
        raise Http404
    mine = rules.gives_opinion(request.user, opinion.kind, asked)
    if not mine and opinion.issued_at is None:
        raise Http404
    if not (mine or rules.may_review(request.user, asked)):
        raise Refused(_("Esta página es de quien da este dictamen en su zona."), status=403)
    return opinion


@at_a_desk
@require_http_methods(["GET", "HEAD", "POST"])
def opinion(request, pk):
    """Write one opinion: keep it, add up its cost, insert a reason, issue it, and go on with the next."""
    row = _mine(request, pk)
    if not rules.writes(request.user, row):
        if request.method == "POST":
            _refuse_write(request, row)
        return _page(request, row, None)
    form, status = OpinionForm(opinion=row), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status, done = _write(request, row)
        if done is not None:
            return done
    return _page(request, row, form, status)


def _refuse_write(request, row: Opinion) -> None:
    """The service says why: issued already, somebody else's, over."""
    services.save_opinion(opinion=row, officer=request.user)
    raise Http404


def _write(request, row: Opinion) -> tuple:
    """(form, status, response or None)."""
    action = request.POST.get("action", "")
    if request.POST.get("insert"):
        return _with_reason(request, row), 200, None
    form = OpinionForm(request.POST, opinion=row, issuing=action == "issue")
    if action == "calculate":
        return (*_with_cost(request, row, form), None)
    if review.wants_back(request):
        return form, 200, None
    if not form.is_valid():
        return form, 400, None
    if action == "issue" and review.needed(request):
        return form, 200, _ask_issue(request, row, form)
    do = services.issue_opinion if action == "issue" else services.save_opinion
    try:
        do(opinion=row, officer=request.user, **form.values)
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return form, refusal.status, None
    return form, 200, _done(request, row, action)


def _done(request, row: Opinion, action: str):
    if action == "issue":
        messages.success(request, _("El dictamen ya es público: «%(title)s».") % {"title": row.request.title})
    else:
        messages.success(request, _("Guardamos su borrador. Solo usted lo ve."))
    _before, after = _neighbours(request, row)
    if action in ("issue", "next"):
        if after:
            return redirect(_address(request, after))
        return redirect(f"{reverse('budgets:opinions')}?{request.GET.urlencode()}")
    return redirect(_address(request, row.pk))


def _with_reason(request, row: Opinion) -> OpinionForm:
    """The form as it was sent, with the words of a reusable reason at the end of its reason."""
    number = request.POST["insert"]
    typed = request.POST.dict()
    if number.isdecimal() and len(number) < 12:
        found = ReusableReason.objects.filter(active=True, kind=row.kind, pk=int(number)).first()
        if found:
            typed["reason"] = "\n\n".join(filter(None, [typed.get("reason", "").strip(), found.text]))
            if found.verdict and not typed.get("verdict"):
                typed["verdict"] = found.verdict
    return OpinionForm(opinion=row, initial=typed)


def _with_cost(request, row: Opinion, form: OpinionForm) -> tuple[OpinionForm, int]:
    """The form as it was sent, with its lines added up."""
    form.is_valid()
    if any(name.startswith(("quantity", "price")) for name in form.errors) or not form.technical:
        return form, 400
    typed = request.POST.dict()
    if form.total:
        typed["cost"] = form.total
    return OpinionForm(opinion=row, initial=typed), 200


def _ask_issue(request, row: Opinion, form: OpinionForm):
    rows = [(_("Solicitud"), row.request.title), (_("Dictamen"), row.get_kind_display())]
    conditional = form.cleaned_data.get("verdict") == Opinion.Verdict.CONDITIONAL
    skipped = {name for name in form.fields if name.startswith(("price", "quantity"))}
    skipped |= set() if conditional else set(form.CONDITION)
    shown = [(field.label, form.cleaned_data.get(field.name), field.name) for field in form]
    words = dict(Opinion.Verdict.choices)
    rows += [
        (label, words[value] if name == "verdict" else value)
        for label, value, name in shown
        if name not in skipped and value not in (None, "")
    ]
    return review.page(
        request,
        title=_("¿Emitir este dictamen?"),
        rows=rows,
        button=_("Emitir el dictamen"),
        follows=_("Será público. Después solo se corrige con otra versión y su razón, a la vista de todos."),
    )


def _neighbours(request, row: Opinion) -> tuple[int | None, int | None]:
    """The opinions before and after this one in the list that the address tells. One query."""
    form = OpinionFilter(request.GET, user=request.user)
    if not form.is_valid():
        return None, None
    pks = list(form.apply(studies.desk_of(request.user)).values_list("pk", flat=True)[:5000])
    if row.pk in pks:
        at = pks.index(row.pk)
        return (pks[at - 1] if at else None), (pks[at + 1] if at + 1 < len(pks) else None)
    # It was issued a moment ago: those that still wait are about it by deadline.
    found = form.apply(studies.desk_of(request.user)).filter(due__gte=row.due)
    return None, found.exclude(pk=row.pk).values_list("pk", flat=True).first()


def _address(request, pk: int | None) -> str:
    if pk is None:
        return ""
    query = request.GET.urlencode()
    return reverse("budgets:opinion", args=[pk]) + (f"?{query}" if query else "")


def _page(request, row: Opinion, form, status=200):
    before, after = _neighbours(request, row) if rules.has_office(request.user, *rules.STUDY_OFFICES) else (None, None)
    asked = row.request
    reasons = ReusableReason.objects.filter(active=True, kind=row.kind) if form else []
    visits = list(asked.visits.all())
    for visit in visits:
        visit.request = asked
    context = {
        "opinion": row,
        "asked": asked,
        "form": form,
        "refilled": request.method == "POST",
        "reasons": reasons,
        "others": [other for other in studies.in_force(asked) if other.pk != row.pk],
        "visits": visits,
        "photos": [photo for photo in asked.photos.all() if not photo.hidden],
        "before": _address(request, before),
        "after": _address(request, after),
        "back": f"{reverse('budgets:opinions')}?{urlencode(request.GET)}",
        "can_visit": rules.can_visit(request.user, asked),
        "can_take": rules.can_take_over(request.user, row),
        "can_correct": rules.can_correct(request.user, row),
        "can_discard": rules.can_discard(request.user, row),
        "can_record": rules.can_record_met(request.user, row),
        "correct_form": ReasonForm(),
        "met_form": MetForm(),
    }
    return render(request, "budgets/opinion.html", context, status=status)


@at_the_desk
@require_POST
def take(request, pk):
    limits.check(request, "office")
    row = services.take_over_opinion(opinion=_mine(request, pk), officer=request.user)
    messages.success(request, _("Ahora usted escribe este dictamen. Avisamos a quien lo tenía."))
    return redirect("budgets:opinion", row.pk)


@at_the_desk
@require_POST
def discard(request, pk):
    limits.check(request, "office")
    row = _mine(request, pk)
    services.discard_correction(opinion=row, officer=request.user)
    messages.success(request, _("Descartó la corrección. Queda lo que ya se emitió."))
    return redirect(row.request)


def _one_field(request, pk, form_class, label, do):
    """A form of one field about an opinion: done, or shown again with what is wrong."""
    row = _mine(request, pk)
    form, status = form_class(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        limits.check(request, "office")
        if form.is_valid():
            try:
                return do(row, form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
        else:
            status = 400
    context = {"form": form, "opinion": row, "asked": row.request, "label": label}
    return render(request, "budgets/opinion_step.html", context, status=status)


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, pk):
    """Open the next version of what was issued, with its public reason."""

    def do(row, data):
        draft = services.correct_opinion(opinion=row, officer=request.user, **data)
        messages.success(request, _("Escriba la versión nueva. La anterior vale hasta que emita esta."))
        return redirect("budgets:opinion", draft.pk)

    return _one_field(request, pk, ReasonForm, _("Corregir el dictamen"), do)


@at_a_desk
@require_http_methods(["GET", "HEAD", "POST"])
def met(request, pk):
    """The day on which a condition was met."""

    def do(row, data):
        services.meet_condition(opinion=row, officer=request.user, **data)
        messages.success(request, _("Quedó registrado que la condición se cumplió."))
        return redirect(f"{row.request.get_absolute_url()}#dictamenes")

    return _one_field(request, pk, MetForm, _("Registrar que la condición se cumplió"), do)


@require_safe
def versions(request, pk, slug):
    """What each correction of an opinion changed, for everybody."""
    asked = viewable(request, pk)
    if slug != asked.slug:
        return redirect("budgets:opinion_versions", pk, asked.slug, permanent=True)
    context = {"asked": asked, "versions": studies.opinion_versions(asked)}
    return render(request, "budgets/opinion_versions.html", context)
