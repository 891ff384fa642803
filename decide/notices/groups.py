"""What people may be told of, in groups, and how often each group comes by mail: the one table of the preferences."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Frequency(models.TextChoices):
    NOW = "now", _("Enseguida")
    DAILY = "daily", _("Una vez al día")
    WEEKLY = "weekly", _("Una vez por semana")
    NEVER = "never", _("Nunca")


class Group(models.TextChoices):
    REPLY = "reply", _("Respuestas a mis comentarios")
    OWN = "own", _("Lo que yo propuse")
    SUPPORTED = "supported", _("Lo que apoyé o comenté")
    FOLLOWING = "following", _("Lo que sigo")
    PARISH = "parish", _("Las parroquias que sigo")
    OFFICE = "office", _("Recordatorios de mi cargo")
    ACCOUNT = "account", _("Mi cuenta, su seguridad y la moderación de lo mío")


@dataclass(frozen=True)
class About:
    """What a group holds, in a sentence, and how often it comes to whoever never chose."""

    hint: str
    default: str


GROUPS = {
    Group.REPLY: About(_("Cuando alguien responde a un comentario suyo."), Frequency.NOW),
    Group.OWN: About(_("Cada paso de sus propuestas y los comentarios que reciben."), Frequency.NOW),
    Group.SUPPORTED: About(_("Si alcanza su umbral, cambia su texto o se retira."), Frequency.NOW),
    Group.FOLLOWING: About(_("Los pasos y los comentarios de lo que usted eligió seguir."), Frequency.DAILY),
    Group.PARISH: About(_("Propuestas nuevas, umbrales alcanzados y respuestas."), Frequency.WEEKLY),
    Group.OFFICE: About(_("Lo que espera una respuesta suya y hasta cuándo."), Frequency.NOW),
}
# Whatever is not in GROUPS always comes at once: a person must know that their text was hidden or a key was added.

DIGEST_HOUR = time(7)  # in the city's own time
DIGEST_WEEKDAY = 0  # Monday


def next_digest(frequency: str, after: datetime) -> datetime:
    """The first morning strictly after `after` on which this digest goes out."""
    day = timezone.localdate(after)
    while True:
        at = timezone.make_aware(datetime.combine(day, DIGEST_HOUR))
        if at > after and (frequency == Frequency.DAILY or day.weekday() == DIGEST_WEEKDAY):
            return at
        day += timedelta(days=1)
