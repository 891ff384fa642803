"""How often a person wants each group by mail."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts.models import User
from decide.errors import Refused
from decide.notices.groups import GROUPS, Frequency
from decide.notices.models import Notice, Preference
from decide.notices.services.telling import schedule

# What a change of mind still reaches. What a run is sending at this moment is on its way.
_PENDING = [Notice.Mail.WAITING, Notice.Mail.FOR_DIGEST, Notice.Mail.IN_DIGEST]


def preferences_of(user) -> dict[str, str]:
    """`{group: frequency}` of every group that may be chosen, as chosen or by default."""
    chosen = dict(Preference.objects.filter(user=user).values_list("group", "frequency"))
    return {group.value: chosen.get(group, about.default) for group, about in GROUPS.items()}


@transaction.atomic
def set_preferences(*, user, frequencies: dict[str, str]) -> None:
    """Choose for some groups (`{group: frequency}`), also for what waits to be sent. Raises Refused (400)."""
    known = frequencies.keys() <= {group.value for group in GROUPS}
    if not (known and set(frequencies.values()) <= set(Frequency.values)):
        raise Refused(_("Elija de la lista con qué frecuencia quiere los correos."), status=400)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two forms at once: one after the other
    before = preferences_of(user)
    for group, frequency in frequencies.items():
        Preference.objects.update_or_create(user=user, group=group, defaults={"frequency": frequency})
        if frequency != before[group]:
            _reschedule(user, group, frequency)


def _reschedule(user, group: str, frequency: str) -> None:
    waiting = Notice.objects.filter(recipient=user, group=group, mail__in=_PENDING, claim=None)
    like = Notice()
    schedule(like, frequency, timezone.now())
    # What waits after a failed try keeps its turn.
    if frequency == Frequency.NOW:
        waiting = waiting.exclude(mail=Notice.Mail.WAITING)
    waiting.update(mail=like.mail, next_try=like.next_try, digest=None)
