"""Zones, parishes, neighbourhoods, agencies and desks: where everything of the platform happens."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class ZoneQuerySet(models.QuerySet):
    def current(self, on=None):
        """Zones in force on a day (today by default)."""
        on = on or timezone.localdate()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_until=None) | Q(valid_until__gt=on))

    def with_parishes(self):
        return self.filter(parishes__isnull=False).distinct()


class Zone(models.Model):
    """A zonal administration. Zones change: they have dates of validity, and parishes move between them."""

    class Kind(models.TextChoices):
        ADMINISTRATION = "administration", _("Administración zonal")
        SPECIAL = "special", _("Administración especial")

    slug = models.SlugField(_("dirección"), unique=True)
    name = models.CharField(_("nombre"), max_length=120)
    short_name = models.CharField(_("nombre corto"), max_length=60)
    abbreviation = models.CharField(_("abreviatura en el mapa"), max_length=3, blank=True)
    kind = models.CharField(_("tipo"), max_length=20, choices=Kind.choices, default=Kind.ADMINISTRATION)
    valid_from = models.DateField(_("desde"), null=True, blank=True)
    valid_until = models.DateField(_("hasta (sin incluir)"), null=True, blank=True)
    note = models.TextField(_("nota"), blank=True)
    source = models.TextField(_("fuente"), blank=True)
    history = HistoricalRecords()

    objects = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("zona"), _("zonas")
        ordering = ["short_name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gt=models.F("valid_from")),
                name="zone_ends_after_it_starts",
            )
        ]

    def __str__(self):
        return self.short_name


class ParishQuerySet(models.QuerySet):
    def with_zone(self):
        return self.select_related("zone")


class Parish(models.Model):
    """One of the 65 parishes. `code` is INEC's DPA code; `zone` is the zone of today."""

    class Kind(models.TextChoices):
        URBAN = "urban", _("urbana")
        RURAL = "rural", _("rural")

    code = models.CharField(_("código INEC"), max_length=6, unique=True)
    slug = models.SlugField(_("dirección"), unique=True)
    name = models.CharField(_("nombre"), max_length=80)
    official_name = models.CharField(_("nombre en el INEC"), max_length=120, blank=True)
    kind = models.CharField(_("tipo"), max_length=10, choices=Kind.choices)
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="parishes", verbose_name=_("zona"))
    lat = models.FloatField(_("latitud"), help_text=_("Grados WGS 84 del centro."))
    lon = models.FloatField(_("longitud"))
    area_km2 = models.DecimalField(_("superficie (km²)"), max_digits=8, decimal_places=2)
    population_2010 = models.PositiveIntegerField(_("población 2010"))
    population_2022 = models.PositiveIntegerField(_("población 2022"), null=True, blank=True)
    hex_column = models.SmallIntegerField(_("columna en el mapa de hexágonos"))
    hex_row = models.SmallIntegerField(_("fila en el mapa de hexágonos"))
    boundary = models.JSONField(_("límite (geometría GeoJSON)"), null=True, blank=True, editable=False)
    history = HistoricalRecords(excluded_fields=["boundary"])

    objects = ParishQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("parroquia"), _("parroquias")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["hex_column", "hex_row"], name="one_parish_per_hexagon")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("pages:parish", args=[self.slug])

    @property
    def population(self) -> int:
        """Persons, by the newest census known for this parish (2022 where published, otherwise 2010)."""
        return self.population_2022 or self.population_2010

    @property
    def population_year(self) -> int:
        return 2022 if self.population_2022 else 2010


class ZoneMembership(models.Model):
    """From when a parish belonged to a zone, so that past years are shown in the zone of their time."""

    parish = models.ForeignKey(Parish, models.CASCADE, related_name="zone_memberships")
    zone = models.ForeignKey(Zone, models.PROTECT, related_name="memberships")
    since = models.DateField(_("desde"), default=date(1970, 1, 1), help_text=_("1970-01-01: desde siempre."))

    class Meta:
        verbose_name, verbose_name_plural = _("pertenencia a una zona"), _("pertenencias a zonas")
        ordering = ["parish", "since"]
        constraints = [models.UniqueConstraint(fields=["parish", "since"], name="one_zone_per_parish_and_day")]


class Neighbourhood(models.Model):
    """A neighbourhood or commune. They enter by import or by registering; invented ones are labelled."""

    class Kind(models.TextChoices):
        NEIGHBOURHOOD = "neighbourhood", _("barrio")
        COMMUNE = "commune", _("comuna")

    parish = models.ForeignKey(Parish, models.PROTECT, related_name="neighbourhoods", verbose_name=_("parroquia"))
    name = models.CharField(_("nombre"), max_length=100)
    kind = models.CharField(_("tipo"), max_length=15, choices=Kind.choices, default=Kind.NEIGHBOURHOOD)
    invented = models.BooleanField(_("inventado para la demostración"), default=False)
    source = models.CharField(_("fuente"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("barrio o comuna"), _("barrios y comunas")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["parish", "name"], name="neighbourhood_named_once")]

    def __str__(self):
        return self.name


class Agency(models.Model):
    """Whoever answers for something: a municipal agency, or another institution that one is sent to."""

    slug = models.SlugField(_("dirección"), unique=True)
    name = models.CharField(_("nombre"), max_length=160)
    acronym = models.CharField(_("siglas"), max_length=30, blank=True)
    municipal = models.BooleanField(_("del Municipio"), default=True)
    zone = models.OneToOneField(
        Zone, models.PROTECT, null=True, blank=True, related_name="agency", verbose_name=_("zona que administra")
    )
    head_email = models.EmailField(_("correo de la máxima autoridad"), blank=True)
    contact = models.CharField(_("cómo dirigirse a ella"), max_length=200, blank=True)
    active = models.BooleanField(_("activa"), default=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = _("dependencia"), _("dependencias")
        ordering = ["name"]

    def __str__(self):
        return self.name


class ServicePoint(models.Model):
    """A desk where a person is attended: verification, paper proposals, supports for those without a telephone."""

    name = models.CharField(_("nombre"), max_length=120)
    parish = models.ForeignKey(Parish, models.PROTECT, related_name="service_points", verbose_name=_("parroquia"))
    address = models.CharField(_("dirección"), max_length=200)
    hours = models.CharField(_("horario"), max_length=200)
    invented = models.BooleanField(_("inventado para la demostración"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("ventanilla"), _("ventanillas")
        ordering = ["name"]

    def __str__(self):
        return self.name
