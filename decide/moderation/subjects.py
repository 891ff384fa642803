"""The roof's table of kinds (settings.SUBJECTS, `decide.subjects`), as this room reads it."""

from django.conf import settings
from django.http import Http404
from django.utils.module_loading import import_string

from decide.moderation.models import Moderated, ModerationCase


def table() -> dict:
    return import_string(settings.SUBJECTS)


def public_thing(kind: str, pk: int) -> Moderated:
    """What everybody may read now and moderators can hide; anything else answers like a missing one (404)."""
    subject = table().get(kind)
    thing = subject.find_public(pk) if subject and issubclass(subject.model, Moderated) else None
    if thing is None:
        raise Http404
    return thing


def thing_of(case: ModerationCase) -> Moderated | None:
    """What owns the case, shown or hidden; None where it is gone."""
    subject = table().get(case.kind)
    return subject.of_case(case) if subject and issubclass(subject.model, Moderated) else None
