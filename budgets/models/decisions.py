"""What a parish assembly decided with its money: the rule fixed beforehand, the candidates, the result."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from budgets.models.money import BudgetYear, money
from budgets.models.requests import Request
from decide.assemblies.models import Item, Session
from decide.territory.models import Parish
from votes.models import Poll


class Decision(models.Model):
    """One parish, one year, one budget session. Everything that the result depends on is fixed before the first vote:
    `rule`, `minimum_votes`, `budget`, and the `seed` from which ties are ordered (published before)."""

    class Rule(models.TextChoices):
        GREEDY = "greedy", _("Por votos; lo que no alcanza se salta")
        GREEDY_NO_SKIP = "greedy-no-skip", _("Por votos; al primero que no alcanza se detiene")

    class Status(models.TextChoices):
        PREPARING = "preparing", _("En preparación")
        FIXED = "fixed", _("Reglas fijadas y publicadas")
        DECIDED = "decided", _("Decidida")

    year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="decisions")
    parish = models.ForeignKey(Parish, models.PROTECT, related_name="decisions")
    session = models.OneToOneField(Session, models.PROTECT, related_name="budget_decision")
    # An advisory online poll of the parish's residents beforehand; its result stands beside and decides nothing.
    poll = models.OneToOneField(Poll, models.SET_NULL, null=True, blank=True, related_name="budget_decision")
    status = models.CharField(_("estado"), max_length=12, choices=Status.choices, default=Status.PREPARING)
    rule = models.CharField(_("regla"), max_length=15, choices=Rule.choices, default=Rule.GREEDY)
    minimum_votes = models.PositiveIntegerField(_("votos mínimos"), default=0)
    budget = money(_("monto de la parroquia (USD)"), default=0)
    seed = models.CharField(_("semilla del sorteo de empates"), max_length=100, blank=True)
    fixed_at = models.DateTimeField(_("reglas fijadas"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decidida"), null=True, blank=True)
    # As budgets.counting gave it (docs/decision-format.md); a project's id is the number of its request, as text.
    result = models.JSONField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = _("decisión de una parroquia"), _("decisiones de las parroquias")
        constraints = [
            models.UniqueConstraint(fields=["year", "parish"], name="one_decision_per_parish_and_year"),
            models.CheckConstraint(
                condition=Q(status="preparing") | (~Q(seed="") & Q(fixed_at__isnull=False)),
                name="what_is_fixed_has_a_seed",
            ),
            models.CheckConstraint(
                condition=~Q(status="decided") | Q(result__isnull=False, decided_at__isnull=False),
                name="what_is_decided_has_a_result",
            ),
        ]


class Candidate(models.Model):
    """A feasible request on the matrix of a decision, and what became of it."""

    class Outcome(models.TextChoices):
        FUNDED = "funded", _("Priorizada")
        RESERVE = "reserve", _("En lista de reserva")
        NOT_FUNDED = "not_funded", _("No priorizada")

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="candidates")
    request = models.OneToOneField(Request, models.PROTECT, related_name="candidate")
    item = models.OneToOneField(Item, models.PROTECT, null=True, blank=True, related_name="candidate")
    number = models.PositiveSmallIntegerField(_("número en la matriz"))
    cost = money(_("costo (USD)"))
    # How it is to be voted; from the moment the rules are fixed its item says so.
    way = models.CharField(_("cómo se vota"), max_length=10, choices=Item.Way.choices, default=Item.Way.HANDS)
    tie_position = models.PositiveSmallIntegerField(_("orden en caso de empate"), null=True, blank=True)
    outcome = models.CharField(_("resultado"), max_length=12, choices=Outcome.choices, blank=True)
    reason_code = models.CharField(max_length=20, blank=True, help_text=_("Código de budgets.counting."))
    # The money at hand at its turn; None where its turn did not come.
    left = money(_("lo que quedaba en su turno (USD)"), null=True, blank=True)
    # Among those funded, or on the list of reserve.
    place = models.PositiveSmallIntegerField(_("puesto"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("solicitud en la matriz"), _("matriz de la asamblea")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "number"], name="one_number_in_a_matrix"),
            models.CheckConstraint(condition=Q(cost__gt=0), name="a_candidate_costs_something"),
        ]


class OfflineFile(models.Model):
    """What was filled in without internet and sent later. The same file twice changes nothing (`sha256`); it is laid
    beside what the server has, the differences are shown, and signed paper prevails."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="offline_files")
    sha256 = models.CharField(max_length=64)
    content = models.JSONField()
    differences = models.JSONField(default=list)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("archivo sin internet"), _("archivos sin internet")
        constraints = [models.UniqueConstraint(fields=["decision", "sha256"], name="one_offline_file_once")]
