"""What the city owes: a question, the agency that answers, the date, the answer, on time or late.

Whatever the city must answer owns an `Answer`; the owner passes its title and its page, so that the officer's
desk and the public count of what is late know nothing of the owners.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.images import PhotoField
from decide.territory.models import Agency, Parish


class AnswerQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(answered_at=None)

    def unassigned(self):
        return self.pending().filter(agency=None)

    def late(self, now=None):
        return self.pending().filter(due__lt=now or timezone.now())

    def by_deadline(self):
        return self.order_by("due", "pk")


class Answer(models.Model):
    """An answer that is owed. `due` runs from the day it is owed, whoever has it; it is extended once at most."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Aceptada")
        PARTIAL = "partial", _("Aceptada en parte")
        REJECTED = "rejected", _("No aceptada")
        OTHER_INSTITUTION = "elsewhere", _("Corresponde a otra institución")

    kind = models.CharField(max_length=20, default="proposal", help_text=_("Qué se pregunta."))
    subject = models.CharField(_("asunto"), max_length=200)
    path = models.CharField(_("página"), max_length=300)
    parish = models.ForeignKey(Parish, models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(_("solicitada"), default=timezone.now)
    assign_due = models.DateTimeField(_("plazo para asignar"))
    due = models.DateTimeField(_("plazo para responder"))
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("dependencia")
    )
    assigned_at = models.DateTimeField(_("asignada"), null=True, blank=True)
    passed_from = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("la pasó")
    )
    passed_at = models.DateTimeField(_("pasada"), null=True, blank=True)
    pass_reason = models.TextField(_("por qué la pasó"), blank=True)
    extended_at = models.DateTimeField(_("prorrogada"), null=True, blank=True)
    extension_reason = models.TextField(_("por qué se prorrogó"), blank=True)
    outcome = models.CharField(_("resultado"), max_length=12, choices=Outcome.choices, blank=True)
    body = models.TextField(_("respuesta"), blank=True)
    institution = models.CharField(_("institución a la que dirigirse"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("respondida"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("por")
    )
    history = HistoricalRecords()

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("respuesta"), _("respuestas")
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="") | (Q(answered_at__isnull=False) & ~Q(outcome="")),
                name="an_answer_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(agency__isnull=False), name="an_answer_comes_from_an_agency"
            ),
        ]

    @property
    def is_late(self) -> bool:
        """Late while it is pending past its date, and late for ever if it was answered after it."""
        return (self.answered_at or timezone.now()) > self.due


class Milestone(models.Model):
    """A dated step of what was promised in an answer."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Previsto")
        ONGOING = "ongoing", _("En marcha")
        DONE = "done", _("Cumplido")
        CANCELLED = "cancelled", _("Cancelado")

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="milestones")
    title = models.CharField(_("hito"), max_length=160)
    description = models.TextField(_("detalle"), blank=True)
    planned = models.DateField(_("fecha prevista"))
    done_on = models.DateField(_("fecha de cumplimiento"), null=True, blank=True)
    state = models.CharField(_("estado"), max_length=10, choices=State.choices, default=State.PLANNED)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = _("hito"), _("hitos")
        ordering = ["planned", "pk"]


class MilestonePhoto(models.Model):
    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="photos")
    image = PhotoField(_("foto"), upload_to="respuestas/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(_("qué se ve"), max_length=200)
