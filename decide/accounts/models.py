"""People: the account, the verified residence that it points to, and the offices that people hold.

The account is a person's door to the platform and can be erased. The residence is the verified person, known
only by keyed hashes of a document; supports and votes belong to it, so that erasing an account and registering
again gives nothing twice.
"""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.territory.models import Agency, Parish, Zone


class Residence(models.Model):
    """A verified person who lives in a parish of Quito. Holds no name, no number and no date of birth."""

    class Level(models.TextChoices):
        REGISTER = "register", _("por el registro")
        DESK = "desk", _("en ventanilla")

    parish = models.ForeignKey(Parish, models.PROTECT, related_name="residences", verbose_name=_("parroquia"))
    level = models.CharField(_("verificación"), max_length=10, choices=Level.choices)
    participates_from = models.DateField(_("participa desde"), help_text=_("El día en que cumple 16 años."))
    verified_at = models.DateTimeField(_("verificada"), default=timezone.now)
    verified_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("verificada por")
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name, verbose_name_plural = _("residencia verificada"), _("residencias verificadas")

    def old_enough(self, on=None) -> bool:
        return self.participates_from <= (on or timezone.localdate())


class DocumentKey(models.Model):
    """`v1:<hex>`, the keyed hash of one identity document of a residence; the number itself is nowhere.

    One row per document and pepper version, each unique: while peppers rotate, both versions are written, and
    whoever was verified under `v1` is found again under `v2`.
    """

    class Kind(models.TextChoices):
        CEDULA = "cedula", _("Cédula")
        PASSPORT = "passport", _("Pasaporte")
        REFUGEE = "refugee", _("Carné de refugio")

    residence = models.ForeignKey(Residence, models.CASCADE, related_name="document_keys")
    kind = models.CharField(_("documento"), max_length=10, choices=Kind.choices)
    country = models.CharField(_("país (ISO 3166-1)"), max_length=2, default="EC")
    # The same for the versions of one document: whether a pepper may go is a question about documents.
    document = models.UUIDField(default=uuid.uuid4, db_index=True, editable=False)
    key = models.CharField(max_length=80, unique=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("documento"), _("documentos")


class RegisterEntry(models.Model):
    """One person of the imported residents' register, by keyed hashes only.

    `document_key` finds the entry again at the next import; `person_key` is the keyed hash of the cédula together
    with the date of birth, which a person must both know.
    """

    document_key = models.CharField(max_length=80, unique=True, editable=False)
    person_key = models.CharField(max_length=80, unique=True, editable=False)
    parish = models.ForeignKey(Parish, models.PROTECT, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("entrada del registro"), _("registro de residentes")


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """An account: an e-mail address, the name that others see, and optionally a verified residence."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("correo"), unique=True)
    display_name = models.CharField(_("nombre que ven los demás"), max_length=60)
    home_parish = models.ForeignKey(
        Parish,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("mi parroquia"),
        help_text=_("Para mostrarle primero lo que está cerca. No sirve para votar."),
    )
    residence = models.OneToOneField(
        Residence, models.SET_NULL, null=True, blank=True, related_name="account", verbose_name=_("residencia")
    )
    is_active = models.BooleanField(_("activa"), default=True)
    # Until then the person reads, supports and votes, but publishes nothing: a sanction of `decide.moderation`.
    suspended_until = models.DateTimeField(_("suspendida hasta"), null=True, blank=True, editable=False)
    is_staff = models.BooleanField(_("entra a la gestión"), default=False)
    date_joined = models.DateTimeField(_("registro"), default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name, verbose_name_plural = _("cuenta"), _("cuentas")
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_address")]

    def __str__(self):
        return self.display_name or str(_("Sin nombre"))

    @cached_property
    def appointments(self) -> list["Appointment"]:
        """The offices held today; asked once per request."""
        return list(self.held.current().select_related("zone__agency", "parish", "agency", "body"))


def display_name(user) -> str:
    """The name under which a person is shown (allauth's user display)."""
    return str(user)


class VerificationAttempt(models.Model):
    """A try at verification, so that five an hour hold per account and per document on every engine."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    document_key = models.CharField(max_length=80, db_index=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)


class Consent(models.Model):
    """What a person agreed to, by purpose and version of the text (LOPDP art. 8). Withdrawing is dated, not deleted."""

    class Purpose(models.TextChoices):
        TERMS = "terms", _("Condiciones de uso y aviso de privacidad")
        NEWS = "news", _("Novedades por correo")

    user = models.ForeignKey(User, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("consentimiento"), _("consentimientos")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=Q(withdrawn_at=None), name="one_live_consent_per_purpose"
            )
        ]


class Body(models.Model):
    """An assembly or a Casa Somos, in whose name an office is held. Its own room owns it (a OneToOneField there)."""

    class Kind(models.TextChoices):
        ASSEMBLY = "assembly", _("Asamblea")
        CASA = "casa", _("Casa Somos")

    kind = models.CharField(_("tipo"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("nombre"), max_length=120)
    parish = models.ForeignKey(Parish, models.PROTECT, null=True, blank=True, related_name="bodies")

    class Meta:
        verbose_name, verbose_name_plural = _("asamblea o Casa"), _("asambleas y Casas")

    def __str__(self):
        return self.name


class AppointmentQuerySet(models.QuerySet):
    def current(self, on=None):
        on = on or timezone.localdate()
        return self.filter(starts__lte=on).filter(Q(ends=None) | Q(ends__gte=on))

    def unclaimed(self):
        return self.filter(holder=None)


class Appointment(models.Model):
    """Who holds which office, where, from when until when. Every permission asks these rows.

    It may come before its account: `holder_name` is then the name elected on paper, and the person claims it with
    the one-time code of the printed credential, which an officer checks (`claimed_by` waits until then).
    """

    class Office(models.TextChoices):
        PARTICIPATION = "participation", _("Oficina de participación")
        ZONAL = "zonal", _("Administración zonal")
        AGENCY = "agency", _("Dependencia")
        DESK = "desk", _("Ventanilla")
        MODERATOR = "moderator", _("Moderación")
        TECHNICAL = "technical", _("Criterio técnico")
        SOCIAL = "social", _("Criterio socioeconómico")
        LEGAL = "legal", _("Criterio jurídico")
        PRESIDENT = "president", _("Presidencia de asamblea")
        SECRETARY = "secretary", _("Secretaría de asamblea")
        DELEGATE = "delegate", _("Delegación")
        COMMITTEE = "committee", _("Comité de seguimiento")
        FACILITATOR = "facilitator", _("Facilitación")
        VOLUNTEERING = "volunteering", _("Voluntariado")

    office = models.CharField(_("cargo"), max_length=20, choices=Office.choices)
    holder = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="held", verbose_name=_("cuenta")
    )
    holder_name = models.CharField(_("nombre en la credencial"), max_length=120, blank=True)
    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, verbose_name=_("zona"))
    parish = models.ForeignKey(Parish, models.PROTECT, null=True, blank=True, verbose_name=_("parroquia"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, verbose_name=_("dependencia"))
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, verbose_name=_("asamblea o Casa"))
    starts = models.DateField(_("desde"), default=timezone.localdate)
    ends = models.DateField(_("hasta (inclusive)"), null=True, blank=True)
    claim_key = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)
    claimed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="claims", verbose_name=_("reclamado por")
    )
    appointed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("registrado por")
    )
    history = HistoricalRecords(excluded_fields=["claim_key"])

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("nombramiento"), _("nombramientos")
        ordering = ["office", "-starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=models.F("starts")), name="appointment_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(office="agency") | Q(agency__isnull=False), name="agency_officer_has_an_agency"
            ),
            models.CheckConstraint(
                condition=~Q(office="zonal") | Q(zone__isnull=False), name="zonal_officer_has_a_zone"
            ),
        ]

    def __str__(self):
        where = self.agency or self.body or self.parish or self.zone
        return f"{self.get_office_display()} · {where}" if where else self.get_office_display()


class AccountSession(AbstractBaseSession):
    """A session that knows whose it is. `account_id` is a plain number: no join, and no lock on the account."""

    account_id = models.BigIntegerField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls):
        return import_string("decide.accounts.sessions.SessionStore")
