"""Offices: the participation office registers who holds them, ends them, and prints credentials."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decide import limits, review
from decide.accounts import services
from decide.accounts.access import office_required
from decide.accounts.forms import AppointmentForm
from decide.accounts.models import Appointment
from decide.errors import Refused

Office = Appointment.Office
PLACES = ("holder", "zone", "parish", "agency", "body")


@office_required(Office.PARTICIPATION)
def offices(request):
    """Everybody who holds an office, held one, or still has to claim it."""
    rows = Appointment.objects.select_related("claimed_by", *PLACES)
    asked, which = request.GET.get("q", "").strip().replace("\0", "")[:80], request.GET.get("cargo", "")
    if asked:
        rows = rows.filter(Q(holder_name__icontains=asked) | Q(holder__display_name__icontains=asked))
    if which in Office.values:
        rows = rows.filter(office=which)
    page = Paginator(rows.order_by("-starts", "-pk"), 20).get_page(request.GET.get("pagina"))
    context = {"page": page, "asked": asked, "which": which, "choices": Office.choices, "today": timezone.localdate()}
    return render(request, "accounts/offices.html", context)


@office_required(Office.PARTICIPATION)
def new_office(request):
    form, status = AppointmentForm(), 200
    if request.method == "POST":
        limits.check(request, "office")
        form, status = AppointmentForm(request.POST), 400
        if form.is_valid():
            try:
                services.appoint(officer=request.user, **form.cleaned_data)
                messages.success(request, _("El cargo quedó registrado."))
                return redirect("accounts:offices")
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
    return render(request, "accounts/office_new.html", {"form": form}, status=status)


def _rows(appointment) -> list[tuple]:
    """Whose office it is, for the question before it ends."""
    return [(_("Cargo"), appointment), (_("De"), appointment.holder or appointment.holder_name or "—")]


@require_POST
@office_required(Office.PARTICIPATION)
def end_office(request, pk):
    limits.check(request, "office")
    appointment = get_object_or_404(Appointment.objects.select_related(*PLACES), pk=pk)
    if review.needed(request):
        return review.page(
            request,
            title=_("¿Terminar este cargo?"),
            rows=_rows(appointment),
            button=_("Terminar este cargo"),
            follows=_("Desde ahora no da ningún permiso, y no se puede deshacer. Se puede registrar otro."),
            danger=True,
            back=reverse("accounts:offices"),
        )
    services.end_appointment(officer=request.user, appointment=appointment)
    messages.success(request, _("El cargo terminó. Desde ahora no da ningún permiso."))
    return redirect("accounts:offices")


@require_POST
@office_required(Office.PARTICIPATION)
def credential(request, pk):
    """A printable credential with its one-time code, shown this once."""
    limits.check(request, "office")
    appointment = get_object_or_404(Appointment.objects.select_related(*PLACES), pk=pk)
    if appointment.claim_key and review.needed(request):
        return review.page(
            request,
            title=_("¿Emitir otra credencial?"),
            rows=_rows(appointment),
            button=_("Emitir otra credencial"),
            follows=_("El código de la credencial anterior deja de servir."),
            danger=True,
            back=reverse("accounts:offices"),
        )
    code = services.issue_credential(officer=request.user, appointment=appointment)
    answer = render(request, "accounts/credential.html", {"appointment": appointment, "code": code})
    answer["Cache-Control"] = "no-store"
    return answer
