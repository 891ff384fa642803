"""What happened to a poll, where it stands, and what comes next, as steps of `decide.steps`."""

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decide.answers.deadlines import end_of_day_after
from decide.answers.steps import answer_steps, owes, short
from decide.steps import Step, story
from decide.templatetags.decide import fecha, number
from votes.models import Poll

Status = Poll.Status


def story_of(poll: Poll) -> dict:
    """For components/_steps.html. The answer comes with the poll; two queries more for its milestones."""
    page = poll.get_absolute_url()
    steps = [*_passed(poll, page), *_coming(poll, page)]
    if poll.answer:
        steps += answer_steps(poll.answer, page)
    return story(steps)


def _passed(poll: Poll, page: str) -> list[Step]:
    steps = []
    if poll.approved_at:
        note = _("La aprobó una segunda persona.")
        steps.append(Step(_("Se anunció"), poll.approved_at, note=note, link=f"{page}#reglas"))
    if poll.opened_at:
        note = _("Sus reglas quedaron fijas y publicadas.")
        label = _("Ver las reglas")
        steps.append(Step(_("Se abrió"), poll.opened_at, note=note, link=f"{page}comprobar/#reglas", link_label=label))
    if poll.closed_at:
        words = {"n": number(poll.turnout)}
        note = ngettext("Votó %(n)s persona.", "Votaron %(n)s personas.", poll.turnout) % words
        label = _("Comprobar el conteo")
        steps.append(Step(_("Se cerró"), poll.closed_at, note=note, link=f"{page}comprobar/", link_label=label))
    if poll.annulled_at:
        steps.append(Step(_("Se anuló"), poll.annulled_at, note=poll.annul_reason))
    return steps


def _coming(poll: Poll, page: str) -> list[Step]:
    steps = []
    if poll.status == Status.ANNULLED or poll.answer:
        return steps
    if poll.status != Status.OPEN and not poll.opened_at:
        steps.append(Step(_("Se abre"), poll.opens_at, state="next", link=f"{page}#reglas"))
    if not poll.closed_at:
        who = _("Se puede votar hasta el %(until)s.") % {"until": fecha(poll.closes_at)}
        label = _("Se cierra y se cuenta")
        steps.append(Step(label, poll.closes_at, state="next", who=who, link=f"{page}#votar"))
        # As it will be owed from the close on (services.aftermath).
        due = end_of_day_after(poll.closes_at, settings.ANSWER_DAYS)
        whom = _("Debe responder: %(agency)s") % {"agency": short(poll.answers_for)}
        who = owes(whom, timezone.localdate(due))
        steps.append(Step(_("Respuesta del Municipio"), due, state="next", who=who))
    return steps
