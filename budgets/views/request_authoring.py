"""Writing requests: the form, photos one by one, filing, changing, withdrawing, and out of a proposal."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from budgets import periods, services
from budgets import request_rules as rules
from budgets.models import Request
from budgets.request_forms import KindForm, RequestForm, WithdrawForm, texts_of
from budgets.views.requests import parish_of, similar_requests
from decide import limits
from decide.accounts.access import kept_input, signin_keeping_input, signin_required
from decide.errors import Refused
from decide.fields import ReadByAll, digits_of, numbers_in
from proposals.forms import PhotoForm
from proposals.models import Proposal


def new(request):
    if request.method == "POST" and request.POST.get("action") == "similar":
        return _with_similar(request)  # a question, not a write: nobody needs to sign in for it
    return _new(request)


def _with_similar(request):
    limits.check(request, "similar")
    form = RequestForm(user=request.user, initial=_typed(request.POST))
    return _form_page(request, form, asked_similar=True, similar=similar_requests(request.POST))


def _typed(data) -> dict:
    """What was typed into the form, to show it again without complaints."""
    names = {*RequestForm.base_fields, "assembly"}
    return {name: data[name] for name in data if name in names}


@signin_keeping_input
def _new(request):
    if request.method != "POST":
        kept = kept_input(request)
        home = parish_of(request.GET)
        initial = _typed(kept) if kept else {"parish": home.pk if home else _home(request.user)}
        return _form_page(request, RequestForm(user=request.user, initial=initial), kept=bool(kept))
    limits.check(request, "request")
    publish = request.POST.get("action") == "publish"
    form, status = RequestForm(request.POST, request.FILES, user=request.user, draft=not publish), 400
    if form.is_valid():
        got = form.cleaned_data
        try:
            asked = services.draft_request(
                author=request.user, once_key=got["once_key"], assembly=got.get("assembly"), **form.values
            )
            for photo in form.photos:
                services.add_photo(request=asked, **photo)
            if publish:
                asked = services.file_request(request=asked, by=request.user)
            return _saved(request, asked)
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
            status = refusal.status
    return _form_page(request, form, status=status)


def _home(user):
    if not user.is_authenticated:
        return None
    return user.residence.parish_id if user.residence_id else user.home_parish_id


def _form_page(request, form, *, status=200, **context):
    year = periods.open_year()
    context |= {
        "form": form,
        "files_lost": bool(request.FILES) and status != 200,
        "open_year": year,
        "opens_on": None if year else periods.opens_on(periods.coming_year()),
    }
    return render(request, "budgets/request_form.html", context, status=status)


def _saved(request, asked: Request):
    """Back to the page, or to the script that goes on with the photos one by one."""
    if request.accepts("text/html"):
        _say_saved(request, asked)
        return redirect(asked)
    addresses = {"photos": "photos", "publish": "file", "edit": "edit"}
    to = {name: reverse(f"budgets:{address}", args=[asked.pk]) for name, address in addresses.items()}
    return JsonResponse({"page": asked.get_absolute_url(), "version": asked.version, **to})


def _say_saved(request, asked: Request) -> None:
    if asked.case and asked.case.pending_edit:
        messages.success(request, _("Su cambio espera revisión. Mientras tanto queda lo que ya se revisó."))
    elif asked.hidden:
        messages.success(request, _("Se guardó. Su solicitud sigue sin mostrarse."))
    elif asked.status == Request.Status.KEPT:
        messages.success(
            request,
            _("Guardamos su solicitud. Le avisaremos cuando se abra el período, y la presentará con un toque."),
        )
    elif asked.is_public:
        messages.success(
            request,
            _("Su solicitud está ingresada y le avisaremos de cada paso. Compártala con sus vecinos."),
        )
    else:
        messages.success(request, _("Guardamos su borrador. Solo usted lo ve hasta que lo presente."))


def own(request, pk) -> Request:
    """This person's own request; for others it answers 403 if it is public and 404 if it is a draft or kept."""
    related = ("year", "box", "thread", "parish", "assembly", "case", "author")
    asked = get_object_or_404(Request.objects.select_related(*related), pk=pk)
    if not rules.can_view(request.user, asked):
        raise Http404
    if not rules.is_author(request.user, asked):
        raise Refused(_("Solo quien la presentó puede hacer esto."), status=403)
    return asked


@signin_required
def edit(request, pk):
    asked = own(request, pk)
    if not rules.is_editable(asked):
        raise Refused(_("Ya empezó la revisión: esta solicitud no se puede editar."), status=409)
    if request.method != "POST":
        return _form_page(request, RequestForm(instance=asked), asked=asked)
    limits.check(request, "proposal-edit")
    draft = request.POST.get("action") == "draft" and not rules.was_filed(asked)
    form = RequestForm(request.POST, request.FILES, instance=asked, draft=draft)
    status, context = 400, {"asked": asked}
    if form.is_valid():
        try:
            return _saved(request, _edit(request, asked, form))
        except services.EditedMeanwhile as conflict:
            form, status = _again(request, conflict), 409
            context |= {"asked": conflict.current, "conflict": conflict.current}
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
            status = refusal.status
    return _form_page(request, form, status=status, **context)


def _edit(request, asked, form) -> Request:
    got = form.cleaned_data
    asked = services.edit_request(request=asked, editor=request.user, version=got["version"], **form.values)
    for photo in got["remove_photos"]:
        services.remove_photo(request=asked, photo=photo)
    for photo in form.photos:
        services.add_photo(request=asked, **photo)
    if request.POST.get("action") == "publish":
        asked = services.file_request(request=asked, by=request.user)
    return asked


def _again(request, conflict) -> RequestForm:
    """The form with what this person wrote, now on the newest version: saving it again is a decision."""
    data = request.POST.copy()
    data["version"] = conflict.current.version
    form = RequestForm(data, instance=conflict.current)
    form.add_error(None, str(conflict.reason))
    return form


@signin_required
@require_http_methods(["GET", "HEAD", "POST"])
def file(request, pk):
    """File a draft, what was kept or what was returned, as it is stored: one tap. Numbers in it are pointed out first:
    the person goes on, or corrects them."""
    asked = own(request, pk)
    numbers = [] if rules.was_filed(asked) else numbers_in(texts_of(asked))
    if request.method != "POST":
        return render(request, "budgets/file.html", _numbers(asked, numbers)) if numbers else redirect(asked)
    limits.check(request, "request")
    if {number.digits for number in numbers} - set(request.POST.get(ReadByAll.SEEN, "").split()):
        if request.accepts("text/html"):
            return render(request, "budgets/file.html", _numbers(asked, numbers), status=400)
        return JsonResponse({"page": request.path})  # the script leads there
    return _saved(request, services.file_request(request=asked, by=request.user))


def _numbers(asked, numbers) -> dict:
    form = {"numbers": numbers, "numbers_seen": digits_of(numbers), "SEEN": ReadByAll.SEEN}
    return {"asked": asked, "form": form}


@signin_required
@require_POST
def photos(request, pk):
    """One photo, made small on the phone and sent by itself; sent again with its key it is stored once."""
    limits.check(request, "upload")
    asked, form = own(request, pk), PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"error": [str(e) for errors in form.errors.values() for e in errors]}, status=400)
    photo = services.add_photo(request=asked, **form.cleaned_data)
    if request.accepts("text/html"):
        return redirect("budgets:edit", asked.pk)
    return JsonResponse({"id": photo.pk, "url": photo.small_url}, status=201)


@signin_required
def withdraw(request, pk):
    """Take back what was filed, with a reason; delete what is still a draft, or kept."""
    asked = own(request, pk)
    if not rules.was_filed(asked):
        return _delete_draft(request, asked)
    if not rules.can_withdraw(request.user, asked):
        raise Refused(_("Esta solicitud ya no se puede retirar."), status=409)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        limits.check(request, "proposal-edit")
        asked = services.withdraw_request(request=asked, by=request.user, **form.cleaned_data)
        messages.success(request, _("Retiró su solicitud. Su página y sus comentarios se siguen pudiendo leer."))
        return redirect(asked)
    status = 400 if form.is_bound else 200
    return render(request, "budgets/withdraw.html", {"form": form, "asked": asked}, status=status)


def _delete_draft(request, asked):
    if request.method == "POST":
        limits.check(request, "proposal-edit")
        services.delete_draft(request=asked)
        messages.success(request, _("Borramos su borrador."))
        return redirect("budgets:list")
    return render(request, "budgets/delete_draft.html", {"asked": asked})


@signin_required
@require_http_methods(["GET", "POST"])
def from_proposal(request, pk):
    """A proposal becomes a request: only its kind is asked. The second time leads to the request that was made."""
    proposal = get_object_or_404(Proposal.objects.public().select_related("parish", "author", "box"), pk=pk)
    made = Request.objects.filter(proposal=proposal).select_related("assembly").first()
    if made and rules.can_view(request.user, made):
        return redirect(made)
    if made or not rules.may_make_request_of(request.user, proposal):
        raise Refused(_("Esta propuesta no puede pasar a solicitud, o no es usted quien puede hacerlo."), status=403)
    form = KindForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        limits.check(request, "request")
        asked = services.request_from_proposal(proposal=proposal, by=request.user, kind=form.cleaned_data["kind"])
        if not rules.can_view(request.user, asked):  # an officer's act, kept for its author until the period opens
            messages.success(request, _("Quedó guardada para quien la propuso, hasta que abra el período."))
            return redirect(proposal)
        _say_saved(request, asked)
        return redirect(asked)
    context = {"form": form, "proposal": proposal, "open_year": periods.open_year()}
    return render(request, "budgets/from_proposal.html", context, status=400 if form.is_bound else 200)
