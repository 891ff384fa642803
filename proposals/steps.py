"""What happened to a proposal, where it stands, and what comes next with its date."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from proposals.models import Proposal

Status = Proposal.Status
COMING = [Status.REACHED, Status.ANSWERED, Status.DONE]
ENDED = {Status.WITHDRAWN, Status.ARCHIVED, Status.DONE}


def steps_of(proposal: Proposal) -> list[dict]:
    """For components/_steps.html. `status_changes` and `answer` come with the proposal."""
    steps = [
        {"label": label_of(change.status), "at": change.at, "note": change.note, "state": "done"}
        for change in proposal.status_changes.all()
    ]
    if steps:
        steps[-1]["state"] = "now"
    return steps + _coming(proposal)


def label_of(status: str) -> str:
    return pgettext("paso", "Publicada") if status == Status.OPEN else str(Status(status).label)


def _coming(proposal: Proposal) -> list[dict]:
    answer = proposal.answer
    if proposal.status in ENDED or proposal.status == Status.DRAFT:
        return []
    if answer is not None and answer.outcome in {"rejected", "elsewhere"}:
        return []
    done = {change.status for change in proposal.status_changes.all()}
    notes = {
        Status.REACHED: (proposal.expires_at, _("Hasta esta fecha puede reunir apoyos.")),
        Status.ANSWERED: (answer and answer.due, _("Hasta esta fecha debe responder el Municipio.") if answer else ""),
        Status.DONE: (None, ""),
    }
    labels = {Status.REACHED: _("Alcanza su umbral"), Status.ANSWERED: _("Respuesta del Municipio")}
    if answer is None or not answer.outcome:
        labels[Status.DONE] = _("Hecha, si se acepta")
    return [
        {
            "label": labels.get(status) or label_of(status),
            "at": notes[status][0],
            "note": notes[status][1],
            "state": "next",
        }
        for status in COMING
        if status not in done
    ]
