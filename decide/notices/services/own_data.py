"""What the room keeps of a person, and how it forgets them."""

from datetime import datetime

from decide.notices.models import Follow, Notice, Preference
from decide.notices.public import shown, shown_follows


def export_own(user) -> dict:
    """What this person was told (without what was hidden since), what they follow, and how often they want mail."""
    fields = ("created", "subject", "body", "path", "read_at", "mailed_at")
    told = shown(Notice.objects.of(user).order_by("created", "pk"))
    follows = shown_follows(Follow.objects.filter(user=user).select_related("list__parish").order_by("pk"))
    return {
        "notices": [{name: _plain(getattr(notice, name)) for name in fields} for notice in told],
        "follows": [
            {"title": str(follow.list), "path": follow.list.get_absolute_url(), "since": follow.since.isoformat()}
            for follow in follows
        ],
        "preferences": dict(Preference.objects.filter(user=user).values_list("group", "frequency")),
    }


def _plain(value):
    return value.isoformat() if isinstance(value, datetime) else value


def erase_own(user) -> None:
    """Delete what was told to this person, also to their address, what they follow and what they chose."""
    Notice.objects.filter(recipient=user).delete()
    Notice.objects.filter(recipient=None, address__iexact=user.email).delete()
    Follow.objects.filter(user=user).delete()
    Preference.objects.filter(user=user).delete()
