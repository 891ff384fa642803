"""What a person does with their own account: residence, profile, credential."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from decide import limits
from decide.accounts import desks, services
from decide.accounts.access import signin_required
from decide.accounts.forms import ClaimForm, ProfileForm, ResidenceForm
from decide.errors import Refused


@signin_required
def residence(request):
    form, status = ResidenceForm(), 200
    if request.method == "POST":
        limits.check(request, "verify")
        form, status = ResidenceForm(request.POST), 400
        if form.is_valid():
            try:
                services.verify_by_register(user=request.user, **form.cleaned_data)
                messages.success(request, _("Su residencia quedó verificada."))
                return redirect("accounts:residence")
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
    context = {"form": form, "residence": request.user.residence, "saved": request.user.intentions.count()}
    if not request.user.residence:
        context |= {"desks": desks.nearest_desks(request.user.home_parish), "what_to_bring": desks.WHAT_TO_BRING}
    return render(request, "accounts/residence.html", context, status=status)


@signin_required
def profile(request):
    user = request.user
    form, status = ProfileForm(initial={"display_name": user.display_name, "home_parish": user.home_parish_id}), 200
    if request.method == "POST":
        limits.check(request, "own-data")
        form, status = ProfileForm(request.POST), 400
        if form.is_valid():
            services.save_profile(user=user, **form.cleaned_data)
            messages.success(request, _("Los cambios quedaron guardados."))
            return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=status)


@signin_required
def claim(request):
    form, status = ClaimForm(), 200
    if request.method == "POST":
        limits.check(request, "claim")
        form, status = ClaimForm(request.POST), 400
        if form.is_valid():
            try:
                services.claim_appointment(user=request.user, code=form.cleaned_data["code"])
                return redirect("accounts:claim")
            except Refused as refusal:
                form.add_error("code", str(refusal.reason))
                status = refusal.status
    context = {
        "form": form,
        "waiting": request.user.claims.select_related("zone", "parish", "agency", "body"),
        "held": request.user.appointments,
        "desks": desks.nearest_desks(request.user.home_parish),
    }
    return render(request, "accounts/claim.html", context, status=status)
