"""Voting at an office's device: the person votes by themselves, while the officer's session is locked away."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from votes.models.polls import Poll


class DeskBallot(models.Model):
    """One turn at the ballot on an office's device. Who votes is not here: only the voter's cookie says it, signed.

    So no row joins a residence with an hour. `digest` stands for the token of that cookie, `session_key` is the
    officer's session, which the browser does not hold meanwhile. The row goes when the officer takes the device back,
    and at the latest when its time is up.
    """

    digest = models.CharField(max_length=64, unique=True)
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40)
    started_at = models.DateTimeField(default=timezone.now)
    used = models.BooleanField(_("ya votó"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("turno en el equipo de la oficina"), _("turnos en equipos de oficinas")
