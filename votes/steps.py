"""What happened to a poll, where it stands, and what comes next, as steps of `decide.steps`."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decide.answers.steps import answer_steps
from decide.steps import Step, story
from decide.templatetags.decide import number
from votes.models import Poll

Status = Poll.Status


def story_of(poll: Poll) -> dict:
    """For components/_steps.html. The answer comes with the poll; two queries more for its milestones."""
    page = poll.get_absolute_url()
    steps = [*_passed(poll, page), *_coming(poll)]
    if poll.answer:
        steps += answer_steps(poll.answer, page)
    return story(steps)


def _passed(poll: Poll, page: str) -> list[Step]:
    steps = []
    if poll.approved_at:
        steps.append(Step(_("Se anunció"), poll.approved_at, note=_("La aprobó una segunda persona.")))
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


def _coming(poll: Poll) -> list[Step]:
    steps = []
    if poll.status == Status.ANNULLED or poll.answer:
        return steps
    if poll.status != Status.OPEN and not poll.opened_at:
        steps.append(Step(_("Se abre"), poll.opens_at, state="next"))
    if not poll.closed_at:
        steps.append(Step(_("Se cierra y se cuenta"), poll.closes_at, state="next"))
        who = _("Responde: %(agency)s.") % {"agency": poll.answers_for}
        steps.append(Step(_("Respuesta del Municipio"), state="next", who=who))
    return steps
