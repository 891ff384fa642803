"""The only writes of what the city owes.

Every service locks the answer's row first (SQLite serialises whole transactions instead), asks the rule again with
what it then reads, writes, tells the officers concerned, and sends `answer_changed` in the same transaction. Of two
officers at once, one wins and the other is told what happened (409).
"""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from decide.answers import rules
from decide.answers.deadlines import end_of_day_after, in_words, reminder_at
from decide.answers.models import Answer, Milestone, MilestonePhoto
from decide.answers.signals import answer_changed
from decide.errors import Refused
from decide.notices.services import Message, tell_all
from decide.text import plain

MAX_MILESTONES = 40
MAX_PHOTOS = 12

State = Milestone.State
# Which state of a milestone may follow which. What was done or cancelled stays so; photographs may still be added.
TRANSITIONS = {
    State.PLANNED: {State.ONGOING, State.DONE, State.CANCELLED},
    State.ONGOING: {State.DONE, State.CANCELLED},
    State.DONE: set(),
    State.CANCELLED: set(),
}


def lock_answer(pk: int) -> Answer:
    """The answer as it is now, held until the end of the transaction."""
    return Answer.objects.select_for_update().get(pk=pk)


# --- the question ---------------------------------------------------------------------------------------


@transaction.atomic
def owe_answer(*, kind: str, subject: str, path: str, parish) -> Answer:
    """From now on the city owes an answer. `subject` and `path` are the title and the page of what it is about.

    The participation office has ANSWER_ASSIGN_DAYS to assign it; it is due ANSWER_DAYS after today, whoever has it.
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
    )
    _tell(
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
def assign_answer(*, answer: Answer, officer, agency) -> Answer:
    """The participation office says which agency answers. Refused: 403 who, 409 assigned already."""
    locked = lock_answer(answer.pk)
    if not rules.assigns(officer):
        raise Refused(_("Solo la oficina de participación asigna las preguntas."), status=403)
    _refuse_answered(locked)
    if locked.agency_id:
        raise Refused(_("Esta pregunta ya está asignada a %(agency)s.") % {"agency": locked.agency})
    _refuse_other_institution(agency)
    locked.agency, locked.assigned_at = agency, timezone.now()
    _save(locked, officer)
    _tell(
        locked,
        "assigned",
        rules.Officers().of(locked.agency),
        subject=_("Se debe una respuesta: %(subject)s"),
        body=_("%(agency)s debe responder hasta el %(due)s. La oficina de participación se lo asignó."),
    )
    return _changed(locked, "assigned")


@transaction.atomic
def pass_on_answer(*, answer: Answer, officer, agency, reason: str) -> Answer:
    """The agency passes the question to another, once, with a public reason; the deadline keeps running."""
    locked = lock_answer(answer.pk)
    # Asked first: who passed it on a moment ago reads that, and not that it is no longer theirs.
    if locked.passed_at and rules.speaks_for(officer, locked.passed_from):
        raise Refused(_("Ya se pasó una vez, a %(agency)s. No se puede pasar de nuevo.") % {"agency": locked.agency})
    _refuse_stranger(locked, officer)
    _refuse_answered(locked)
    if locked.passed_at:
        raise Refused(
            _("%(agency)s ya le pasó esta pregunta. No se puede pasar de nuevo: respóndala.")
            % {"agency": locked.passed_from}
        )
    if agency.pk == locked.agency_id:
        raise Refused(_("Elija otra dependencia: esta ya tiene la pregunta."), status=400)
    _refuse_other_institution(agency)
    _need(reason, _("Diga por qué la pasa: su razón será pública."))
    locked.passed_from, locked.passed_at, locked.pass_reason = locked.agency, timezone.now(), reason
    locked.agency = agency
    _save(locked, officer)
    officers = rules.Officers()
    _tell(
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
    return _changed(locked, "passed")


@transaction.atomic
def extend_answer(*, answer: Answer, officer, reason: str) -> Answer:
    """One public extension of ANSWER_EXTENSION_DAYS, with a reason, before the deadline."""
    locked = lock_answer(answer.pk)
    _refuse_stranger(locked, officer)
    _refuse_answered(locked)
    if locked.extended_at:
        raise Refused(_("Este plazo ya se prorrogó una vez. No se puede prorrogar de nuevo."))
    if locked.is_late:
        raise Refused(_("El plazo ya venció: no se puede prorrogar. Responda cuanto antes."))
    _need(reason, _("Diga por qué necesita más tiempo: su razón será pública."))
    locked.extended_at, locked.extension_reason = timezone.now(), reason
    locked.due = end_of_day_after(locked.due, settings.ANSWER_EXTENSION_DAYS)
    _save(locked, officer)
    _tell(
        locked,
        "extended",
        rules.Officers().participation(),
        subject=_("Plazo prorrogado: %(subject)s"),
        body=_("%(agency)s prorrogó su plazo. La respuesta se debe hasta el %(due)s."),
    )
    return _changed(locked, "extended")


# --- the answer -----------------------------------------------------------------------------------------


@transaction.atomic
def give_answer(
    *, answer: Answer, officer, outcome: str, body: str, institution: str = "", institution_contact: str = ""
) -> Answer:
    """The agency answers, once. "elsewhere" says whom to ask: the institution and how to reach it."""
    locked = lock_answer(answer.pk)
    _refuse_stranger(locked, officer)
    _refuse_answered(locked)
    if outcome not in Answer.Outcome.values:
        raise Refused(_("Elija un resultado de la lista."), status=400)
    locked.outcome = outcome
    _write(locked, body, institution, institution_contact)
    locked.answered_at, locked.answered_by = timezone.now(), officer
    _save(locked, officer)
    return _changed(locked, "answered")


@transaction.atomic
def correct_answer(
    *, answer: Answer, officer, body: str, reason: str, institution: str = "", institution_contact: str = ""
) -> Answer:
    """Replace the text of an answer, with a public reason. The outcome stays, and the earlier text stays readable."""
    locked = lock_answer(answer.pk)
    _refuse_stranger(locked, officer)
    if locked.answered_at is None:
        raise Refused(_("Esta pregunta todavía no tiene respuesta."))
    _need(reason, _("Diga qué corrige y por qué: su razón será pública."))
    before = (locked.body, locked.institution, locked.institution_contact)
    _write(locked, body, institution, institution_contact)
    if before == (locked.body, locked.institution, locked.institution_contact):
        raise Refused(_("El texto es el mismo: no hay nada que corregir."), status=409)
    locked.corrected_at, locked.correction_reason = timezone.now(), reason
    _save(locked, officer)
    return _changed(locked, "corrected")


def _write(answer: Answer, body: str, institution: str, contact: str) -> None:
    _need(body, _("Escriba la respuesta."))
    elsewhere = answer.outcome == Answer.Outcome.OTHER_INSTITUTION
    if elsewhere:
        _need(institution, _("Diga a qué institución hay que dirigirse."))
        _need(contact, _("Diga cómo dirigirse a esa institución."))
    answer.body = body
    answer.institution, answer.institution_contact = (institution, contact) if elsewhere else ("", "")


# --- what was promised ------------------------------------------------------------------------------------


@transaction.atomic
def add_milestone(
    *, answer: Answer, officer, title: str, planned: date, description: str = "", once_key=None
) -> Milestone:
    """One dated step of what was accepted. The same `once_key` gives the stored step again."""
    locked = lock_answer(answer.pk)
    _refuse_stranger(locked, officer)
    stored = once_key and Milestone.objects.filter(once_key=once_key).first()
    if stored:
        return _same_or_refuse(stored, stored.answer_id == locked.pk)
    if not locked.promises:
        raise Refused(_("Los hitos son de lo que se aceptó: primero responda que sí, o que en parte."))
    if locked.milestones.count() >= MAX_MILESTONES:
        raise Refused(_("Esta respuesta ya tiene %(most)s hitos. Actualice los que tiene.") % {"most": MAX_MILESTONES})
    _need(title, _("Escriba qué se hará."))
    milestone = Milestone(
        answer=locked,
        title=title,
        planned=planned,
        first_planned=planned,
        description=description,
        once_key=once_key,
    )
    _save(milestone, officer)
    _changed(locked, "milestone")
    return milestone


@transaction.atomic
def update_milestone(
    *,
    milestone: Milestone,
    officer,
    state: str | None = None,
    planned: date | None = None,
    done_on: date | None = None,
    note: str | None = None,
) -> Milestone:
    """Move a milestone as TRANSITIONS allows, date it anew, or say what happened. What is None stays.

    Done has its day (today if not given, never tomorrow). A new date and a cancellation need a `note` that says why.
    """
    answer = lock_answer(milestone.answer_id)  # the owner's state depends on all milestones together
    _refuse_stranger(answer, officer)
    milestone = Milestone.objects.get(pk=milestone.pk)
    state, planned = state or milestone.state, planned or milestone.planned
    moved, dated = state != milestone.state, planned != milestone.planned
    if moved and state not in TRANSITIONS[milestone.state]:
        raise Refused(
            _("Este hito está «%(state)s»: ya no puede cambiar así.") % {"state": milestone.get_state_display()}
        )
    if dated and not TRANSITIONS[milestone.state]:
        raise Refused(_("Este hito ya terminó: su fecha no cambia."))
    if dated or (moved and state == State.CANCELLED):
        _need(note or "", _("Diga por qué cambia la fecha o se cancela."))
    if state == State.DONE:
        done_on = milestone.done_on or done_on or timezone.localdate()
        if done_on > timezone.localdate():
            raise Refused(_("La fecha de cumplimiento no puede ser futura."), status=400)
    milestone.state, milestone.planned = state, planned
    milestone.done_on = done_on if state == State.DONE else None
    milestone.note = milestone.note if note is None else note
    milestone.updated = timezone.now()
    _save(milestone, officer)
    _changed(answer, "milestone")
    return milestone


@transaction.atomic
def add_photo(*, milestone: Milestone, officer, image, alt: str, once_key=None) -> MilestonePhoto:
    """A photograph of a milestone (`image` as `decide.images.clean_photo` returns it), with words for who hears it."""
    answer = lock_answer(milestone.answer_id)
    _refuse_stranger(answer, officer)
    stored = once_key and MilestonePhoto.objects.filter(once_key=once_key).first()
    if stored:
        return _same_or_refuse(stored, stored.milestone_id == milestone.pk)
    if milestone.photos.count() >= MAX_PHOTOS:
        raise Refused(_("Este hito ya tiene %(most)s fotos.") % {"most": MAX_PHOTOS})
    _need(alt, _("Diga qué se ve en la foto."))
    photo = MilestonePhoto(milestone=milestone, alt=alt, once_key=once_key)
    _changed(answer, "milestone")
    photo.image.save(image.name, image, save=False)  # last: a file is not undone by what fails after it
    photo.save()
    return photo


def _same_or_refuse(stored, same: bool):
    if not same:
        raise Refused(_("Este formulario ya se usó. Abra la página de nuevo."))
    return stored


# --- reminding --------------------------------------------------------------------------------------------


def remind(now: datetime) -> int:
    """Remind whoever must act: 10, 5 and 1 days before a deadline, and on the day it has passed.

    Each person is told once per question, deadline and reminder (the notice's key), whatever runs twice or at once;
    only the newest reminder is written, so that nothing arrives three times after a silence. Returns how many notices
    were written.
    """
    last = end_of_day_after(now, 10)
    soon = Answer.objects.pending().filter(due__lte=last) | Answer.objects.unassigned().filter(
        assign_due__lte=end_of_day_after(now, 1)
    )
    answers = list(soon.select_related("agency").by_deadline())
    if not answers:
        return 0
    officers = rules.Officers(timezone.localdate(now))
    return tell_all([message for answer in answers for message in _reminders(answer, officers, now)])


def _reminders(answer: Answer, officers: rules.Officers, now: datetime) -> list[Message]:
    """What one answer asks of whom now: at most one reminder per person."""
    days = -1 if now > answer.due else max(0, answer.days_left(now))
    stage = reminder_at(days)
    office = officers.participation()
    if answer.agency is None:
        event = stage or ("assign-late" if now > answer.assign_due else "assign")
        words = {"": _WORDS.get(event), "late": _WORDS["late-unassigned"]}.get(stage, _WORDS["unassigned"])
        return [_message(answer, event, office, *words)]
    people = officers.of(answer.agency)
    if stage != "late":
        return [_message(answer, stage, people, *_WORDS["soon"], left=_left(days))]
    everybody = {user.pk: user for user in [*people, *office]}.values()
    head = answer.agency.head_email
    if head.lower() in {user.email.lower() for user in everybody}:
        head = ""
    return [_message(answer, stage, everybody, *_WORDS["late"], address=head)]


_WORDS = {
    "assign": (
        _("Por asignar: %(subject)s"),
        _("Falta asignar la dependencia que responde. El plazo es hasta el %(assign_due)s."),
    ),
    "assign-late": (
        _("Venció el plazo para asignar: %(subject)s"),
        _(
            "La dependencia debía asignarse hasta el %(assign_due)s. Asígnela hoy: "
            "la respuesta se debe hasta el %(due)s, y ese plazo sigue corriendo."
        ),
    ),
    "unassigned": (
        _("Sin dependencia y con plazo cercano: %(subject)s"),
        _("La respuesta se debe hasta el %(due)s, y nadie la tiene asignada. Asígnela hoy."),
    ),
    "soon": (
        _("Se debe una respuesta: %(subject)s"),
        _("%(agency)s debe responder hasta el %(due)s. %(left)s"),
    ),
    "late": (
        _("Respuesta atrasada: %(subject)s"),
        _(
            "%(agency)s debía responder hasta el %(due)s. Desde hoy el atraso se ve en la página pública. "
            "Responda cuanto antes."
        ),
    ),
    "late-unassigned": (
        _("Respuesta atrasada y sin dependencia: %(subject)s"),
        _("La respuesta se debía hasta el %(due)s, y nadie la tiene asignada. El atraso es público. Asígnela hoy."),
    ),
}


def _left(days: int) -> str:
    if days <= 0:
        return _("Hoy es el último día.")
    return _("Queda 1 día.") if days == 1 else _("Quedan %(days)s días.") % {"days": days}


# --- telling, saving, refusing ------------------------------------------------------------------------------


def _message(answer: Answer, event: str, recipients, subject, body, *, address: str = "", **words) -> Message:
    """Words about an answer. The key holds the deadline: after an extension the reminders begin again."""
    words |= {
        "subject": answer.subject,
        "agency": answer.agency,
        "due": in_words(answer.due_day),
        "assign_due": in_words(timezone.localdate(answer.assign_due)),
    }
    with translation.override(settings.LANGUAGE_CODE):  # they are written for others, whatever the writer reads
        return Message(
            kind=f"answer-{event}",
            key=f"answer:{answer.pk}:{event}:{answer.due_day:%Y%m%d}:{answer.agency_id or ''}",
            subject=str(subject) % words,
            body=str(body) % words,
            path=answer.get_absolute_url(),
            recipients=tuple(recipients),
            address=address,
        )


def _tell(answer: Answer, event: str, recipients, subject, body, **words) -> None:
    people = {user.pk: user for user in recipients}.values()
    tell_all([_message(answer, event, people, subject, body, **words)])


def _save(row, officer) -> None:
    row._history_user = officer
    row.save()


def _changed(answer: Answer, event: str) -> Answer:
    answer_changed.send(sender=Answer, answer=answer, event=event)
    return answer


def _refuse_stranger(answer: Answer, officer) -> None:
    if not rules.speaks_for(officer, answer.agency):
        raise Refused(_("Solo responde quien hoy tiene un cargo en la dependencia encargada."), status=403)


def _refuse_answered(answer: Answer) -> None:
    if answer.answered_at:
        raise Refused(
            _("Esta pregunta ya tiene respuesta."), way_out=(answer.get_absolute_url(), _("Ver la respuesta"))
        )


def _refuse_other_institution(agency) -> None:
    if not (agency.municipal and agency.active):
        raise Refused(_("Elija una dependencia del Municipio que esté activa."), status=400)


def _need(value: str, sentence) -> None:
    if not any(c.isalnum() for c in value):
        raise Refused(sentence, status=400)


# --- own data ---------------------------------------------------------------------------------------------


def export_own(user) -> dict:
    """The answers that this person gave as an officer."""
    rows = Answer.objects.filter(answered_by=user).order_by("answered_at", "pk")
    return {
        "answers": [
            {
                "subject": answer.subject,
                "path": answer.get_absolute_url(),
                "outcome": answer.outcome,
                "body": answer.body,
                "answered_at": answer.answered_at.isoformat(),
            }
            for answer in rows
        ]
    }


def erase_own(user) -> None:
    """The city's answers stay; the person's name leaves them, also in history rows."""
    Answer.objects.filter(answered_by=user).update(answered_by=None)
    Answer.history.filter(answered_by=user).update(answered_by=None)
    for model in (Answer, Milestone):
        model.history.filter(history_user=user).update(history_user=None)
