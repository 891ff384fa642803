"""What the city owes: a question, the agency that answers, the date, the answer, on time or late.

Whatever the city must answer owns an `Answer`; the owner passes its title and its page, so that the officer's
desk and the public count of what is late know nothing of the owners.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.fields import in_year
from decide.images import PhotoField
from decide.once import OnceOnly
from decide.territory.models import Agency, Parish
from decide.text import plain

# What is counted and listed: the word in the address of the list, and which answers it stands for.
OUTCOMES = {"aceptadas": "accepted", "en-parte": "partial", "no-aceptadas": "rejected", "de-otros": "elsewhere"}


def kinds(now=None) -> dict[str, Q]:
    """{word: condition}. The first two and the next two are together everything; the others are looked at beside."""
    now = now or timezone.now()
    steps = Milestone.objects.filter(answer=OuterRef("pk"))
    return {
        "pendientes": Q(answered_at=None, due__gte=now),
        "atrasadas": Q(answered_at=None, due__lt=now),
        "a-tiempo": Q(answered_at__lte=F("due")),
        "con-atraso": Q(answered_at__gt=F("due")),
        "respondidas": Q(answered_at__isnull=False),
        **{word: Q(outcome=outcome) for word, outcome in OUTCOMES.items()},
        # Everything that was promised, and not cancelled since, was done.
        "cumplidas": Q(Exists(steps.filter(state="done"))) & ~Q(Exists(steps.filter(state__in=["planned", "ongoing"]))),
    }


class AnswerQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(answered_at=None)

    def unassigned(self):
        return self.pending().filter(agency=None)

    def answered(self):
        return self.exclude(answered_at=None)

    def late(self, now=None):
        """Owed, not given, and past its date."""
        return self.pending().filter(due__lt=now or timezone.now())

    def asked_in(self, year: int):
        return self.filter(asked_at__range=in_year(year))

    def of_agencies(self, agencies):
        return self.filter(agency__in=agencies)

    def search(self, words: str):
        """Those whose subject holds every word, accents and capitals ignored."""
        found = self
        for word in plain(words).split()[:8]:
            found = found.filter(search_text__contains=word)
        return found

    def in_time(self, now=None):
        """Owed, not given, and its date still to come."""
        return self.pending().filter(due__gte=now or timezone.now())

    def by_deadline(self):
        return self.order_by("due", "pk")

    def pending_first(self):
        """What is owed by deadline, then what was answered, newest first."""
        return self.order_by(F("answered_at").desc(nulls_first=True), "due", "pk")

    def newest_answered(self):
        return self.order_by("-answered_at", "-pk")

    def with_places(self):
        """With the agencies and the parish that every page names."""
        return self.select_related("agency", "passed_from", "parish")

    def counts(self, now=None) -> dict[str, int]:
        """How many are pending in time, late, answered in time, answered late; each answer is in exactly one."""
        now = now or timezone.now()
        return self.aggregate(
            pending=Count("pk", filter=Q(answered_at=None, due__gte=now)),
            late=Count("pk", filter=Q(answered_at=None, due__lt=now)),
            answered_in_time=Count("pk", filter=Q(answered_at__lte=F("due"))),
            answered_late=Count("pk", filter=Q(answered_at__gt=F("due"))),
        )


class ShownAnswers(models.Manager.from_queryset(AnswerQuerySet)):
    """Without those whose question moderators hid: every page, count, desk and reminder reads these."""

    def get_queryset(self):
        return super().get_queryset().filter(hidden=False)


class Answer(models.Model):
    """An answer that is owed. `due` runs from the day it is owed, whoever has it; it is extended once at most."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Aceptada")
        PARTIAL = "partial", _("Aceptada en parte")
        REJECTED = "rejected", _("No aceptada")
        OTHER_INSTITUTION = "elsewhere", _("Corresponde a otra institución")

    class State(models.TextChoices):
        """What a person sees: computed from the dates, stored nowhere."""

        PENDING = "pending", _("A tiempo")
        LATE = "late", _("Atrasada")
        ANSWERED = "answered", _("Respondida a tiempo")
        ANSWERED_LATE = "answered_late", _("Respondida con atraso")

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
    # The newest time that the participation office put it right; the history keeps the earlier ones.
    reassigned_from = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("la tenía")
    )
    reassigned_at = models.DateTimeField(_("reasignada"), null=True, blank=True)
    reassign_reason = models.TextField(_("por qué se reasignó"), blank=True)
    extended_at = models.DateTimeField(_("prorrogada"), null=True, blank=True)
    extension_reason = models.TextField(_("por qué se prorrogó"), blank=True)
    outcome = models.CharField(_("resultado"), max_length=12, choices=Outcome.choices, blank=True)
    body = models.TextField(_("respuesta"), blank=True)
    institution = models.CharField(_("institución a la que dirigirse"), max_length=200, blank=True)
    institution_contact = models.CharField(_("cómo dirigirse a ella"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("respondida"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("por")
    )
    # A correction replaces the text; the history keeps every earlier one, with its date, and pages show them.
    corrected_at = models.DateTimeField(_("corregida"), null=True, blank=True)
    correction_reason = models.TextField(_("por qué se corrigió"), blank=True)
    # The subject without accents, in lower case: what the search reads on both engines.
    search_text = models.CharField(max_length=200, editable=False, blank=True)
    # What is asked was hidden by moderators: nobody sees the question either, and its deadline runs on.
    hidden = models.BooleanField(_("oculta"), default=False, editable=False)
    history = HistoricalRecords(excluded_fields=["search_text", "hidden"])

    objects = ShownAnswers()
    with_hidden = AnswerQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=~Q(outcome="elsewhere") | ~Q(institution="") & ~Q(institution_contact=""),
                name="elsewhere_says_whom_to_ask",
            ),
        ]
        indexes = [
            models.Index(fields=["answered_at", "due"], name="answers_by_deadline"),
            models.Index(fields=["agency", "answered_at", "due"], name="answers_of_an_agency"),
        ]

    def __str__(self):
        return self.subject

    def get_absolute_url(self):
        return reverse("answers:detail", args=[self.pk])

    @property
    def is_late(self) -> bool:
        """Late while it is pending past its date, and late for ever if it was answered after it."""
        return (self.answered_at or timezone.now()) > self.due

    @property
    def state(self) -> "Answer.State":
        if self.answered_at:
            return self.State.ANSWERED_LATE if self.is_late else self.State.ANSWERED
        return self.State.LATE if self.is_late else self.State.PENDING

    @property
    def promises(self) -> bool:
        """Only what was accepted, at least in part, has milestones."""
        return self.outcome in {self.Outcome.ACCEPTED, self.Outcome.PARTIAL}

    @property
    def due_day(self) -> date:
        """The last day on which it is in time, in Quito."""
        return timezone.localdate(self.due)

    def days_left(self, now=None) -> int:
        """Whole days in Quito until the last day: 0 on that day, negative when late."""
        return (self.due_day - timezone.localdate(now)).days

    @property
    def days_late(self) -> int:
        """Whole days in Quito after its last day; 0 if it is not late."""
        return max(0, (timezone.localdate(self.answered_at) - self.due_day).days)

    @property
    def assignment_is_late(self) -> bool:
        return self.agency_id is None and timezone.now() > self.assign_due

    @property
    def assign_due_day(self) -> date:
        return timezone.localdate(self.assign_due)

    @cached_property
    def handovers(self) -> list["Handover"]:
        """From which agency to which it went after it was assigned, the oldest first (a query if reassigned)."""
        moves = [(self.passed_at, self.passed_from, self.pass_reason, False)] if self.passed_at else []
        if self.reassigned_at:
            rows = self.history.exclude(reassigned_at=None).order_by("history_id").select_related("reassigned_from")
            moves += {
                row.reassigned_at: (row.reassigned_at, row.reassigned_from, row.reassign_reason, True) for row in rows
            }.values()
            moves.sort(key=lambda move: move[0])
        took = [*(move[1] for move in moves[1:]), self.agency]
        return [
            Handover(at, before, after, reason, by)
            for (at, before, reason, by), after in zip(moves, took, strict=False)
        ]

    @cached_property
    def steps_with_photos(self) -> list["Milestone"]:
        """The milestones with their photos, in two queries."""
        return list(self.milestones.prefetch_related("photos"))

    @cached_property
    def earlier_versions(self) -> list:
        """The texts that corrections replaced, newest first (history rows): empty until something is corrected."""
        if not self.corrected_at:
            return []
        rows = self.history.exclude(answered_at=None).order_by("history_date", "history_id")
        texts, shown = [], (self.body, self.institution, self.institution_contact)
        for row in rows:
            text = (row.body, row.institution, row.institution_contact)
            if not texts or text != texts[-1][0]:
                texts.append((text, row))
        if texts and texts[-1][0] == shown:
            texts.pop()
        return [row for _text, row in reversed(texts)]


@dataclass(frozen=True)
class Handover:
    """One agency had the question, and then another; `reassigned`: the participation office decided it."""

    at: datetime
    before: Agency
    after: Agency
    reason: str
    reassigned: bool


class MilestoneQuerySet(models.QuerySet):
    def open_of(self, agencies):
        """What these agencies promised and is neither done nor cancelled, by its date."""
        return self.filter(
            answer__hidden=False, answer__agency__in=agencies, state__in=["planned", "ongoing"]
        ).select_related("answer")


class Milestone(OnceOnly):
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
    # What was promised first stays, whatever is planned later.
    first_planned = models.DateField(_("fecha prometida al inicio"), null=True, editable=False)
    done_on = models.DateField(_("fecha de cumplimiento"), null=True, blank=True)
    state = models.CharField(_("estado"), max_length=10, choices=State.choices, default=State.PLANNED)
    note = models.TextField(_("qué pasó"), blank=True)
    updated = models.DateTimeField(_("actualizado"), default=timezone.now)
    history = HistoricalRecords(excluded_fields=["once_key"])

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("hito"), _("hitos")
        ordering = ["planned", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on=None)),
                name="a_milestone_done_has_its_day",
            )
        ]

    def __str__(self):
        return self.title

    @property
    def is_late(self) -> bool:
        """Past its planned day and not done; cancelled is not late."""
        if self.state == self.State.CANCELLED:
            return False
        return (self.done_on or timezone.localdate()) > self.planned

    @property
    def was_moved(self) -> bool:
        return bool(self.first_planned) and self.first_planned != self.planned


class MilestonePhoto(OnceOnly):
    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="photos")
    image = PhotoField(_("foto"), upload_to="respuestas/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(_("qué se ve"), max_length=200)

    class Meta:
        verbose_name, verbose_name_plural = _("foto de un hito"), _("fotos de los hitos")
        ordering = ["pk"]
