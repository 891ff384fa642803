"""What the platform keeps about a person: seen, downloaded, and erased."""

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from decide import limits
from decide.accounts import services
from decide.accounts.access import signin_required
from decide.accounts.forms import EraseForm
from decide.accounts.models import Consent


@signin_required
def data(request):
    consents = list(request.user.consents.order_by("-given_at"))
    context = {
        "consents": consents,
        "wants_news": any(c.purpose == Consent.Purpose.NEWS and c.withdrawn_at is None for c in consents),
        "terms_version": settings.TERMS_VERSION,
    }
    return render(request, "accounts/data.html", context)


@signin_required
def download(request):
    """Everything about the person as one JSON file, made anew each time and cached nowhere."""
    limits.check(request, "own-data")
    answer = JsonResponse(
        {"made": timezone.now().isoformat(), **services.export_all(user=request.user)},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    answer["Content-Disposition"] = f'attachment; filename="decide-mis-datos-{timezone.localdate():%Y-%m-%d}.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@signin_required
def consent(request):
    """Receive news by mail, or not any more."""
    limits.check(request, "own-data")
    if request.POST.get("news") == "yes":
        services.give_consent(user=request.user, purpose=Consent.Purpose.NEWS)
        messages.success(request, _("Le enviaremos novedades. Puede dejarlo cuando quiera, aquí mismo."))
    else:
        services.withdraw_consent(user=request.user, purpose=Consent.Purpose.NEWS)
        messages.success(request, _("Ya no le enviaremos novedades."))
    return redirect("accounts:data")


@signin_required
@reauthentication_required(allow_get=False)
def erase(request):
    """Asked once, by whoever has just proved who they are."""
    form, status = EraseForm(request.POST or None), 200
    if request.method == "POST":
        limits.check(request, "own-data")
        if form.is_valid():
            services.erase_account(user=request.user)
            logout(request)
            messages.success(request, _("Su cuenta y sus datos se borraron. Puede volver cuando quiera."))
            return redirect("pages:home")
        status = 400
    return render(request, "accounts/erase.html", {"form": form}, status=status)
