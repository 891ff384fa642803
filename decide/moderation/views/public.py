"""For everybody: what moderation is, its rules, its log; and reporting."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from decide import limits
from decide.accounts.access import kept_input, office_required, signin_keeping_input
from decide.accounts.models import Appointment
from decide.moderation import forms, reading, rules, services, subjects
from decide.moderation.models import Moderated
from decide.moderation.views import desk
from decide.moderation.views.shared import submit
from decide.moderation.words import RULES


@never_cache
@require_safe
def index(request):
    """The queue for moderators; for everybody else what moderation is."""
    if rules.moderates(request.user):
        return desk.queue(request)
    return rules_page(request)


@require_safe
def rules_page(request):
    """The rules in plain words: what may be hidden, who decides, how long it takes, how to appeal."""
    context = {
        "rules": [(reason.label, text) for reason, text in RULES.items()],
        "hours": settings.MODERATION_HOURS,
        "appeal_days": settings.APPEAL_DAYS,
    }
    return render(request, "moderation/rules.html", context)


@require_safe
def log(request):
    """Every decision, without names: what kind, why, when, how long it took."""
    form = forms.LogForm(request.GET, years=reading.years())
    form.is_valid()
    chosen = form.cleaned_data
    context = reading.log(chosen, request.GET.get("pagina"))
    return render(request, "moderation/log.html", context | {"form": form, "filtered": any(chosen.values())})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signin_keeping_input
def report(request, kind, pk):
    """Say what is wrong with something. It changes nothing by itself: it brings it before a moderator."""
    thing = subjects.public_thing(kind, pk)
    form = forms.ReportForm(request.POST or kept_input(request))
    if request.method != "POST":
        return _report_page(request, thing, form)
    limits.check(request, "report")
    status = submit(form, lambda data: services.report_thing(thing=thing, reporter=request.user, **data))
    if status != 200:
        return _report_page(request, thing, form, status)
    told = _("Gracias. Una persona de moderación lo revisa en %(hours)s horas, y le avisaremos qué decidió.")
    messages.success(request, told % {"hours": settings.MODERATION_HOURS})
    return redirect(thing.moderated_path())


@require_POST
@office_required(Appointment.Office.MODERATOR)
def open_case(request, kind, pk):
    """A moderator acts from the page itself: the case is made if there was none."""
    limits.check(request, "moderation")
    return redirect(services.case_of(thing=subjects.public_thing(kind, pk)))


def _report_page(request, thing: Moderated, form, status=200):
    context = {
        "thing": thing,
        "kind": thing.KIND,
        "path": thing.moderated_path(),
        "text": thing.moderated_text(),
        "form": form,
        "rules": RULES,
        "own": request.user.is_authenticated and thing.moderated_author() == request.user,
        "moderates": rules.moderates(request.user),
    }
    return render(request, "moderation/report.html", context, status=status)
