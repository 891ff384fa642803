"""What all services of this room do: lock, tell, save with the officer's name, refuse."""

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from decide.answers import rules
from decide.answers.deadlines import in_words
from decide.answers.models import Answer
from decide.answers.signals import answer_changed
from decide.errors import Refused
from decide.notices.groups import Group
from decide.notices.services import Message, tell_all


def lock_answer(pk: int) -> Answer:
    """The answer as it is now, held until the end of the transaction. Refused (404) while what is asked is hidden."""
    locked = Answer.objects.select_for_update().filter(pk=pk).first()
    if locked is None:
        raise Refused(_("Esta pregunta no existe o ya no se muestra."), status=404)
    return locked


def message(
    answer: Answer, event: str, recipients, subject, body, *, address: str = "", which: str = "", **words
) -> Message:
    """Words about an answer. The key holds the deadline: after an extension the reminders begin again.

    `which` tells apart what may happen to it more than once.
    """
    words |= {
        "subject": answer.subject,
        "agency": answer.agency,
        "due": in_words(answer.due_day),
        "assign_due": in_words(timezone.localdate(answer.assign_due)),
    }
    with translation.override(settings.LANGUAGE_CODE):  # they are written for others, whatever the writer reads
        return Message(
            kind=f"answer-{event}",
            group=Group.OFFICE,
            key=f"answer:{answer.pk}:{event}:{answer.due_day:%Y%m%d}:{answer.agency_id or ''}{which}",
            subject=str(subject) % words,
            body=str(body) % words,
            path=answer.get_absolute_url(),
            about=f"answer:{answer.pk}",
            recipients=tuple(recipients),
            address=address,
        )


def tell_officers(answer: Answer, event: str, recipients, subject, body, **words) -> None:
    people = {user.pk: user for user in recipients}.values()
    tell_all([message(answer, event, people, subject, body, **words)])


def save_by(row, officer) -> None:
    row._history_user = officer
    row.save()


def changed(answer: Answer, event: str, milestone=None) -> Answer:
    answer_changed.send(sender=Answer, answer=answer, event=event, milestone=milestone)
    return answer


def refuse_stranger(answer: Answer, officer) -> None:
    if not rules.speaks_for(officer, answer.agency):
        raise Refused(_("Solo responde quien hoy tiene un cargo en la dependencia encargada."), status=403)


def refuse_answered(answer: Answer) -> None:
    if answer.answered_at:
        raise Refused(
            _("Esta pregunta ya tiene respuesta."), way_out=(answer.get_absolute_url(), _("Ver la respuesta"))
        )


def refuse_other_institution(agency) -> None:
    if not (agency.municipal and agency.active):
        raise Refused(_("Elija una dependencia del Municipio que esté activa."), status=400)


def need(value: str, sentence) -> None:
    if not any(c.isalnum() for c in value):
        raise Refused(sentence, status=400)
