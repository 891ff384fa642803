"""The minutes: drawn up, locked by two people, published, and from then on corrected only beside them.

The first lock freezes what they say and makes the PDF, which is printed and signed; the scan of the signed paper is
kept with its own SHA-256. The second lock, by another person, publishes. Until then nothing of it is under `/media/`.
"""

import hashlib
import uuid
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.assemblies import session_rules as rules
from decide.assemblies.minutes import minutes_content
from decide.assemblies.minutes_pdf import minutes_pdf
from decide.assemblies.models import Correction, Minutes, Session
from decide.assemblies.services.calling import tell_all_concerned
from decide.assemblies.services.hall import changed, lock_session
from decide.assemblies.services.shared import in_spanish
from decide.errors import Refused
from decide.images import clean_document, clean_photo
from decide.templatetags.decide import fecha


def draft_minutes(*, session: Session) -> dict:
    """What the minutes would say now; once somebody locked them, what they say."""
    minutes = Minutes.objects.filter(session=session).first()
    return minutes.content if minutes and minutes.first_lock_at else minutes_content(session)


def _locked(session: Session, officer) -> tuple[Session, Minutes]:
    """The session and its minutes, both locked; refused unless this officer conducts it and it was held."""
    locked = lock_session(session.pk)
    rules.refuse_unless_conducts(officer, locked)
    if locked.status != Session.Status.HELD:
        raise Refused(_("El acta se hace cuando la sesión está clausurada."), status=409)
    minutes = Minutes.objects.select_for_update(no_key=True).get_or_create(session=locked)[0]
    return locked, minutes


@transaction.atomic
def write_observations(*, session: Session, officer, text: str) -> Session:
    """What the table adds in words, until the first lock."""
    locked, minutes = _locked(session, officer)
    if minutes.first_lock_at:
        raise Refused(_("El acta ya está cerrada: se corrige solo a la vista, al lado."), status=409)
    locked.observations = text
    locked.save()
    return locked


@transaction.atomic
def lock_minutes(*, session: Session, officer) -> Minutes:
    """The first lock freezes and makes the PDF; the second, by another person, publishes. Raises Refused.

    Whoever locked first and sends the form again changes nothing.
    """
    locked, minutes = _locked(session, officer)
    if minutes.is_locked:
        if officer.pk in (minutes.first_lock_by_id, minutes.locked_by_id):
            return minutes
        raise Refused(_("Esta acta ya está publicada."), status=409)
    if minutes.first_lock_at is None:
        return _freeze(locked, minutes, officer)
    if minutes.first_lock_by_id == officer.pk:
        raise Refused(_("Usted ya cerró esta acta. La publica otra persona de la mesa."), status=403)
    return _publish(locked, minutes, officer)


def _freeze(session: Session, minutes: Minutes, officer) -> Minutes:
    minutes.content = minutes_content(session)
    data = minutes_pdf(minutes.content)
    minutes.pdf_sha256 = hashlib.sha256(data).hexdigest()
    minutes.pdf.save(f"{uuid.uuid4().hex}.pdf", ContentFile(data), save=False)
    minutes.first_lock_by, minutes.first_lock_at = officer, timezone.now()
    minutes.save()
    transaction.on_commit(partial(default_storage.put_away, minutes.pdf.name))
    return minutes


def _publish(session: Session, minutes: Minutes, officer) -> Minutes:
    minutes.locked_by, minutes.locked_at = officer, timezone.now()
    minutes.save()
    for name in filter(None, (minutes.pdf.name, minutes.scan.name)):
        transaction.on_commit(partial(default_storage.bring_back, name))
    changed(session)
    with in_spanish():
        words = {"assembly": session.assembly.name, "day": fecha(session.starts_at)}
        tell_all_concerned(
            session,
            event="minutes",
            subject=_("Acta publicada: %(assembly)s") % words,
            body=_("Ya puede leer el acta de la sesión del %(day)s: asistentes, votos y lo que se decidió.") % words,
            path=reverse("assemblies:minutes", args=[session.pk]),
        )
    return minutes


@transaction.atomic
def return_minutes(*, session: Session, officer) -> Minutes:
    """Back to a draft before anybody published them: what was frozen, its PDF and its scan are dropped."""
    _session, minutes = _locked(session, officer)
    if minutes.is_locked:
        raise Refused(_("Esta acta ya está publicada: se corrige solo a la vista, al lado."), status=409)
    if minutes.first_lock_at is None:
        return minutes
    for name in filter(None, (minutes.pdf.name, minutes.scan.name)):
        transaction.on_commit(partial(default_storage.delete, name))
    minutes.pdf, minutes.pdf_sha256, minutes.scan, minutes.scan_sha256 = "", "", "", ""
    minutes.first_lock_by = minutes.first_lock_at = minutes.scan_by = minutes.scan_at = None
    minutes.content = {}
    minutes.save()
    return minutes


@transaction.atomic
def add_scan(*, session: Session, officer, upload) -> Minutes:
    """The signed paper: a PDF or a photograph, cleaned, with the SHA-256 of what is kept.

    From the first lock on; replaced until the second; once published only where there is none yet. Raises Refused, and
    ValidationError where the file cannot be read.
    """
    _session, minutes = _locked(session, officer)
    if minutes.first_lock_at is None:
        raise Refused(_("Cierre primero el acta: se firma la que sale impresa."), status=409)
    if minutes.is_locked and minutes.scan:
        raise Refused(_("Esta acta ya tiene su copia firmada y no se cambia."), status=409)
    clean = _clean(upload)
    if old := minutes.scan.name:
        transaction.on_commit(partial(default_storage.delete, old))
    minutes.scan_sha256 = hashlib.sha256(clean.read()).hexdigest()
    clean.seek(0)
    minutes.scan.save(clean.name, clean, save=False)
    minutes.scan_by, minutes.scan_at = officer, timezone.now()
    minutes.save()
    if not minutes.is_locked:
        transaction.on_commit(partial(default_storage.put_away, minutes.scan.name))
    return minutes


def _clean(upload) -> ContentFile:
    upload.seek(0)
    if b"%PDF-" in upload.read(1024):
        return clean_document(upload)
    try:
        return clean_photo(upload)
    except ValidationError as error:
        raise ValidationError([*error.messages, _("También puede enviar un PDF.")]) from None


@transaction.atomic
def correct_minutes(*, session: Session, officer, text: str, reason: str) -> Correction:
    """What was wrong in published minutes and how it should read: added beside them. The same twice is once."""
    locked, minutes = _locked(session, officer)
    if not minutes.is_locked:
        raise Refused(_("Esta acta todavía no está publicada: devuélvala al borrador y corríjala."), status=409)
    if same := minutes.corrections.filter(text=text, reason=reason, by=officer).first():
        return same
    correction = Correction.objects.create(minutes=minutes, text=text, reason=reason, by=officer)
    with in_spanish():
        words = {"assembly": locked.assembly.name}
        tell_all_concerned(
            locked,
            event=f"correction:{correction.pk}",
            subject=_("Corrección del acta: %(assembly)s") % words,
            body=text,
            path=reverse("assemblies:minutes", args=[locked.pk]),
        )
    return correction
