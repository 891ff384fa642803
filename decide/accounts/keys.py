"""Keyed hashes: how a person is known again without keeping the number of a document.

A key is `<version>:<hex of HMAC-SHA256(pepper of that version, message)>`; the peppers are settings.RESIDENCE_PEPPERS,
newest first. Every version that is configured is written and any of them is looked for, so that whoever was verified
under `v1` is found under `v2`, also while processes with the old and the new setting run side by side. To rotate:
put the new pepper first, keep the old one, and restart. A version may go only when every document is known under
another too: `manage.py check --database default` says so, and verification stops while a pepper is missing.
"""

import hmac
import re
import secrets
import unicodedata
from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from stdnum.ec import ci
from stdnum.exceptions import ValidationError as NumberError

from decide.accounts.models import DocumentKey, RegisterEntry

# Of a claim code: no 0/O, 1/I/L, nor vowels that make words.
CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


def normalise_number(kind: str, number: str) -> str:
    """The number as it is hashed. Raises ValidationError, whose sentence never repeats it.

    A cédula has ten digits and its check digit (python-stdnum, third digit up to 6); a passport or a refugee card
    has 4 to 20 letters and digits, compared without spaces, hyphens or case.
    """
    number = unicodedata.normalize("NFKC", number)
    if kind == DocumentKey.Kind.CEDULA:
        try:
            return ci.validate(re.sub(r"[\s.\-\u2010-\u2015]", "", number))
        except NumberError:
            raise ValidationError(
                _("Ese número de cédula no es válido. Revise que estén los diez dígitos."), code="cedula"
            ) from None
    number = "".join(c for c in number.upper() if c.isalnum())
    if not (number.isascii() and 4 <= len(number) <= 20):
        raise ValidationError(_("Ese número de documento no es válido. Escríbalo como está impreso."), code="number")
    return number


def _keys(message: str) -> list[str]:
    return [
        f"{version}:{hmac.new(pepper, message.encode(), 'sha256').hexdigest()}"
        for version, pepper in settings.RESIDENCE_PEPPERS.items()
    ]


def document_keys(kind: str, country: str, number: str) -> list[str]:
    """The keys of one document, newest version first. `number` is normalised here (ValidationError)."""
    return _keys(f"{kind}|{country.upper()}|{normalise_number(kind, number)}")


def person_keys(cedula: str, birth_date: date) -> list[str]:
    """The keys of a cédula together with its holder's date of birth, newest version first."""
    number = normalise_number(DocumentKey.Kind.CEDULA, cedula)
    return _keys(f"{DocumentKey.Kind.CEDULA}|EC|{number}|{birth_date.isoformat()}")


def make_claim_code() -> str:
    """A one-time code for a printed credential, as XXXX-XXXX-XXXX (58 bits)."""
    letters = [secrets.choice(CODE_ALPHABET) for _i in range(12)]
    return "-".join("".join(letters[i : i + 4]) for i in (0, 4, 8))


def claim_keys(code: str) -> list[str]:
    """The keys of a credential's code, newest version first; spaces, hyphens and case do not matter."""
    code = "".join(c for c in unicodedata.normalize("NFKC", code).upper() if c.isalnum())
    return _keys(f"claim|{code}") if code else []


def _configured() -> Q:
    known = Q()
    for version in settings.RESIDENCE_PEPPERS:
        known |= Q(key__startswith=f"{version}:")
    return known


def pepper_is_missing() -> bool:
    """Whether a document is known only under a pepper that this process does not have."""
    covered = DocumentKey.objects.filter(_configured(), document=OuterRef("document"))
    return DocumentKey.objects.exclude(_configured()).filter(~Exists(covered)).exists()


def register_is_stale() -> bool:
    """Whether entries of the register need to be imported again under the peppers of today."""
    known = Q()
    for version in settings.RESIDENCE_PEPPERS:
        known |= Q(document_key__startswith=f"{version}:")
    return RegisterEntry.objects.exclude(known).exists()


def all_peppers_present() -> bool:
    """The same question, asked of the database at most every five minutes while all is well."""
    name = "peppers-present:" + ",".join(settings.RESIDENCE_PEPPERS)
    if cache.get(name):
        return True
    if pepper_is_missing():
        return False
    cache.set(name, True, 300)
    return True
