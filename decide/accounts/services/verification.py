"""Verifying that a person lives in Quito, once: against the register, or at a desk.

A document number enters as an argument and leaves as keyed hashes; it is stored, logged and shown nowhere.
"""

import uuid
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts import keys, rules
from decide.accounts.models import DocumentKey, RegisterEntry, Residence, User, VerificationAttempt
from decide.accounts.signals import residences_merged
from decide.errors import Refused

TRY_PERIOD = timedelta(hours=1)


class _Unmatched(Exception):
    """Not in the register, or another account's: one answer for both."""


def participates_from(birth_date: date, *, today: date | None = None) -> date:
    """The day from which a person may take part: when they turn 16 (settings.PARTICIPATION_AGE).

    Whoever was born on 29 February turns a year older on 1 March of common years. For a person who is old enough
    already it is the day of verification, so that the date of birth cannot be read from it.
    """
    today = today or timezone.localdate()
    year = birth_date.year + settings.PARTICIPATION_AGE
    try:
        birthday = birth_date.replace(year=year)
    except ValueError:
        birthday = date(year, 3, 1)
    return max(birthday, today)


def verify_by_register(*, user: User, cedula: str, birth_date: date) -> Residence:
    """Verify an account by cédula and date of birth against the imported register.

    Five tries an hour for one account and for one document, each committed before it is judged (so this service
    must not run inside another transaction). "Not found" and "another account's" are the same refusal (400).
    A residence whose account was erased is taken up again, with its parish. Raises Refused 400, 409, 429 or 503.
    """
    document = _document_keys(DocumentKey.Kind.CEDULA, "EC", cedula)
    person = keys.person_keys(cedula, birth_date)
    _need_peppers()
    _count_try(user, document)
    for last in (False, True):  # whoever lost a race looks once more at what the winner wrote
        try:
            return _verify_by_register(user, document, person, birth_date)
        except (IntegrityError, _Unmatched) as failure:
            if last or isinstance(failure, _Unmatched):
                break
    raise Refused(
        _(
            "No pudimos verificar su residencia con estos datos. Revíselos. "
            "Si están bien, acuda a una ventanilla con su documento: allí se resuelve en el momento."
        ),
        status=400,
    )


@transaction.atomic
def _verify_by_register(user, document, person, birth_date) -> Residence:
    # Both questions are asked whatever the first answers: the time taken says nothing.
    entry = RegisterEntry.objects.select_related("parish").filter(person_key__in=person).first()
    residence = _residence_of(document)
    mine = User.objects.only("residence_id").get(pk=user.pk).residence_id
    owner = User.objects.filter(residence=residence).values_list("pk", flat=True).first() if residence else None
    if residence and mine == residence.pk and entry is not None:
        return residence
    if mine:
        raise Refused(_("Su cuenta ya está verificada. Para otro documento, acuda a una ventanilla."), status=409)
    if entry is None or owner is not None:
        raise _Unmatched
    if residence is None:
        residence = Residence.objects.create(
            parish=entry.parish,
            level=Residence.Level.REGISTER,
            participates_from=participates_from(birth_date),
        )
    _write_keys(residence, DocumentKey.Kind.CEDULA, "EC", document)
    if not _link(residence, user):
        raise IntegrityError  # somebody was faster: look once more
    return residence


@transaction.atomic
def verify_at_desk(*, officer, kind, country, number, birth_date, parish, user=None) -> Residence:
    """Verify a person who stands before an officer; with an account or without one.

    A document that is known already leads to its residence, which then counts as seen at a desk and lives in
    `parish` from now on. A known account that brings another document gets it added. Raises Refused.
    """
    _need_officer(officer, user)
    _need_peppers()
    country = country.upper() if kind == DocumentKey.Kind.PASSPORT else "EC"
    document = _document_keys(kind, country, number)
    residence = _residence_of(document)
    if residence:
        _need_officer(officer, User.objects.filter(residence=residence).first())  # with or without naming the account
    own = User.objects.select_related("residence").get(pk=user.pk).residence if user else None
    if residence and own and residence != own:
        raise Refused(
            _("Este documento y esta cuenta están verificados por separado. Únalos con «Es la misma persona»."),
            status=409,
        )
    residence = residence or own
    if residence is None:
        residence = Residence(participates_from=participates_from(birth_date))
    elif residence.participates_from > timezone.localdate():
        residence.participates_from = participates_from(birth_date)
    residence.parish, residence.level, residence.verified_by = parish, Residence.Level.DESK, officer
    residence.verified_at = timezone.now()
    try:
        with transaction.atomic():
            residence.save()
            _write_keys(residence, kind, country, document)
            if user:
                link_account(residence=residence, user=user)
    except IntegrityError:
        raise _taken() from None
    return residence


@transaction.atomic
def link_account(*, residence: Residence, user: User) -> None:
    """Point an account to a residence that no other account has. Raises Refused 409."""
    if User.objects.filter(residence=residence).exclude(pk=user.pk).exists():
        raise _taken()
    if not _link(residence, user):
        raise Refused(_("Esta cuenta ya está verificada con otros datos."), status=409)


def _link(residence: Residence, user: User) -> bool:
    """One UPDATE decides: an account is linked once, and (by constraint) a residence to one account."""
    linked = User.objects.filter(pk=user.pk, residence=None).update(residence=residence)
    if linked or User.objects.filter(pk=user.pk, residence=residence).exists():
        user.residence = residence
        return True
    return False


@transaction.atomic
def change_parish(*, officer, residence: Residence, parish) -> Residence:
    """A person moved: an officer who saw them writes the new parish. Supports given stay where they counted."""
    _need_officer(officer, User.objects.filter(residence=residence).first())
    residence = Residence.objects.select_for_update().get(pk=residence.pk)
    residence.parish, residence.verified_by, residence.level = parish, officer, Residence.Level.DESK
    residence.save()
    return residence


@transaction.atomic
def add_document(*, officer, residence: Residence, kind, country, number) -> Residence:
    """A second document of the same person, so that neither verifies them again. Raises Refused."""
    _need_officer(officer, User.objects.filter(residence=residence).first())
    _need_peppers()
    country = country.upper() if kind == DocumentKey.Kind.PASSPORT else "EC"
    document = _document_keys(kind, country, number)
    other = _residence_of(document)
    if other and other != residence:
        return merge_residences(officer=officer, keep=residence, drop=other)
    try:
        with transaction.atomic():
            _write_keys(residence, kind, country, document)
    except IntegrityError:
        raise _taken() from None
    return residence


@transaction.atomic
def merge_residences(*, officer, keep: Residence, drop: Residence) -> Residence:
    """Two residences are one person: everything passes to `keep`, one of each; nobody then has two signatures.

    Rooms above move their rows when they hear `residences_merged`. Refused (409) while both have an account.
    """
    for account in User.objects.filter(residence__in=[keep, drop]):
        _need_officer(officer, account)
    locked = {r.pk: r for r in Residence.objects.select_for_update().filter(pk__in=[keep.pk, drop.pk]).order_by("pk")}
    keep, drop = locked[keep.pk], locked[drop.pk]
    accounts = User.objects.filter(residence__in=[keep, drop])
    if len(accounts) > 1:
        raise Refused(_("Esta persona tiene dos cuentas verificadas. Debe borrar una antes de unirlas."), status=409)
    residences_merged.send(sender=Residence, keep=keep, drop=drop)
    drop.document_keys.update(residence=keep)
    accounts.update(residence=keep)
    keep.participates_from = min(keep.participates_from, drop.participates_from)
    keep.verified_by, keep.level = officer, Residence.Level.DESK
    keep.save()
    try:
        drop.delete()
    except ProtectedError:
        raise Refused(_("Estas verificaciones no pueden unirse aquí. Avise a la oficina de participación.")) from None
    return keep


def find_residence(*, kind, country, number) -> Residence | None:
    """The residence of a document, under whichever pepper it was verified. Raises Refused 400 for a wrong number."""
    country = country.upper() if kind == DocumentKey.Kind.PASSPORT else "EC"
    return _residence_of(_document_keys(kind, country, number))


def drop_old_attempts(now) -> int:
    """Forget tries older than a day; returns how many."""
    return VerificationAttempt.objects.filter(at__lt=now - timedelta(days=1)).delete()[0]


def _document_keys(kind, country, number) -> list[str]:
    try:
        return keys.document_keys(kind, country, number)
    except ValidationError as error:
        raise Refused(error.message, status=400) from None


def _residence_of(document: list[str]) -> Residence | None:
    return Residence.objects.select_related("parish").filter(document_keys__key__in=document).distinct().first()


def _write_keys(residence, kind, country, document: list[str]) -> None:
    """Write the keys that are not there yet. IntegrityError if one is another residence's."""
    known = {row.key: row.document for row in residence.document_keys.filter(key__in=document)}
    one = next(iter(known.values()), None) or uuid.uuid4()
    for key in document:
        if key not in known:
            DocumentKey.objects.create(residence=residence, kind=kind, country=country, key=key, document=one)


def _count_try(user, document: list[str]) -> None:
    """Five tries an hour by account and by document, whoever tries.

    The try is committed first and counted afterwards: of those that pass, the sixth to commit sees five others,
    on every engine and without a lock. A try beyond the limit leaves no trace, so that waiting always helps.
    """
    with transaction.atomic(durable=True):
        attempt = VerificationAttempt.objects.create(user=user, document_key=document[0])
    recent = VerificationAttempt.objects.filter(at__gt=timezone.now() - TRY_PERIOD)
    most = settings.VERIFICATION_TRIES_PER_HOUR
    if recent.filter(user=user).count() > most or recent.filter(document_key__in=document).count() > most:
        attempt.delete()
        raise Refused(
            _("Se ha intentado cinco veces en una hora. Espere una hora, o acuda a una ventanilla con su documento."),
            status=429,
        )


def _need_officer(officer, user) -> None:
    if not rules.can_verify(officer, user):
        raise Refused(_("Solo una persona de ventanilla puede hacerlo, y nunca para sí misma."), status=403)


def _need_peppers() -> None:
    if not keys.all_peppers_present():
        raise Refused(_("La verificación está detenida por un ajuste técnico. Inténtelo más tarde."), status=503)


def _taken() -> Refused:
    return Refused(_("Esta persona ya está verificada con otra cuenta."), status=409)
