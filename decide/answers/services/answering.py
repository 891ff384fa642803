"""The question, who answers it, until when; the answer and its corrections."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.answers import rules
from decide.answers.deadlines import end_of_day_after
from decide.answers.models import Answer
from decide.answers.services.shared import (
    changed,
    lock_answer,
    need,
    refuse_answered,
    refuse_other_institution,
    refuse_stranger,
    save_by,
    tell_officers,
)
from decide.errors import Refused
from decide.text import plain

# --- the question ---------------------------------------------------------------------------------------


@transaction.atomic
def owe_answer(*, kind: str, subject: str, path: str, parish, agency=None) -> Answer:
    """From now on the city owes an answer. `subject` and `path` are the title and the page of what it is about.

    The participation office has ANSWER_ASSIGN_DAYS to assign it, unless `agency` is known already; it is due
    ANSWER_DAYS after today, whoever has it.
    """
    now = timezone.now()
    answer = Answer.objects.create(
        kind=kind,
        subject=subject,
        search_text=plain(subject)[:200],
        path=path,
        parish=parish,
        asked_at=now,
        assign_due=end_of_day_after(now, settings.ANSWER_ASSIGN_DAYS),
        due=end_of_day_after(now, settings.ANSWER_DAYS),
        agency=agency,
        assigned_at=now if agency else None,
    )
    if agency:
        tell_officers(
            answer,
            "assigned",
            rules.Officers().of(agency),
            subject=_("Se debe una respuesta: %(subject)s"),
            body=_("%(agency)s debe responder hasta el %(due)s."),
        )
        return answer
    tell_officers(
        answer,
        "owed",
        rules.Officers().participation(),
        subject=_("Por asignar: %(subject)s"),
        body=_(
            "El Municipio debe una respuesta. Asigne la dependencia hasta el %(assign_due)s. "
            "La respuesta se debe hasta el %(due)s."
        ),
    )
    return answer


@transaction.atomic
def hide_answer(*, answer: int, hidden: bool) -> None:
    """Moderators hid what this answer (its id) is about, or show it again. The deadline runs on meanwhile."""
    Answer.with_hidden.filter(pk=answer).update(hidden=hidden)


@transaction.atomic
def assign_answer(*, answer: Answer, officer, agency) -> Answer:
    """The participation office says which agency answers. Refused: 403 who, 409 assigned already."""
    locked = lock_answer(answer.pk)
    if not rules.assigns(officer):
        raise Refused(_("Solo la oficina de participación asigna las preguntas."), status=403)
    refuse_answered(locked)
    if locked.agency_id:
        raise Refused(_("Esta pregunta ya está asignada a %(agency)s.") % {"agency": locked.agency})
    refuse_other_institution(agency)
    locked.agency, locked.assigned_at = agency, timezone.now()
    save_by(locked, officer)
    tell_officers(
        locked,
        "assigned",
        rules.Officers().of(locked.agency),
        subject=_("Se debe una respuesta: %(subject)s"),
        body=_("%(agency)s debe responder hasta el %(due)s. La oficina de participación se lo asignó."),
    )
    return changed(locked, "assigned")


@transaction.atomic
def pass_on_answer(*, answer: Answer, officer, agency, reason: str) -> Answer:
    """The agency passes the question to another, once, with a public reason; the deadline keeps running."""
    locked = lock_answer(answer.pk)
    # Asked first: who passed it on a moment ago reads that, and not that it is no longer theirs.
    if locked.passed_at and rules.speaks_for(officer, locked.passed_from):
        raise Refused(
            _("Ya la pasó una vez: ahora la tiene %(agency)s. No se puede pasar de nuevo.") % {"agency": locked.agency}
        )
    refuse_stranger(locked, officer)
    refuse_answered(locked)
    if locked.passed_at:
        raise Refused(
            _(
                "%(agency)s ya pasó esta pregunta, y no se puede pasar de nuevo. Respóndala, "
                "o pida a la oficina de participación que la reasigne."
            )
            % {"agency": locked.passed_from}
        )
    if agency.pk == locked.agency_id:
        raise Refused(_("Elija otra dependencia: esta ya tiene la pregunta."), status=400)
    refuse_other_institution(agency)
    need(reason, _("Diga por qué la pasa: su razón será pública."))
    locked.passed_from, locked.passed_at, locked.pass_reason = locked.agency, timezone.now(), reason
    locked.agency = agency
    save_by(locked, officer)
    officers = rules.Officers()
    tell_officers(
        locked,
        "passed",
        [*officers.of(agency), *officers.participation()],
        subject=_("Se debe una respuesta: %(subject)s"),
        body=_(
            "%(agency)s debe responder hasta el %(due)s. %(before)s le pasó la pregunta, y el plazo sigue corriendo. "
            "Su razón: %(reason)s"
        ),
        before=locked.passed_from,
        reason=reason,
    )
    return changed(locked, "passed")


@transaction.atomic
def reassign_answer(*, answer: Answer, officer, agency, reason: str) -> Answer:
    """The participation office gives it to another agency, with a public reason; the deadline keeps running.

    For what was assigned or passed on wrongly, as often as it must be. Refused: 403 who, 409 if somebody moved it since
    `answer` was read.
    """
    locked = lock_answer(answer.pk)
    if not rules.assigns(officer):
        raise Refused(_("Solo la oficina de participación reasigna las preguntas."), status=403)
    refuse_answered(locked)
    if locked.agency_id is None:
        raise Refused(_("Esta pregunta todavía no está asignada."))
    if locked.agency_id != answer.agency_id:
        raise Refused(_("Alguien acaba de moverla: ahora la tiene %(agency)s.") % {"agency": locked.agency})
    if agency.pk == locked.agency_id:
        raise Refused(_("Elija otra dependencia: esta ya tiene la pregunta."), status=400)
    refuse_other_institution(agency)
    need(reason, _("Diga por qué la reasigna: su razón será pública."))
    before = locked.agency
    locked.reassigned_from, locked.reassigned_at, locked.reassign_reason = before, timezone.now(), reason
    locked.agency = agency
    save_by(locked, officer)
    officers = rules.Officers()
    told = {"which": f":{locked.reassigned_at:%Y%m%d%H%M%S%f}", "reason": reason}
    tell_officers(
        locked,
        "reassigned",
        officers.of(agency),
        subject=_("Se debe una respuesta: %(subject)s"),
        body=_(
            "%(agency)s debe responder hasta el %(due)s. La oficina de participación se la asignó: antes la tenía "
            "%(before)s, y el plazo sigue corriendo. Su razón: %(reason)s"
        ),
        before=before,
        **told,
    )
    tell_officers(
        locked,
        "taken",
        officers.of(before),
        subject=_("Ya no debe esta respuesta: %(subject)s"),
        body=_("La oficina de participación asignó la pregunta a %(agency)s. Su razón: %(reason)s"),
        **told,
    )
    return changed(locked, "reassigned")


@transaction.atomic
def extend_answer(*, answer: Answer, officer, reason: str) -> Answer:
    """One public extension of ANSWER_EXTENSION_DAYS, with a reason, before the deadline."""
    locked = lock_answer(answer.pk)
    refuse_stranger(locked, officer)
    refuse_answered(locked)
    if locked.extended_at:
        raise Refused(_("Este plazo ya se prorrogó una vez. No se puede prorrogar de nuevo."))
    if locked.is_late:
        raise Refused(_("El plazo ya venció: no se puede prorrogar. Responda cuanto antes."))
    need(reason, _("Diga por qué necesita más tiempo: su razón será pública."))
    locked.extended_at, locked.extension_reason = timezone.now(), reason
    locked.due = end_of_day_after(locked.due, settings.ANSWER_EXTENSION_DAYS)
    save_by(locked, officer)
    tell_officers(
        locked,
        "extended",
        rules.Officers().participation(),
        subject=_("Plazo prorrogado: %(subject)s"),
        body=_("%(agency)s prorrogó su plazo. La respuesta se debe hasta el %(due)s."),
    )
    return changed(locked, "extended")


# --- the answer -----------------------------------------------------------------------------------------


@transaction.atomic
def give_answer(
    *, answer: Answer, officer, outcome: str, body: str, institution: str = "", institution_contact: str = ""
) -> Answer:
    """The agency answers, once. "elsewhere" says whom to ask: the institution and how to reach it."""
    locked = lock_answer(answer.pk)
    refuse_stranger(locked, officer)
    refuse_answered(locked)
    if outcome not in Answer.Outcome.values:
        raise Refused(_("Elija un resultado de la lista."), status=400)
    locked.outcome = outcome
    _write(locked, body, institution, institution_contact)
    locked.answered_at, locked.answered_by = timezone.now(), officer
    save_by(locked, officer)
    return changed(locked, "answered")


@transaction.atomic
def correct_answer(
    *, answer: Answer, officer, body: str, reason: str, institution: str = "", institution_contact: str = ""
) -> Answer:
    """Replace the text of an answer, with a public reason. The outcome stays, and the earlier text stays readable."""
    locked = lock_answer(answer.pk)
    refuse_stranger(locked, officer)
    if locked.answered_at is None:
        raise Refused(_("Esta pregunta todavía no tiene respuesta."))
    need(reason, _("Diga qué corrige y por qué: su razón será pública."))
    before = (locked.body, locked.institution, locked.institution_contact)
    _write(locked, body, institution, institution_contact)
    if before == (locked.body, locked.institution, locked.institution_contact):
        raise Refused(_("El texto es el mismo: no hay nada que corregir."), status=409)
    locked.corrected_at, locked.correction_reason = timezone.now(), reason
    save_by(locked, officer)
    return changed(locked, "corrected")


def _write(answer: Answer, body: str, institution: str, contact: str) -> None:
    need(body, _("Escriba la respuesta."))
    elsewhere = answer.outcome == Answer.Outcome.OTHER_INSTITUTION
    if elsewhere:
        need(institution, _("Diga a qué institución hay que dirigirse."))
        need(contact, _("Diga cómo dirigirse a esa institución."))
    answer.body = body
    answer.institution, answer.institution_contact = (institution, contact) if elsewhere else ("", "")
