"""Citizens' proposals: from the draft to what was built."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.accounts.models import Residence
from decide.answers.models import Answer
from decide.comments.models import Thread
from decide.images import PhotoField
from decide.moderation.models import Moderated
from decide.once import OnceOnly
from decide.territory.models import Parish
from votes.models import Poll, SupportBox


class Category(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(_("nombre"), max_length=60, unique=True)

    class Meta:
        verbose_name, verbose_name_plural = _("categoría"), _("categorías")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Tag(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(_("nombre"), max_length=40)

    class Meta:
        verbose_name, verbose_name_plural = _("etiqueta"), _("etiquetas")
        ordering = ["name"]

    def __str__(self):
        return self.name


class ProposalQuerySet(models.QuerySet):
    def public(self):
        """What everybody may see. A draft is its author's only; what is hidden is its author's and the moderators'."""
        return self.exclude(status=Proposal.Status.DRAFT).filter(hidden=False)

    def open(self):
        return self.filter(status=Proposal.Status.OPEN)

    def in_parish(self, parish):
        return self.filter(parish=parish)

    def in_zone(self, zone):
        return self.filter(parish__zone=zone)

    def newest(self):
        return self.order_by("-published_at", "-pk")

    def most_supported(self):
        return self.order_by("-box__supports", "-pk")

    def most_discussed(self):
        return self.order_by("-thread__comments", "-pk")

    def about_to_expire(self):
        """Those still gathering supports, the first to expire first."""
        return self.open().order_by("expires_at", "pk")

    def for_cards(self):
        """With exactly what proposals/_card.html shows, in one query: no texts, no boundaries of parishes."""
        return self.select_related("parish", "category", "box", "thread").only(
            "title",
            "slug",
            "summary",
            "status",
            "published_at",
            "parish__name",
            "category__name",
            "box__supports",
            "box__counted",
            "box__threshold",
            "thread__comments",
        )


class Proposal(Moderated, OnceOnly):
    """An idea of a resident. Its supports are in `box`, its discussion in `thread`, what the city owes in `answer`."""

    KIND = "proposal"

    class Status(models.TextChoices):
        DRAFT = "draft", _("Borrador")
        OPEN = "open", _("En apoyos")
        REACHED = "reached", _("Alcanzó su umbral")
        REVIEW = "review", _("En revisión")
        VOTING = "voting", _("En votación")
        ANSWERED = "answered", _("Respondida")
        EXECUTION = "execution", _("En ejecución")
        DONE = "done", _("Hecha")
        WITHDRAWN = "withdrawn", _("Retirada")
        ARCHIVED = "archived", _("Archivada")

    class Withdrawal(models.TextChoices):
        DUPLICATE = "duplicate", _("Está duplicada")
        UNDER_WAY = "under_way", _("Ya está en ejecución")
        UNFEASIBLE = "unfeasible", _("Es inviable")
        DONE = "done", _("Ya está hecha")
        OTHER = "other", _("Otra razón")

    title = models.CharField(_("título"), max_length=100)
    slug = models.SlugField(max_length=110, editable=False)
    summary = models.CharField(_("resumen"), max_length=200)
    body = models.TextField(_("propuesta"), max_length=20_000, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="proposals", verbose_name=_("tema"))
    tags = models.ManyToManyField(Tag, blank=True, related_name="proposals", verbose_name=_("etiquetas"))
    parish = models.ForeignKey(
        Parish,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("parroquia"),
        help_text=_("Vacío: todo el Distrito."),
    )
    neighbourhood = models.CharField(_("barrio"), max_length=100, blank=True)
    street = models.CharField(_("calle"), max_length=150, blank=True)
    reference = models.CharField(_("referencia"), max_length=200, blank=True)
    lat = models.FloatField(_("latitud"), null=True, blank=True)
    lon = models.FloatField(_("longitud"), null=True, blank=True)

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("autor"),
    )
    # Filed at a desk for a person who was present: no account, a residence, and a code on the printed receipt.
    by_desk = models.BooleanField(_("por ventanilla"), default=False)
    desk_residence = models.ForeignKey(Residence, models.SET_NULL, null=True, blank=True, related_name="+")
    desk_officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    code = models.CharField(max_length=16, unique=True, null=True, blank=True)

    status = models.CharField(_("estado"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(_("publicada"), null=True, blank=True)
    expires_at = models.DateTimeField(_("reúne apoyos hasta"), null=True, blank=True)
    withdrawal = models.CharField(_("razón del retiro"), max_length=12, choices=Withdrawal.choices, blank=True)
    withdrawal_note = models.CharField(_("explicación del retiro"), max_length=300, blank=True)

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="proposal")
    box = models.OneToOneField(SupportBox, models.PROTECT, related_name="proposal")
    answer = models.OneToOneField(Answer, models.PROTECT, null=True, blank=True, related_name="proposal")
    # Made by an officer once the threshold was reached; nobody sees it before it is announced.
    poll = models.OneToOneField(Poll, models.SET_NULL, null=True, blank=True, related_name="proposal", editable=False)
    version = models.BigIntegerField(default=0, editable=False)
    # Title, summary, body and place without accents, in lower case: what the search reads on both engines.
    search_text = models.TextField(editable=False, blank=True)
    history = HistoricalRecords(
        m2m_fields=[tags],
        excluded_fields=[
            *("version", "search_text", "once_key", "code", "updated", "desk_residence"),
            *("case", "hidden", "poll"),
        ],
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("propuesta"), _("propuestas")
        indexes = [
            models.Index(fields=["status", "-published_at"], name="proposals_newest"),
            models.Index(fields=["-published_at", "-id"], name="proposals_by_date"),
            models.Index(fields=["parish", "status"], name="proposals_of_a_parish"),
            models.Index(fields=["status", "expires_at"], name="proposals_expiring"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False, expires_at__isnull=False),
                name="a_public_proposal_has_dates",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | ~Q(withdrawal=""), name="a_withdrawn_proposal_has_a_reason"
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.slug = slugify(self.title)[:110] or "propuesta"
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("proposals:detail", args=[self.pk, self.slug])

    def get_status_display(self):
        """Django's own puts all nine names into a dictionary for each card, and translates each for its hash."""
        return str(self.Status(self.status).label)

    @property
    def is_public(self) -> bool:
        return self.status != self.Status.DRAFT and not self.hidden

    def moderated_author(self):
        return self.author

    def moderated_path(self) -> str:
        return self.get_absolute_url()

    def moderated_text(self) -> str:
        place = " · ".join(filter(None, [self.neighbourhood, self.street, self.reference]))
        return "\n\n".join(filter(None, [self.title, self.summary, self.body, place]))

    def moderated_edit(self, fields: dict) -> list[tuple[str, str, str]]:
        """As in Moderated, with names for what is stored as keys."""
        shown = dict(fields)
        was = {"tags": ", ".join(tag.name for tag in self.tags.all())} if "tags" in fields else {}
        if "tags" in fields:
            shown["tags"] = ", ".join(fields["tags"])
        for name, model in (("category", Category), ("parish", Parish)):
            if name in fields:
                shown[name] = str(model.objects.filter(pk=fields[name]).first() or _("Todo el Distrito"))
                was[name] = str(getattr(self, name) or _("Todo el Distrito"))
        return [
            (
                str(self._meta.get_field(name).verbose_name),
                str(was.get(name, getattr(self, name, "")) or ""),
                str(new or ""),
            )
            for name, new in shown.items()
        ]


class StatusChange(models.Model):
    """A step of a proposal's life, dated and public."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="status_changes")
    status = models.CharField(max_length=12, choices=Proposal.Status.choices)
    at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]


class ProposalFile(Moderated, OnceOnly):
    """What stands beside the text. Its file lies under `/media/` only while everybody may see it (decide.storage)."""

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        return not self.hidden and self.proposal.is_public

    def address(self) -> str:
        """The page that gives the file to whoever may see it nevertheless: its author, and moderators."""
        return reverse(f"proposals:{self.KIND}", args=[self.proposal_id, self.pk])

    def moderated_author(self):
        return self.proposal.author

    def moderated_path(self) -> str:
        return self.proposal.get_absolute_url()


class ProposalPhoto(ProposalFile):
    KIND = "photo"

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="photos")
    image = PhotoField(_("foto"), upload_to="propuestas/", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt = models.CharField(_("qué se ve"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]

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

    def moderated_text(self) -> str:
        return self.alt

    def moderated_file(self):
        return self.image


class ProposalDocument(ProposalFile):
    KIND = "document"

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="documents")
    file = models.FileField(_("documento"), upload_to="documentos/")
    title = models.CharField(_("título"), max_length=120)
    size = models.PositiveIntegerField(editable=False)

    class Meta:
        ordering = ["pk"]

    @property
    def url(self) -> str:
        return self.file.url if self.is_public else self.address()

    @property
    def files(self) -> list[str]:
        return [self.file.name]

    def moderated_text(self) -> str:
        return self.title

    def moderated_file(self):
        return self.file


class TitleGram(models.Model):
    """Three-letter pieces of the titles, without accents: finds similar proposals despite typos on both engines."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="grams")
    gram = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gram", "proposal"], name="each_gram_once_per_title")]


class DuplicateLinkQuerySet(models.QuerySet):
    def active(self):
        return self.filter(undone_at=None)


class DuplicateLink(OnceOnly):
    """`proposal` repeats `original`: said by its author, or by a moderator. Undone it stays, dated, with its reason.

    An original may turn out to repeat another: links make chains, whose end is what people are sent to. No circle of
    two can be stored; longer ones are kept away by the locks of `services.linking`.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="duplicate_links", verbose_name=_("propuesta"))
    original = models.ForeignKey(Proposal, models.CASCADE, related_name="+", verbose_name=_("repite"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_moderator = models.BooleanField(_("por moderación"), default=False)
    at = models.DateTimeField(_("enlazada"), default=timezone.now)
    undone_at = models.DateTimeField(_("deshecho"), null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_reason = models.CharField(_("por qué se deshizo"), max_length=250, blank=True)

    objects = DuplicateLinkQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("enlace de repetidas"), _("enlaces de repetidas")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["original", "undone_at"], name="duplicates_of_a_proposal")]
        constraints = [
            models.CheckConstraint(condition=~Q(proposal=F("original")), name="no_proposal_repeats_itself"),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_reason="") | (Q(undone_at__isnull=False) & ~Q(undone_reason="")),
                name="a_link_is_undone_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(undone_at=None), name="a_proposal_repeats_one_at_most"
            ),
            models.UniqueConstraint(
                Least("proposal", "original"),
                Greatest("proposal", "original"),
                condition=Q(undone_at=None),
                name="two_proposals_do_not_repeat_each_other",
            ),
        ]

    def __str__(self):
        return f"{self.proposal_id} → {self.original_id}"
