"""Following a proposal: its steps and its comments are told to whoever does."""

from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from decide.notices.following import answer_tap
from proposals import services
from proposals.models import Proposal


@require_http_methods(["GET", "POST"])
def follow(request, pk, slug, wanted):
    """`wanted`: follow, or stop following. A GET comes from signing in, and leads back to the page."""
    proposal = get_object_or_404(Proposal.objects.public().select_related("thread__follow_list", "author"), pk=pk)
    back = f"{proposal.get_absolute_url()}#seguir"
    if request.method != "POST":
        return redirect(back)
    return answer_tap(request, list=services.follow_list(proposal), wanted=wanted, back=back)
