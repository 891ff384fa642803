"""What all services of this room do: lock, refuse, save with the moderator's name."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from decide.errors import Refused
from decide.moderation import rules
from decide.moderation.models import ModerationCase
from decide.text import clean_text


def lock_case(pk: int) -> ModerationCase:
    """The case as it is now, held until the end of the transaction."""
    return ModerationCase.objects.select_for_update(no_key=True).get(pk=pk)


def refuse_stranger(user) -> None:
    if not rules.moderates(user):
        raise Refused(_("Esto lo decide quien hoy tiene el cargo de moderación."), status=403)


def save_by(row, user) -> None:
    row._history_user = user
    row.save()


def checked(text: str, longest: int, *, required: bool, empty) -> str:
    """Clean words, at most `longest` characters; Refused (400), with `empty` where there must be some."""
    try:
        text = clean_text(text)
    except ValidationError as error:
        raise Refused(error.messages[0], status=400) from None
    if required and not any(c.isalnum() for c in text):
        raise Refused(empty, status=400)
    if len(text) > longest:
        raise Refused(_("El texto es demasiado largo: escriba hasta %(most)s letras.") % {"most": longest}, status=400)
    return text
