"""What the platform tells a person: one row per thing told, the inbox and the outbox in one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(recipient=user)

    def unread(self):
        return self.filter(read_at=None)

    def to_mail(self, now=None):
        """The outbox: whose time to be sent has come, and which no run holds."""
        return self.filter(mail=Notice.Mail.WAITING, next_try__lte=now or timezone.now())


class Notice(models.Model):
    """A message to one person or to one address. `key` says what it is about: nothing is told twice.

    Written in the transaction of what happened; `tick` sends the mail afterwards, and again on failure.
    While a run of `tick` sends it, `claim` is that run's and `next_try` is when its claim ends.
    """

    class Mail(models.TextChoices):
        WAITING = "waiting", _("Por enviar")
        SENT = "sent", _("Enviado")
        DROPPED = "dropped", _("No se envía: la cuenta no está activa")
        FAILED = "failed", _("No se pudo enviar")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    address = models.EmailField(blank=True, help_text=_("Solo para quien no tiene cuenta."))
    kind = models.CharField(_("tipo"), max_length=40)
    key = models.CharField(_("clave"), max_length=120)
    subject = models.CharField(_("asunto"), max_length=160)
    body = models.TextField(_("texto"))
    path = models.CharField(_("página"), max_length=300, blank=True)
    created = models.DateTimeField(_("creado"), default=timezone.now)
    read_at = models.DateTimeField(_("leído"), null=True, blank=True)
    mail = models.CharField(_("correo"), max_length=10, choices=Mail.choices, default=Mail.WAITING)
    mailed_at = models.DateTimeField(_("enviado"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("intentos"), default=0)
    next_try = models.DateTimeField(_("próximo intento"), default=timezone.now)
    claim = models.UUIDField(null=True, blank=True, editable=False)

    objects = NoticeQuerySet.as_manager()

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
        indexes = [
            models.Index(fields=["next_try"], condition=Q(mail="waiting"), name="notice_outbox"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["recipient", "-created", "-id"], name="notice_inbox"),
            models.Index(fields=["claim"], condition=Q(claim__isnull=False), name="notice_claimed"),
        ]

    def __str__(self):
        return self.subject
