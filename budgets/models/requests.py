"""What neighbours ask for: works and social projects, from the paper form to what the assembly decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from budgets.models.money import BudgetYear, money
from decide.accounts.models import Residence
from decide.assemblies.models import Assembly
from decide.comments.models import Thread
from decide.images import PhotoField
from decide.moderation.models import Moderated
from decide.once import OnceOnly
from decide.territory.models import Agency, Parish
from proposals.models import Proposal
from votes.models import SupportBox


class RequestQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(status__in=(Request.Status.DRAFT, Request.Status.KEPT)).filter(hidden=False)

    def of_year(self, year):
        return self.filter(year=year)

    def in_parish(self, parish):
        return self.filter(parish=parish)

    def in_zone(self, zone):
        return self.filter(parish__zone=zone)

    def newest(self):
        return self.order_by("-filed_at", "-pk")

    def most_supported(self):
        return self.order_by("-box__supports", "-pk")

    def for_cards(self):
        """With exactly what budgets/_card.html shows, in one query: no texts, no boundaries of parishes."""
        return self.select_related("year", "parish", "assembly", "box", "thread").only(
            "title",
            "slug",
            "kind",
            "status",
            "filed_at",
            "by_desk",
            "year__year",
            "parish__name",
            "assembly__name",
            "box__supports",
            "box__counted",
            "thread__comments",
        )


class Request(Moderated, OnceOnly):
    """A request (solicitud) for one year and parish. Its supports are in `box`, its discussion in `thread`."""

    KIND = "request"

    class Kind(models.TextChoices):
        ROADS = "roads", _("Obra: vialidad")
        PUBLIC_SPACE = "public_space", _("Obra: espacio público")
        INFRASTRUCTURE = "infrastructure", _("Obra: infraestructura")
        SOCIAL = "social", _("Proyecto social")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Borrador")
        KEPT = "kept", _("Guardada")
        FILED = "filed", _("Ingresada")
        RETURNED = "returned", _("Devuelta para corregir")
        DUPLICATE = "duplicate", _("Repite otra solicitud")
        REFERRED = "referred", _("Remitida a quien corresponde")
        STUDY = "study", _("En estudios")
        FEASIBLE = "feasible", _("Factible")
        CONDITIONAL = "conditional", _("Factible si se cumple una condición")
        NOT_FEASIBLE = "not_feasible", _("No factible")
        PRIORITISED = "prioritised", _("Priorizada por la asamblea")
        RESERVE = "reserve", _("En lista de reserva")
        NOT_FUNDED = "not_funded", _("No alcanzó el presupuesto")
        WITHDRAWN = "withdrawn", _("Retirada")

    year = models.ForeignKey(BudgetYear, models.PROTECT, related_name="requests", verbose_name=_("año"))
    parish = models.ForeignKey(Parish, models.PROTECT, related_name="requests", verbose_name=_("parroquia"))
    kind = models.CharField(_("tipo"), max_length=15, choices=Kind.choices)
    title = models.CharField(_("título"), max_length=100)
    slug = models.SlugField(max_length=110, editable=False)
    body = models.TextField(_("qué se pide y por qué"), max_length=10_000)
    beneficiaries = models.PositiveIntegerField(_("personas beneficiadas"), null=True, blank=True)
    beneficiaries_note = models.CharField(_("quiénes son"), max_length=200, blank=True)
    neighbourhood = models.CharField(_("barrio"), max_length=100, blank=True)
    street = models.CharField(_("calle"), max_length=150, blank=True)
    reference = models.CharField(_("referencia"), max_length=200, blank=True)
    lat = models.FloatField(_("latitud"), null=True, blank=True)
    lon = models.FloatField(_("longitud"), null=True, blank=True)
    communal_land = models.BooleanField(_("en territorio comunal"), default=False)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="budget_requests"
    )
    # Filed in the name of a neighbourhood assembly or a commune, by its president or secretary.
    assembly = models.ForeignKey(
        Assembly, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("asamblea")
    )
    by_desk = models.BooleanField(_("por ventanilla"), default=False)
    desk_residence = models.ForeignKey(Residence, models.SET_NULL, null=True, blank=True, related_name="+")
    desk_officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=16, unique=True, null=True, blank=True)
    proposal = models.OneToOneField(
        Proposal, models.PROTECT, null=True, blank=True, related_name="budget_request", verbose_name=_("propuesta")
    )

    status = models.CharField(_("estado"), max_length=15, choices=Status.choices, default=Status.DRAFT)
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(auto_now=True)
    filed_at = models.DateTimeField(_("ingresada"), null=True, blank=True)
    # Of the newest step of the review or the decision; each one stays in the history and in `RequestStep`.
    status_reason = models.TextField(_("razón"), blank=True)
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("repite a")
    )
    referred_to = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("remitida a")
    )
    # Communal land: the cabildo's agreement (Código Municipal I.3.86).
    cabildo_agreed_on = models.DateField(_("acuerdo del cabildo"), null=True, blank=True)
    cabildo_agreement = models.FileField(_("acuerdo"), upload_to="convenios/", blank=True)

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="budget_request")
    box = models.OneToOneField(SupportBox, models.PROTECT, related_name="budget_request")
    version = models.BigIntegerField(default=0, editable=False)
    search_text = models.TextField(editable=False, blank=True)
    history = HistoricalRecords(
        excluded_fields=["version", "search_text", "once_key", "code", "updated", "desk_residence", "case", "hidden"]
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("solicitud"), _("solicitudes")
        indexes = [
            models.Index(fields=["year", "parish", "status"], name="requests_of_a_parish_year"),
            models.Index(fields=["-filed_at", "-id"], name="requests_by_date"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["draft", "kept", "withdrawn"]) | Q(filed_at__isnull=False),
                name="a_filed_request_has_its_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="duplicate") | Q(duplicate_of__isnull=False), name="a_duplicate_says_of_what"
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.slug = slugify(self.title)[:110] or "solicitud"
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("budgets:request", args=[self.pk, self.slug])

    @property
    def is_public(self) -> bool:
        return self.status not in (self.Status.DRAFT, self.Status.KEPT) and not self.hidden

    def moderated_author(self):
        return self.author

    def moderated_path(self) -> str:
        return self.get_absolute_url()

    def moderated_text(self) -> str:
        place = " · ".join(filter(None, [self.neighbourhood, self.street, self.reference]))
        return "\n\n".join(filter(None, [self.title, self.body, self.beneficiaries_note, place]))

    def moderated_edit(self, fields: dict) -> list[tuple[str, str, str]]:
        """As in Moderated, with names for what is stored as keys."""
        shown, was = dict(fields), {}
        if "parish" in fields:
            shown["parish"], was["parish"] = Parish.objects.filter(pk=fields["parish"]).first(), self.parish
        if "kind" in fields:
            shown["kind"], was["kind"] = self.Kind(fields["kind"]).label, self.get_kind_display()
        if "communal_land" in fields:
            shown["communal_land"], was["communal_land"] = (
                _("Sí") if here else _("No") for here in (fields["communal_land"], self.communal_land)
            )
        labels = {name: self._meta.get_field(name).verbose_name for name in fields}
        return [
            (str(labels[name]), str(was.get(name, getattr(self, name)) or ""), str(new or ""))
            for name, new in shown.items()
        ]


class RequestPhoto(Moderated, OnceOnly):
    KIND = "request_photo"

    request = models.ForeignKey(Request, models.CASCADE, related_name="photos")
    image = PhotoField(_("foto"), upload_to="solicitudes/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(_("qué se ve"), max_length=200, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("foto de una solicitud"), _("fotos de las solicitudes")
        ordering = ["pk"]

    @property
    def is_public(self) -> bool:
        return not self.hidden and self.request.is_public

    def address(self) -> str:
        """The page that gives the file to whoever may see it nevertheless: its author, and moderators."""
        return reverse("budgets:photo", args=[self.request_id, self.pk])

    @property
    def url(self) -> str:
        return self.image.url if self.is_public else self.address()

    @property
    def small_url(self) -> str:
        """The address of the photo at 480 px."""
        return self.image.small_url if self.is_public else f"{self.address()}chica/"

    @property
    def files(self) -> list[str]:
        """The names of what is stored."""
        return [self.image.name, self.image.small_name]

    def moderated_author(self):
        return self.request.author

    def moderated_path(self) -> str:
        return self.request.get_absolute_url()

    def moderated_text(self) -> str:
        return self.alt

    def moderated_file(self):
        return self.image


class RequestStep(models.Model):
    """What happened to a request and why: only added. Words are made when it is read."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="steps")
    status = models.CharField(max_length=15, choices=Request.Status.choices)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]


class Guideline(models.Model):
    """An objective of the development plan (PMDOT) that a work serves."""

    code = models.CharField(_("código"), max_length=20, unique=True)
    name = models.CharField(_("lineamiento"), max_length=200)
    active = models.BooleanField(_("vigente"), default=True)
    invented = models.BooleanField(_("inventado para la demostración"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("lineamiento del PMDOT"), _("lineamientos del PMDOT")
        ordering = ["code"]

    def __str__(self):
        return f"{self.code} {self.name}"


class Opinion(models.Model):
    """One of the three opinions (technical, socio-economic, legal) of a request. A draft until `issued_at`; what was
    issued is never changed: a correction is a new `version`, and `current` is the newest that was issued (or the first
    draft). Of each kind at most one draft is open."""

    class Kind(models.TextChoices):
        TECHNICAL = "technical", _("Técnico")
        SOCIAL = "social", _("Socioeconómico")
        LEGAL = "legal", _("Jurídico")

    class Verdict(models.TextChoices):
        FEASIBLE = "feasible", _("Factible")
        CONDITIONAL = "conditional", _("Factible si")
        NOT_FEASIBLE = "not_feasible", _("No factible")

    request = models.ForeignKey(Request, models.CASCADE, related_name="opinions")
    kind = models.CharField(_("dictamen"), max_length=10, choices=Kind.choices)
    version = models.PositiveSmallIntegerField(default=1)
    current = models.BooleanField(default=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    due = models.DateTimeField(_("plazo"))
    verdict = models.CharField(_("resultado"), max_length=15, choices=Verdict.choices, blank=True)
    reason = models.TextField(_("por qué, en palabras sencillas"), max_length=3000, blank=True)
    cost = money(_("costo estimado (USD)"), null=True, blank=True)
    guideline = models.ForeignKey(
        Guideline, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lineamiento del PMDOT")
    )
    # "Feasible if": who must do what by when, and when it was done.
    condition = models.CharField(_("qué debe cumplirse"), max_length=300, blank=True)
    condition_by = models.CharField(_("quién debe hacerlo"), max_length=160, blank=True)
    condition_due = models.DateField(_("hasta cuándo"), null=True, blank=True)
    condition_met_on = models.DateField(_("se cumplió"), null=True, blank=True)
    # When `tick` found that its day had passed without it.
    condition_expired_at = models.DateTimeField(_("venció"), null=True, blank=True, editable=False)
    # How the cost was added up: [{"price": id, "name", "unit", "quantity", "unit_price", "amount"}], amounts as text.
    cost_lines = models.JSONField(_("rubros"), default=list, blank=True)
    # Why there is another version of what was issued.
    correction_reason = models.TextField(_("por qué se corrige"), max_length=1000, blank=True)
    issued_at = models.DateTimeField(_("emitido"), null=True, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = _("dictamen"), _("dictámenes")
        ordering = ["request", "kind", "version"]
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "version"], name="one_opinion_per_kind_and_version"),
            models.UniqueConstraint(
                fields=["request", "kind"], condition=Q(current=True), name="one_current_opinion_per_kind"
            ),
            models.UniqueConstraint(
                fields=["request", "kind"], condition=Q(issued_at=None), name="one_open_draft_per_kind"
            ),
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gt=0), name="an_estimate_is_more_than_nothing"),
            models.CheckConstraint(
                condition=Q(issued_at=None) | (~Q(verdict="") & ~Q(reason="")), name="an_issued_opinion_says_why"
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None)
                | ~Q(verdict="conditional")
                | (~Q(condition="") & ~Q(condition_by="") & Q(condition_due__isnull=False)),
                name="feasible_if_says_who_what_when",
            ),
        ]
        indexes = [models.Index(fields=["kind", "issued_at", "due"], name="opinions_by_deadline")]

    @property
    def is_met(self) -> bool:
        """It asks for nothing that is still to be done."""
        return self.verdict != self.Verdict.CONDITIONAL or self.condition_met_on is not None

    @property
    def is_late(self) -> bool:
        """It was or will be issued after its day."""
        return (self.issued_at or timezone.now()) > self.due


class ReusableReason(models.Model):
    """Words that an officer uses again and again for an opinion or the review."""

    kind = models.CharField(_("dictamen"), max_length=10, choices=[*Opinion.Kind.choices, ("review", _("Revisión"))])
    verdict = models.CharField(_("resultado"), max_length=15, choices=Opinion.Verdict.choices, blank=True)
    title = models.CharField(_("nombre corto"), max_length=80)
    text = models.TextField(_("texto"), max_length=2000)
    active = models.BooleanField(_("vigente"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("razón reutilizable"), _("razones reutilizables")
        ordering = ["kind", "title"]

    def __str__(self):
        return self.title


class UnitPrice(models.Model):
    """What one unit costs, for estimates: `m² de adoquinado`, USD."""

    name = models.CharField(_("rubro"), max_length=120)
    unit = models.CharField(_("unidad"), max_length=20)
    price = money(_("precio (USD)"))
    active = models.BooleanField(_("vigente"), default=True)
    invented = models.BooleanField(_("inventado para la demostración"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("precio unitario"), _("precios unitarios")
        ordering = ["name"]

    def __str__(self):
        return self.name


class FieldVisit(OnceOnly):
    """An officer's visit to the place: kept on the phone until sent, stored once."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="visits")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    visited_at = models.DateTimeField(_("fecha y hora"))
    place = models.CharField(_("lugar"), max_length=200, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    note = models.TextField(_("nota"), max_length=3000)
    image = PhotoField(
        _("foto"), upload_to="visitas/", width_field="width", height_field="height", null=True, blank=True
    )
    width = models.PositiveIntegerField(editable=False, null=True)
    height = models.PositiveIntegerField(editable=False, null=True)
    created = models.DateTimeField(default=timezone.now)
    # With the third opinion, for everybody to see; until then for officers.
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("visita de campo"), _("visitas de campo")
        ordering = ["visited_at", "pk"]

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.request.is_public

    @property
    def alt(self) -> str:
        return self.place or str(_("El lugar de la solicitud"))

    def address(self) -> str:
        """The page that gives the photo to officers before it is public."""
        return reverse("budgets:visit_photo", args=[self.request_id, self.pk])

    @property
    def url(self) -> str:
        return self.image.url if self.is_public else self.address()

    @property
    def small_url(self) -> str:
        return self.image.small_url if self.is_public else f"{self.address()}chica/"

    @property
    def files(self) -> list[str]:
        return [self.image.name, self.image.small_name] if self.image else []

    def moderated_file(self):
        return self.image


class Reconsideration(OnceOnly):
    """The author asks once that a "not feasible" is looked at again; it is owed a reply by `due`."""

    request = models.OneToOneField(Request, models.CASCADE, related_name="reconsideration")
    body = models.TextField(_("por qué debe revisarse"), max_length=3000)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    due = models.DateTimeField(_("plazo"))
    granted = models.BooleanField(_("se estudia de nuevo"), null=True)
    reply = models.TextField(_("respuesta"), max_length=3000, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    history = HistoricalRecords(excluded_fields=["once_key"])

    class Meta:
        verbose_name, verbose_name_plural = _("pedido de revisión"), _("pedidos de revisión")
        constraints = [
            models.CheckConstraint(
                condition=Q(replied_at=None) | (~Q(reply="") & Q(granted__isnull=False)), name="a_reply_says_why"
            )
        ]

    @property
    def is_late(self) -> bool:
        return (self.replied_at or timezone.now()) > self.due
