"""What the city owes, in public; and the officers' forms, on the same pages for whoever holds the office."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from decide import limits, review
from decide.accounts.access import kept_input, office_required, signin_keeping_input, signin_required
from decide.answers import forms, rules, services
from decide.answers.models import Answer, Milestone, kinds
from decide.answers.versions import public_versions
from decide.errors import Refused

PAGE = 20


@require_safe
def index(request):
    """Everything that is or was owed: what is pending by deadline, then what was answered."""
    form = forms.FilterForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    found = Answer.objects.search(chosen.get("q", ""))
    if chosen.get("dependencia"):
        nobody = chosen["dependencia"] == forms.UNASSIGNED
        found = found.filter(agency=None) if nobody else found.of_agencies([chosen["dependencia"]])
    if chosen.get("anio"):
        found = found.asked_in(chosen["anio"])
    answers, kind = found.pending_first(), chosen.get("estado")
    if kind:
        answers = found.filter(kinds()[kind])
        answers = answers.by_deadline() if kind in ("pendientes", "atrasadas") else answers.newest_answered()
    page = Paginator(answers.with_places(), PAGE).get_page(request.GET.get("pagina"))
    context = {"form": form, "page": page, "counts": found.counts(), "filtered": any(chosen.values())}
    context["has_desk"] = rules.has_office(request.user, *rules.DESK_OFFICES)
    return render(request, "answers/index.html", context)


@require_safe
@office_required(*rules.DESK_OFFICES)
def desk(request):
    """What waits for this officer, by deadline; and what their agencies promised and is not done."""
    agencies, assigns = rules.agencies_of(request.user), rules.assigns(request.user)
    counts = Answer.objects.of_agencies(agencies).counts()
    mine = Paginator(Answer.objects.pending().of_agencies(agencies).with_places().by_deadline(), PAGE)
    mine.count = counts["pending"] + counts["late"]
    context = {
        "page": mine.get_page(request.GET.get("pagina")),
        "counts": counts,
        "milestones": _first(Milestone.objects.open_of(agencies).order_by("planned", "pk")),
        "assigns": assigns,
        "answers_for": bool(agencies),
    }
    if assigns:
        unassigned = Answer.objects.unassigned().with_places().order_by("assign_due", "pk")
        context["unassigned"] = Paginator(unassigned, PAGE).get_page(request.GET.get("sin"))
        context["late"] = _first(Answer.objects.late().exclude(agency=None).with_places().by_deadline())
    return render(request, "answers/desk.html", context)


def _first(rows) -> dict:
    """The first of a list that has a page of its own: `rows`, how many they are, and whether there are `more`."""
    found = list(rows[: PAGE + 1])
    return {"rows": found[:PAGE], "count": len(found[:PAGE]), "more": len(found) > PAGE}


@dataclass(frozen=True)
class Action:
    """One thing that an officer does with an answer: its form, its rule, its service; its words before and after."""

    form: type
    may: object
    do: object
    title: str
    hint: str
    button: str
    asks: str
    said: str
    folded: bool = False  # what is done seldom is opened first


def _longer(days) -> str:
    return ngettext("Prorrogar el plazo %(n)d día", "Prorrogar el plazo %(n)d días", days) % {"n": days}


ACTIONS = {
    "asignar": Action(
        forms.AssignForm,
        rules.can_assign,
        services.assign_answer,
        title=_("Asignar la dependencia que responde"),
        hint=_(
            "La dependencia puede pasarla a otra una vez, con su razón a la vista. Si tampoco le corresponde, usted "
            "puede reasignarla."
        ),
        button=_("Asignar"),
        asks=_("¿Asignar la pregunta?"),
        said=_("Asignada. Avisamos a la dependencia y le recordaremos el plazo 10, 5 y 1 días antes."),
    ),
    "responder": Action(
        forms.GiveForm,
        rules.can_answer,
        services.give_answer,
        title=_("Responder"),
        hint=_(
            "Se publica al instante, con su nombre y su dependencia, y se avisa a quienes lo pidieron. "
            "Después solo se puede corregir a la vista de todos."
        ),
        button=_("Publicar la respuesta"),
        asks=_("¿Publicar esta respuesta?"),
        said=_("La respuesta ya es pública. Si aceptó algo, agregue ahora los hitos con sus fechas."),
    ),
    "hitos": Action(
        forms.MilestoneForm,
        rules.can_report,
        services.add_milestone,
        title=_("Agregar un hito"),
        hint=_("Un paso de lo prometido, con su fecha. Todos lo verán, y esta primera fecha queda a la vista."),
        button=_("Agregar el hito"),
        asks=_("¿Publicar este hito?"),
        said=_("El hito ya es público. Actualícelo cuando avance."),
    ),
    "pasar": Action(
        forms.PassOnForm,
        rules.can_pass_on,
        services.pass_on_answer,
        title=_("Pasarla a otra dependencia"),
        hint=_("Se puede una sola vez. El plazo sigue corriendo."),
        button=_("Pasar la pregunta"),
        asks=_("¿Pasar la pregunta a otra dependencia?"),
        said=_("La pregunta pasó a la otra dependencia, con su razón a la vista. El plazo sigue corriendo."),
        folded=True,
    ),
    "reasignar": Action(
        forms.ReassignForm,
        rules.can_reassign,
        services.reassign_answer,
        title=_("Reasignarla a otra dependencia"),
        hint=_("Para corregir a quién le toca. El plazo sigue corriendo, y su razón será pública."),
        button=_("Reasignar"),
        asks=_("¿Reasignar la pregunta?"),
        said=_("La pregunta está reasignada, con su razón a la vista. Avisamos a las dos dependencias."),
        folded=True,
    ),
    "prorrogar": Action(
        forms.ExtendForm,
        rules.can_extend,
        services.extend_answer,
        title=lazy(lambda: _longer(settings.ANSWER_EXTENSION_DAYS), str)(),
        hint=_("Se puede una sola vez, y solo antes de que venza."),
        button=_("Prorrogar"),
        asks=_("¿Prorrogar el plazo?"),
        said=_("El plazo se prorrogó, con su razón a la vista."),
        folded=True,
    ),
    "corregir": Action(
        forms.CorrectForm,
        rules.can_correct,
        services.correct_answer,
        title=_("Corregir el texto de la respuesta"),
        hint=_("El texto anterior queda a la vista, con la fecha y su razón. El resultado no cambia."),
        button=_("Publicar la corrección"),
        asks=_("¿Publicar esta corrección?"),
        said=_("La corrección ya es pública. El texto anterior se puede seguir leyendo."),
        folded=True,
    ),
}


@require_safe
def detail(request, pk):
    return _page(request, _get(pk))


@require_safe
def versions(request, pk):
    answer = _get(pk)
    page, shown = public_versions(answer, request.GET.get("pagina"))
    return render(request, "answers/versions.html", {"answer": answer, "page": page, "versions": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@signin_required
def act(request, pk, name):
    """An officer's form about one answer: shown by GET (also after signing in), done by POST."""
    answer, action = _get(pk), ACTIONS[name]
    if request.method != "POST":
        if not action.may(request.user, answer):
            back = (answer.get_absolute_url(), _("Volver a la pregunta"))
            raise Refused(_("Ahora no puede hacer esto con esta pregunta."), status=403, way_out=back)
        return _page(request, answer, {name: action.form(answer=answer, initial=_kept(request))})
    limits.check(request, "office")
    form = action.form(request.POST, answer=answer)
    if review.wants_back(request):
        return _page(request, answer, {name: action.form(answer=answer, initial=request.POST.dict())})
    # Who may not do it is refused at once, by the service.
    if review.needed(request) and form.is_valid() and action.may(request.user, answer):
        return review.page(request, title=action.asks, rows=form.rows(), button=action.button, follows=action.hint)
    status = _submit(form, lambda data: action.do(answer=answer, officer=request.user, **data))
    if status == 200:
        messages.success(request, action.said)
        return redirect(answer)
    return _page(request, answer, {name: form}, status)


@require_http_methods(["GET", "HEAD", "POST"])
@signin_required
def milestone(request, pk):
    """One milestone, for the officers of the agency that promised it."""
    step = _milestone_of_officer(request, pk)
    form = forms.MilestoneUpdateForm(request.POST or None, milestone=step, initial=_kept(request))
    status = 200
    if request.method == "POST":
        limits.check(request, "office")
        if review.wants_back(request):
            return _milestone_page(request, step, form, forms.PhotoForm(), status)
        if review.needed(request) and form.is_valid() and form.ends:
            return _ask_end(request, form)
        status = _submit(form, lambda data: services.update_milestone(milestone=step, officer=request.user, **data))
        if status == 200:
            messages.success(request, _("El hito se actualizó y ya se ve en la página pública."))
            return redirect(step.answer)
    return _milestone_page(request, step, form, forms.PhotoForm(), status)


def _ask_end(request, form):
    return review.page(
        request,
        title=_("¿Dar por terminado este hito?"),
        rows=[(_("Hito"), form.milestone.title), *review.rows(form)],
        button=_("Publicarlo"),
        follows=_("Cumplido y cancelado no se pueden deshacer."),
    )


@require_http_methods(["POST"])
@signin_keeping_input(back=lambda request, pk: request.path.removesuffix("fotos/"))
def photo(request, pk):
    """One photograph more of a milestone."""
    limits.check(request, "upload")
    step = _milestone_of_officer(request, pk)
    form = forms.PhotoForm(request.POST, request.FILES)
    status = _submit(form, lambda data: services.add_photo(milestone=step, officer=request.user, **data))
    if status == 200:
        messages.success(request, _("La foto ya es pública. Puede agregar otra."))
        return redirect("answers:milestone", pk)
    return _milestone_page(request, step, forms.MilestoneUpdateForm(milestone=step), form, status)


# --- shared -----------------------------------------------------------------------------------------------


def _get(pk) -> Answer:
    return get_object_or_404(Answer.objects.with_places().select_related("answered_by"), pk=pk)


def _kept(request):
    kept = kept_input(request) if request.method == "GET" else None
    return kept.dict() if kept else None


def _submit(form, do) -> int:
    """Do it if the form is valid. The status to answer with; whatever was refused is on the form."""
    if not form.is_valid():
        return 400
    try:
        do(form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return refusal.status
    return 200


def _page(request, answer, opened=None, status=200):
    """The page of an answer with the forms that this person may use, or only with the one that is `opened`."""
    allowed = {name: a.form(answer=answer) for name, a in ACTIONS.items() if not opened and a.may(request.user, answer)}
    shown = opened or allowed
    context = {
        "answer": answer,
        "forms": shown,
        "actions": [(name, ACTIONS[name], form) for name, form in shown.items()],
        "opened": next(iter(opened or {}), ""),
        "refilled": bool(opened) and request.method == "POST",
        "passed_to_them": bool(answer.passed_at) and rules.can_answer(request.user, answer),
        "may_report": rules.can_report(request.user, answer),
        "has_desk": rules.has_office(request.user, *rules.DESK_OFFICES),
    }
    return render(request, "answers/detail.html", context, status=status)


def _milestone_of_officer(request, pk) -> Milestone:
    step = get_object_or_404(Milestone.objects.filter(answer__hidden=False).select_related("answer__agency"), pk=pk)
    if not rules.can_report(request.user, step.answer):
        raise Refused(_("Solo la dependencia que respondió actualiza sus hitos."), status=403)
    return step


def _milestone_page(request, step, form, photo_form, status):
    context = {"milestone": step, "answer": step.answer, "form": form, "photo_form": photo_form}
    return render(request, "answers/milestone.html", context, status=status)
