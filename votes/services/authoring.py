"""Writing a poll, until a second officer approves it. From its opening on nothing of this changes any more.

Each service locks the poll first and asks its rule again with what it then reads.
"""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from decide import live
from decide.answers.rules import Officers
from decide.comments import services as comments
from decide.comments.models import Thread
from decide.errors import Refused
from decide.notices import services as notices
from votes import officers
from votes.models import Option, Poll, PollDocument, Question
from votes.signals import poll_changed

MOST_QUESTIONS = 10
MOST_OPTIONS = 60
MOST_DOCUMENTS = 6
FIELDS = (
    *("title", "summary", "decided_by_text", "effect", "answers_for", "opens_at", "closes_at", "level"),
    "running_totals",
)
Status, Method = Poll.Status, Question.Method


def level_for(effect: str) -> str:
    """What a poll asks of its voters where nobody says otherwise: who decides was seen at a desk."""
    return Poll.Level.DESK if effect == Poll.Effect.BINDING else Poll.Level.REGISTER


def draft_poll(*, officer, zones=(), parishes=(), once_key=None, **fields) -> Poll:
    """A new draft with its thread that nobody sees yet; no zones and no parishes: the whole District.

    `fields` are those of FIELDS; a missing `level` is the one that the effect asks for. A `once_key` that this officer
    already used returns what it made. Raises Refused: 403 where the office does not reach.
    """
    if not officers.writes_polls(officer) or not officers.covers_scope(officer, zones, parishes):
        raise Refused(_("Su cargo no llega a ese ámbito: elija una zona o parroquias de la suya."), status=403)
    if once_key and (made := Poll.objects.filter(once_key=once_key).first()):
        return _same_writer(made, officer)
    fields["level"] = fields.get("level") or level_for(fields["effect"])
    try:
        with transaction.atomic():
            poll = Poll(written_by=officer, once_key=once_key, thread=comments.open_thread(), **fields)
            poll._history_user = officer
            poll.save()
            poll.zones.set(zones)
            poll.parishes.set(parishes)
            Thread.objects.filter(pk=poll.thread_id).update(path=poll.get_absolute_url())
            return poll
    except IntegrityError:
        made = Poll.objects.filter(once_key=once_key).first() if once_key else None
        if made is None:
            raise
        return _same_writer(made, officer)


def _same_writer(made: Poll, officer) -> Poll:
    if made.written_by_id != officer.pk:
        raise Refused(_("Este formulario ya se envió desde otra cuenta. Abra uno nuevo."), status=409)
    return made


@transaction.atomic
def edit_poll(*, poll: Poll, officer, zones=(), parishes=(), **fields) -> Poll:
    """Change what is in `fields` (of FIELDS), and the scope."""
    locked = _lock_draft(poll, officer)
    if not officers.covers_scope(officer, zones, parishes):
        raise Refused(_("Su cargo no llega a ese ámbito: elija una zona o parroquias de la suya."), status=403)
    fields["level"] = fields.get("level") or level_for(fields["effect"])
    for name in FIELDS:
        setattr(locked, name, fields[name])
    if not locked.written_by_id:
        locked.written_by = officer
    locked.slug = ""  # made anew from the title
    _save(locked, officer)
    locked.zones.set(zones)
    locked.parishes.set(parishes)
    Thread.objects.filter(pk=locked.thread_id).update(path=locked.get_absolute_url())
    return locked


# --- what is asked -----------------------------------------------------------------------------------------


@transaction.atomic
def save_question(*, poll: Poll, officer, question: Question | None = None, **fields) -> Question:
    """A new question at the end, or other words of `question`. `fields`: text, help, method, max_choices, amount."""
    locked = _lock_draft(poll, officer)
    if question is None:
        if locked.questions.count() >= MOST_QUESTIONS:
            raise Refused(_("Una votación tiene hasta %(most)s preguntas.") % {"most": MOST_QUESTIONS})
        question = Question(poll=locked, position=_next(locked.questions))
    else:
        question = _own(locked.questions, question)
    for name, value in fields.items():
        setattr(question, name, value)
    question.max_choices = question.max_choices if question.method == Method.APPROVAL else None
    question.amount = question.amount if question.method == Method.BUDGET else None
    question.save()
    if question.method != Method.BUDGET:
        question.options.exclude(cost=None).update(cost=None)
    return question


@transaction.atomic
def remove_question(*, poll: Poll, officer, question: Question) -> None:
    locked = _lock_draft(poll, officer)
    question = _own(locked.questions, question)
    _drop_pictures(question.options.exclude(image=None).exclude(image=""))
    question.delete()


@transaction.atomic
def move_question(*, poll: Poll, officer, question: Question, up: bool) -> None:
    locked = _lock_draft(poll, officer)
    _move(list(locked.questions.all()), _own(locked.questions, question), up)


@transaction.atomic
def save_option(
    *, poll: Poll, officer, question: Question, option: Option | None = None, image=None, drop_image=False, **fields
) -> Option:
    """A new option at the end of a question, or another wording of `option`. `image`: what `clean_photo` made.

    `fields`: text, description, alt, link, and in a budget question its cost.
    """
    locked = _lock_draft(poll, officer)
    question = _own(locked.questions, question)
    if option is None:
        if question.options.count() >= MOST_OPTIONS:
            raise Refused(_("Una pregunta tiene hasta %(most)s opciones.") % {"most": MOST_OPTIONS})
        option = Option(question=question, position=_next(question.options))
    else:
        option = _own(question.options, option)
    if question.method == Method.BUDGET and fields.get("cost") is None:
        raise Refused(_("Escriba cuánto cuesta el proyecto."), status=400)
    for name, value in fields.items():
        setattr(option, name, value)
    if question.method != Method.BUDGET:
        option.cost = None
    if option.image and (image or drop_image):
        _drop_pictures([option])
        option.image, option.alt = None, "" if not image else option.alt
    if image:
        option.image = image
    option.save()
    return option


@transaction.atomic
def remove_option(*, poll: Poll, officer, option: Option) -> None:
    locked = _lock_draft(poll, officer)
    option = _own(Option.objects.filter(question__poll=locked), option)
    _drop_pictures([option] if option.image else [])
    option.delete()


@transaction.atomic
def move_option(*, poll: Poll, officer, option: Option, up: bool) -> None:
    locked = _lock_draft(poll, officer)
    option = _own(Option.objects.filter(question__poll=locked), option)
    _move(list(Option.objects.filter(question=option.question_id)), option, up)


@transaction.atomic
def add_poll_document(*, poll: Poll, officer, file, title: str, once_key=None) -> PollDocument:
    """Add what `images.clean_document` made; sent again with the same key, it is stored once."""
    locked = _lock_draft(poll, officer)
    if once_key and (made := PollDocument.objects.filter(once_key=once_key).first()):
        return made
    if locked.documents.count() >= MOST_DOCUMENTS:
        raise Refused(_("Una votación tiene hasta %(most)s documentos.") % {"most": MOST_DOCUMENTS})
    return PollDocument.objects.create(poll=locked, file=file, title=title, once_key=once_key)


@transaction.atomic
def remove_poll_document(*, poll: Poll, officer, document: PollDocument) -> None:
    locked = _lock_draft(poll, officer)
    document = _own(locked.documents, document)
    stored = document.file
    document.delete()
    transaction.on_commit(lambda: stored.delete(save=False))


# --- from the draft to the announcement --------------------------------------------------------------------


def what_is_missing(poll: Poll) -> list[str]:
    """What keeps a draft from being approved, each in a sentence; empty when it is complete."""
    missing, questions = [], list(poll.questions.prefetch_related("options"))
    if not questions:
        missing.append(_("Escriba al menos una pregunta."))
    for question in questions:
        missing += _missing_of(question, list(question.options.all()))
    if poll.opens_at <= timezone.now():
        missing.append(_("La fecha de apertura ya pasó: elija otra."))
    if not poll.answers_for.active:
        missing.append(_("La dependencia que responde ya no está activa: elija otra."))
    return missing


def _missing_of(question: Question, options: list[Option]) -> list[str]:
    words, missing = {"question": question.text}, []
    if len(options) < 2:
        missing.append(_("La pregunta «%(question)s» necesita al menos dos opciones.") % words)
    if len({option.text.casefold() for option in options}) < len(options):
        missing.append(_("La pregunta «%(question)s» tiene dos opciones iguales.") % words)
    if question.method == Method.APPROVAL and question.max_choices > len(options):
        missing.append(_("La pregunta «%(question)s» deja marcar más opciones de las que tiene.") % words)
    if question.method == Method.BUDGET:
        if any(option.cost is None for option in options):
            missing.append(_("La pregunta «%(question)s» tiene un proyecto sin costo.") % words)
        if any(option.cost and option.cost > question.amount for option in options):
            missing.append(_("La pregunta «%(question)s» tiene un proyecto que cuesta más que el monto.") % words)
    return missing


@transaction.atomic
def submit_poll(*, poll: Poll, officer) -> Poll:
    """Draft → submitted: a second officer looks at it. Raises Refused (400) with everything that is missing."""
    locked = _lock(poll)
    if locked.status == Status.SUBMITTED and locked.written_by_id == officer.pk:
        return locked
    officers.refuse_unless(officers.can_write(officer, locked), locked)
    if missing := what_is_missing(locked):
        raise Refused(" ".join(missing), status=400)
    locked.status, locked.submitted_at, locked.return_reason = Status.SUBMITTED, timezone.now(), ""
    _save(locked, officer)
    with translation.override("es"):
        notices.tell(
            kind="poll-submitted",
            key=f"poll-submitted:{locked.pk}:{locked.submitted_at:%Y%m%d%H%M%S}",
            subject=_("Una votación espera su aprobación: %(title)s") % {"title": locked.title},
            body=_("La aprueba una persona distinta de quien la escribió. Revise la vista previa antes."),
            path=_desk(locked),
            recipients=[user for user in Officers().participation() if user.pk != officer.pk],
            group="office",
        )
    return locked


@transaction.atomic
def return_poll(*, poll: Poll, officer, reason: str) -> Poll:
    """Submitted → draft, with the reason for whoever wrote it. The writer may also take it back."""
    locked = _lock(poll)
    own = locked.status == Status.SUBMITTED and locked.written_by_id == officer.pk
    officers.refuse_unless(own or officers.can_approve(officer, locked), locked)
    locked.status, locked.return_reason = Status.DRAFT, reason
    _save(locked, officer)
    if locked.written_by and not own:
        with translation.override("es"):
            notices.tell(
                kind="poll-returned",
                key=f"poll-returned:{locked.pk}:{timezone.now():%Y%m%d%H%M%S}",
                subject=_("Se devolvió su votación: %(title)s") % {"title": locked.title},
                body=_("Todavía no se aprueba. Razón: %(reason)s") % {"reason": reason},
                path=_desk(locked),
                recipients=[locked.written_by],
                group="office",
            )
    return locked


@transaction.atomic
def approve_poll(*, poll: Poll, officer) -> Poll:
    """Submitted → announced, by a second officer: everybody sees it, and it opens by itself on its day."""
    locked = _lock(poll)
    if locked.status == Status.APPROVED and locked.approved_by_id == officer.pk:
        return locked
    officers.refuse_unless(
        officers.can_approve(officer, locked), locked, _("La aprueba otra persona, y solo mientras espera aprobación.")
    )
    if missing := what_is_missing(locked):
        raise Refused(" ".join(missing), status=409)
    locked.status, locked.approved_by, locked.approved_at = Status.APPROVED, officer, timezone.now()
    locked.version += 1
    _save(locked, officer)
    Thread.objects.filter(pk=locked.thread_id).update(public=True, path=locked.get_absolute_url())
    if locked.written_by:
        with translation.override("es"):
            notices.tell(
                kind="poll-approved",
                key=f"poll-approved:{locked.pk}",
                subject=_("Se aprobó su votación: %(title)s") % {"title": locked.title},
                body=_("Ya es pública. Se abrirá sola en su fecha."),
                path=locked.get_absolute_url(),
                recipients=[locked.written_by],
                group="office",
            )
    live.changed(f"poll:{locked.pk}", f"tally:{locked.pk}")
    poll_changed.send(sender=Poll, poll=locked, event="approved")
    return locked


@transaction.atomic
def delete_draft(*, poll: Poll, officer) -> None:
    """Delete a draft with its pictures, documents and history."""
    locked = _lock_draft(poll, officer)
    poll_changed.send(sender=Poll, poll=locked, event="deleted")
    files = [
        option.image for option in Option.objects.filter(question__poll=locked).exclude(image=None) if option.image
    ]
    files += [document.file for document in locked.documents.all()]
    pk, thread = locked.pk, locked.thread
    locked.delete()
    thread.delete()
    Poll.history.filter(id=pk).delete()
    transaction.on_commit(lambda: [file.delete(save=False) for file in files])


# --- what all of them do -----------------------------------------------------------------------------------


def _lock(poll: Poll) -> Poll:
    return (
        Poll.objects.select_for_update(of=("self",), no_key=True)
        .select_related("answers_for", "written_by", "thread")
        .get(pk=poll.pk)
    )


def _lock_draft(poll: Poll, officer) -> Poll:
    locked = _lock(poll)
    if locked.status != Status.DRAFT:
        raise Refused(_("Esta votación ya no es un borrador: no se puede cambiar."), status=409)
    officers.refuse_unless(
        officers.can_write(officer, locked), locked, _("Solo quien empezó este borrador puede cambiarlo.")
    )
    return locked


def _save(locked: Poll, officer) -> None:
    locked.updated = timezone.now()
    locked._history_user = officer
    locked.save()


def _desk(poll: Poll) -> str:
    return f"/votaciones/{poll.pk}/editar/"


def _own(rows, row):
    """The row as it is now, if it is of this poll. Raises Refused (404)."""
    found = rows.filter(pk=row.pk).first()
    if found is None:
        raise Refused(_("Eso no es de esta votación."), status=404)
    return found


def _next(rows) -> int:
    return (rows.aggregate(n=Max("position"))["n"] or 0) + 1


def _move(rows: list, row, up: bool) -> None:
    """Change places with the neighbour; at the end of the list nothing happens."""
    at = next(i for i, each in enumerate(rows) if each.pk == row.pk)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(rows):
        return
    rows[at], rows[to] = rows[to], rows[at]
    for position, each in enumerate(rows, 1):
        if each.position != position:
            each.position = position
            each.save(update_fields=["position"])


def _drop_pictures(options) -> None:
    for option in options:
        stored = option.image
        transaction.on_commit(lambda stored=stored: stored.delete(save=False))
