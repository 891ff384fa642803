"""Polls: what is asked, of whom, under which rules. The ballots are in votes.models.ballots."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.accounts.models import Residence
from decide.answers.models import Answer
from decide.comments.models import Thread
from decide.images import PhotoField
from decide.once import OnceOnly
from decide.territory.models import Agency, Parish, Zone
from decide.text import plain


class PollQuerySet(models.QuerySet):
    def public(self):
        """What everybody may see: announced (approved), open, closed or annulled after its opening."""
        return self.filter(status__in=Poll.PUBLIC)

    def open(self):
        return self.filter(status=Poll.Status.OPEN)

    def closed(self):
        return self.filter(status=Poll.Status.CLOSED)

    def newest(self):
        return self.order_by("-opens_at", "-pk")

    def current_first(self):
        """What is open, the first to close first; then what is to open; then what is over, newest first."""
        rank = Case(When(status="open", then=0), When(status="approved", then=1), default=2)
        until = Case(When(status="open", then=F("closes_at")), When(status="approved", then=F("opens_at")))
        return self.alias(rank=rank, until=until).order_by("rank", "until", "-closes_at", "-pk")

    def of_parish(self, parish_id, zone_id):
        """Those in which the people of a parish vote: of the parish, of its zone, or of the whole District."""
        everybody = Q(zones=None, parishes=None)
        found = Poll.objects.filter(Q(parishes=parish_id) | Q(zones=zone_id) | everybody)
        return self.filter(pk__in=found.values("pk"))


class Poll(OnceOnly):
    """One or more questions, a scope, dates, the verification it needs, and rules that are frozen at its opening.

    `key` stands for the poll in every published byte. From the opening on only `rules_json` counts: the columns and
    the questions are what it was made from. `totals` is what may be seen now (the running totals in their steps, after
    the close the result; None while nothing may be seen):
    `{"ballots": n, "questions": {question key: {"blank": n, "options": {option key: votes}}}, "parishes": {…}}`.
    `version` is raised in the same UPDATE as everything that watchers see.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Borrador")
        SUBMITTED = "submitted", _("Por aprobar")
        APPROVED = "approved", _("Anunciada")
        OPEN = "open", _("Abierta")
        CLOSED = "closed", _("Cerrada")
        ANNULLED = "annulled", _("Anulada")

    class Effect(models.TextChoices):
        BINDING = "binding", _("El resultado obliga")
        RECOMMENDATION = "recommendation", _("El resultado recomienda")
        INFORMATION = "information", _("El resultado informa")

    class RunningTotals(models.TextChoices):
        LIVE = "live", _("Se ven mientras se vota")
        AT_CLOSE = "at_close", _("Se ven al cierre")

    Level = Residence.Level
    PUBLIC = (Status.APPROVED, Status.OPEN, Status.CLOSED, Status.ANNULLED)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("título"), max_length=160)
    slug = models.SlugField(_("dirección"), max_length=80, editable=False)
    summary = models.TextField(_("por qué se vota"))
    decided_by_text = models.CharField(_("quién decidió que se vote"), max_length=300)
    effect = models.CharField(_("efecto"), max_length=15, choices=Effect.choices)
    answers_for = models.ForeignKey(
        Agency, models.PROTECT, related_name="polls", verbose_name=_("dependencia que responde")
    )
    opens_at = models.DateTimeField(_("se abre"))
    closes_at = models.DateTimeField(_("se cierra"))
    # Neither zones nor parishes: the whole District.
    zones = models.ManyToManyField(Zone, blank=True, related_name="+", verbose_name=_("zonas"))
    parishes = models.ManyToManyField(Parish, blank=True, related_name="+", verbose_name=_("parroquias"))
    level = models.CharField(_("verificación"), max_length=10, choices=Level.choices)
    running_totals = models.CharField(
        _("totales"), max_length=10, choices=RunningTotals.choices, default=RunningTotals.LIVE
    )
    status = models.CharField(_("estado"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("escrita por")
    )
    created = models.DateTimeField(_("creada"), default=timezone.now)
    updated = models.DateTimeField(_("actualizada"), default=timezone.now)
    submitted_at = models.DateTimeField(_("enviada"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("aprobada por"),
    )
    approved_at = models.DateTimeField(_("aprobada"), null=True, blank=True)
    # A second officer sent it back to be written on: why; empty again once it is sent for approval.
    return_reason = models.TextField(_("por qué se devolvió"), blank=True)
    # Title and reasons without accents, in lower case: what the search reads on both engines.
    search_text = models.TextField(editable=False, blank=True)

    # Frozen at the opening: canonical JSON (docs/export-format.md) and its SHA-256 in hex.
    rules_json = models.TextField(blank=True, editable=False)
    rules_hash = models.CharField(max_length=64, blank=True, editable=False)
    opened_at = models.DateTimeField(_("abierta"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("cerrada"), null=True, blank=True, editable=False)
    turnout = models.PositiveIntegerField(_("votantes"), default=0, editable=False)
    # Inhabitants of the scope of every age, by the newest census (no register says how many are 16): at the opening.
    eligible = models.PositiveIntegerField(_("población del ámbito"), null=True, editable=False)
    # Verified residences that could have voted under the rules: at the close.
    verified = models.PositiveIntegerField(_("personas verificadas que podían votar"), null=True, editable=False)
    totals = models.JSONField(null=True, blank=True, editable=False)
    version = models.BigIntegerField(default=0, editable=False)

    annulled_at = models.DateTimeField(_("anulada"), null=True, blank=True)
    annulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("anulada por"),
    )
    annul_reason = models.TextField(_("por qué se anuló"), blank=True)
    thread = models.OneToOneField(Thread, models.PROTECT, related_name="poll")
    answer = models.OneToOneField(Answer, models.PROTECT, null=True, blank=True, related_name="poll")
    history = HistoricalRecords(
        excluded_fields=[
            *("once_key", "turnout", "totals", "version", "verified", "rules_json", "answer", "thread", "search_text"),
        ]
    )

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("votación"), _("votaciones")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="poll_closes_after_it_opens"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(written_by=None) | ~Q(approved_by=F("written_by")),
                name="poll_is_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted", "annulled"]) | Q(approved_at__isnull=False),
                name="poll_is_approved_before_it_opens",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["open", "closed"])
                | (Q(opened_at__isnull=False) & ~Q(rules_json="") & ~Q(rules_hash="")),
                name="open_poll_has_frozen_rules",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) | (~Q(status="closed") & Q(closed_at=None)),
                name="closed_poll_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(status="annulled", annulled_at__isnull=False) & ~Q(annul_reason="")
                | ~Q(status="annulled") & Q(annulled_at=None),
                name="annulled_poll_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "opens_at"], name="polls_to_open"),
            models.Index(fields=["status", "closes_at"], name="polls_to_close"),
        ]

    def __str__(self):
        return self.title

    def save(self, **kwargs):
        if not self.slug:
            self.slug = slugify(self.title)[:80].strip("-") or "votacion"
        self.search_text = plain(f"{self.title}\n{self.summary}")
        super().save(**kwargs)

    def get_absolute_url(self):
        return reverse("votes:detail", args=[self.pk, self.slug])

    @property
    def is_sealed(self) -> bool:
        """Whether the totals are kept until the close."""
        return self.status == self.Status.OPEN and self.running_totals == self.RunningTotals.AT_CLOSE


class Question(models.Model):
    """What is asked, and how it is answered. A blank answer is always possible."""

    class Method(models.TextChoices):
        SINGLE = "single", _("Una opción")
        APPROVAL = "approval", _("Varias opciones")
        BUDGET = "budget", _("Proyectos hasta un monto")

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="questions")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("orden"))
    text = models.CharField(_("pregunta"), max_length=300)
    help = models.TextField(_("ayuda"), blank=True)
    method = models.CharField(_("cómo se responde"), max_length=10, choices=Method.choices, default=Method.SINGLE)
    max_choices = models.PositiveSmallIntegerField(_("cuántas opciones como máximo"), null=True, blank=True)
    amount = models.DecimalField(_("monto (USD)"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("pregunta"), _("preguntas")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["poll", "position"], name="one_question_per_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(method="approval", max_choices__isnull=False, max_choices__gte=1)
                | (~Q(method="approval") & Q(max_choices=None)),
                name="approval_says_how_many",
            ),
            models.CheckConstraint(
                condition=Q(method="budget", amount__isnull=False, amount__gt=0)
                | (~Q(method="budget") & Q(amount=None)),
                name="budget_question_has_an_amount",
            ),
        ]

    def __str__(self):
        return self.text


class Option(models.Model):
    """One answer that can be chosen; in a budget question a project with its cost."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="options")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("orden"))
    text = models.CharField(_("opción"), max_length=200)
    description = models.TextField(_("detalle"), blank=True)
    image = PhotoField(
        _("imagen"), upload_to="votaciones/", width_field="width", height_field="height", blank=True, null=True
    )
    width = models.PositiveIntegerField(editable=False, null=True)
    height = models.PositiveIntegerField(editable=False, null=True)
    alt = models.CharField(_("qué se ve"), max_length=200, blank=True)
    link = models.URLField(_("más información"), blank=True)
    cost = models.DecimalField(_("costo (USD)"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("opción"), _("opciones")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "position"], name="one_option_per_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gt=0), name="option_costs_something"),
        ]

    def __str__(self):
        return self.text


class PollDocument(OnceOnly):
    """A PDF that explains what is voted on."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="documents")
    title = models.CharField(_("título"), max_length=120)
    file = models.FileField(_("documento"), upload_to="votaciones/")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("documento de una votación"), _("documentos de votaciones")
        ordering = ["created", "pk"]

    def __str__(self):
        return self.title
