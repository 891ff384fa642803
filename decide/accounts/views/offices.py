"""Offices: the participation office registers who holds them, ends them, and prints credentials."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decide import limits
from decide.accounts import services
from decide.accounts.access import office_required
from decide.accounts.forms import AppointmentForm
from decide.accounts.models import Appointment
from decide.errors import Refused

Office = Appointment.Office


@office_required(Office.PARTICIPATION)
def offices(request):
    """Everybody who holds an office, held one, or still has to claim it."""
    rows = Appointment.objects.select_related("holder", "claimed_by", "zone", "parish", "agency", "body")
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


@require_POST
@office_required(Office.PARTICIPATION)
def end_office(request, pk):
    limits.check(request, "office")
    services.end_appointment(officer=request.user, appointment=get_object_or_404(Appointment, pk=pk))
    messages.success(request, _("El cargo terminó. Desde ahora no da ningún permiso."))
    return redirect("accounts:offices")


@require_POST
@office_required(Office.PARTICIPATION)
def credential(request, pk):
    """A printable credential with its one-time code, shown this once."""
    limits.check(request, "office")
    appointment = get_object_or_404(Appointment.objects.select_related("zone", "parish", "agency", "body"), pk=pk)
    code = services.issue_credential(officer=request.user, appointment=appointment)
    answer = render(request, "accounts/credential.html", {"appointment": appointment, "code": code})
    answer["Cache-Control"] = "no-store"
    return answer
