"""The four levels of assemblies (Ordenanza Metropolitana 102) as a tree, and how a neighbourhood registers its own."""

import re

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.accounts.models import Body
from decide.moderation.models import Moderated
from decide.once import OnceOnly
from decide.territory.models import Neighbourhood, Parish, Zone
from decide.text import plain

# What stands before the name of a place and does not tell it from another one.
_KINDS_OF_PLACES = {"asamblea", "barrial", "barrio", "comuna", "comunidad", "sector"}
_BEFORE_NAMES = _KINDS_OF_PLACES | {"el", "la", "los", "las", "de", "del"}


def place_key(name: str) -> str:
    """By what two names are the same place: `Barrio San José` and `san jose` are rivals. Empty for no name."""
    words = re.findall(r"\w+", plain(name))
    while len(words) > 1 and words[0] in _BEFORE_NAMES:
        words.pop(0)
    return " ".join(words)[:100]


class AssemblyQuerySet(models.QuerySet):
    def public(self):
        """What everybody may see: registered, open to objections, ended; refused only after its objections."""
        return self.filter(
            Q(status__in=Assembly.PUBLIC) | Q(status=Assembly.Status.REFUSED, objections_until__isnull=False)
        )

    def registered(self):
        return self.filter(status=Assembly.Status.REGISTERED)

    def of_level(self, level):
        return self.filter(level=level)

    def in_zone(self, *zones):
        """Of these zones as they are today: of the zone itself, of its parishes and of what lies in them."""
        return self.filter(Q(zone__in=zones) | Q(parish__zone__in=zones))

    def rivals_of(self, assembly):
        """Others that claim the same neighbourhood: everybody's, and those that wait for an answer."""
        if not assembly.neighbourhood_key:
            return self.none()
        same = self.filter(parish=assembly.parish_id, neighbourhood_key=assembly.neighbourhood_key)
        return same.exclude(pk=assembly.pk)

    def with_places(self):
        related = self.select_related("parish__zone", "zone", "parent")
        return related.defer("parish__boundary", "search_text", "parent__search_text")

    def search(self, words: str):
        found = self
        for word in plain(words).split()[:8]:
            found = found.filter(search_text__contains=word)
        return found


class Assembly(OnceOnly):
    """An assembly of any level. Parish, zone and district assemblies exist from the territory; neighbourhood assemblies
    and communes register. `body` is what offices are held in (accounts). `parent` is the assembly it sends people to.
    """

    class Level(models.TextChoices):
        NEIGHBOURHOOD = "neighbourhood", _("Asamblea barrial")
        COMMUNE = "commune", _("Comuna o comunidad")
        PARISH = "parish", _("Asamblea parroquial")
        ZONE = "zone", _("Asamblea zonal")
        DISTRICT = "district", _("Asamblea del Distrito")

    class Status(models.TextChoices):
        APPLIED = "applied", _("Por revisar")
        RETURNED = "returned", _("Devuelta para corregir")
        OBJECTIONS = "objections", _("Abierta a objeciones")
        REGISTERED = "registered", _("Registrada")
        REFUSED = "refused", _("No registrada")
        ENDED = "ended", _("Terminada")

    PUBLIC = (Status.OBJECTIONS, Status.REGISTERED, Status.ENDED)
    REGISTERING = (Level.NEIGHBOURHOOD, Level.COMMUNE)

    level = models.CharField(_("nivel"), max_length=15, choices=Level.choices)
    name = models.CharField(_("nombre"), max_length=120)
    slug = models.SlugField(_("dirección"), max_length=130, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("envía representantes a")
    )
    body = models.OneToOneField(Body, models.PROTECT, related_name="assembly", editable=False)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("zona"))
    parish = models.ForeignKey(
        Parish, models.PROTECT, null=True, blank=True, related_name="assemblies", verbose_name=_("parroquia")
    )
    # Made (or found by its name) when the assembly is registered; rivals claim the same one.
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.PROTECT, null=True, blank=True, related_name="assemblies", verbose_name=_("barrio")
    )
    neighbourhood_name = models.CharField(_("barrio o comuna"), max_length=100, blank=True)
    # `place_key` of that name: rivals have the same one.
    neighbourhood_key = models.CharField(max_length=100, blank=True, editable=False)
    extent = models.TextField(_("hasta dónde llega, en palabras"), max_length=2000, blank=True)
    founded_on = models.DateField(_("fecha de constitución"), null=True, blank=True)
    invented = models.BooleanField(_("inventada para la demostración"), default=False)

    status = models.CharField(_("estado"), max_length=12, choices=Status.choices, default=Status.APPLIED)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # On paper, at a desk: nobody's account applied; `filed_by` is the officer, not published.
    by_desk = models.BooleanField(_("por ventanilla"), default=False)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    applied_at = models.DateTimeField(_("solicitada"), default=timezone.now)
    answer_due = models.DateTimeField(_("plazo de la Administración Zonal"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decidida"), null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    decision_reason = models.TextField(_("razón"), blank=True)
    objections_until = models.DateTimeField(_("objeciones hasta"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registrada"), null=True, blank=True)
    updated = models.DateTimeField(auto_now=True)
    # Without accents, in lower case: what the search reads on both engines.
    search_text = models.TextField(editable=False, blank=True)
    history = HistoricalRecords(excluded_fields=["once_key", "search_text"])

    objects = AssemblyQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("asamblea"), _("asambleas")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["parish"], condition=Q(level="parish"), name="one_assembly_of_a_parish"),
            models.UniqueConstraint(fields=["zone"], condition=Q(level="zone"), name="one_assembly_of_a_zone"),
            models.UniqueConstraint(
                fields=["level"], condition=Q(level="district"), name="one_assembly_of_the_district"
            ),
            # Of rivals for one neighbourhood, one is registered.
            models.UniqueConstraint(
                fields=["neighbourhood"],
                condition=Q(status="registered", neighbourhood__isnull=False),
                name="one_registered_assembly_of_a_neighbourhood",
            ),
            models.UniqueConstraint(
                fields=["parish", "neighbourhood_key"],
                condition=Q(status="registered") & ~Q(neighbourhood_key=""),
                name="one_registered_assembly_of_a_place",
            ),
            models.CheckConstraint(
                condition=~Q(level__in=["neighbourhood", "commune", "parish"]) | Q(parish__isnull=False),
                name="a_local_assembly_has_a_parish",
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.slug = slugify(self.name)[:130] or "asamblea"
        self.neighbourhood_key = self.key_of_place()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "slug", "neighbourhood_key"}
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("assemblies:detail", args=[self.pk, self.slug])

    def key_of_place(self) -> str:
        return place_key(self.neighbourhood_name)

    @property
    def is_public(self) -> bool:
        after_objections = self.status == self.Status.REFUSED and self.objections_until is not None
        return self.status in self.PUBLIC or after_objections

    @property
    def current_zone(self) -> Zone | None:
        """Whose officers answer for it: of the zone itself, or of its parish today; None for the District."""
        return self.zone or (self.parish.zone if self.parish else None)


class StatusChange(models.Model):
    """One step of a registration, with the officer's reason: what its page tells as a story. Only added."""

    assembly = models.ForeignKey(Assembly, models.CASCADE, related_name="status_changes")
    status = models.CharField(_("estado"), max_length=12, choices=Assembly.Status.choices)
    at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(_("razón"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("paso del registro"), _("pasos del registro")
        ordering = ["at", "pk"]


class BoardMember(models.Model):
    """Who directs the assembly, with the public role; names of the board are public, nothing else about them.

    `office`: president or secretary (accounts), who take up theirs when it is registered. `account`: whoever applied,
    if they said that this is them.
    """

    class Office(models.TextChoices):
        PRESIDENT = "president", _("Presidencia")
        SECRETARY = "secretary", _("Secretaría")

    assembly = models.ForeignKey(Assembly, models.CASCADE, related_name="board")
    office = models.CharField(_("cargo en la plataforma"), max_length=10, choices=Office.choices, blank=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    role = models.CharField(_("cargo"), max_length=60)
    name = models.CharField(_("nombre"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("miembro de la directiva"), _("directiva")
        ordering = ["position", "pk"]


class FoundingFile(OnceOnly):
    """The founding minutes (public once the registration is) or the list of attendance (private: officers of the zone
    and whoever applied). PDFs or photographs cleaned by decide.images, all of them kept out of reach
    (`decide.storage`): a page asks who may read each. A list may be typed instead: `names`, without a file."""

    class Kind(models.TextChoices):
        MINUTES = "minutes", _("Acta de constitución")
        ATTENDANCE = "attendance", _("Lista de asistencia (reservada)")

    assembly = models.ForeignKey(Assembly, models.CASCADE, related_name="founding_files")
    kind = models.CharField(_("qué es"), max_length=12, choices=Kind.choices)
    file = models.FileField(_("archivo"), upload_to="asambleas/", blank=True)
    names = models.TextField(_("asistentes"), max_length=20_000, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveIntegerField(default=0)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("documento de constitución"), _("documentos de constitución")


class ObjectionQuerySet(models.QuerySet):
    def public(self):
        return self.filter(hidden=False, assembly__in=Assembly.objects.public())


class Objection(Moderated, OnceOnly):
    """What somebody objects to a registration, publicly, while `objections_until` has not passed."""

    KIND = "objection"

    assembly = models.ForeignKey(Assembly, models.CASCADE, related_name="objections")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="objections")
    body = models.TextField(_("objeción"), max_length=3000)
    created = models.DateTimeField(default=timezone.now)
    # The officer's answer, when the registration is decided.
    reply = models.TextField(_("qué se respondió"), max_length=3000, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["case", "hidden", "once_key"])

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("objeción"), _("objeciones")
        ordering = ["created", "pk"]

    def moderated_author(self):
        return self.author

    def moderated_path(self) -> str:
        return f"{self.assembly.get_absolute_url()}#objecion-{self.pk}"

    def moderated_text(self) -> str:
        return self.body


class QuorumRule(models.Model):
    """How many of those entitled must be there, of each level: to sit and to decide. No norm that we found gives the
    numbers (shared facts: «quórum: NO ENCONTRADO»), so they are settings of the city, changed visibly."""

    level = models.CharField(_("nivel"), max_length=15, choices=Assembly.Level.choices, unique=True)
    sit_percent = models.PositiveSmallIntegerField(_("para instalarse (%)"), default=50)
    decide_percent = models.PositiveSmallIntegerField(_("para decidir (%)"), default=50)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = _("quórum"), _("quórum")
        constraints = [
            models.CheckConstraint(
                condition=Q(sit_percent__gte=0, sit_percent__lte=100, decide_percent__gte=0, decide_percent__lte=100),
                name="a_quorum_is_a_percentage",
            )
        ]

    def __str__(self):
        return str(self.get_level_display())
