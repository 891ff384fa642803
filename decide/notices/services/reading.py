"""What a person did with their inbox."""

from django.utils import timezone

from decide.notices.models import Notice


def mark_all_read(*, user, up_to: int) -> int:
    """Mark as read everything of this person up to the newest notice that the page showed. Returns how many."""
    return Notice.objects.of(user).unread().filter(pk__lte=up_to).update(read_at=timezone.now())


def mark_read(*, user, notice: int) -> int:
    """Mark one as read (its key). Returns how many."""
    return Notice.objects.of(user).unread().filter(pk=notice).update(read_at=timezone.now())
