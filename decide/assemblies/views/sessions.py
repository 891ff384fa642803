"""A session as everybody reads it; calling it, moving and cancelling it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from decide import limits, review
from decide.accounts.access import signin_required
from decide.assemblies import session_forms as forms
from decide.assemblies import session_rules as rules
from decide.assemblies.models import Assembly, Session
from decide.assemblies.services import calling
from decide.assemblies.session_reading import (
    COLUMNS,
    figures,
    items_with_counts,
    minutes_of,
    session_story,
    sessions,
    table_of,
    with_votes,
)
from decide.errors import Refused
from decide.tables import table_response

GET_OR_POST = ["GET", "HEAD", "POST"]


def find_session(pk: int) -> Session:
    return get_object_or_404(sessions(), pk=pk)


def attempt(form, service, **arguments):
    """`(what the service made, 200)`, or `(None, status)` with its refusal on the form."""
    try:
        return service(**arguments), 200
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return None, refusal.status


@require_safe
def session(request, pk):
    """What is called, what is voted, what was decided, and where the minutes are."""
    session = find_session(pk)
    minutes = minutes_of(session)
    context = {
        "session": session,
        "figures": figures(session),
        "items": with_votes(session, items_with_counts(session)),
        "story": session_story(session),
        "minutes": minutes if minutes and minutes.is_locked else None,
        "may_conduct": rules.can_conduct(request.user, session),
        "may_keep_door": rules.can_keep_door(request.user, session) and rules.door_is_open(session),
        "may_change": rules.can_change_call(request.user, session),
    }
    return render(request, "assemblies/session.html", context)


@require_safe
def download(request, pk, form):
    """What the session votes on, and with how many votes, as a file."""
    found = find_session(pk)
    return table_response(f"sesion-{found.pk}-votos", form, COLUMNS, table_of(found))


@never_cache
@signin_required
@require_http_methods(GET_OR_POST)
def call(request, pk):
    """Call a session of this assembly. What is sent to so many is shown once before."""
    assembly = get_object_or_404(Assembly.objects.public().select_related("parish__zone", "zone", "body"), pk=pk)
    if not rules.can_call(request.user, assembly):
        raise Refused(_("Solo quien dirige esta asamblea, o la Administración Zonal, puede convocarla."), status=403)
    form, status = forms.CallForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = forms.CallForm(request.POST), 400
        if form.is_valid() and not review.wants_back(request):
            if review.needed(request):
                return review.page(
                    request,
                    title=_("¿Convocar esta sesión?"),
                    follows=_("Se publica enseguida y se avisa a quienes integran la asamblea y siguen la parroquia."),
                    rows=[(_("Asamblea"), assembly.name), *_rows(form)],
                    button=_("Convocar"),
                )
            made, status = attempt(
                form, calling.call_session, assembly=assembly, officer=request.user, **form.cleaned_data
            )
            if made:
                messages.success(request, _("La sesión está convocada. Avisamos a quienes deben saberlo."))
                return redirect(made)
        elif form.is_valid():
            status = 200
    return render(request, "assemblies/call.html", {"form": form, "assembly": assembly}, status=status)


def _rows(form) -> list[tuple]:
    """With the kind in words."""
    kinds = dict(Session.Kind.choices)
    return [(label, kinds.get(value, value)) for label, value in review.rows(form)]


def _changeable(request, pk) -> Session:
    session = find_session(pk)
    if not rules.can_call(request.user, session.assembly):
        raise Refused(_("Solo quien puede convocar a esta asamblea cambia la convocatoria."), status=403)
    if session.status != Session.Status.CALLED:
        raise Refused(
            _("La convocatoria de esta sesión ya no se puede cambiar."),
            status=409,
            way_out=(session.get_absolute_url(), _("Volver a la sesión")),
        )
    return session


@never_cache
@signin_required
@require_http_methods(GET_OR_POST)
def move(request, pk):
    session = _changeable(request, pk)
    form, status = forms.MoveForm(initial={"starts_at": session.starts_at, "place": session.place}), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = forms.MoveForm(request.POST), 400
        if form.is_valid():
            done, status = attempt(
                form, calling.move_session, session=session, officer=request.user, **form.cleaned_data
            )
            if done:
                messages.success(request, _("La convocatoria cambió. Avisamos a quienes estaban convocados."))
                return redirect(session)
    context = {"form": form, "session": session, "title": _("Cambiar fecha o lugar"), "button": _("Cambiar y avisar")}
    return render(request, "assemblies/change_call.html", context, status=status)


@never_cache
@signin_required
@require_http_methods(GET_OR_POST)
def cancel(request, pk):
    session = _changeable(request, pk)
    form, status = forms.ReasonForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = forms.ReasonForm(request.POST), 400
        if form.is_valid():
            done, status = attempt(
                form, calling.cancel_session, session=session, officer=request.user, **form.cleaned_data
            )
            if done:
                messages.success(request, _("La sesión se canceló. Avisamos a quienes estaban convocados."))
                return redirect(session)
    context = {
        "form": form,
        "session": session,
        "title": _("Cancelar la sesión"),
        "button": _("Cancelar y avisar"),
        "danger": True,
    }
    return render(request, "assemblies/change_call.html", context, status=status)


def conducted(request, pk) -> Session:
    """A session that this person conducts; 403 in words otherwise, 404 where it is not public."""
    session = find_session(pk)
    rules.refuse_unless_conducts(request.user, session)
    return session


def number(text) -> int:
    """An id that was posted; 404 for what is none."""
    text = str(text or "")
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise Http404
    return int(text)
