"""Sessions: called, held, decided in public, with minutes. No ballot box here: assemblies vote in public."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.accounts.models import Appointment
from decide.assemblies.models.assemblies import Assembly
from decide.assemblies.models.seats import Seat
from decide.comments.models import Thread
from decide.once import OnceOnly


def _officer(**kwargs):
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", **kwargs
    )


class SessionQuerySet(models.QuerySet):
    def public(self):
        return self.exclude(status=Session.Status.DRAFT)

    def upcoming(self, now=None):
        return self.filter(status=Session.Status.CALLED, starts_at__gte=now or timezone.now())

    def newest(self):
        return self.order_by("-starts_at", "-pk")


class Session(OnceOnly):
    """One meeting of an assembly. What watchers see (`assembly:<id>`, the id of the session) raises `version`.

    The quorum is frozen when the session opens: `entitled` seats, `quorum_to_sit` and `quorum_to_decide` of them; until
    then these columns say what it would be.
    `most_marks` (k): how many items each may mark by phone. `counts_shown`: on the projector when an item closes, or as
    they come.
    """

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", _("Ordinaria")
        INFORMATION = "information", _("Informativa")
        ELECTION = "election", _("De elección de representantes")
        BUDGET = "budget", _("De presupuestos participativos")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Borrador")
        CALLED = "called", _("Convocada")
        OPEN = "open", _("En sesión")
        HELD = "held", _("Realizada")
        CANCELLED = "cancelled", _("Cancelada")

    class Counts(models.TextChoices):
        AT_CLOSE = "at_close", _("Al cerrar cada punto")
        AS_THEY_COME = "as_they_come", _("Mientras se vota")

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="sessions", verbose_name=_("asamblea"))
    kind = models.CharField(_("tipo"), max_length=12, choices=Kind.choices, default=Kind.ORDINARY)
    starts_at = models.DateTimeField(_("fecha y hora"))
    place = models.CharField(_("lugar"), max_length=200)
    agenda = models.TextField(_("orden del día"), max_length=5000)
    status = models.CharField(_("estado"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    called_at = models.DateTimeField(_("convocada"), null=True, blank=True)
    called_by = _officer(verbose_name=_("convocada por"))
    opened_at = models.DateTimeField(_("instalada"), null=True, blank=True)
    closed_at = models.DateTimeField(_("clausurada"), null=True, blank=True)
    cancel_reason = models.CharField(_("por qué se canceló"), max_length=300, blank=True)
    moved_at = models.DateTimeField(_("cambió de fecha o lugar"), null=True, blank=True)
    move_reason = models.CharField(_("por qué cambió"), max_length=300, blank=True)
    entitled = models.PositiveIntegerField(_("con derecho a voto"), default=0)
    quorum_to_sit = models.PositiveIntegerField(_("quórum de instalación"), default=0)
    quorum_to_decide = models.PositiveIntegerField(_("quórum decisorio"), default=0)
    most_marks = models.PositiveSmallIntegerField(_("puntos que cada quien puede marcar"), default=5)
    counts_shown = models.CharField(
        _("conteos en el proyector"), max_length=15, choices=Counts.choices, default=Counts.AT_CLOSE
    )
    # Printed as a QR at the door of the hall: who is entitled marks their own presence, an officer confirms it.
    door_code = models.CharField(max_length=32, unique=True, null=True, blank=True, editable=False)
    observations = models.TextField(_("observaciones"), max_length=5000, blank=True)
    thread = models.OneToOneField(Thread, models.PROTECT, null=True, blank=True, related_name="assembly_session")
    version = models.BigIntegerField(default=0, editable=False)
    created = models.DateTimeField(default=timezone.now)
    updated = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(excluded_fields=["version", "door_code", "once_key"])

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("sesión"), _("sesiones")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["open", "held"]) | Q(opened_at__isnull=False), name="a_session_held_was_opened"
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""), name="a_cancelled_session_has_a_reason"
            ),
            models.CheckConstraint(condition=Q(most_marks__gte=1), name="at_least_one_mark"),
        ]

    def __str__(self):
        return f"{self.assembly} · {timezone.localtime(self.starts_at):%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("assemblies:session", args=[self.pk])


class AttendanceQuerySet(models.QuerySet):
    def present(self):
        """Confirmed, and still in the hall."""
        return self.filter(confirmed=True, left_at=None)

    def with_vote(self):
        """Who has a vote: a seat, or anybody of an assembly to which nobody is sent."""
        return self.filter(Q(seat__isnull=False) | Q(session__assembly__level__in=Assembly.REGISTERING))


class Attendance(models.Model):
    """Who is in the hall. With a `seat`: accredited with a vote, as its principal or its alternate (`appointment`),
    once per seat by constraint; without: a guest with a voice. A QR mark counts once an officer confirmed it. Whoever
    left (`left_at`) is not counted as present. Where nobody is sent (neighbourhoods, communes) everybody on the list
    has a vote."""

    class Means(models.TextChoices):
        LIST = "list", _("Lista")
        QR = "qr", _("Código QR")
        OFFLINE = "offline", _("Archivo sin internet")

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances")
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, blank=True, related_name="attendances")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="attendances")
    name = models.CharField(_("nombre"), max_length=120)
    neighbourhood = models.CharField(_("barrio"), max_length=120, blank=True)
    means = models.CharField(_("cómo"), max_length=10, choices=Means.choices, default=Means.LIST)
    at = models.DateTimeField(_("llegada"), default=timezone.now)
    confirmed = models.BooleanField(_("confirmada"), default=True)
    left_at = models.DateTimeField(_("se fue"), null=True, blank=True)
    recorded_by = _officer()

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("asistencia"), _("asistencias")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "seat"], condition=Q(seat__isnull=False), name="one_vote_in_the_hall_per_seat"
            ),
            models.CheckConstraint(
                condition=Q(seat=None, appointment=None) | Q(seat__isnull=False, appointment__isnull=False),
                name="who_votes_has_an_appointment",
            ),
        ]


class QuorumCheck(models.Model):
    """The quorum was verified: how many were present, of how many needed. Recorded when the session opens, and whenever
    the table asks again."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="quorum_checks")
    at = models.DateTimeField(_("momento"), default=timezone.now)
    opening = models.BooleanField(_("al instalarse"), default=False)
    present = models.PositiveIntegerField(_("presentes con voto"))
    needed = models.PositiveIntegerField(_("necesarios"))
    by = _officer(verbose_name=_("verificó"))

    class Meta:
        verbose_name, verbose_name_plural = _("verificación de quórum"), _("verificaciones de quórum")
        ordering = ["at", "pk"]

    @property
    def reached(self) -> bool:
        return self.present >= self.needed


class Item(models.Model):
    """Something that the session votes on: by hands (a count entered and confirmed by two people) or by phones, never
    both. `votes` is final when it closes. What is decided here owns one (`OneToOneField` on the owner)."""

    class Way(models.TextChoices):
        HANDS = "hands", _("A mano alzada")
        PHONES = "phones", _("Con el teléfono")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Por votar")
        OPEN = "open", _("Se vota ahora")
        CLOSED = "closed", _("Votado")

    session = models.ForeignKey(Session, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("orden"))
    title = models.CharField(_("punto"), max_length=200)
    detail = models.CharField(_("detalle"), max_length=300, blank=True)
    way = models.CharField(_("cómo se vota"), max_length=10, choices=Way.choices, default=Way.HANDS)
    status = models.CharField(_("estado"), max_length=10, choices=Status.choices, default=Status.WAITING)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    present = models.PositiveIntegerField(_("presentes con voto al cerrar"), default=0)
    votes = models.PositiveIntegerField(_("votos"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("punto que se vota"), _("puntos que se votan")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="one_item_per_position"),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False), name="a_closed_item_has_its_hour"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(votes__lte=models.F("present")), name="no_more_votes_than_present"
            ),
        ]

    def __str__(self):
        return self.title


class HandCount(models.Model):
    """The hands that were counted: entered by the secretary, confirmed by a second person. One per item; the first
    stands, a second secretary who enters at once is refused and sees it. `present`: with a vote, when entered."""

    item = models.OneToOneField(Item, models.CASCADE, related_name="hand_count")
    votes = models.PositiveIntegerField(_("manos contadas"))
    present = models.PositiveIntegerField(_("presentes con voto"))
    entered_by = _officer(verbose_name=_("anotó"))
    entered_at = models.DateTimeField(default=timezone.now)
    confirmed_by = _officer(verbose_name=_("confirmó"))
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("conteo a mano alzada"), _("conteos a mano alzada")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | Q(entered_by=None) | ~Q(confirmed_by=models.F("entered_by")),
                name="two_people_count_hands",
            ),
            models.CheckConstraint(condition=Q(votes__lte=models.F("present")), name="no_more_hands_than_present"),
        ]


class CountChange(models.Model):
    """A count that was entered wrongly, and how it was corrected: only added, shown beside the count."""

    count = models.ForeignKey(HandCount, models.CASCADE, related_name="changes")
    before = models.PositiveIntegerField(_("decía"))
    after = models.PositiveIntegerField(_("dice"))
    reason = models.CharField(_("por qué"), max_length=300)
    by = _officer(verbose_name=_("corrigió"))
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("corrección de un conteo"), _("correcciones de conteos")
        ordering = ["at", "pk"]


class Mark(models.Model):
    """A vote by phone: public, by name in the minutes. One per item and seat, whoever of the two cast it."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="marks")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="marks")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="marks")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("voto con el teléfono"), _("votos con el teléfono")
        constraints = [models.UniqueConstraint(fields=["item", "seat"], name="one_mark_per_item_and_seat")]


class Minutes(models.Model):
    """The minutes of a session. `content` is what the PDF was generated from, frozen at the first lock; the generated
    PDF and the signed scan are public, each with its SHA-256. Locked by two people; corrected only visibly."""

    session = models.OneToOneField(Session, models.PROTECT, related_name="minutes")
    content = models.JSONField(_("contenido"), default=dict)
    pdf = models.FileField(_("acta generada"), upload_to="actas/", blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    scan = models.FileField(_("acta firmada (escaneada)"), upload_to="actas/", blank=True)
    scan_sha256 = models.CharField(max_length=64, blank=True)
    scan_by = _officer()
    scan_at = models.DateTimeField(null=True, blank=True)
    first_lock_by = _officer(verbose_name=_("primera firma"))
    first_lock_at = models.DateTimeField(null=True, blank=True)
    locked_by = _officer(verbose_name=_("segunda firma"))
    locked_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = _("acta"), _("actas")
        constraints = [
            models.CheckConstraint(
                condition=Q(locked_by=None) | Q(first_lock_by=None) | ~Q(locked_by=models.F("first_lock_by")),
                name="two_people_lock_the_minutes",
            )
        ]

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None


class Correction(models.Model):
    """What was wrong in locked minutes and how it should read; only added, shown beside them."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="corrections")
    text = models.TextField(_("corrección"), max_length=3000)
    reason = models.TextField(_("por qué"), max_length=1000)
    by = _officer()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("corrección del acta"), _("correcciones del acta")
        ordering = ["at", "pk"]
