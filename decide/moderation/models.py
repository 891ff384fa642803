"""What is reported, what moderators decide, how it is appealed, and what follows for a person.

**What can be hidden is `Moderated`**: it owns a `ModerationCase` and a column `hidden` of its own, so that lists filter
without a join. The room knows nobody: owners hear `moderation.signals`, and the roof's table `decide.subjects` says
what each kind is and where it is found. Each thing links to `moderation:report` (kind, pk), or includes
`moderation/_report.html with kind=… pk=…`; `moderation/_state.html with case=…` tells its author and the moderators why
it is not shown, or that an edit waits. Every decision is one row of `Decision`, only ever added: the public log, the
author's record and the appeals all read it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.once import OnceOnly
from decide.text import plain

KINDS = {
    "proposal": _("Propuesta"),
    "comment": _("Comentario"),
    "photo": _("Foto"),
    "document": _("Documento"),
    "request": _("Solicitud"),
    "request_photo": _("Foto de una solicitud"),
    "objection": _("Objeción"),
    "account": _("Cuenta"),
}
EXCERPT_LENGTH = 4000


class Reason(models.TextChoices):
    """The public rules (`/moderacion/reglas/` explains each): why something is reported, hidden or sanctioned."""

    INSULT = "insult", _("Insulta o amenaza")
    HATE = "hate", _("Discrimina o incita al odio")
    PERSONAL_DATA = "personal_data", _("Muestra datos personales de alguien")
    SPAM = "spam", _("Es publicidad o se repite")
    FALSE_IDENTITY = "false_identity", _("Se hace pasar por otra persona")
    ILLEGAL = "illegal", _("Es ilegal o incita a un delito")
    OFF_TOPIC = "off_topic", _("No tiene que ver con el tema")
    OTHER = "other", _("Otra razón")


def due_from(moment: datetime) -> datetime:
    """Until when a moderator looks at what came in at `moment` (MODERATION_HOURS, 24)."""
    return moment + timedelta(hours=settings.MODERATION_HOURS)


def _people(**kwargs):
    """Somebody who may erase the account: what they did or what was done to them stays, without them."""
    kwargs.setdefault("related_name", "+")
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, **kwargs)


class CaseQuerySet(models.QuerySet):
    def in_queue(self):
        """What waits for a moderator: reported, an image that waits, or an edit of what was decided on."""
        return self.exclude(due=None)

    def late(self, now=None):
        return self.filter(due__lt=now or timezone.now())

    def search(self, words: str):
        found = self
        for word in plain(words).split()[:8]:
            found = found.filter(search_text__contains=word)
        return found


class ModerationCase(models.Model):
    """One thing that was reported, waits, or was acted on. Made at the first of those; each thing has one at most.

    `due` is set while it is in the queue. `version` is raised by every decision and every new text, never by a report:
    a moderator decides on what they saw. `decided_at` is the newest decision's: from then on the author's edits wait
    in `pending_edit` (`services.keep_edit`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Por revisar")
        PENDING = "pending", _("Imagen por revisar, aún no se muestra")
        KEPT = "kept", _("Se mantiene")
        HIDDEN = "hidden", _("Oculto")
        GONE = "gone", _("Ya no existe")

    kind = models.CharField(_("qué es"), max_length=20, choices=list(KINDS.items()))
    path = models.CharField(_("página"), max_length=300, blank=True)
    author = _people(related_name="moderation_cases", verbose_name=_("autor"))
    state = models.CharField(_("estado"), max_length=10, choices=State.choices, default=State.WAITING)
    opened_at = models.DateTimeField(_("abierto"), default=timezone.now)
    due = models.DateTimeField(_("plazo"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decidido"), null=True, blank=True)
    decided_by = _people(verbose_name=_("por"))
    reason = models.CharField(_("razón"), max_length=20, choices=Reason.choices, blank=True)
    reason_text = models.TextField(_("explicación para el autor"), blank=True)
    excerpt = models.TextField(_("qué decía"), max_length=EXCERPT_LENGTH, blank=True)
    pending_edit = models.JSONField(_("cambio por revisar"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    # The excerpt without accents, in lower case: what the queue's search reads on both engines.
    search_text = models.TextField(editable=False, blank=True)
    # The words live on the case and in the decisions alone, where they can be taken away.
    history = HistoricalRecords(excluded_fields=["excerpt", "search_text", "pending_edit"])

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("caso"), _("casos")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "pending"]) | Q(due__isnull=False), name="what_waits_has_a_deadline"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["kept", "hidden"]) | Q(decided_at__isnull=False),
                name="what_was_decided_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(pending_edit__isnull=True) | Q(due__isnull=False), name="an_edit_that_waits_has_a_deadline"
            ),
        ]
        indexes = [
            models.Index(fields=["due", "id"], condition=Q(due__isnull=False), name="moderation_queue"),
            models.Index(fields=["author", "state"], name="cases_of_a_person"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} #{self.pk}"

    def get_absolute_url(self):
        """The moderators' page."""
        return reverse("moderation:case", args=[self.pk])

    @property
    def is_shown(self) -> bool:
        return self.state not in (self.State.HIDDEN, self.State.PENDING)

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.due < timezone.now()


class Moderated(models.Model):
    """What moderators can hide. `hidden`: not shown now (hidden, or an image that waits), as the case says.

    Both columns change by `.update()`, when the signals say so: leave them out of a history (`excluded_fields`). The
    owner says what a moderator needs with the four methods below.
    """

    KIND = ""  # a key of KINDS

    case = models.OneToOneField(
        ModerationCase, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    hidden = models.BooleanField(_("oculto"), default=False, editable=False)

    class Meta:
        abstract = True

    def moderated_author(self):
        """The account whose thing it is, or None."""
        raise NotImplementedError

    def moderated_path(self) -> str:
        """The page of ours that shows it, with its place (`/propuestas/17-…/#comentario-4`)."""
        raise NotImplementedError

    def moderated_text(self) -> str:
        """What people read there now: of an image, the words beside it."""
        raise NotImplementedError

    def moderated_file(self):
        """The file itself (a FieldFile), where there is one."""

    def moderated_edit(self, fields: dict) -> list[tuple[str, str, str]]:
        """(label, as it is, as it would be) of each field of an edit that waits, for the moderator's eyes."""
        labels = {name: self._meta.get_field(name).verbose_name for name in fields}
        return [(str(labels[name]), str(getattr(self, name) or ""), str(new or "")) for name, new in fields.items()]


class Decision(models.Model):
    """What was decided, why, when and by whom; only added, never changed. Without names it is the public log.

    `opened_at` and `due` are when the clock began and ended. `subject` is whom it is told to, who may appeal it once.
    """

    class Action(models.TextChoices):
        KEEP = "keep", _("Se mantiene")
        HIDE = "hide", _("Se oculta")
        RESTORE = "restore", _("Vuelve a mostrarse")
        APPROVE_EDIT = "approve_edit", _("Se acepta el cambio")
        REJECT_EDIT = "reject_edit", _("No se acepta el cambio")
        WARNING = "warning", _("Advertencia")
        SUSPEND7 = "suspend7", _("Suspensión de 7 días")
        SUSPEND30 = "suspend30", _("Suspensión de 30 días")
        CLOSE = "close", _("Cierre de la cuenta")
        UPHOLD = "uphold", _("Se confirma lo decidido")
        LIFT = "lift", _("Se levanta la sanción")

    # What the person it is told to may appeal. After a refused edit they send another one.
    APPEALABLE = (Action.HIDE, Action.WARNING, Action.SUSPEND7, Action.SUSPEND30, Action.CLOSE)

    case = models.ForeignKey(ModerationCase, models.PROTECT, null=True, blank=True, related_name="decisions")
    # Which version of the case was decided: of two moderators at once, one.
    case_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    kind = models.CharField(_("qué es"), max_length=20, choices=list(KINDS.items()))
    action = models.CharField(_("decisión"), max_length=20, choices=Action.choices)
    reason = models.CharField(_("razón"), max_length=20, choices=Reason.choices, blank=True)
    reason_text = models.TextField(_("explicación para el autor"), blank=True)
    excerpt = models.TextField(_("qué decía"), blank=True)
    subject = _people(related_name="moderation_decisions", verbose_name=_("a quién"))
    by = _people(verbose_name=_("por"))
    opened_at = models.DateTimeField(_("desde"))
    due = models.DateTimeField(_("plazo"))
    at = models.DateTimeField(_("decidido"), default=timezone.now)
    on_appeal = models.BooleanField(_("en apelación"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("decisión"), _("decisiones")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "case_version"], name="one_decision_on_what_was_seen"),
            models.CheckConstraint(
                condition=~Q(action__in=["hide", "reject_edit", "warning", "suspend7", "suspend30", "close"])
                | ~Q(reason=""),
                name="a_decision_against_somebody_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="moderation_log")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.get_action_display()}"

    def get_absolute_url(self):
        """The page of the person it was told to, with the appeal."""
        return reverse("moderation:decision", args=[self.pk])

    @property
    def took(self) -> timedelta:
        return self.at - self.opened_at

    @property
    def was_late(self) -> bool:
        return self.at > self.due

    @property
    def appeal_until(self) -> datetime:
        return self.at + timedelta(days=settings.APPEAL_DAYS)


class Report(models.Model):
    """One person's report of one thing. Reports bring it before a moderator; however many, they hide nothing.

    `decision` is the one that looked at it; None while it waits. Who reported is shown to nobody.
    """

    case = models.ForeignKey(ModerationCase, models.CASCADE, related_name="reports")
    reporter = _people(related_name="moderation_reports", verbose_name=_("quién reporta"))
    reason = models.CharField(_("razón"), max_length=20, choices=Reason.choices)
    note = models.TextField(_("qué pasa"), blank=True)
    created = models.DateTimeField(_("reportado"), default=timezone.now)
    decision = models.ForeignKey(Decision, models.SET_NULL, null=True, blank=True, related_name="reports")

    class Meta:
        verbose_name, verbose_name_plural = _("reporte"), _("reportes")
        ordering = ["created", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "reporter"], name="one_report_per_person_and_thing")]

    def __str__(self):
        return f"{self.get_reason_display()} #{self.pk}"


class AppealQuerySet(models.QuerySet):
    def in_queue(self):
        return self.filter(decided_at=None)


class Appeal(models.Model):
    """The one appeal against a decision, decided by another moderator. `outcome` is a decision too, in the log."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("Se confirma lo decidido")
        OVERTURNED = "overturned", _("Se revoca lo decidido")

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="appeal")
    author = _people(related_name="moderation_appeals", verbose_name=_("quién apela"))
    text = models.TextField(_("por qué"))
    created = models.DateTimeField(_("presentada"), default=timezone.now)
    due = models.DateTimeField(_("plazo"))
    outcome = models.CharField(_("resultado"), max_length=10, choices=Outcome.choices, blank=True)
    reason_text = models.TextField(_("explicación"), blank=True)
    decided_by = _people(verbose_name=_("por"))
    decided_at = models.DateTimeField(_("decidida"), null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("apelación"), _("apelaciones")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, outcome="") | (Q(decided_at__isnull=False) & ~Q(outcome="")),
                name="an_appeal_decided_has_its_outcome",
            )
        ]
        indexes = [models.Index(fields=["due", "id"], condition=Q(decided_at=None), name="appeals_in_queue")]

    def __str__(self):
        return f"#{self.pk}"

    def get_absolute_url(self):
        return reverse("moderation:appeal", args=[self.pk])

    @property
    def is_late(self) -> bool:
        return self.decided_at is None and self.due < timezone.now()


class SanctionQuerySet(models.QuerySet):
    def to_confirm(self):
        """Closings that one moderator proposed and a second has not looked at."""
        return self.filter(kind=Sanction.Kind.CLOSE, confirmed_at=None, dropped_at=None)

    def in_force(self, now=None):
        """Suspensions that run, and accounts closed."""
        running = Q(kind__in=["suspend7", "suspend30"], until__gt=now or timezone.now())
        return self.filter(running | Q(kind="close", confirmed_at__isnull=False), lifted_at=None)


class Sanction(OnceOnly):
    """What follows for a person. A closing is a proposal until a second moderator confirms it, or drops it.

    `until` is when a suspension ends; `lifted_at` when an appeal ended it; `ended_at` when the person was told that it
    ended. `decision` is its row in the log (of a closing, from its confirmation on).
    """

    class Kind(models.TextChoices):
        WARNING = "warning", _("Advertencia")
        SUSPEND7 = "suspend7", _("Suspensión de 7 días")
        SUSPEND30 = "suspend30", _("Suspensión de 30 días")
        CLOSE = "close", _("Cierre de la cuenta")

    DAYS = {Kind.SUSPEND7: 7, Kind.SUSPEND30: 30}

    user = _people(related_name="sanctions", verbose_name=_("a quién"))
    kind = models.CharField(_("sanción"), max_length=10, choices=Kind.choices)
    reason = models.CharField(_("razón"), max_length=20, choices=Reason.choices)
    reason_text = models.TextField(_("explicación para la persona"))
    case = models.ForeignKey(ModerationCase, models.PROTECT, null=True, blank=True, related_name="sanctions")
    decision = models.OneToOneField(Decision, models.PROTECT, null=True, blank=True, related_name="sanction")
    by = _people(verbose_name=_("por"))
    at = models.DateTimeField(_("desde"), default=timezone.now)
    due = models.DateTimeField(_("plazo para confirmar"), null=True, blank=True)
    until = models.DateTimeField(_("hasta"), null=True, blank=True)
    confirmed_by = _people(verbose_name=_("confirmado por"))
    confirmed_at = models.DateTimeField(_("confirmado"), null=True, blank=True)
    dropped_by = _people(verbose_name=_("descartado por"))
    dropped_at = models.DateTimeField(_("descartado"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("levantada"), null=True, blank=True)
    ended_at = models.DateTimeField(_("terminada"), null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["once_key"])

    objects = SanctionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("sanción"), _("sanciones")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(kind="close", confirmed_at=None, dropped_at=None),
                name="one_closing_waits_per_account",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(by=None) | ~Q(confirmed_by=F("by")),
                name="two_people_close_an_account",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["suspend7", "suspend30"]) | Q(until__isnull=False), name="a_suspension_ends"
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                condition=Q(ended_at=None, lifted_at=None, until__isnull=False),
                name="suspensions_to_end",
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} #{self.pk}"

    def get_absolute_url(self):
        return reverse("moderation:closing", args=[self.pk])

    @property
    def waits(self) -> bool:
        return self.kind == self.Kind.CLOSE and self.confirmed_at is None and self.dropped_at is None

    @property
    def is_late(self) -> bool:
        return self.waits and self.due is not None and self.due < timezone.now()
