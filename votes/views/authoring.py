"""Officers write a poll, look at it as a voter will, and a second one approves it. All without JavaScript."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from decide import limits, review
from decide.accounts.access import office_required
from decide.errors import Refused
from decide.templatetags.decide import fecha
from votes import forms, officers
from votes.ballot import new_ballot
from votes.models import Option, Poll
from votes.reading import polls
from votes.services import authoring
from votes.services.closing import annul_poll
from votes.views.reading import detail_context
from votes.views.voting import Place
from votes.who import who_votes

officer_only = office_required(*officers.OFFICES)
GET_OR_POST = ["GET", "HEAD", "POST"]


@officer_only
@require_safe
def desk(request):
    """Drafts and what waits for approval, of one's own and of others that one may approve."""
    waiting = polls().filter(status__in=[Poll.Status.DRAFT, Poll.Status.SUBMITTED]).select_related("written_by")
    seen = [poll for poll in waiting.order_by("opens_at", "pk") if officers.can_see(request.user, poll)]
    context = {
        "to_approve": [poll for poll in seen if officers.can_approve(request.user, poll)],
        "drafts": [poll for poll in seen if not officers.can_approve(request.user, poll)],
    }
    return render(request, "votes/desk.html", context)


@officer_only
@require_http_methods(GET_OR_POST)
def new(request):
    form, status = forms.PollForm(officer=request.user), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = forms.PollForm(request.POST, officer=request.user), 400
        if form.is_valid():
            once_key = form.cleaned_data["once_key"]
            poll, status = _try(form, authoring.draft_poll, officer=request.user, once_key=once_key, **form.values)
            if poll:
                messages.success(request, _("El borrador está guardado. Ahora escriba sus preguntas."))
                return redirect("votes:edit", poll.pk)
    return render(request, "votes/poll_form.html", {"form": form}, status=status)


def _try(form, service, **arguments):
    """`(what the service made, 200)`, or `(None, status)` with its refusal on the form."""
    try:
        return service(**arguments), 200
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return None, refusal.status


def _mine(request, pk) -> Poll:
    """A poll that this officer sees before it is public; 404 otherwise."""
    poll = get_object_or_404(polls().select_related("written_by", "approved_by"), pk=pk)
    if not (officers.is_in_charge(request.user, poll) or officers.can_approve(request.user, poll)):
        raise Http404
    return poll


def _draft(request, pk) -> Poll:
    """A draft that this officer may change; refused (403, 409) otherwise."""
    poll = _mine(request, pk)
    if poll.status != Poll.Status.DRAFT:
        raise Refused(
            _("Esta votación ya no es un borrador: no se puede cambiar."),
            way_out=(reverse("votes:edit", args=[pk]), _("Volver")),
        )
    officers.refuse_unless(
        officers.can_write(request.user, poll), poll, _("Solo quien empezó este borrador puede cambiarlo.")
    )
    return poll


@officer_only
@require_safe
def edit(request, pk):
    """Everything of a poll that is being made, with what can be done next."""
    poll = _mine(request, pk)
    context = {
        "poll": poll,
        "questions": poll.questions.prefetch_related("options"),
        "documents": poll.documents.all(),
        "document_form": forms.DocumentForm(),
        "may_write": officers.can_write(request.user, poll),
        "may_approve": officers.can_approve(request.user, poll),
        "may_annul": officers.can_annul(request.user, poll),
        "is_writer": poll.written_by_id == request.user.pk,
        "missing": authoring.what_is_missing(poll) if poll.status == Poll.Status.DRAFT else [],
        "rows": _facts(poll),
    }
    return render(request, "votes/edit.html", context)


def _facts(poll: Poll) -> list[tuple]:
    return [
        (_("Título"), poll.title),
        (_("Quiénes votan"), who_votes(poll)),
        (_("Efecto"), poll.get_effect_display()),
        (_("Quién decidió que se vote"), poll.decided_by_text),
        (_("Responde después"), poll.answers_for),
        (_("Se abre"), fecha(poll.opens_at)),
        (_("Se cierra"), fecha(poll.closes_at)),
        (_("Totales"), poll.get_running_totals_display()),
    ]


@officer_only
@require_http_methods(GET_OR_POST)
def facts(request, pk):
    """The poll's own form."""
    poll = _draft(request, pk)
    form, status = forms.PollForm(officer=request.user, instance=poll), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = forms.PollForm(request.POST, officer=request.user, instance=poll), 400
        if form.is_valid():
            saved, status = _try(form, authoring.edit_poll, poll=poll, officer=request.user, **form.values)
            if saved:
                messages.success(request, _("Los cambios están guardados."))
                return redirect("votes:edit", poll.pk)
    return render(request, "votes/poll_form.html", {"form": form, "poll": poll}, status=status)


@officer_only
@require_http_methods(GET_OR_POST)
def question(request, pk, question=None):
    """A question, new or changed."""
    poll = _draft(request, pk)
    row = get_object_or_404(poll.questions, pk=question) if question else None
    names = ("text", "help", "method", "max_choices", "amount")
    initial = {name: getattr(row, name) for name in names} if row else {}
    form, status = forms.QuestionForm(initial=initial), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = forms.QuestionForm(request.POST, initial=initial), 400
        if form.is_valid():
            saved, status = _try(
                form, authoring.save_question, poll=poll, officer=request.user, question=row, **form.cleaned_data
            )
            if saved:
                messages.success(request, _("La pregunta está guardada."))
                return redirect(f"{reverse('votes:edit', args=[pk])}#pregunta-{saved.pk}")
    return render(request, "votes/question_form.html", {"form": form, "poll": poll, "question": row}, status=status)


@officer_only
@require_http_methods(GET_OR_POST)
def option(request, pk, question, option=None):
    """An option of a question, new or changed."""
    poll = _draft(request, pk)
    asked = get_object_or_404(poll.questions, pk=question)
    row = get_object_or_404(asked.options, pk=option) if option else None
    form, status = forms.OptionForm(question=asked, instance=row), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = forms.OptionForm(request.POST, request.FILES, question=asked, instance=row), 400
        if form.is_valid():
            saved, status = _try(
                form,
                authoring.save_option,
                poll=poll,
                officer=request.user,
                question=asked,
                option=row,
                **form.cleaned_data,
            )
            if saved:
                messages.success(request, _("La opción está guardada."))
                if request.POST.get("otra"):
                    return redirect("votes:new_option", pk, asked.pk)
                return redirect(f"{reverse('votes:edit', args=[pk])}#pregunta-{asked.pk}")
    context = {"form": form, "poll": poll, "question": asked, "option": row}
    return render(request, "votes/option_form.html", context, status=status)


MOVES = {"subir": True, "bajar": False}


@officer_only
@require_POST
def arrange(request, pk):
    """Move or take away a question, an option or a document: `que` says which kind, `id` which, `hacer` what."""
    poll = _draft(request, pk)
    limits.check(request, "office")
    kind, number, act = (request.POST.get(name, "") for name in ("que", "id", "hacer"))
    rows = {
        "pregunta": (poll.questions, authoring.move_question, authoring.remove_question, "question"),
        "opcion": (
            Option.objects.filter(question__poll=poll),
            authoring.move_option,
            authoring.remove_option,
            "option",
        ),
        "documento": (poll.documents, None, authoring.remove_poll_document, "document"),
    }
    if kind not in rows or not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Refused(_("Ese formulario no es de esta página."), status=400)
    found, move, remove, name = rows[kind]
    row = get_object_or_404(found, pk=int(number))
    if act == "quitar":
        if kind == "pregunta" and review.needed(request):
            return review.page(
                request,
                title=_("¿Quitar la pregunta con sus opciones?"),
                rows=[(_("Pregunta"), row.text)],
                button=_("Quitarla"),
                danger=True,
                back=reverse("votes:edit", args=[pk]),
            )
        remove(poll=poll, officer=request.user, **{name: row})
        messages.success(request, _("Se quitó."))
    elif act in MOVES and move:
        move(poll=poll, officer=request.user, up=MOVES[act], **{name: row})
    else:
        raise Refused(_("Ese formulario no es de esta página."), status=400)
    anchor = f"#pregunta-{row.question_id if kind == 'opcion' else row.pk}" if kind != "documento" else "#documentos"
    return redirect(f"{reverse('votes:edit', args=[pk])}{anchor}")


@officer_only
@require_http_methods(GET_OR_POST)
def document(request, pk):
    poll = _draft(request, pk)
    form, status = forms.DocumentForm(), 200
    if request.method == "POST":
        limits.check(request, "upload")
        form, status = forms.DocumentForm(request.POST, request.FILES), 400
        if form.is_valid():
            saved, status = _try(
                form, authoring.add_poll_document, poll=poll, officer=request.user, **form.cleaned_data
            )
            if saved:
                messages.success(request, _("El documento está guardado."))
                return redirect(f"{reverse('votes:edit', args=[pk])}#documentos")
    return render(request, "votes/document_form.html", {"form": form, "poll": poll}, status=status)


# --- what a voter will see ---------------------------------------------------------------------------------


@officer_only
@require_safe
def preview(request, pk):
    """The page and the ballot exactly as a voter will see them: the same templates, and nothing can be sent."""
    poll = _mine(request, pk)
    return render(request, "votes/detail.html", detail_context(request, poll) | {"preview": True})


@officer_only
@require_safe
def preview_ballot(request, pk):
    poll = _mine(request, pk)
    place = Place(action="", back=reverse("votes:preview", args=[pk]), cast=None)
    context = {"poll": poll, "place": place, "ballot": new_ballot(poll), "voted": False, "preview": True}
    return render(request, "votes/choose.html", context)


# --- from the draft to the announcement ----------------------------------------------------------------------


@officer_only
@require_POST
def submit(request, pk):
    poll = _mine(request, pk)
    limits.check(request, "office")
    authoring.submit_poll(poll=poll, officer=request.user)
    messages.success(request, _("La votación espera la aprobación de otra persona. Le avisaremos."))
    return redirect("votes:edit", pk)


@officer_only
@require_POST
def approve(request, pk):
    poll = _mine(request, pk)
    limits.check(request, "office")
    if officers.can_approve(request.user, poll) and review.needed(request):
        return review.page(
            request,
            title=_("¿Aprobar esta votación?"),
            rows=_facts(poll),
            button=_("Aprobarla y anunciarla"),
            follows=_("Se hace pública ahora y se abre sola en su fecha. Después ya no se puede cambiar."),
            back=reverse("votes:edit", args=[pk]),
        )
    poll = authoring.approve_poll(poll=poll, officer=request.user)
    messages.success(request, _("La votación es pública. Se abrirá sola en su fecha."))
    return redirect(poll)


@officer_only
@require_http_methods(GET_OR_POST)
def send_back(request, pk):
    """The second officer does not approve, and says why; or the writer takes it back."""
    poll = _mine(request, pk)
    own = poll.status == Poll.Status.SUBMITTED and poll.written_by_id == request.user.pk
    officers.refuse_unless(own or officers.can_approve(request.user, poll), poll)
    if own and request.method == "POST":
        limits.check(request, "office")
        authoring.return_poll(poll=poll, officer=request.user, reason="")
        return redirect("votes:edit", pk)
    form, status = forms.ReturnForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = forms.ReturnForm(request.POST), 400
        if form.is_valid():
            authoring.return_poll(poll=poll, officer=request.user, **form.cleaned_data)
            messages.success(request, _("Se devolvió con su razón. Avisamos a quien la escribió."))
            return redirect("votes:desk")
    context = {"form": form, "poll": poll, "title": _("No aprobar por ahora"), "button": _("Devolverla con la razón")}
    return render(request, "votes/reason_form.html", context, status=status)


@officer_only
@require_http_methods(GET_OR_POST)
def annul(request, pk):
    """End a poll in public, with the reason, before its time: asked once more before it is done."""
    poll = _mine(request, pk)
    officers.refuse_unless(officers.can_annul(request.user, poll), poll)
    form, status = forms.AnnulForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form = forms.AnnulForm(request.POST)
        if form.is_valid() and not review.wants_back(request):
            if review.needed(request):
                return review.page(
                    request,
                    title=_("¿Anular esta votación?"),
                    rows=[(_("Votación"), poll.title), *review.rows(form)],
                    button=_("Anularla para siempre"),
                    follows=_("Los votos se destruyen sin abrirse. El registro público se queda, con esta razón."),
                    danger=True,
                )
            poll = annul_poll(poll=poll, officer=request.user, **form.cleaned_data)
            messages.success(request, _("La votación quedó anulada. Su página dice por qué."))
            return redirect(poll)
        status = 200 if form.is_valid() else 400
    context = {"form": form, "poll": poll, "title": _("Anular la votación"), "button": _("Seguir"), "danger": True}
    return render(request, "votes/reason_form.html", context, status=status)


@officer_only
@require_POST
def delete(request, pk):
    poll = _draft(request, pk)
    limits.check(request, "office")
    if review.needed(request):
        return review.page(
            request,
            title=_("¿Borrar este borrador?"),
            rows=[(_("Votación"), poll.title)],
            button=_("Borrarlo"),
            follows=_("Nadie más lo ha visto. No se puede recuperar."),
            danger=True,
            back=reverse("votes:edit", args=[pk]),
        )
    authoring.delete_draft(poll=poll, officer=request.user)
    messages.success(request, _("El borrador se borró."))
    return redirect("votes:desk")
