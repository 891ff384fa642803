"""Moderators are reminded of what is late or about to be."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.moderation.models import Appeal, ModerationCase, Sanction
from decide.moderation.services.telling import moderators
from decide.notices import services as notices
from decide.notices.groups import Group

SOON = timedelta(hours=6)


def remind(now) -> int:
    """Tell each moderator how much is late and how much falls due within six hours: at most twice a day.

    Returns how many notices were written.
    """
    queues = (ModerationCase.objects.in_queue(), Appeal.objects.in_queue(), Sanction.objects.to_confirm())
    late = sum(queue.filter(due__lt=now).count() for queue in queues)
    soon = sum(queue.filter(due__gte=now, due__lte=now + SOON).count() for queue in queues)
    if not late + soon:
        return 0
    local = timezone.localtime(now)
    return notices.tell(
        kind="moderation-reminder",
        key=f"moderation-due:{local:%Y%m%d}:{'am' if local.hour < 12 else 'pm'}",
        subject=_("Moderación: hay casos por vencer o vencidos"),
        body=_("Fuera de plazo: %(late)s. Vencen en las próximas seis horas: %(soon)s. Revíselos hoy.")
        % {"late": late, "soon": soon},
        path="/moderacion/",
        recipients=moderators(),
        group=Group.OFFICE,
    )
