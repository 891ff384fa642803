"""A proposal goes to a vote: an officer makes the poll in one step, and the proposal follows it."""

from django.db import transaction
from django.utils.translation import gettext as _

from decide.errors import Refused
from proposals.models import Proposal
from proposals.services.lifecycle import change_status, follow_answer, in_spanish, lock_proposal
from votes.models import Poll, Question
from votes.services import authoring

Status = Proposal.Status
# Whoever reached the threshold and has no answer yet may be voted on.
MAY_BE_VOTED = {Status.REACHED, Status.REVIEW}


@transaction.atomic
@in_spanish()
def make_poll(*, proposal: Proposal, officer, once_key=None, **fields) -> Poll:
    """The draft of a poll on a proposal, with one question that is answered by yes or no. Made twice it is one.

    `fields` are those of votes.services.authoring.draft_poll. Raises Refused (409) where it cannot be voted on, or
    where somebody else already made its poll.
    """
    locked = lock_proposal(proposal.pk)
    if locked.poll:
        if locked.poll.written_by_id == officer.pk:
            return locked.poll
        raise Refused(_("Otra persona ya preparó la votación de esta propuesta."), status=409)
    if locked.status not in MAY_BE_VOTED:
        raise Refused(
            _("Solo se vota una propuesta que alcanzó su umbral y todavía no tiene respuesta."),
            status=409,
            way_out=(locked.get_absolute_url(), _("Volver a la propuesta")),
        )
    poll = authoring.draft_poll(officer=officer, once_key=once_key, **fields)
    question = authoring.save_question(
        poll=poll,
        officer=officer,
        text=_("¿Está de acuerdo con que se haga «%(title)s»?") % {"title": locked.title},
        help=locked.summary,
        method=Question.Method.SINGLE,
        max_choices=None,
        amount=None,
    )
    for text in (_("Sí"), _("No")):
        authoring.save_option(poll=poll, officer=officer, question=question, text=text)
    locked.poll = poll
    locked.skip_history_when_saving = True
    locked.save(update_fields=["poll"])
    return poll


@in_spanish()
def follow_poll(sender, poll: Poll, event: str, **kwargs) -> None:
    """Receives `poll_changed`: announced → "en votación"; over → back to where the city's answer stands."""
    proposal = Proposal.objects.filter(poll=poll).select_related("answer").first()
    if proposal is None:
        return
    if event == "approved" and proposal.status in MAY_BE_VOTED:
        change_status(proposal=proposal, to=Status.VOTING)
    elif event in ("closed", "annulled") and proposal.status == Status.VOTING:
        answer = proposal.answer
        change_status(proposal=proposal, to=Status.REVIEW if answer and answer.agency_id else Status.REACHED)
        if answer:
            follow_answer(sender=Proposal, answer=answer)  # what was answered meanwhile
