"""Which notices tell of something that everybody may see now: asked of the roof (settings.PUBLIC_IDS).

It names a function `public_ids(kind, ids) -> the ids that are public`. A notice about nothing in particular is always
shown.
"""

from django.conf import settings
from django.utils.module_loading import import_string

from decide.notices.models import Notice

_CHUNK = 500  # ids in one query


def hidden_subjects(subjects) -> set[str]:
    """Those among `subjects` ("comment:42", …; empty ones too) that are hidden, or gone."""
    kinds: dict[str, dict[int, str]] = {}
    for subject in subjects:
        kind, _colon, number = subject.partition(":")
        if number.isdecimal():
            kinds.setdefault(kind, {})[int(number)] = subject
    if not kinds:
        return set()
    public_ids, hidden = import_string(settings.PUBLIC_IDS), set()
    for kind, named in kinds.items():
        ids = list(named)
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            hidden |= {named[pk] for pk in set(part) - set(public_ids(kind, part))}
    return hidden


def shown(notices) -> list:
    """The notices of which everybody may still know."""
    return _known(list(notices), lambda notice: notice.about)


def shown_follows(follows) -> list:
    """The follows of what everybody may still see."""
    return _known(list(follows), lambda follow: follow.list.about)


def _known(rows: list, about) -> list:
    hidden = hidden_subjects({about(row) for row in rows})
    return [row for row in rows if about(row) not in hidden]


UNREAD_COUNTED = 100


def unread_count(user) -> int:
    """How many unread notices this person would find, at most UNREAD_COUNTED: one query, and one more for each kind
    of subject among them."""
    unread = Notice.objects.of(user).unread().order_by("-created", "-pk")
    subjects = list(unread.values_list("about", flat=True)[:UNREAD_COUNTED])
    hidden = hidden_subjects(set(subjects))
    return sum(subject not in hidden for subject in subjects)


def newest_unread(user, most: int) -> list[Notice]:
    """The newest unread notices that this person would find."""
    return shown(Notice.objects.of(user).unread()[: most * 3])[:most]
