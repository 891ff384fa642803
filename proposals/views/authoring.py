"""Writing: the door, the form, photos one by one, publishing, changing, withdrawing."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from decide import limits
from decide.accounts.access import kept_input, signin_keeping_input, signin_required
from decide.errors import Refused
from decide.fields import ReadByAll, digits_of, numbers_in
from decide.territory.models import Parish, ServicePoint
from proposals import rules, search, services
from proposals.forms import PhotoForm, ProposalForm, WithdrawForm, texts_of
from proposals.models import Proposal
from proposals.views.reading import typed_title


@require_safe
def new(request):
    """The one door: what is it that you bring?"""
    return render(request, "proposals/new.html")


@require_safe
def elsewhere(request, what):
    """Where works and complaints go, and the desks, those of one's own parish first."""
    points = ServicePoint.objects.select_related("parish__zone").order_by("parish__zone__short_name", "name")
    home = getattr(request.user, "home_parish_id", None)
    points = sorted(points, key=lambda point: point.parish_id != home)
    return render(request, "proposals/elsewhere.html", {"what": what, "points": points})


def idea(request):
    if request.method == "POST" and request.POST.get("action") == "similar":
        return _with_similar(request)  # a question, not a write: nobody needs to sign in for it
    return _idea(request)


def _with_similar(request):
    limits.check(request, "similar")
    form = ProposalForm(initial=_typed(request.POST))
    context = {"form": form, "asked": True, "similar": search.similar_to(typed_title(request.POST))}
    return render(request, "proposals/form.html", context)


def _typed(data) -> dict:
    """What was typed into the form, to show it again without complaints."""
    return {name: data[name] for name in data if name in ProposalForm.base_fields}


def _asked_parish(request):
    """The parish from whose page the person comes (`?parroquia=<slug>`), or None."""
    slug = request.GET.get("parroquia", "")
    return Parish.objects.filter(slug=slug).values_list("pk", flat=True).first() if slug.isprintable() else None


@signin_keeping_input
def _idea(request):
    if request.method != "POST":
        kept = kept_input(request)
        initial = _typed(kept) if kept else {"parish": _asked_parish(request)}
        return _form_page(request, ProposalForm(initial=initial), kept=bool(kept))
    limits.check(request, "proposal")
    publish = request.POST.get("action") == "publish"
    form = ProposalForm(request.POST, request.FILES, draft=not publish)
    status = 400
    if form.is_valid():
        try:
            proposal = services.draft_proposal(
                author=request.user, once_key=form.cleaned_data["once_key"], **form.values
            )
            _add_files(proposal, form)
            if publish:
                proposal = services.publish_proposal(proposal=proposal)
            return _saved(request, proposal)
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
            status = refusal.status
    return _form_page(request, form, status=status)


def _add_files(proposal, form) -> None:
    for photo in form.photos:
        services.add_photo(proposal=proposal, **photo)
    for document in form.documents:
        services.add_document(proposal=proposal, **document)


def _form_page(request, form, *, status=200, **context):
    lost = bool(request.FILES) and status != 200
    return render(request, "proposals/form.html", {"form": form, "files_lost": lost, **context}, status=status)


def _saved(request, proposal):
    """Back to the page, or to the script that goes on with the photos one by one."""
    if request.accepts("text/html"):
        _say_saved(request, proposal)
        return redirect(proposal)
    addresses = {name: reverse(f"proposals:{name}", args=[proposal.pk]) for name in ("photos", "publish", "edit")}
    return JsonResponse({"page": proposal.get_absolute_url(), "version": proposal.version, **addresses})


def _say_saved(request, proposal) -> None:
    if proposal.case and proposal.case.pending_edit:
        messages.success(request, _("Su cambio espera revisión. Mientras tanto queda lo que ya se revisó."))
    elif proposal.hidden:
        messages.success(request, _("Se guardó. Su propuesta sigue sin mostrarse."))
    elif rules.is_public(proposal):
        messages.success(request, _("Su propuesta está publicada. Compártala: los apoyos empiezan con quienes conoce."))
    else:
        messages.success(request, _("Guardamos su borrador. Solo usted lo ve hasta que lo publique."))


def own(request, pk) -> Proposal:
    """This person's own proposal; for others it answers 403 if it is public and 404 if it is a draft."""
    proposal = get_object_or_404(Proposal.objects.select_related("box", "thread", "parish", "category"), pk=pk)
    if not rules.can_view(request.user, proposal):
        raise Http404
    if not rules.is_author(request.user, proposal):
        raise Refused(_("Solo quien la propuso puede hacer esto."), status=403)
    return proposal


@signin_required
def edit(request, pk):
    proposal = own(request, pk)
    if not rules.can_edit(request.user, proposal):
        raise Refused(_("Esta propuesta ya no se puede editar: el Municipio debe responder a lo que se apoyó."))
    if request.method != "POST":
        return _form_page(request, ProposalForm(instance=proposal), proposal=proposal)
    limits.check(request, "proposal-edit")
    draft = request.POST.get("action") == "draft" and not rules.was_published(proposal)
    form = ProposalForm(request.POST, request.FILES, instance=proposal, draft=draft)
    status, context = 400, {"proposal": proposal}
    if form.is_valid():
        try:
            return _saved(request, _edit(request, proposal, form))
        except services.EditedMeanwhile as conflict:
            form, status = _again(request, conflict), 409
            context |= {"proposal": conflict.current, "conflict": conflict.current}
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
            status = refusal.status
    return _form_page(request, form, status=status, **context)


def _edit(request, proposal, form) -> Proposal:
    got = form.cleaned_data
    proposal = services.edit_proposal(proposal=proposal, editor=request.user, version=got["version"], **form.values)
    for photo in got["remove_photos"]:
        services.remove_photo(proposal=proposal, photo=photo)
    for document in got["remove_documents"]:
        services.remove_document(proposal=proposal, document=document)
    _add_files(proposal, form)
    if request.POST.get("action") == "publish":
        proposal = services.publish_proposal(proposal=proposal)
    return proposal


def _again(request, conflict) -> ProposalForm:
    """The form with what this person wrote, now on the newest version: saving it again is a decision."""
    data = request.POST.copy()
    data["version"] = conflict.current.version
    form = ProposalForm(data, instance=conflict.current)
    form.add_error(None, str(conflict.reason))
    return form


@signin_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request, pk):
    """Publish a draft as it is stored. Numbers in it are pointed out first: the person goes on, or corrects them."""
    proposal = own(request, pk)
    numbers = numbers_in(texts_of(proposal)) if proposal.status == Proposal.Status.DRAFT else []
    if request.method != "POST":
        return render(request, "proposals/publish.html", _numbers(proposal, numbers)) if numbers else redirect(proposal)
    limits.check(request, "proposal")
    if {number.digits for number in numbers} - set(request.POST.get(ReadByAll.SEEN, "").split()):
        if request.accepts("text/html"):
            return render(request, "proposals/publish.html", _numbers(proposal, numbers), status=400)
        return JsonResponse({"page": request.path})  # the script leads there
    return _saved(request, services.publish_proposal(proposal=proposal))


def _numbers(proposal, numbers) -> dict:
    form = {"numbers": numbers, "numbers_seen": digits_of(numbers), "SEEN": ReadByAll.SEEN}
    return {"proposal": proposal, "form": form}


@signin_required
@require_POST
def photos(request, pk):
    """One photo, made small on the phone and sent by itself; sent again with its key it is stored once."""
    limits.check(request, "upload")
    proposal, form = own(request, pk), PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"error": [str(e) for errors in form.errors.values() for e in errors]}, status=400)
    photo = services.add_photo(proposal=proposal, **form.cleaned_data)
    if request.accepts("text/html"):
        return redirect("proposals:edit", proposal.pk)
    return JsonResponse({"id": photo.pk, "url": photo.small_url}, status=201)


@signin_required
def withdraw(request, pk):
    """Take back what is public, with a reason; delete what is still a draft."""
    proposal = own(request, pk)
    if proposal.status == Proposal.Status.DRAFT:
        return _delete_draft(request, proposal)
    if not rules.can_withdraw(request.user, proposal):
        raise Refused(_("Esta propuesta ya no se puede retirar."))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        limits.check(request, "proposal-edit")
        proposal = services.withdraw_proposal(proposal=proposal, **form.cleaned_data)
        messages.success(request, _("Retiró su propuesta. Su página y sus comentarios se siguen pudiendo leer."))
        return redirect(proposal)
    status = 400 if form.is_bound else 200
    return render(request, "proposals/withdraw.html", {"form": form, "proposal": proposal}, status=status)


def _delete_draft(request, proposal):
    if request.method == "POST":
        limits.check(request, "proposal-edit")
        services.delete_draft(proposal=proposal)
        messages.success(request, _("Borramos su borrador."))
        return redirect("proposals:list")
    return render(request, "proposals/delete_draft.html", {"proposal": proposal})
