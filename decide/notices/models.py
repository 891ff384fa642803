"""What the platform tells a person (one row per thing told, the inbox and the outbox in one), and what they follow."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.notices.groups import Frequency, Group
from decide.territory.models import Parish


class NoticeQuerySet(models.QuerySet):
    def of(self, user):
        """The inbox: what this person was told. A digest only carries what stands there already."""
        return self.filter(recipient=user).exclude(kind=Notice.DIGEST)

    def unread(self):
        return self.filter(read_at=None)

    def to_mail(self, now=None):
        """The outbox: whose time to be sent has come, and which no run holds."""
        return self.filter(mail=Notice.Mail.WAITING, next_try__lte=now or timezone.now())


class Notice(models.Model):
    """A message to one person or to one address. `key` says what it tells: nothing is told twice.

    Written in the transaction of what happened; a worker or `tick` sends the mail afterwards, and again on failure.
    While a run sends it, `claim` is that run's and `next_try` is when its claim ends. Whoever wants a digest has it
    "for the digest" until `next_try`; then a notice of kind DIGEST is made, which carries it as one of its `parts`.
    `about` names what it tells of ("comment:42"): what is hidden by then is neither sent nor shown.
    """

    DIGEST = "digest"

    class Mail(models.TextChoices):
        WAITING = "waiting", _("Por enviar")
        SENT = "sent", _("Enviado")
        DROPPED = "dropped", _("No se envía")
        FAILED = "failed", _("No se pudo enviar")
        FOR_DIGEST = "digest", _("Para el resumen")
        IN_DIGEST = "in_digest", _("En un resumen por enviar")

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    address = models.EmailField(blank=True, help_text=_("Solo para quien no tiene cuenta."))
    kind = models.CharField(_("tipo"), max_length=40)
    group = models.CharField(_("grupo"), max_length=10, choices=Group.choices, default=Group.ACCOUNT)
    key = models.CharField(_("clave"), max_length=120)
    subject = models.CharField(_("asunto"), max_length=160)
    body = models.TextField(_("texto"))
    path = models.CharField(_("página"), max_length=300, blank=True)
    about = models.CharField(_("de qué trata"), max_length=60, blank=True)
    created = models.DateTimeField(_("creado"), default=timezone.now)
    read_at = models.DateTimeField(_("leído"), null=True, blank=True)
    mail = models.CharField(_("correo"), max_length=10, choices=Mail.choices, default=Mail.WAITING)
    mailed_at = models.DateTimeField(_("enviado"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("intentos"), default=0)
    next_try = models.DateTimeField(_("próximo intento"), default=timezone.now)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    digest = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="parts", editable=False)

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
            models.Index(fields=["next_try"], condition=Q(mail="digest"), name="notice_for_digest"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["recipient", "-created", "-id"], name="notice_inbox"),
            models.Index(fields=["claim"], condition=Q(claim__isnull=False), name="notice_claimed"),
        ]

    def __str__(self):
        return self.subject


class Preference(models.Model):
    """How often a person wants a group by mail, where they chose something."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    group = models.CharField(max_length=10, choices=Group.choices)
    frequency = models.CharField(max_length=6, choices=Frequency.choices)

    class Meta:
        verbose_name, verbose_name_plural = _("preferencia de avisos"), _("preferencias de avisos")
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="one_preference_per_group")]


class FollowList(models.Model):
    """What people follow: a parish, or whatever owns this list (a thread does).

    `title`, `path` and `about` ("proposal:17") say what it is, for the list of what a person follows. A parish says
    so itself.
    """

    parish = models.OneToOneField(Parish, models.CASCADE, null=True, blank=True, related_name="follow_list")
    title = models.CharField(max_length=200, blank=True)
    path = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("lista de seguidores"), _("listas de seguidores")

    def __str__(self):
        return self.parish.name if self.parish else self.title

    def get_absolute_url(self):
        return self.parish.get_absolute_url() if self.parish else self.path


class Follow(models.Model):
    """A person follows something. `own`: it is their own, so that they are told of it as such."""

    list = models.ForeignKey(FollowList, models.CASCADE, related_name="follows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="follows")
    own = models.BooleanField(default=False)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("seguimiento"), _("seguimientos")
        constraints = [models.UniqueConstraint(fields=["list", "user"], name="followed_once")]


class Announcement(models.Model):
    """What the followers of some lists are still to be told, while it is being written out to them.

    `after` is the last account that was told; the row goes when everybody was.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    subject = models.CharField(max_length=160)
    body = models.TextField()
    path = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=60, blank=True)
    lists = models.JSONField()
    exclude = models.JSONField(default=list)
    after = models.BigIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now)
