"""The minutes: what everybody reads, and the table's page where they are drawn up, locked, scanned and corrected."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from decide import limits, review
from decide.accounts.access import signin_required
from decide.assemblies import session_forms as forms
from decide.assemblies import session_rules as rules
from decide.assemblies.minutes import budget_parts
from decide.assemblies.models import Session
from decide.assemblies.services import minutes as services
from decide.assemblies.session_reading import minutes_of
from decide.assemblies.views.sessions import attempt, conducted, find_session
from decide.errors import Refused
from decide.media import file_response


def _budget(content: dict) -> dict:
    """The parts that only the budget knows, and whether there are any."""
    parts = budget_parts(content)
    return {"budget": parts, "has_budget": any(part["value"] for part in parts)}


@require_safe
def minutes(request, pk):
    """Published minutes with their two files and what was corrected since; missing until they are published."""
    session = find_session(pk)
    kept = minutes_of(session)
    may_conduct = rules.can_conduct(request.user, session)
    if kept is None or not kept.is_locked:
        if may_conduct and session.status == Session.Status.HELD:
            return redirect("assemblies:minutes_draft", pk)
        raise Http404
    context = {
        "session": session,
        "minutes": kept,
        "content": kept.content,
        **_budget(kept.content),
        "scan_url": kept.scan.url if kept.scan else "",
        "corrections": kept.corrections.select_related("by"),
        "may_conduct": may_conduct,
    }
    return render(request, "assemblies/minutes.html", context)


@never_cache
@signin_required
@require_safe
def draft(request, pk):
    return _draft(request, conducted(request, pk))


def _draft(request, session, *, form=None, status=200):
    if session.status != Session.Status.HELD:
        way_out = (reverse("assemblies:table", args=[session.pk]), _("Ir a la mesa"))
        raise Refused(_("El acta se hace cuando la sesión está clausurada."), status=409, way_out=way_out)
    kept = minutes_of(session)
    content = services.draft_minutes(session=session)
    context = {
        "session": session,
        "minutes": kept,
        "content": content,
        **_budget(content),
        "may_lock": rules.can_lock(request.user, session, kept),
        "form": form,
        "observations_form": form
        if isinstance(form, forms.ObservationsForm)
        else forms.ObservationsForm(initial={"text": session.observations}),
        "scan_form": form if isinstance(form, forms.ScanForm) else forms.ScanForm(),
        "correction_form": form if isinstance(form, forms.CorrectionForm) else forms.CorrectionForm(),
    }
    return render(request, "assemblies/minutes_draft.html", context, status=status)


def _back(pk: int):
    response = redirect("assemblies:minutes_draft", pk)
    response.status_code = 303
    return response


@signin_required
@require_POST
def observations(request, pk):
    limits.check(request, "session")
    session, form = conducted(request, pk), forms.ObservationsForm(request.POST)
    status = 400
    if form.is_valid():
        done, status = attempt(
            form, services.write_observations, session=session, officer=request.user, **form.cleaned_data
        )
        if done:
            messages.success(request, _("Las observaciones están guardadas."))
            return _back(pk)
    return _draft(request, session, form=form, status=status)


@signin_required
@require_POST
def lock(request, pk):
    """The first lock freezes, the second publishes: each is asked once."""
    session = conducted(request, pk)
    kept = minutes_of(session)
    first = kept is None or kept.first_lock_at is None
    if review.needed(request):
        if first:
            title, button = _("¿Cerrar el acta?"), _("Cerrar el acta")
            follows = _(
                "Lo que dice queda fijo y se genera el PDF para imprimir y firmar. Luego la publica otra persona."
            )
        else:
            title, button = _("¿Publicar el acta?"), _("Publicar el acta")
            follows = _("Todos podrán leerla. Después solo se corrige a la vista, al lado.")
        back = reverse("assemblies:minutes_draft", args=[pk])
        return review.page(request, title=title, follows=follows, rows=[], button=button, back=back)
    limits.check(request, "session")
    done = services.lock_minutes(session=session, officer=request.user)
    if done.is_locked:
        messages.success(request, _("El acta está publicada. Avisamos a quienes integran la asamblea."))
        return redirect("assemblies:minutes", pk)
    messages.success(request, _("El acta está cerrada. Imprímala, fírmenla y suba la copia firmada."))
    return _back(pk)


@signin_required
@require_POST
def give_back(request, pk):
    limits.check(request, "session")
    services.return_minutes(session=conducted(request, pk), officer=request.user)
    messages.success(request, _("El acta volvió a ser un borrador."))
    return _back(pk)


@signin_required
@require_POST
def scan(request, pk):
    limits.check(request, "upload")
    session, form = conducted(request, pk), forms.ScanForm(request.POST, request.FILES)
    status = 400
    if form.is_valid():
        try:
            done, status = attempt(
                form, services.add_scan, session=session, officer=request.user, upload=form.cleaned_data["scan"]
            )
        except ValidationError as error:
            form.add_error("scan", error)
            done, status = None, 400
        if done:
            messages.success(request, _("La copia firmada está guardada."))
            return _back(pk)
    return _draft(request, session, form=form, status=status)


@signin_required
@require_POST
def correct(request, pk):
    limits.check(request, "session")
    session, form = conducted(request, pk), forms.CorrectionForm(request.POST)
    status = 400
    if form.is_valid():
        done, status = attempt(
            form, services.correct_minutes, session=session, officer=request.user, **form.cleaned_data
        )
        if done:
            messages.success(request, _("La corrección está publicada al lado del acta."))
            return redirect("assemblies:minutes", pk)
    return _draft(request, session, form=form, status=status)


@never_cache
@signin_required
@require_safe
def file(request, pk, which):
    """The PDF or the scan before they are published, for the table that prints and signs."""
    kept = minutes_of(conducted(request, pk))
    stored = kept and (kept.pdf if which == "pdf" else kept.scan)
    if not stored:
        raise Http404
    return file_response(stored.name)
