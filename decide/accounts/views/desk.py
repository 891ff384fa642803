"""The desk: an officer attends a person who is present, from a phone in an assembly too."""

import time

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decide import limits, review
from decide.accounts import rules, services
from decide.accounts.access import office_required
from decide.accounts.forms import DeskForm, DocumentForm, OtherDocumentForm, ParishForm
from decide.accounts.models import Appointment, Residence
from decide.errors import Refused

SEEN = "desk_seen"
SEEN_SECONDS = 30 * 60  # how long the person of a residence counts as standing before the officer
WHERE = ("zone", "parish", "agency", "body")


@office_required(*rules.DESK_OFFICES)
def desk(request):
    waiting = Appointment.objects.exclude(claimed_by=None).select_related("claimed_by", *WHERE)
    return render(
        request,
        "accounts/desk.html",
        {"waiting": waiting[:50], "can_appoint": rules.can_appoint(request.user)},
    )


@office_required(*rules.DESK_OFFICES)
def verify(request):
    form, status = DeskForm(), 200
    if request.method == "POST":
        limits.check(request, "desk")
        form, status = DeskForm(request.POST), 400
        if form.is_valid():
            typed = dict(form.cleaned_data)
            typed.pop("seen")
            try:
                found = services.verify_at_desk(officer=request.user, user=typed.pop("email"), **typed)
                _see(request, found)
                messages.success(request, _("La persona quedó verificada."))
                return redirect("accounts:desk_person", found.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
    return render(request, "accounts/desk_verify.html", {"form": form}, status=status)


@office_required(*rules.DESK_OFFICES)
def find(request):
    """Whether the person who is present is verified already."""
    form, status = DocumentForm(), 200
    if request.method == "POST":
        limits.check(request, "desk")
        form, status = DocumentForm(request.POST), 400
        if form.is_valid():
            found = services.find_residence(**form.cleaned_data)
            if found:
                _see(request, found)
                return redirect("accounts:desk_person", found.pk)
            form.add_error(None, _("Esta persona todavía no está verificada. Puede verificarla ahora."))
            status = 404
    return render(request, "accounts/desk_find.html", {"form": form}, status=status)


@office_required(*rules.DESK_OFFICES)
def person(request, pk):
    """A verified person who is present: move to another parish, or add a document."""
    residence = present(request, pk)
    forms = {"move": ParishForm(), "add": OtherDocumentForm(prefix="add")}
    status = 200
    if request.method == "POST":
        limits.check(request, "desk")
        action = "move" if request.POST.get("action") == "move" else "add"
        form = ParishForm(request.POST) if action == "move" else OtherDocumentForm(request.POST, prefix="add")
        forms[action], status = form, 400
        if form.is_valid():
            try:
                _change(request, residence, action, form.cleaned_data)
                return redirect("accounts:desk_person", residence.pk)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
    context = {
        "residence": residence,
        "documents": residence.document_keys.order_by("kind", "country").values_list("kind", "country").distinct(),
        "move_form": forms["move"],
        "add_form": forms["add"],
    }
    return render(request, "accounts/desk_person.html", context, status=status)


def _change(request, residence, action, typed):
    typed.pop("seen")
    if action == "move":
        services.change_parish(officer=request.user, residence=residence, parish=typed["parish"])
        messages.success(request, _("La nueva parroquia quedó registrada."))
    else:
        services.add_document(officer=request.user, residence=residence, **typed)
        messages.success(request, _("El documento quedó unido a la misma persona."))


@require_POST
@office_required(*rules.CREDENTIAL_OFFICES)
def check_claim(request, pk):
    """Confirm or reject the holder of a printed credential."""
    limits.check(request, "desk")
    appointment = get_object_or_404(
        Appointment.objects.exclude(claimed_by=None).select_related("claimed_by", *WHERE), pk=pk
    )
    claimant = request.POST.get("claimant", "")
    confirms = request.POST.get("answer") == "confirm"
    services.check_claim(officer=request.user, appointment=appointment, claimant=claimant)
    if review.needed(request):
        return _ask_claim(request, appointment, confirms)
    if confirms:
        services.confirm_claim(officer=request.user, appointment=appointment, claimant=claimant)
        messages.success(request, _("El cargo quedó confirmado."))
    else:
        services.reject_claim(officer=request.user, appointment=appointment, claimant=claimant)
        messages.success(request, _("La credencial quedó anulada. Se puede emitir otra."))
    return redirect("accounts:desk")


def _ask_claim(request, appointment, confirms):
    follows = (
        _("Desde ahora la cuenta tiene los permisos del cargo.")
        if confirms
        else _("El código de la credencial deja de servir. Se puede emitir otra.")
    )
    return review.page(
        request,
        title=_("¿Confirmar este cargo?") if confirms else _("¿Anular esta credencial?"),
        rows=[
            (_("Cargo"), appointment),
            (_("En la credencial"), appointment.holder_name),
            (_("Cuenta"), appointment.claimed_by),
        ],
        button=_("Es la persona: confirmar") if confirms else _("No es: anular el código"),
        follows=follows,
        danger=not confirms,
        back=reverse("accounts:desk"),
    )


def _see(request, residence: Residence) -> None:
    seen = {k: at for k, at in request.session.get(SEEN, {}).items() if at > time.time() - SEEN_SECONDS}
    request.session[SEEN] = {**seen, str(residence.pk): int(time.time())}


def present(request, pk) -> Residence:
    """A residence whose document this officer has typed in the last half hour: nobody browses residences."""
    if request.session.get(SEEN, {}).get(str(pk), 0) < time.time() - SEEN_SECONDS:
        way_out = (reverse("accounts:desk_find"), _("Buscar a una persona verificada"))
        raise Refused(_("Escriba de nuevo el documento de la persona que está presente."), status=403, way_out=way_out)
    return get_object_or_404(Residence.objects.select_related("parish__zone"), pk=pk)
