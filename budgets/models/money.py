"""The year of the participatory budget: its phases, each zone's money, each parish's allocation.

Money is Decimal in USD with two places. Norms: Ordenanza Metropolitana 102 (2016), Código Municipal art. I.3.86: at
least 60 % of the zone's investment budget; formula of 2020–2021 (population 40, unmet basic needs 30, density 20,
infrastructure 10).
"""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import BigIntegerField, F, Q
from django.db.models.functions import Cast, Round
from django.db.models.lookups import GreaterThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.territory.models import Parish, Zone

# The ordinance's floor: a city's setting (BUDGET_MINIMUM_PERCENT) or a year may ask for more, never for less.
LEAST_PERCENT = Decimal(60)


def money(*args, **kwargs):
    """A column of USD with two places, never negative."""
    kwargs.setdefault("validators", [MinValueValidator(Decimal(0))])
    return models.DecimalField(*args, max_digits=14, decimal_places=2, **kwargs)


def hundredths(name: str):
    """A column with two places as a whole number: exact in a constraint also on SQLite, where decimals are floats."""
    return Cast(Round(F(name) * Decimal(100)), BigIntegerField())


class Phase(models.TextChoices):
    """In order (facts `fases`); a year moves only forward."""

    REQUESTS = "requests", _("Ingreso de solicitudes")
    REVIEW = "review", _("Revisión de solicitudes")
    STUDIES = "studies", _("Estudios de factibilidad")
    INFORMATION = "information", _("Reuniones informativas")
    ASSEMBLY = "assembly", _("Asamblea de presupuestos participativos")
    INCORPORATION = "incorporation", _("Incorporación al presupuesto")
    EXECUTION = "execution", _("Ejecución")
    FOLLOW_UP = "follow_up", _("Seguimiento")


class BudgetYearQuerySet(models.QuerySet):
    def public(self):
        return self.filter(published=True)

    def newest(self):
        return self.order_by("-year")


class BudgetYear(models.Model):
    """One cycle. `year` is the year in which the money is spent; requests are filed and decided in the year before.

    `phase` is where the year stands ("" before its first). Weights (of 100) are the formula's, frozen with the first
    allocation; each is shown.
    """

    year = models.PositiveSmallIntegerField(_("año en que se ejecuta"), unique=True)
    phase = models.CharField(_("fase"), max_length=15, choices=Phase.choices, blank=True)
    published = models.BooleanField(_("publicado"), default=False)
    minimum_percent = models.DecimalField(
        _("mínimo participativo (%)"), max_digits=5, decimal_places=2, default=Decimal("60.00")
    )
    weight_population = models.PositiveSmallIntegerField(_("peso: población"), default=40)
    weight_needs = models.PositiveSmallIntegerField(_("peso: necesidades básicas insatisfechas"), default=30)
    weight_density = models.PositiveSmallIntegerField(_("peso: densidad"), default=20)
    weight_infrastructure = models.PositiveSmallIntegerField(_("peso: necesidad de infraestructura"), default=10)
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(auto_now=True)
    history = HistoricalRecords()

    objects = BudgetYearQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("año del presupuesto"), _("años del presupuesto")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum_percent__gte=LEAST_PERCENT, minimum_percent__lte=100),
                name="the_minimum_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(
                    weight_population=100 - F("weight_needs") - F("weight_density") - F("weight_infrastructure")
                ),
                name="weights_are_100",
            ),
        ]

    def __str__(self):
        return str(self.year)

    def get_absolute_url(self):
        return reverse("budgets:year", args=[self.year])


class PhaseDates(models.Model):
    """When a phase of a year is to begin and end, and when it began in fact (`entered_at`, by whom or by the clock)."""

    year = models.ForeignKey(BudgetYear, models.CASCADE, related_name="phases")
    phase = models.CharField(_("fase"), max_length=15, choices=Phase.choices)
    starts = models.DateField(_("desde"))
    ends = models.DateField(_("hasta (inclusive)"))
    entered_at = models.DateTimeField(_("comenzó"), null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(_("razón"), max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = _("fase"), _("fases")
        ordering = ["starts", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["year", "phase"], name="each_phase_once_a_year"),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="a_phase_ends_after_it_starts"),
        ]


class ZoneBudget(models.Model):
    """A zone's investment budget of a year and the part that its parish assemblies decide. `minimum_percent` is the
    year's, copied, so that the database itself refuses less."""

    year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="zones")
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="budgets", verbose_name=_("zona"))
    investment = money(_("presupuesto de inversión (USD)"))
    participatory = money(_("parte participativa (USD)"))
    minimum_percent = models.DecimalField(max_digits=5, decimal_places=2, editable=False)
    source = models.CharField(_("fuente"), max_length=300, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = _("presupuesto de una zona"), _("presupuestos de las zonas")
        constraints = [
            models.UniqueConstraint(fields=["year", "zone"], name="one_budget_per_zone_and_year"),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(
                    hundredths("participatory") * 10_000, hundredths("investment") * hundredths("minimum_percent")
                ),
                name="at_least_the_minimum_is_participatory",
            ),
            models.CheckConstraint(
                condition=Q(minimum_percent__gte=LEAST_PERCENT, minimum_percent__lte=100),
                name="no_zone_below_the_ordinance",
            ),
            models.CheckConstraint(
                condition=Q(participatory__gte=0, participatory__lte=F("investment")),
                name="the_participatory_part_is_a_part",
            ),
        ]


class ParishIndicator(models.Model):
    """What the formula reads of a parish for a year, imported from a CSV
    (`parish_code,population,unmet_needs,density,infrastructure`). Not negative; their shares of the zone count."""

    year = models.ForeignKey(BudgetYear, models.CASCADE, related_name="indicators")
    parish = models.ForeignKey(Parish, models.PROTECT, related_name="+")
    population = models.PositiveIntegerField(_("población (personas)"))
    unmet_needs = models.PositiveIntegerField(_("personas con necesidades básicas insatisfechas"))
    density = models.DecimalField(_("densidad (personas por km²)"), max_digits=12, decimal_places=2)
    infrastructure = models.DecimalField(_("necesidad de infraestructura (puntos)"), max_digits=8, decimal_places=2)
    invented = models.BooleanField(_("inventado para la demostración"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("indicador de una parroquia"), _("indicadores de las parroquias")
        constraints = [
            models.UniqueConstraint(fields=["year", "parish"], name="one_indicator_per_parish_and_year"),
            models.CheckConstraint(condition=Q(density__gte=0, infrastructure__gte=0), name="indicators_not_negative"),
        ]


class ParishAllocationQuerySet(models.QuerySet):
    def of_parish(self, parish):
        """What it has in each published year, the newest first."""
        return self.filter(parish=parish, year__published=True).select_related("year").order_by("-year__year")


class ParishAllocation(models.Model):
    """What a parish has. `computed` is the formula's (kept beside), `amount` what was set; by hand needs a reason.
    Parishes of a zone sum to its participatory part to the cent (checked by the service under the zone's lock)."""

    year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="allocations")
    zone_budget = models.ForeignKey(ZoneBudget, models.PROTECT, related_name="allocations")
    parish = models.ForeignKey(Parish, models.PROTECT, related_name="allocations")
    computed = money(_("según la fórmula (USD)"), null=True, blank=True)
    amount = money(_("asignado (USD)"))
    by_hand = models.BooleanField(_("fijado a mano"), default=False)
    reason = models.TextField(_("razón"), blank=True)
    # Shares of each criterion as exact fractions in words, for the page that shows the arithmetic.
    arithmetic = models.JSONField(default=dict, blank=True)
    history = HistoricalRecords()

    objects = ParishAllocationQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("asignación de una parroquia"), _("asignaciones de las parroquias")
        constraints = [
            models.UniqueConstraint(fields=["year", "parish"], name="one_allocation_per_parish_and_year"),
            models.CheckConstraint(condition=Q(by_hand=False) | ~Q(reason=""), name="by_hand_has_a_reason"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="an_allocation_is_not_negative"),
        ]
