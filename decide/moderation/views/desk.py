"""For moderators: the queue, a case, a person's record, appeals, and accounts to be closed by two people."""

import mimetypes

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from decide import limits, review
from decide.accounts.access import office_required
from decide.accounts.models import Appointment, User
from decide.errors import Refused
from decide.moderation import forms, reading, rules, services
from decide.moderation.models import Appeal, ModerationCase, Sanction
from decide.moderation.subjects import thing_of
from decide.moderation.views.shared import submit
from decide.versions import Budget, diff_html

moderators_only = office_required(Appointment.Office.MODERATOR)


def queue(request):
    """What waits, by deadline. `public.index` shows it to moderators."""
    form = forms.QueueForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    context = {
        "form": form,
        "page": reading.queue(chosen, request.GET.get("pagina")),
        "filtered": any(chosen.values()),
        "decided": chosen.get("estado") in ("ocultos", "mantenidos"),
    }
    return render(request, "moderation/queue.html", context)


# --- a case -----------------------------------------------------------------------------------------------


@require_safe
@moderators_only
def case(request, pk):
    return _case_page(request, _case(pk))


@require_POST
@moderators_only
def decide(request, pk):
    """A decision on what the moderator saw; somebody else's meanwhile is shown instead (409)."""
    limits.check(request, "moderation")
    found = _case(pk)
    form = forms.DecideForm(request.POST, case=found)
    status = submit(form, lambda data: services.decide(case=found, by=request.user, **form.decided()))
    if status != 200:
        return _case_page(request, _case(pk), form, status)
    messages.success(request, _("Decidido. Avisamos a quien corresponde, y queda en el registro público sin nombres."))
    return redirect("moderation:index")


@require_safe
@moderators_only
def file(request, pk):
    """The photo or document itself, shown or not: only here, so that hidden files need no public address."""
    thing = thing_of(_case(pk))
    stored = thing.moderated_file() if thing else None
    if not stored:
        raise Http404
    kind = mimetypes.guess_type(stored.name)[0] or "application/octet-stream"
    try:
        opened = stored.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(opened, content_type=kind, as_attachment=not kind.startswith("image/"))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _case(pk) -> ModerationCase:
    return get_object_or_404(ModerationCase.objects.select_related("author", "decided_by"), pk=pk)


def _case_page(request, found: ModerationCase, form=None, status=200):
    thing = thing_of(found)
    may = rules.can_decide(request.user, found)
    context = {
        "case": found,
        "thing": thing,
        "text": thing.moderated_text() if thing else found.excerpt,
        "has_file": bool(thing and thing.moderated_file()),
        "edit": _edit(thing, found.pending_edit),
        "reports": found.reports.select_related("decision"),
        "decisions": found.decisions.select_related("by"),
        "record": reading.record_of(found.author),
        "part": rules.has_part_in(request.user, found),
        "may": may,
        "may_sanction": bool(found.author and rules.can_sanction(request.user, found.author, found)),
        "form": form or (forms.DecideForm(case=found) if may else None),
    }
    return render(request, "moderation/case.html", context, status=status)


def _edit(thing, fields: dict | None) -> list[tuple]:
    """[(label, as it is, as it would be, the difference as safe HTML)] of an edit that waits."""
    if thing is None or fields is None:
        return []
    budget = Budget()
    return [(label, old, new, diff_html(old, new, budget)) for label, old, new in thing.moderated_edit(fields)]


# --- people -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def person(request, public_id):
    """A person's record, and the form that sanctions them, which asks once."""
    found = get_object_or_404(User, public_id=public_id)
    about = _case_of(request, found)
    form, status = forms.SanctionForm(request.POST or None), 200
    if request.method == "POST":
        limits.check(request, "moderation")
        if form.is_valid() and not review.wants_back(request):
            if review.needed(request):
                return _ask_sanction(request, form)
            status = submit(form, lambda data: services.sanction(person=found, by=request.user, case=about, **data))
            if status == 200:
                messages.success(request, _said(form.cleaned_data["kind"]))
                return redirect(about or "moderation:index")
        elif not form.is_valid():
            status = 400
    context = {
        "person": found,
        "case": about,
        "record": reading.record_of(found),
        "sanctions": found.sanctions.select_related("decision__appeal", "by", "confirmed_by"),
        "form": form if rules.can_sanction(request.user, found, about) else None,
    }
    return render(request, "moderation/person.html", context, status=status)


def _case_of(request, person) -> ModerationCase | None:
    """The case that a sanction follows from (`?caso=`), if it is this person's."""
    number = request.GET.get("caso", "")
    if not number:
        return None
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise Http404
    return get_object_or_404(ModerationCase, pk=number, author=person)


def _ask_sanction(request, form):
    closing = form.cleaned_data["kind"] == Sanction.Kind.CLOSE
    return review.page(
        request,
        title=_("¿Proponer el cierre de la cuenta?") if closing else _("¿Aplicar la sanción?"),
        rows=review.rows(form),
        button=_("Proponer el cierre") if closing else _("Aplicar la sanción"),
        follows=_("La cuenta se cierra cuando otra persona de moderación lo confirme.")
        if closing
        else _("Empieza ahora y se avisa a la persona. Solo una apelación la levanta."),
        danger=True,
    )


def _said(kind: str) -> str:
    if kind == Sanction.Kind.CLOSE:
        return _("Propuesto. Avisamos a las demás personas de moderación: una debe confirmarlo.")
    return _("Aplicada. Avisamos a la persona, con la razón y la manera de apelar.")


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def closing(request, pk):
    """A closing that waits for a second person: confirmed (after asking once) or dropped."""
    found = get_object_or_404(Sanction.objects.select_related("user", "by", "case"), pk=pk, kind=Sanction.Kind.CLOSE)
    if request.method == "POST":
        limits.check(request, "moderation")
        return _decide_closing(request, found)
    context = {
        "sanction": found,
        "record": reading.record_of(found.user),
        "may": rules.can_confirm_closing(request.user, found),
    }
    return render(request, "moderation/closing.html", context)


def _decide_closing(request, found: Sanction):
    choice = request.POST.get("decision")
    if choice == "descartar":
        services.drop_closing(sanction=found, by=request.user)
        messages.success(request, _("Descartado: la cuenta sigue abierta, y a la persona no se le dice nada."))
        return redirect("moderation:index")
    if choice != "confirmar":
        raise Refused(_("Elija si confirma el cierre o lo descarta."), status=400)
    if review.needed(request):
        return review.page(
            request,
            title=_("¿Cerrar la cuenta?"),
            rows=[(_("Cuenta"), found.user), (_("Razón"), found.get_reason_display())],
            button=_("Cerrar la cuenta"),
            follows=_("La persona ya no podrá entrar. Solo una apelación la abre de nuevo."),
            danger=True,
            back=found.get_absolute_url(),
        )
    services.confirm_closing(sanction=found, by=request.user)
    messages.success(request, _("La cuenta se cerró. La persona recibe un correo con la manera de apelar."))
    return redirect("moderation:index")


# --- appeals ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@moderators_only
def appeal(request, pk):
    """An appeal, for a moderator who had no part in what was decided. The outcome is final: it asks once."""
    rows = Appeal.objects.select_related("decision__case", "decision__by", "decision__sanction", "author")
    found = get_object_or_404(rows, pk=pk)
    form, status = forms.OutcomeForm(request.POST or None), 200
    if request.method == "POST":
        limits.check(request, "moderation")
        if form.is_valid() and not review.wants_back(request):
            if review.needed(request):
                return _ask_outcome(request, form)
            status = submit(form, lambda data: services.decide_appeal(appeal=found, by=request.user, **data))
            if status == 200:
                messages.success(request, _("Decidida. Avisamos a quien apeló: el resultado es definitivo."))
                return redirect("moderation:index")
        elif not form.is_valid():
            status = 400
        found = rows.get(pk=pk)
    thing = thing_of(found.decision.case) if found.decision.case and found.decision.kind != "account" else None
    may = rules.can_decide_appeal(request.user, found)
    context = {
        "appeal": found,
        "decision": found.decision,
        "case": found.decision.case,
        "text": thing.moderated_text() if thing else found.decision.excerpt,
        "record": reading.record_of(found.author),
        "may": may,
        "form": form if may or form.errors else None,
    }
    return render(request, "moderation/appeal.html", context, status=status)


def _ask_outcome(request, form):
    return review.page(
        request,
        title=_("¿Decidir la apelación?"),
        rows=review.rows(form),
        button=_("Decidir la apelación"),
        follows=_("El resultado es definitivo y se avisa a quien apeló."),
    )
