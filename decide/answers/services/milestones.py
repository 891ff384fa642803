"""What was promised in an answer, and what became of it."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.answers.models import Answer, Milestone, MilestonePhoto
from decide.answers.services.shared import changed, lock_answer, need, refuse_stranger, save_by
from decide.errors import Refused

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


@transaction.atomic
def add_milestone(
    *, answer: Answer, officer, title: str, planned: date, description: str = "", once_key=None
) -> Milestone:
    """One dated step of what was accepted. The same `once_key` gives the stored step again."""
    locked = lock_answer(answer.pk)
    refuse_stranger(locked, officer)
    stored = once_key and Milestone.objects.filter(once_key=once_key).first()
    if stored:
        return _same_or_refuse(stored, stored.answer_id == locked.pk)
    if not locked.promises:
        raise Refused(_("Los hitos son de lo que se aceptó: primero responda que sí, o que en parte."))
    if locked.milestones.count() >= MAX_MILESTONES:
        raise Refused(_("Esta respuesta ya tiene %(most)s hitos. Actualice los que tiene.") % {"most": MAX_MILESTONES})
    need(title, _("Escriba qué se hará."))
    milestone = Milestone(
        answer=locked,
        title=title,
        planned=planned,
        first_planned=planned,
        description=description,
        once_key=once_key,
    )
    save_by(milestone, officer)
    changed(locked, "milestone", milestone)
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
    refuse_stranger(answer, officer)
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
        need(note or "", _("Diga por qué cambia la fecha o se cancela."))
    if state == State.DONE:
        done_on = milestone.done_on or done_on or timezone.localdate()
        if done_on > timezone.localdate():
            raise Refused(_("La fecha de cumplimiento no puede ser futura."), status=400)
    milestone.state, milestone.planned = state, planned
    milestone.done_on = done_on if state == State.DONE else None
    milestone.note = milestone.note if note is None else note
    milestone.updated = timezone.now()
    save_by(milestone, officer)
    changed(answer, "milestone", milestone)
    return milestone


@transaction.atomic
def add_photo(*, milestone: Milestone, officer, image, alt: str, once_key=None) -> MilestonePhoto:
    """A photograph of a milestone (`image` as `decide.images.clean_photo` returns it), with words for who hears it."""
    answer = lock_answer(milestone.answer_id)
    refuse_stranger(answer, officer)
    stored = once_key and MilestonePhoto.objects.filter(once_key=once_key).first()
    if stored:
        return _same_or_refuse(stored, stored.milestone_id == milestone.pk)
    if milestone.photos.count() >= MAX_PHOTOS:
        raise Refused(_("Este hito ya tiene %(most)s fotos.") % {"most": MAX_PHOTOS})
    need(alt, _("Diga qué se ve en la foto."))
    photo = MilestonePhoto(milestone=milestone, alt=alt, once_key=once_key)
    changed(answer, "milestone")
    photo.image.save(image.name, image, save=False)  # last: a file is not undone by what fails after it
    photo.save()
    return photo


def _same_or_refuse(stored, same: bool):
    if not same:
        raise Refused(_("Este formulario ya se usó. Abra la página de nuevo."))
    return stored
