"""The inbox: what the platform told this person."""

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from decide import limits
from decide.accounts.access import signin_required
from decide.notices import services
from decide.notices.models import Notice

PAGE = 20


@require_safe
@signin_required
def inbox(request):
    mine = Notice.objects.of(request.user)
    page = Paginator(mine, PAGE).get_page(request.GET.get("pagina"))
    unread = mine.unread()
    newest = unread.order_by("-pk").values_list("pk", flat=True).first()
    return render(request, "notices/inbox.html", {"page": page, "unread": unread.count(), "newest": newest})


@require_POST
@signin_required
def mark_read(request):
    """Everything up to the newest that the page knew of: what came meanwhile stays unread."""
    limits.check(request, "notices")
    up_to = request.POST.get("hasta", "")
    if up_to.isdecimal() and len(up_to) < 19:
        services.mark_all_read(user=request.user, up_to=int(up_to))
    return redirect("notices:list")
