"""The inbox: what the platform told this person, what they follow, and how often they want mail."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from decide import limits
from decide.accounts.access import signin_required
from decide.notices import public, services, unsubscribing
from decide.notices.forms import FilterForm, PreferencesForm
from decide.notices.groups import GROUPS, Frequency, Group
from decide.notices.models import Follow, FollowList, Notice

PAGE = 20
FOLLOWS_SHOWN = 5


@never_cache
@signin_required
@require_safe
def inbox(request):
    mine = Notice.objects.of(request.user)
    form = FilterForm(request.GET)
    page = Paginator(form.apply(mine), PAGE).get_page(request.GET.get("pagina"))
    unread = mine.unread()
    context = {
        "form": form,
        "page": page,
        "notices": public.shown(page.object_list),
        "unread": public.unread_count(request.user),
        "newest": unread.order_by("-pk").values_list("pk", flat=True).first(),
        "followed": public.shown_follows(_followed(request.user)[:FOLLOWS_SHOWN]),
    }
    return render(request, "notices/inbox.html", context)


@require_POST
@signin_required
def mark_read(request):
    """One, or everything up to the newest that the page knew of: what came meanwhile stays unread."""
    limits.check(request, "notices")
    if (one := _number(request, "aviso")) is not None:
        services.mark_read(user=request.user, notice=one)
    elif (up_to := _number(request, "hasta")) is not None:
        services.mark_all_read(user=request.user, up_to=up_to)
    return redirect("notices:list")


def _number(request, name: str) -> int | None:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 19 else None


def _followed(user):
    return (
        Follow.objects.filter(user=user).select_related("list__parish").defer("list__parish__boundary").order_by("-pk")
    )


@never_cache
@signin_required
@require_safe
def following(request):
    page = Paginator(_followed(request.user), PAGE).get_page(request.GET.get("pagina"))
    still = public.shown_follows(page.object_list)
    for follow in page:
        follow.gone = follow not in still
    return render(request, "notices/following.html", {"page": page})


@require_POST
@signin_required
def unfollow(request):
    limits.check(request, "notices")
    pk = _number(request, "lista")
    followed = FollowList.objects.filter(pk=pk, follows__user=request.user).first() if pk else None
    if followed:
        services.unfollow(user=request.user, list=followed)
    messages.success(request, _("Dejó de seguirlo: ya no le avisaremos."))
    return redirect("notices:following")


@never_cache
@signin_required
@require_http_methods(["GET", "POST"])
def preferences(request):
    """Reminders of an office are shown to whoever has one."""
    chosen = services.preferences_of(request.user)
    groups = [group for group in GROUPS if group != Group.OFFICE or request.user.appointments]
    form = PreferencesForm(request.POST if request.method == "POST" else None, initial=chosen, groups=groups)
    if request.method == "POST":
        limits.check(request, "notices")
        if form.is_valid():
            services.set_preferences(user=request.user, frequencies=form.cleaned_data)
            messages.success(request, _("Guardamos cómo quiere recibir los correos."))
            return redirect("notices:preferences")
    status = 400 if form.is_bound else 200
    return render(request, "notices/preferences.html", {"form": form}, status=status)


@csrf_exempt  # mail programs post without a cookie (RFC 8058); the signed address is what allows it
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request, token):
    """One click, without signing in. Looking changes nothing: scanners of mail look at every address."""
    found = unsubscribing.read(token)
    if found is None:
        raise Http404
    user, groups = found
    if request.method == "POST":
        limits.check(request, "notices")
        services.set_preferences(user=user, frequencies=dict.fromkeys(groups, Frequency.NEVER))
    context = {"groups": [Group(group).label for group in groups], "done": request.method == "POST"}
    return render(request, "notices/unsubscribe.html", context)
