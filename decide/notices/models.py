"""What the platform tells a person: one row per thing told, the inbox and the outbox in one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """A message to one person or to one address. `key` says what it is about: nothing is told twice.

    Written in the transaction of what happened; `tick` sends the mail afterwards, and again on failure.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    address = models.EmailField(blank=True, help_text=_("Solo para quien no tiene cuenta."))
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    subject = models.CharField(max_length=160)
    body = models.TextField()
    path = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("aviso"), _("avisos")
        ordering = ["-created", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "key"], condition=Q(recipient__isnull=False), name="no_person_is_told_twice"
            ),
            models.UniqueConstraint(
                fields=["address", "key"], condition=Q(recipient=None), name="no_address_is_told_twice"
            ),
        ]
        indexes = [models.Index(fields=["mailed_at", "next_try"], name="notice_outbox")]
