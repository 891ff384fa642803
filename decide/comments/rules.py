"""Who may do what with a comment now. Asks, never writes."""

from django.conf import settings
from django.utils import timezone

from decide.moderation.rules import moderates


def can_edit(user, comment, now=None) -> bool:
    """Its author, for 15 minutes (COMMENT_EDIT_PERIOD): people may already have answered what they read.

    What is hidden its author may correct at any time: nobody reads it before a moderator has looked.
    """
    now = now or timezone.now()
    return can_delete(user, comment) and (comment.hidden or now - comment.created < settings.COMMENT_EDIT_PERIOD)


def can_delete(user, comment) -> bool:
    """Its author, at any time."""
    return user.is_authenticated and comment.author_id == user.pk and comment.deleted_at is None


def can_rate(user, comment) -> bool:
    """Anybody signed in but its author."""
    return user.is_authenticated and comment.author_id != user.pk and comment.deleted_at is None and not comment.hidden


def can_read_hidden(user, comment) -> bool:
    """Its author, and moderators, on its own page."""
    return user.is_authenticated and (comment.author_id == user.pk or moderates(user))
