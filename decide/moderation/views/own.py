"""For whom it concerns: what was decided about them, and the appeal; also without signing in, by a signed link."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from decide import limits, review
from decide.accounts.access import kept_input, signin_required
from decide.moderation import forms, reading, rules, services
from decide.moderation.models import Decision
from decide.moderation.views.shared import submit
from decide.moderation.words import RULES


@never_cache
@signin_required
@require_safe
def mine(request):
    """What moderation decided about me, what is not shown now, my sanctions, and what I may appeal."""
    context = {
        "standing": reading.standing_of(request.user),
        "page": reading.told_to(request.user, request.GET.get("pagina")),
    }
    return render(request, "moderation/mine.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signin_required
def decision(request, pk):
    """One decision, for the person it was told to; anybody else finds nothing."""
    rows = Decision.objects.select_related("case", "appeal", "sanction", "subject")
    return _page(request, get_object_or_404(rows, pk=pk, subject=request.user))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal_by_link(request, token):
    """The same for whoever cannot sign in: the account is closed. The link came by mail to its address."""
    found = services.read_appeal_token(token)
    if found is None or found.subject is None:
        raise Http404
    return _page(request, found)


def _page(request, told: Decision):
    """GET shows it; POST appeals, after asking once."""
    form = forms.AppealForm(request.POST or kept_input(request))
    status = 200
    if request.method == "POST":
        limits.check(request, "appeal")
        if form.is_valid() and not review.wants_back(request):
            if review.needed(request):
                return _ask(request, form)
            status = submit(form, lambda data: services.appeal(decision=told, author=told.subject, **data))
            if status == 200:
                messages.success(request, _("Su apelación llegó. La decide otra persona, y le avisaremos."))
                return redirect(request.path)
        elif not form.is_valid():
            status = 400
    context = {
        "decision": told,
        "form": form,
        "open": rules.is_open(told),
        "appeal": getattr(told, "appeal", None),
        "rule": RULES.get(told.reason),
        "by_link": not request.user.is_authenticated,
    }
    return render(request, "moderation/decision.html", context, status=status)


def _ask(request, form):
    return review.page(
        request,
        title=_("¿Enviar la apelación?"),
        rows=review.rows(form),
        button=_("Enviar la apelación"),
        follows=_("Se puede apelar una sola vez, y después no se cambia."),
    )
