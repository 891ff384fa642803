"""Threads inside their owners' pages, and the comments' own pages under `/comentarios/`."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from decide import limits
from decide.accounts.access import kept_input, signin_keeping_input, signin_required
from decide.accounts.rules import can_write
from decide.comments import reading, rules, services
from decide.comments.forms import BodyForm, CommentForm
from decide.comments.models import Comment, Thread
from decide.comments.versions import public_versions
from decide.errors import Refused
from decide.moderation.rules import moderates

RATINGS = {"useful": True, "not_useful": False, "none": None}


def thread_context(request: HttpRequest, thread: Thread) -> dict:
    """What an owner's page merges into its context before it includes `comments/_thread.html`.

    The order and the page are in the address (`?orden=utiles&pagina=2#comentarios`). Four queries, however many
    comments there are (and the person's offices, which are asked once per request).
    """
    order = request.GET.get("orden")
    order = order if order in reading.ORDERS else reading.NEWEST
    page = reading.page_of(thread, order, request.GET.get("pagina"), request.user)
    return {
        "thread": thread,
        "thread_page": page,
        "thread_order": order,
        "thread_live": order == reading.NEWEST and page.number == 1,
        "thread_form": _form_for(request.user) if thread.open and thread.public else None,
        "thread_suspended": _is_suspended(request.user),
        "thread_action": reverse("comments:add", args=[thread.pk]),
        "thread_keep": f"comment-{thread.pk}",
    }


def _is_suspended(user) -> bool:
    return user.is_authenticated and not can_write(user)


def _form_for(user) -> CommentForm | None:
    return None if _is_suspended(user) else CommentForm(user=user)


@signin_keeping_input
def add(request, pk):
    """The form of a thread. Its own page is seen after signing in, and when something is wrong with the text."""
    thread = get_object_or_404(Thread, pk=pk, public=True)
    return _write(request, thread)


@signin_keeping_input
def reply(request, pk):
    parent = _public(pk)
    return _write(request, parent.thread, parent)


def detail(request, pk):
    """A comment with all that was replied to it. A reply leads to its place in the conversation.

    Of a hidden one its author and moderators see the text; others what was replied to it, if anything.
    """
    comment = _stored(pk)
    if comment.hidden and rules.can_read_hidden(request.user, comment):
        return _hidden(request, comment)
    if comment.hidden and (comment.parent_id or not comment.replies.shown().exists()):
        raise Http404
    if comment.parent_id:
        return redirect(_place_in_conversation(comment))
    row, page = reading.conversation(comment, request.GET.get("pagina"), request.user)
    context = {"row": row, "thread": comment.thread, "page": page, "suspended": _is_suspended(request.user)}
    if comment.author_id == request.user.pk or moderates(request.user):
        context |= {"case": comment.case, "moderates": moderates(request.user)}
    form = _form_for(request.user)
    if form and comment.thread.open and not comment.deleted_at and not comment.hidden:
        context |= _form_context(form, comment.thread, comment)
    return render(request, "comments/detail.html", context)


def _hidden(request, comment):
    """For its author, why and what now; for moderators, what it said."""
    context = {
        "comment": comment,
        "html": reading.render_text(comment.body),
        "case": comment.case,
        "moderates": moderates(request.user) and comment.author_id != request.user.pk,
        "own": comment.author_id == request.user.pk,
        "can_edit": rules.can_edit(request.user, comment) and can_write(request.user),
    }
    response = render(request, "comments/hidden.html", context)
    add_never_cache_headers(response)
    return response


@signin_keeping_input(back=lambda request, pk: _public(pk).get_absolute_url())
@require_POST
def rate(request, pk):
    limits.check(request, "rating")
    comment = _public(pk)
    value = request.POST.get("value")
    if value not in RATINGS:
        raise Refused(_("Diga si el comentario le pareció útil o no."), status=400)
    rated = services.rate_comment(comment=comment, user=request.user, useful=RATINGS[value])
    if request.accepts("text/html"):
        return _back(request, rated)
    [row] = reading.rows([rated.pk], request.user)
    reading.for_reader([row], request.user)
    return JsonResponse({"useful": row.useful_label, "not_useful": row.not_useful_label, "mine": row.mine})


@require_safe
def versions(request, pk):
    """What a comment said before it was edited."""
    comment = _public(pk)
    if comment.deleted_at:
        raise Http404
    return render(request, "comments/versions.html", {"comment": comment, "versions": public_versions(comment)})


@signin_required
def edit(request, pk):
    comment = _own(request, pk)
    if request.method != "POST":
        services.check_edit(request.user, comment)
    waiting = (comment.case and comment.case.pending_edit) or {}
    initial = {"body": waiting.get("body", comment.body)}
    form = BodyForm(request.POST or None, initial=initial, auto_id="comentario_%s")
    if request.method == "POST":
        limits.check(request, "comment")
        if form.is_valid():
            body = form.cleaned_data["body"]
            try:
                stored = services.edit_comment(comment=comment, editor=request.user, body=body)
            except Refused as refusal:
                return _refused(request, form, refusal, "comments/edit.html", _edit_context(form, comment))
            if stored.body != body:
                messages.success(request, _("Su cambio espera revisión. Mientras tanto queda lo que ya se revisó."))
            else:
                messages.success(request, _("Su comentario se cambió. Se muestra como editado."))
            return _back(request, comment)
    status = 400 if form.is_bound else 200
    return render(request, "comments/edit.html", _edit_context(form, comment), status=status)


@signin_required
def delete(request, pk):
    comment = _own(request, pk)
    if request.method == "POST":
        limits.check(request, "comment")
        services.delete_comment(comment=comment, author=request.user)
        messages.success(request, _("Su comentario se eliminó. Queda su lugar en la conversación."))
        return _back(request, comment)
    return render(request, "comments/delete.html", {"comment": comment, "html": reading.render_text(comment.body)})


def _write(request, thread, parent=None):
    """Shows or takes the form of a new comment; on a mistake it comes back with the text."""
    form = CommentForm(request.POST or kept_input(request), user=request.user)
    if request.method == "POST":
        limits.check(request, "comment")
        if form.is_valid():
            try:
                comment = services.add_comment(thread=thread, author=request.user, parent=parent, **form.written())
            except Refused as refusal:
                return _refused(request, form, refusal, "comments/write.html", _form_context(form, thread, parent))
            minutes = int(settings.COMMENT_EDIT_PERIOD.total_seconds() // 60)
            told = _("Su comentario ya se puede leer. Puede editarlo durante %(minutes)s minutos.")
            messages.success(request, told % {"minutes": minutes})
            return _back(request, comment)
    status = 400 if request.method == "POST" else 200
    return render(request, "comments/write.html", _form_context(form, thread, parent), status=status)


def _form_context(form, thread, parent=None) -> dict:
    context = {"form": form, "thread": thread, "parent": parent}
    if parent is None:
        return context | {"action": reverse("comments:add", args=[thread.pk]), "keep": f"comment-{thread.pk}"}
    form.fields["body"].label = _("Su respuesta")
    return context | {
        "action": reverse("comments:reply", args=[parent.pk]),
        "keep": f"reply-{parent.pk}",
        "html": reading.render_text(parent.body),
    }


def _edit_context(form, comment) -> dict:
    until = None if comment.hidden else comment.created + settings.COMMENT_EDIT_PERIOD
    return {"form": form, "comment": comment, "until": until, "case": comment.case}


def _refused(request, form, refusal, template, context):
    form.add_error(None, str(refusal.reason))
    return render(request, template, context, status=refusal.status)


def _stored(pk) -> Comment:
    """A comment of a public thread, hidden or not; anything else answers like a missing one."""
    related = ("thread", "parent", "author", "case")
    return get_object_or_404(Comment.objects.public().select_related(*related), pk=pk)


def _public(pk) -> Comment:
    """The same, without those that are hidden."""
    comment = _stored(pk)
    if comment.hidden:
        raise Http404
    return comment


def _own(request, pk) -> Comment:
    comment = _stored(pk)
    if comment.author_id != request.user.pk:
        if comment.hidden:
            raise Http404
        raise Refused(_("Este comentario no es suyo."), status=403)
    return comment


def _back(request, comment):
    """To where the comment stands, in the order that the person was reading; never to an address from outside."""
    if comment.hidden:
        return redirect(comment)
    order = request.POST.get("orden")
    order = order if order in reading.ORDERS else reading.NEWEST
    page = None
    if comment.thread.path and "conversacion" not in request.POST:
        page = reading.page_where_shown(comment, order)
    if page is None:
        return redirect(_place_in_conversation(comment))
    query = {"orden": order} if order != reading.NEWEST else {}
    query |= {"pagina": page} if page > 1 else {}
    return redirect(f"{comment.thread.path}{'?' * bool(query)}{urlencode(query)}#{comment.anchor}")


def _place_in_conversation(comment) -> str:
    root = comment.parent if comment.parent_id else comment
    number = reading.page_of_reply(comment) if comment.parent_id else 1
    query = f"?pagina={number}" if number > 1 else ""
    return f"{root.get_absolute_url()}{query}#{comment.anchor}"
