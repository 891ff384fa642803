"""What can be supported, by the one table of the roof (the setting `SUPPORTED`): this room knows nobody who owns a box.

Each entry stands under the name by which a box leads to its owner (`box.proposal`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from votes.models import Intention, Support


@dataclass(frozen=True)
class Supported:
    """`model` has `box`, `parish`, `case`, `status`, `hidden`, `code` (a digest, of what was filed at a desk) and
    `objects.public()`. `support(thing, user)` gives the thing with its box as it is now; `story(thing)` its steps, for
    `components/_steps.html`; `filed` are those among a QuerySet whose code may be followed."""

    model: type
    support: Callable
    story: Callable
    filed: Callable

    def public(self):
        return self.model.objects.public().select_related("parish", "box").defer("body", "search_text")


def table() -> dict[str, Supported]:
    return import_string(settings.SUPPORTED)


def thing_of(box):
    """Who owns a box, or None. No query where `supports_of` read it."""
    return next((thing for name in table() if (thing := getattr(box, name, None))), None)


def pending_intentions(user) -> list:
    """What a person meant to support and does not support yet, kind by kind, the last tap first."""
    own = Intention.objects.filter(user=user, created__gte=timezone.now() - settings.INTENTION_PERIOD)
    pending = []
    for kind in table().values():
        meant = kind.public().filter(box__in=own.values("box"))
        if user.residence_id:
            meant = meant.exclude(box__in=Support.objects.filter(residence=user.residence_id).values("box"))
        pending += meant.order_by("-pk")
    return pending


def supports_of(user):
    """A person's supports with what each supports (`thing_of`), without what moderators hid, newest first."""
    owned, related = Q(), []
    for name in table():
        owned |= Q(**{f"box__{name}__isnull": False})
        related.append(f"box__{name}__parish")
    supports = Support.objects.filter(owned, residence=user.residence_id, box__hidden=False).exclude(residence=None)
    return supports.select_related(*related).order_by("-created", "-pk")


def find_filed(digest: str) -> tuple:
    """What was filed at a desk under a code: `(name, thing, support or None)`; `("", None, None)` for nothing.

    A thing's own code finds it also while moderators hide it; a support's only what everybody may see.
    """
    for name, kind in table().items():
        filed = kind.filed(kind.model.objects.filter(code=digest)).select_related("parish", "box", "case")
        if thing := filed.first():
            return name, thing, None
    support = Support.objects.filter(code=digest).select_related("box").first()
    if support:
        for name, kind in table().items():
            if thing := kind.public().filter(box=support.box_id).first():
                return name, thing, support
    return "", None, None
