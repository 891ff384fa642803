"""Registering an assembly: the form, on paper at a desk, correcting what was returned; objecting to one."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from decide import limits
from decide.accounts import rules as people
from decide.accounts.access import kept_input, office_required, signin_keeping_input, signin_required
from decide.assemblies import rules, services
from decide.assemblies.forms import ObjectionForm, RegistrationForm
from decide.assemblies.views.reading import detail_context, viewable
from decide.errors import Refused
from decide.templatetags.decide import fecha
from decide.territory.models import Neighbourhood, Parish

KNOWN_AT_MOST = 400


@signin_keeping_input
@require_http_methods(["GET", "HEAD", "POST"])
def register(request):
    if request.method != "POST":
        kept = kept_input(request)
        initial = kept.dict() if kept else {"parish": _asked_parish(request)}
        return _form_page(request, RegistrationForm(initial=initial), kept=bool(kept))
    limits.check(request, "assembly")
    form = RegistrationForm(request.POST, request.FILES)
    return _send(request, form, lambda: services.apply_for_registration(applicant=request.user, **_once(form)))


@never_cache
@office_required(*people.DESK_OFFICES)
@require_http_methods(["GET", "HEAD", "POST"])
def register_on_paper(request):
    """The same, by an officer for people who are present with their papers."""
    if request.method != "POST":
        return _form_page(request, RegistrationForm(on_paper=True), on_paper=True)
    limits.check(request, "desk")
    form = RegistrationForm(request.POST, request.FILES, on_paper=True)

    def send():
        return services.apply_for_registration(officer=request.user, **_once(form))

    return _send(request, form, send, on_paper=True)


@signin_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, pk):
    """What was returned, sent again."""
    assembly = viewable(request, pk)
    if not rules.can_correct(request.user, assembly):
        services.correct_registration(by=request.user, assembly=assembly, board=[])  # says why not
    on_paper = assembly.by_desk
    if request.method != "POST":
        form = RegistrationForm(instance=assembly, on_paper=on_paper)
        return _form_page(request, form, assembly=assembly, on_paper=on_paper)
    limits.check(request, "assembly")
    form = RegistrationForm(request.POST, request.FILES, instance=assembly, on_paper=on_paper)

    def send():
        return services.correct_registration(by=request.user, assembly=assembly, **form.values)

    return _send(request, form, send, assembly=assembly, on_paper=on_paper)


def _once(form) -> dict:
    return form.values | {"once_key": form.cleaned_data["once_key"]}


def _send(request, form, act, **context):
    status = 400
    if form.is_valid():
        try:
            assembly = act()
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
            status = refusal.status
        else:
            said = _("Recibimos la solicitud. La Administración Zonal responde hasta el %(due)s.")
            messages.success(request, said % {"due": fecha(assembly.answer_due.astimezone().date())})
            return redirect(assembly)
    return _form_page(request, form, status=status, **context)


def _form_page(request, form, *, status=200, **context):
    context |= {"form": form, "files_lost": bool(request.FILES) and status != 200, "known": _known(form)}
    return render(request, "assemblies/register.html", context, status=status)


def _known(form) -> list[str]:
    """The neighbourhoods of the parish that is chosen already, to choose from while typing."""
    chosen = form["parish"].value()
    pk = getattr(chosen, "pk", chosen)
    if not str(pk or "").isdecimal() or len(str(pk)) > 15:
        return []
    return list(Neighbourhood.objects.filter(parish=pk).values_list("name", flat=True)[:KNOWN_AT_MOST])


def _asked_parish(request):
    """The parish from whose page the person comes (`?parroquia=<slug>`), or None."""
    slug = request.GET.get("parroquia", "")
    return Parish.objects.filter(slug=slug).values_list("pk", flat=True).first() if slug.isprintable() else None


def _page_of(request, pk) -> str:
    return viewable(request, pk).get_absolute_url()


@signin_keeping_input(back=_page_of)
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request, pk):
    """Object, publicly. A GET comes from signing in, and leads back to the page."""
    assembly = viewable(request, pk)
    if request.method != "POST":
        return redirect(f"{assembly.get_absolute_url()}#objeciones")
    limits.check(request, "objection")
    form, status = ObjectionForm(request.POST), 400
    if refusal := rules.objection_refusal(assembly):
        raise refusal
    if form.is_valid():
        got = form.cleaned_data
        try:
            made = services.object_to(
                assembly=assembly, author=request.user, body=got["objection"], once_key=got["once_key"]
            )
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
            status = refusal.status
        else:
            messages.success(request, _("Su objeción es pública. La Administración Zonal la responde al decidir."))
            return redirect(made.moderated_path())
    context = detail_context(request, assembly, form) | {"form": form}
    return render(request, "assemblies/detail.html", context, status=status)
