"""What moderators' decisions mean for a request and its photos: absent everywhere, in the decision's transaction."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from budgets.models import Request, RequestPhoto
from budgets.services.files import place_files
from budgets.services.lifecycle import lock_request
from decide import live
from decide.assemblies.models import Item
from decide.comments.models import Thread
from decide.moderation.models import ModerationCase
from proposals.services.lifecycle import in_spanish
from votes import services as votes


@transaction.atomic
def follow_visibility(sender, case: ModerationCase, hidden: bool, **kwargs) -> None:
    """A moderator hid something of ours, or shows it again; or an image waited long enough."""
    if case.kind == Request.KIND:
        _hide_request(case, hidden)
    elif case.kind == RequestPhoto.KIND:
        _hide_photo(case, hidden)


def _hide_request(case: ModerationCase, hidden: bool) -> None:
    pk = Request.objects.filter(case=case).values_list("pk", flat=True).first()
    if pk is None:
        return
    _name_item(pk, hidden)  # before the request, as whoever counts does
    locked = lock_request(pk)
    Request.objects.filter(pk=pk).update(hidden=hidden, version=F("version") + 1)
    locked.hidden = hidden
    votes.hide_box(box=locked.box, hidden=hidden)
    Thread.objects.filter(pk=locked.thread_id).update(public=locked.is_public, version=F("version") + 1)
    live.changed(f"request:{pk}", f"thread:{locked.thread_id}", f"removed:{locked.thread_id}")
    place_files(pk)


@in_spanish()
def _name_item(pk: int, hidden: bool) -> None:
    """What a session votes on bears the title of its request, unless that is hidden. Minutes that were locked stay."""
    found = Item.objects.filter(candidate__request=pk)
    if found:
        title = _("Solicitud oculta por moderación") if hidden else Request.objects.values_list("title").get(pk=pk)[0]
        found.update(title=title)
        live.changed(f"assembly:{found[0].session_id}", f"hall:{found[0].session_id}")


def _hide_photo(case: ModerationCase, hidden: bool) -> None:
    pk = RequestPhoto.objects.filter(case=case).values_list("request", flat=True).first()
    if pk is None:
        return
    lock_request(pk)
    RequestPhoto.objects.filter(case=case).update(hidden=hidden)
    place_files(pk)
