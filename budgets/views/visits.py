"""Visits to the place, from a phone: the page keeps them until they are sent."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from budgets import services
from budgets import study_rules as rules
from budgets.models import FieldVisit
from budgets.review_forms import VisitForm
from budgets.views.requests import viewable
from decide import limits
from decide.accounts.access import office_required
from decide.errors import Refused
from decide.media import file_response


@office_required(*rules.STUDY_OFFICES, *rules.REVIEW_OFFICES)
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request, pk):
    """Where a script sends it (`visits.js`), it is answered in JSON: the phone forgets what was stored (201) and keeps
    what was refused, with the reason."""
    asked = viewable(request, pk)
    if not rules.studies(request.user, asked):
        raise Refused(_("Las visitas las registra quien estudia las solicitudes de esta zona."), status=403)
    form, status = VisitForm(initial={"visited_at": timezone.localtime(), "place": asked.street}), 200
    if request.method == "POST":
        limits.check(request, "upload")
        form, status = VisitForm(request.POST, request.FILES), 400
        if form.is_valid():
            try:
                services.record_visit(request=asked, officer=request.user, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal.reason))
                status = refusal.status
            else:
                return _stored(request, asked)
        if not request.accepts("text/html"):
            errors = [str(error) for errors in form.errors.values() for error in errors]
            return JsonResponse({"error": errors}, status=status)
    context = {
        "asked": asked,
        "form": form,
        "files_lost": bool(request.FILES),
        "can_visit": rules.can_visit(request.user, asked),
    }
    return render(request, "budgets/visit.html", context, status=status)


def _stored(request, asked):
    if not request.accepts("text/html"):
        return JsonResponse({"page": asked.get_absolute_url()}, status=201)
    messages.success(request, _("La visita quedó guardada."))
    return redirect(f"{asked.get_absolute_url()}#visitas")


@require_safe
def photo(request, pk, number, small=False):
    """The photo of a visit: for officers now, for everybody with the opinions."""
    asked = viewable(request, pk)
    found = get_object_or_404(FieldVisit, pk=number, request=asked)
    if not found.image or not (found.published_at or rules.studies(request.user, asked)):
        raise Http404
    return file_response(found.image.small_name if small else found.image.name)
