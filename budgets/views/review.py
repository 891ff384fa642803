"""The review by the zone: requests, agreements with cabildos, and what authors ask to be looked at again."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from budgets import services, studies
from budgets import study_rules as rules
from budgets.models import Reconsideration, Request, ReusableReason
from budgets.review_forms import AgreementForm, ReconsiderForm, ReplyForm, ReviewFilter, ReviewForm
from budgets.search import similar_to
from budgets.views.requests import viewable
from budgets.views.studies import query_of
from decide import limits, review
from decide.accounts.access import kept_input, office_required, signin_keeping_input
from decide.errors import Refused
from decide.media import file_response

PER_PAGE = 50
Status = Request.Status
at_the_desk = office_required(*rules.REVIEW_OFFICES)


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request):
    """What the review still decides, the oldest first; a POST admits those that were ticked to the studies."""
    if request.method == "POST":
        return _admit_ticked(request)
    form = ReviewFilter(request.GET)
    valid = form.is_valid()
    found = form.apply(studies.to_review(request.user)) if valid else Request.objects.none()
    found = found.select_related("parish", "box", "assembly").defer("body", "search_text", "parish__boundary")
    context = {
        "form": form,
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("pagina")),
        "asked": list(studies.to_reply(request.user)[:PER_PAGE]),
        "query": query_of(request),
        "ticked": request.GET.get("marcar") == "todas",
        "refined": bool(set(request.GET) - {"pagina", "marcar"}),
        "opinions": rules.has_office(request.user, *rules.STUDY_OFFICES),
    }
    return render(request, "budgets/review.html", context, status=200 if valid else 400)


def _admit_ticked(request):
    limits.check(request, "office")
    ticked = [pk for pk in request.POST.getlist("solicitud") if pk.isdecimal() and len(pk) < 16][:PER_PAGE]
    chosen = list(Request.objects.public().filter(pk__in=ticked).order_by("pk"))
    if not chosen:
        raise Refused(_("Marque al menos una solicitud."), status=400)
    admitted, refused = services.admit_requests(requests=chosen, officer=request.user)
    if n := len(admitted):
        said = ngettext("Pasó %(n)s solicitud a estudios.", "Pasaron %(n)s solicitudes a estudios.", n) % {"n": n}
        messages.success(request, said)
    for asked, why in refused:
        messages.error(request, f"{asked.title}: {why}")
    return redirect(request.get_full_path())


def _reviewed(request, pk: int) -> Request:
    asked = viewable(request, pk)
    if not rules.may_review(request.user, asked):
        raise Refused(_("Esto lo decide la Administración Zonal de su zona."), status=403)
    return asked


def actions_of(asked: Request) -> list[str]:
    if asked.status in rules.ENDED_BY_REVIEW:
        return ["reopen"]
    if asked.status == Status.STUDY:
        return ["duplicate", "refer"]
    returns = ["return"] if asked.status == Status.FILED else []
    return ["admit", *returns, "duplicate", "refer"] if asked.status in rules.REVIEWED else []


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk):
    """Decide about one request: with those like it beside, and reusable words."""
    asked = _reviewed(request, pk)
    actions = actions_of(asked)
    if not actions:
        raise Refused(
            _("La revisión de esta solicitud ya terminó."),
            way_out=(asked.get_absolute_url(), _("Volver a la solicitud")),
        )
    form, status = ReviewForm(actions=actions), 200
    if request.method == "POST":
        limits.check(request, "office")
        if request.POST.get("insert"):
            form = ReviewForm(actions=actions, initial=_with_reason(request))
        else:
            form, status = ReviewForm(request.POST, actions=actions), 400
            if form.is_valid():
                try:
                    _act(request.user, asked, form.cleaned_data)
                except Refused as refusal:
                    form.add_error(None, str(refusal.reason))
                    status = refusal.status
                else:
                    messages.success(request, _("Hecho. Avisamos a quien la presentó y a quienes la siguen."))
                    return redirect(asked)
    context = {
        "asked": asked,
        "form": form,
        "refilled": request.method == "POST",
        "reasons": ReusableReason.objects.filter(active=True, kind="review"),
        "similar": similar_to(asked.title, year=asked.year, parish=asked.parish, besides=asked.pk),
        "photos": [photo for photo in asked.photos.all() if not photo.hidden],
        "can_visit": rules.can_visit(request.user, asked),
    }
    return render(request, "budgets/review_request.html", context, status=status)


def _with_reason(request) -> dict:
    number, typed = request.POST["insert"], request.POST.dict()
    if number.isdecimal() and len(number) < 12:
        found = ReusableReason.objects.filter(active=True, kind="review", pk=int(number)).first()
        if found:
            typed["reason"] = "\n\n".join(filter(None, [typed.get("reason", "").strip(), found.text]))
    return typed


def _act(officer, asked: Request, got: dict) -> None:
    about = {"request": asked, "officer": officer}
    match got["action"]:
        case "admit":
            services.admit_request(**about)
        case "return":
            services.return_request(**about, reason=got["reason"])
        case "duplicate":
            services.link_duplicate(**about, original=got["original"], reason=got["reason"])
        case "refer":
            services.refer_request(**about, agency=got["agency"], reason=got["reason"])
        case "reopen":
            services.reopen_request(**about, reason=got["reason"])


# --- communal land ------------------------------------------------------------------------------------------------


@office_required(*rules.STUDY_OFFICES, *rules.REVIEW_OFFICES)
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request, pk):
    """The cabildo's agreement, with its signed paper."""
    asked = viewable(request, pk)
    if not rules.records_agreements(request.user, asked):
        raise Refused(_("Esto lo registra la Administración Zonal o quien da el dictamen jurídico."), status=403)
    form, status = AgreementForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = AgreementForm(request.POST, request.FILES), 400
        if form.is_valid():
            try:
                services.record_cabildo_agreement(request=asked, officer=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
            else:
                messages.success(request, _("Quedó registrado el acuerdo del cabildo."))
                return redirect(asked)
    return render(request, "budgets/agreement.html", {"form": form, "asked": asked}, status=status)


@require_safe
def agreement(request, pk):
    """The signed paper, for officers and whoever asked."""
    asked = viewable(request, pk)
    if not asked.cabildo_agreement or not rules.sees_agreement(request.user, asked):
        raise Http404
    return file_response(asked.cabildo_agreement.name)


# --- looked at again ------------------------------------------------------------------------------------------------


def _asked_of(asked: Request) -> Reconsideration | None:
    return Reconsideration.objects.filter(request=asked).first()


@require_http_methods(["GET", "HEAD", "POST"])
@signin_keeping_input
def reconsider(request, pk):
    """Its author asks once that "not feasible" is looked at again."""
    asked = viewable(request, pk)
    shown = request.method != "POST" and request.user.is_authenticated
    if shown and not rules.can_ask_reconsideration(request.user, asked, _asked_of(asked)):
        raise Refused(
            _("La revisión la pide una sola vez quien presentó una solicitud que no es factible."),
            status=403,
            way_out=(asked.get_absolute_url(), _("Volver a la solicitud")),
        )
    kept = kept_input(request) if request.method == "GET" else None
    form, status = ReconsiderForm(initial=kept.dict() if kept else None), 200
    if request.method == "POST":
        limits.check(request, "request")
        form, status = ReconsiderForm(request.POST), 400
        if form.is_valid():
            try:
                services.ask_reconsideration(request=asked, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
            else:
                messages.success(request, _("Pidió la revisión. Le avisaremos de la respuesta."))
                return redirect(f"{asked.get_absolute_url()}#dictamenes")
    context = {"form": form, "asked": asked, "refilled": bool(kept) or request.method == "POST"}
    return render(request, "budgets/reconsider.html", context, status=status)


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def reply(request, pk):
    """The zone's administration answers: studied anew, or left as it is with a reason."""
    asked = _reviewed(request, pk)
    reconsideration = get_object_or_404(Reconsideration.objects.select_related("asked_by"), request=asked)
    if reconsideration.replied_at and request.method != "POST":
        return redirect(f"{asked.get_absolute_url()}#dictamenes")
    form, status = ReplyForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = ReplyForm(request.POST), 400
        if form.is_valid() and review.wants_back(request):
            status = 200
        elif form.is_valid() and review.needed(request):
            return _ask_reply(request, asked, form)
        elif form.is_valid():
            try:
                services.reply_reconsideration(asked=reconsideration, officer=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
            else:
                messages.success(request, _("Respondió. Avisamos a quien lo pidió y a quienes siguen la solicitud."))
                return redirect(asked)
    others = studies.in_force(asked)
    context = {"form": form, "asked": asked, "reconsideration": reconsideration, "others": others}
    return render(request, "budgets/reconsider_reply.html", context, status=status)


def _ask_reply(request, asked: Request, form):
    granted = form.cleaned_data["granted"]
    rows = [
        (_("Solicitud"), asked.title),
        (form["granted"].label, dict(form.fields["granted"].choices)["si" if granted else "no"]),
        (form["reply"].label, form.cleaned_data["reply"]),
    ]
    return review.page(
        request,
        title=_("¿Responder así?"),
        rows=rows,
        button=_("Responder"),
        follows=_("La respuesta será pública y no se puede deshacer."),
    )
