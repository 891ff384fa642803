"""The zonal officer's desk: what waits by deadline, deciding registrations, printing credentials."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from decide import limits, review
from decide.accounts.access import office_required
from decide.accounts.models import Appointment
from decide.assemblies import reading, rules, services
from decide.assemblies.forms import DecisionForm
from decide.assemblies.models import Assembly
from decide.assemblies.services.deciding import ACTIONS
from decide.assemblies.steps import story_of
from decide.assemblies.views.reading import viewable
from decide.errors import Refused

Office, Status = Appointment.Office, Assembly.Status
PER_PAGE = 20
at_the_desk = office_required(Office.ZONAL, Office.PARTICIPATION)


@at_the_desk
@require_safe
def desk(request):
    """By deadline; the participation office sees the whole District, and prints credentials."""
    zones = rules.zones_of(request.user)
    everywhere = rules.people.has_office(request.user, Office.PARTICIPATION)
    running = Assembly.objects.in_zone(*zones).filter(status__in=[Status.OBJECTIONS, Status.RETURNED])
    waits = Paginator(reading.waiting(zones), PER_PAGE).get_page(request.GET.get("pagina"))
    context = {
        "page": waits,
        "running": [a for a in running.with_places().order_by("objections_until", "pk")[:60] if _runs(a)],
        "credentials": Paginator(reading.unclaimed(zones, everywhere), PER_PAGE).get_page(
            request.GET.get("credenciales")
        ),
        "answers_for_zones": bool(zones),
    }
    for assembly in waits:
        assembly.late = rules.is_late(assembly)
    return render(request, "assemblies/desk.html", context)


def _runs(assembly: Assembly) -> bool:
    return assembly.status == Status.RETURNED or rules.takes_objections(assembly)


@never_cache
@office_required(Office.ZONAL)
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request, pk):
    """Everything that an officer needs to decide on one page; what cannot be undone asks once."""
    assembly = viewable(request, pk)
    if assembly.level not in Assembly.REGISTERING:
        raise Http404
    if not rules.can_decide(request.user, assembly):
        raise Refused(_("Esto lo decide la Administración Zonal de su zona."), status=403)
    form, status = _decision_form(assembly, request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        limits.check(request, "office")
        status = 400
        if not form.fields["action"].choices:
            raise Refused(
                _("Esta asamblea ya no está en ese paso. Mire cómo quedó."),
                way_out=(assembly.get_absolute_url(), _("Ver la asamblea")),
            )
        if form.is_valid() and not review.wants_back(request):
            action = form.cleaned_data["action"]
            if action in ("register", "refuse", "end") and review.needed(request):
                return _ask(request, form, assembly, action)
            try:
                decided = _act(request.user, assembly, form)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
            else:
                said = _("Hecho: «%(name)s». Avisamos a quienes les importa.")
                messages.success(request, said % {"name": decided})
                return redirect(decided if decided.is_public else "assemblies:desk")
        elif review.wants_back(request):
            status = 200
    context = {
        "assembly": assembly,
        "form": form,
        "story": story_of(assembly),
        "board": assembly.board.all(),
        "files": assembly.founding_files.all(),
        "rivals": [
            each
            for each in Assembly.objects.rivals_of(assembly).with_places()
            if each.is_public or each.status in (*rules.WAITING, Status.RETURNED)
        ],
        "late": rules.is_late(assembly),
    }
    return render(request, "assemblies/decide.html", context, status=status)


def _decision_form(assembly: Assembly, data=None) -> DecisionForm:
    actions = rules.actions(assembly)
    asked = "register" in actions
    objections = assembly.objections.filter(hidden=False, replied_at=None).select_related("author") if asked else ()
    claimant = next((m.account for m in assembly.board.select_related("account") if m.account_id), None)
    return DecisionForm(data, actions=actions, objections=objections, claimant=str(claimant or ""))


def _ask(request, form, assembly: Assembly, action: str):
    title = {
        "register": _("¿Registrar esta asamblea?"),
        "refuse": _("¿No registrarla?"),
        "end": _("¿Terminar esta asamblea?"),
    }[action]
    follows = {
        "register": _("Será la asamblea de su barrio. Su presidencia y su secretaría reciben su cargo."),
        "refuse": _("No se puede deshacer. Pueden presentar otra solicitud."),
        "end": _("Sus cargos y sus representantes terminan hoy. No se puede deshacer."),
    }[action]
    rows = [(_("Asamblea"), assembly.name), *((row.label, row.value()) for row in _filled(form))]
    return review.page(
        request, title=title, rows=rows, button=form.LABELS[action], follows=follows, danger=action != "register"
    )


def _filled(form):
    return [field for field in form if field.name not in ("action", "accounts_seen") and field.value()]


def _act(officer, assembly: Assembly, form: DecisionForm) -> Assembly:
    got = form.cleaned_data
    action, more = got["action"], {}
    if action in ("register", "refuse"):
        more["replies"] = form.replies
    if action == "register":
        more["accounts_seen"] = got.get("accounts_seen", False)
    return ACTIONS[action](officer=officer, assembly=assembly, reason=got["reason"], **more)


@at_the_desk
@require_POST
def credential(request, pk):
    """A printable credential with its one-time code, shown this once."""
    limits.check(request, "office")
    rows = Appointment.objects.select_related("body__assembly__parish__zone", "body__assembly__zone", "zone")
    appointment = get_object_or_404(rows.filter(body__assembly__isnull=False), pk=pk)
    assembly = appointment.body.assembly
    back = reverse("assemblies:desk")
    if not rules.can_issue(request.user, appointment, assembly):
        raise Refused(_("Las credenciales las emite la Administración Zonal."), status=403)
    if appointment.claim_key and review.needed(request):
        return review.page(
            request,
            title=_("¿Emitir otra credencial?"),
            rows=[(_("Cargo"), appointment), (_("De"), appointment.holder_name)],
            button=_("Emitir otra credencial"),
            follows=_("El código de la credencial anterior deja de servir."),
            danger=True,
            back=back,
        )
    code = services.print_credential(officer=request.user, assembly=assembly, appointment=appointment)
    context = {"appointment": appointment, "code": code, "back": back}
    response = render(request, "accounts/credential.html", context)
    response["Cache-Control"] = "no-store"
    return response
