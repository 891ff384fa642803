"""Telling the steps of a proposal: to its author and those who follow it, and an answer to its supporters too.

Each step has its key, so that nobody is told twice, whatever they are besides. The author is on the list of
followers from the first day (`following.follow_list`), and is told as the author.
"""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from decide.answers.deadlines import in_words
from decide.notices import services as notices
from decide.notices.groups import Group
from proposals.models import Proposal
from proposals.services.following import tell_followers
from proposals.services.lifecycle import in_spanish, supporters

DONE = Proposal.Status.DONE


@in_spanish()
def tell_of_answer(sender, answer, event, milestone=None, **kwargs) -> None:
    """A receiver of `answer_changed`, after `follow_answer`: the proposal is already where the event led it."""
    proposal = Proposal.objects.filter(answer=answer).select_related("thread__follow_list", "parish", "author").first()
    told = _STEPS[event](answer, milestone) if event in _STEPS else None
    if proposal is None or told is None:
        return
    which, subject, body = told
    words = {"title": proposal.title, "agency": answer.agency, "due": in_words(answer.due_day)}
    if event == "milestone" and proposal.status == DONE:
        subject, body = _("Está hecha: %(title)s"), body + " " + _("Con esto queda cumplido todo lo que se prometió.")
    answered = event == "answered"
    step = {
        "kind": f"proposal-{event}",
        "key": f"proposal-step:{proposal.pk}:{event}:{which}",
        "subject": subject % words,
        "body": body % words,
    }
    tell_followers(proposal, **step, path=_page(proposal, event, milestone), parish=answered)
    if answered:
        tell_supporters(proposal, **step, path=_page(proposal, event, milestone))


@in_spanish()
def tell_of_poll(sender, poll, event, **kwargs) -> None:
    """A receiver of `poll_changed`. The keys are those with which the poll tells its own followers: nobody is told
    twice, whichever of the two comes first."""
    told = {
        "approved": (_("Va a votación: %(title)s"), _("La ciudad votará sobre esta propuesta. Ya se sabe cuándo.")),
        "opened": (_("Ya puede votar: %(title)s"), _("Empezó la votación sobre esta propuesta.")),
        "closed": (
            _("Hay resultado: %(title)s"),
            _("Terminó la votación sobre esta propuesta: vea su resultado."),
        ),
        "annulled": (_("Se anuló su votación: %(title)s"), _("La razón está en la página de la votación.")),
    }.get(event)
    proposal = Proposal.objects.filter(poll=poll).select_related("thread__follow_list", "parish", "author").first()
    if proposal is None or told is None:
        return
    tell_followers(
        proposal,
        kind=f"poll-{event}",
        key=f"poll-{event}:{poll.pk}",
        subject=told[0] % {"title": proposal.title},
        body=told[1],
        path=poll.get_absolute_url(),
    )


def tell_supporters(proposal: Proposal, *, recipients=None, **step) -> None:
    """Those who support it, except whoever was told of this key already."""
    people = supporters(proposal) if recipients is None else recipients
    notices.tell(**step, about=f"proposal:{proposal.pk}", group=Group.SUPPORTED, recipients=people)


def _page(proposal: Proposal, event: str, milestone) -> str:
    anchor = {"answered": "respuesta", "corrected": "respuesta"}.get(event, "historia")
    return f"{proposal.get_absolute_url()}#{f'hito-{milestone.pk}' if milestone else anchor}"


def _assigned(answer, _milestone):
    return "", _("Ya hay quien debe responder: %(title)s"), _("%(agency)s debe responder hasta el %(due)s.")


def _passed(answer, _milestone):
    body = _("La pregunta pasó a %(agency)s, que debe responder hasta el %(due)s. La razón está en su historia.")
    return "", _("Pasó a otra dependencia: %(title)s"), body


def _reassigned(answer, _milestone):
    body = _("Ahora debe responder %(agency)s, hasta el %(due)s. La razón está en su historia.")
    return f"{answer.reassigned_at:%Y%m%d%H%M%S%f}", _("Se reasignó a otra dependencia: %(title)s"), body


def _extended(answer, _milestone):
    body = _("%(agency)s prorrogó su plazo: debe responder hasta el %(due)s. La razón está en su historia.")
    return "", _("Se prorrogó el plazo: %(title)s"), body


def _answered(answer, _milestone):
    body = _("%(agency)s respondió: %(outcome)s. Puede leer la respuesta y comentarla.")
    return "", _("El Municipio respondió: %(title)s"), _fill(body, outcome=str(answer.get_outcome_display()).lower())


def _corrected(answer, _milestone):
    body = _("%(agency)s corrigió su respuesta. Puede ver qué cambió y por qué.")
    return f"{answer.corrected_at:%Y%m%d%H%M%S%f}", _("Se corrigió la respuesta: %(title)s"), body


def _of_milestone(answer, milestone):
    """What happened to one of the city's promises; a photograph alone is no step."""
    if milestone is None:
        return None
    day = date_format(milestone.done_on or milestone.planned, "DATE_FORMAT")
    subject, body = {
        "planned": (_("Un paso con fecha: %(title)s"), _("%(agency)s prevé «%(step)s» para el %(day)s.")),
        "ongoing": (_("Está en marcha: %(title)s"), _("%(agency)s empezó «%(step)s», previsto para el %(day)s.")),
        "done": (_("Se cumplió un paso: %(title)s"), _("%(agency)s cumplió «%(step)s» el %(day)s.")),
        "cancelled": (_("Se canceló un paso: %(title)s"), _("%(agency)s canceló «%(step)s». Su razón es pública.")),
    }[milestone.state]
    which = f"{milestone.pk}:{milestone.state}:{milestone.planned:%Y%m%d}"
    return which, subject, _fill(body, step=milestone.title, day=day)


def _fill(body: str, **words) -> str:
    """Some of the words now, the others (`title`, `agency`, `due`) later; a percent sign of a title stays one."""
    for name, value in words.items():
        body = body.replace(f"%({name})s", value.replace("%", "%%"))
    return body


_STEPS = {
    "assigned": _assigned,
    "passed": _passed,
    "reassigned": _reassigned,
    "extended": _extended,
    "answered": _answered,
    "corrected": _corrected,
    "milestone": _of_milestone,
}
