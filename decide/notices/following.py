"""Following from a page: what its button shows, and taps of people who have not signed in yet.

A tap is kept in the session and becomes a follow when the person signs in.
"""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from decide import limits
from decide.notices import services
from decide.notices.models import Follow, FollowList

KEY = "follows"
MOST = 50  # the last taps of one session


def is_following(request, list_id: int | None) -> bool:
    """Whether this person follows that list, or tapped it in this session. One query at most."""
    if list_id is None:
        return False
    if not request.user.is_authenticated:
        return list_id in request.session.get(KEY, [])
    return Follow.objects.filter(list=list_id, user=request.user).exists()


def with_follows(parishes, request):
    """The same for parishes (a QuerySet), as their `following`, without a query of its own."""
    lists = FollowList.objects.filter(parish=OuterRef("pk"))
    if request.user.is_authenticated:
        lists = lists.filter(follows__user=request.user)
    else:
        lists = lists.filter(pk__in=request.session.get(KEY, []))
    return parishes.annotate(following=Exists(lists))


def answer_tap(request, *, list: FollowList, wanted: bool, back: str):
    """What a follow or unfollow button does (a POST), and where the person goes then."""
    limits.check(request, "notices")
    if not request.user.is_authenticated:
        taps = [pk for pk in request.session.get(KEY, []) if pk != list.pk]
        request.session[KEY] = [*taps, list.pk][-MOST:] if wanted else taps
        if wanted:
            messages.info(request, _("Entre o cree su cuenta, y lo seguirá."))
            return redirect_to_login(back)
    elif wanted:
        services.follow(user=request.user, list=list)
        messages.success(request, _("Lo sigue: le avisaremos de cada paso."))
    else:
        services.unfollow(user=request.user, list=list)
        messages.success(request, _("Dejó de seguirlo: ya no le avisaremos."))
    response = redirect(back)
    response.status_code = 303
    return response


def move_to_account(sender, request, user, **kwargs) -> None:
    """Whoever signs in follows what they tapped before."""
    session = getattr(request, "session", None)
    if session is not None and KEY in session:
        services.follow_many(user=user, lists=session.pop(KEY))
