"""Recording whom a session elected, and who leaves a seat."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from decide import limits, review
from decide.accounts.access import signin_required
from decide.assemblies import reading, rules, services
from decide.assemblies.forms import ElectionForm, LeaveForm
from decide.assemblies.models import Seat
from decide.assemblies.views.reading import viewable
from decide.errors import Refused


@never_cache
@signin_required
@require_http_methods(["GET", "HEAD", "POST"])
def elect(request, pk):
    """All who were elected in one session, with their alternates."""
    assembly = viewable(request, pk)
    if not rules.can_elect(request.user, assembly):
        raise Refused(_("Las elecciones las registra la directiva o la Administración Zonal."), status=403)
    most = rules.seats_of(assembly)
    officer = rules.knows_namesakes(request.user, assembly)
    form, status = ElectionForm(request.POST or None, assembly=assembly, rows=most, officer=officer), 200
    if request.method == "POST":
        limits.check(request, "office")
        status = 400
        if form.is_valid() and not review.wants_back(request):
            if review.needed(request):
                return _ask(request, form, assembly)
            try:
                seats = _elect(request.user, form)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
            else:
                said = ngettext(
                    "Quedó registrado %(n)s puesto. La Administración Zonal emite las credenciales.",
                    "Quedaron registrados %(n)s puestos. La Administración Zonal emite las credenciales.",
                    len(seats),
                )
                messages.success(request, said % {"n": len(seats)})
                return redirect(f"{assembly.get_absolute_url()}#envia")
        elif review.wants_back(request):
            status = 200
    context = {"assembly": assembly, "form": form, "most": most, "sent": reading.sent_by(assembly)}
    return render(request, "assemblies/elect.html", context, status=status)


def _elect(user, form) -> list[Seat]:
    got = form.cleaned_data
    return services.elect_seats(
        by=user,
        session=got["session"],
        elected=form.elected,
        starts=got["starts"],
        namesakes=got.get("namesakes", False),
    )


def _ask(request, form, assembly):
    return review.page(
        request,
        title=_("¿Registrar a quienes se eligió?"),
        rows=[(_("Asamblea"), assembly.name), *review.rows(form)],
        button=_("Registrarlos"),
        follows=_("Sus nombres son públicos desde ahora. Quien se equivoca registra después quién deja el puesto."),
    )


@never_cache
@signin_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request, pk):
    """Who leaves a seat: its alternate takes over, or it can be filled again."""
    rows = Seat.objects.select_related(
        "principal__holder", "alternate__holder", "assembly", "sent_by__parish__zone", "sent_by__zone", "sent_by__body"
    )
    seat = get_object_or_404(rows, pk=pk)
    if not rules.can_change_seat(request.user, seat):
        raise Refused(_("Solo la directiva, la Administración Zonal o quien deja el puesto puede hacerlo."), status=403)
    form, status = LeaveForm(request.POST or None, choices=_who(seat)), 200
    if request.method == "POST":
        limits.check(request, "office")
        status = 400
        if form.is_valid() and not review.wants_back(request):
            if review.needed(request):
                return _ask_leaving(request, form, seat)
            got = form.cleaned_data
            try:
                services.leave_seat(
                    by=request.user, seat=seat, alternate=got["who"] == "alternate", reason=got["reason"]
                )
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
            else:
                messages.success(request, _("Quedó registrado, a la vista de todos."))
                return redirect(f"{seat.assembly.get_absolute_url()}#representantes")
        elif review.wants_back(request):
            status = 200
    return render(request, "assemblies/leave.html", {"seat": seat, "form": form}, status=status)


def _who(seat: Seat) -> list[tuple[str, str]]:
    """Principal and alternate, by their names."""
    nobody = _("sin nombre")
    who = [("principal", _("%(name)s, principal") % {"name": services.name_of(seat.principal) or nobody})]
    if seat.alternate:
        who.append(("alternate", _("%(name)s, suplente") % {"name": services.name_of(seat.alternate) or nobody}))
    return who


def _ask_leaving(request, form, seat: Seat):
    leaves, alternate = form.cleaned_data["who"], services.name_of(seat.alternate)
    if leaves == "alternate":
        follows = _("El puesto queda sin suplente.")
    elif alternate:
        follows = _("%(name)s pasa de suplente a principal.") % {"name": alternate}
    else:
        follows = _("El puesto queda vacío, y la asamblea puede elegir a otra persona.")
    return review.page(
        request,
        title=_("¿Registrar que deja el puesto?"),
        rows=review.rows(form),
        button=_("Registrarlo"),
        follows=follows,
        danger=True,
    )
