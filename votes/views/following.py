"""Following a poll: its steps and its comments are told to whoever does."""

from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from decide.notices.following import answer_tap
from votes.models import Poll
from votes.services.aftermath import follow_list


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request, pk, slug, wanted):
    """`wanted`: follow, or stop following. A GET comes from signing in, and leads back to the page."""
    poll = get_object_or_404(Poll.objects.public().select_related("thread__follow_list"), pk=pk)
    back = f"{poll.get_absolute_url()}#seguir"
    if request.method != "POST":
        return redirect(back)
    return answer_tap(request, list=follow_list(poll), wanted=wanted, back=back)
