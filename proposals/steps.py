"""What happened to a proposal, where it stands, and who owes what comes next until when."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from decide.answers.steps import answer_steps
from decide.steps import Step, story
from decide.templatetags.decide import fecha, number
from decide.versions import PER_PAGE
from proposals.models import Proposal, StatusChange
from proposals.services.authoring import PUBLIC_VERSIONS, TEXT_VERSION

Status = Proposal.Status
# While one of these, nothing more is to come.
ENDED = {Status.DRAFT, Status.WITHDRAWN, Status.ARCHIVED, Status.DONE}
# Told by the answer, which knows who and why.
OF_THE_ANSWER = {Status.REVIEW, Status.ANSWERED}
# So many days on which its text changed are told one by one; what was before is told together.
DAYS_OF_CHANGES = 3


def story_of(proposal: Proposal) -> dict:
    """For components/_steps.html. `box` and `answer` come with the proposal; at most six queries more."""
    page = proposal.get_absolute_url()
    steps = [*_passed(proposal, page), *text_changes(proposal, _versions(proposal)), *_links(proposal)]
    if proposal.answer:
        steps += answer_steps(proposal.answer, page)
    return story([*steps, *_coming(proposal, page)])


def _passed(proposal: Proposal, page: str) -> list[Step]:
    """The states that it passed through. What they say is made from the facts, in the reader's language."""
    steps, before = [], None
    for change in proposal.status_changes.all():
        if before == Status.VOTING and change.status != Status.VOTING:
            steps.append(_voted(proposal, change))
        elif not (proposal.answer and change.status in OF_THE_ANSWER):
            note, link = _about(proposal, change, before, page)
            steps.append(Step(label_of(change.status), change.at, note=note, link=link))
        before = change.status
    return steps


def label_of(status: str) -> str:
    return pgettext("paso", "Publicada") if status == Status.OPEN else str(Status(status).label)


def _about(proposal: Proposal, change: StatusChange, before: str | None, page: str) -> tuple[str, str]:
    """(note, link) of a state that was reached."""
    box, status = proposal.box, change.status
    words = {"counted": number(box.counted), "threshold": number(box.threshold)}
    if status == Status.REACHED:
        return _("Reunió los %(threshold)s apoyos que necesitaba.") % words, f"{page}#apoyar"
    if status == Status.ARCHIVED:
        return _("Terminó su plazo con %(counted)s de %(threshold)s apoyos.") % words, f"{page}#apoyar"
    if status == Status.WITHDRAWN:
        note = f"{proposal.get_withdrawal_display()}. {proposal.withdrawal_note}".strip()
        return note, ""
    if status == Status.VOTING:
        return _("La ciudad vota sobre esta propuesta."), _poll_page(proposal)
    if status == Status.EXECUTION and before == Status.DONE:
        return _("Hay un nuevo hito en marcha."), f"{page}#hitos"
    return change.note, f"{page}#hitos" if status in (Status.EXECUTION, Status.DONE) else ""


def _voted(proposal: Proposal, change) -> Step:
    return Step(_("Terminó la votación"), change.at, link=_poll_page(proposal))


def _poll_page(proposal: Proposal) -> str:
    return proposal.poll.get_absolute_url() if proposal.poll else ""


def _versions(proposal: Proposal) -> str:
    return reverse("proposals:versions", args=[proposal.pk, proposal.slug])


def text_changes(thing, address: str) -> list[Step]:
    """The days on which its author changed what people had supported, each with the address of the difference.

    `thing` has a `box` and a `history` with the reasons of PUBLIC_VERSIONS; `address` is the page of its versions.
    """
    if not thing.box.supports:
        return []
    rows = thing.history.filter(history_change_reason__in=PUBLIC_VERSIONS).order_by("-pk")
    days = {}
    for place, (pk, at, reason) in enumerate(rows.values_list("pk", "history_date", "history_change_reason")):
        if reason == TEXT_VERSION:
            days.setdefault(timezone.localdate(at), []).append((at, pk, place))
    told = [*days.values()]
    newest, older = told[:DAYS_OF_CHANGES], [change for day in told[DAYS_OF_CHANGES:] for change in day]
    return [_text_change(address, changes) for changes in [*newest, older] if changes]


def _text_change(address: str, changes: list[tuple]) -> Step:
    at, pk, place = changes[0]
    page = f"?pagina={place // PER_PAGE + 1}" if place >= PER_PAGE else ""
    n = len(changes)
    return Step(
        ngettext("Cambió su texto", "Cambió su texto %(n)s veces", n) % {"n": n},
        at,
        link=f"{address}{page}#version-{pk}",
        link_label=_("Ver qué cambió"),
    )


def _links(proposal: Proposal) -> list[Step]:
    """That it was linked to one that it repeats, and that this was undone. What is hidden by now is not named."""
    steps = []
    for link in proposal.duplicate_links.select_related("original"):
        other = link.original
        named = {"note": other.title, "link": other.get_absolute_url()} if other.is_public else {}
        steps.append(Step(_("Se enlazó con la que repite"), link.at, **named))
        if link.undone_at:
            steps.append(Step(_("Se quitó el enlace"), link.undone_at, note=link.undone_reason))
    return steps


def _coming(proposal: Proposal, page: str) -> list[Step]:
    answer, steps = proposal.answer, []
    if proposal.status in ENDED or (answer and answer.answered_at and not answer.promises):
        return []
    if proposal.status == Status.OPEN:
        missing = max(1, proposal.box.threshold - proposal.box.counted)
        words = {"n": number(missing), "until": fecha(timezone.localdate(proposal.expires_at))}
        who = ngettext("Falta %(n)s apoyo, hasta el %(until)s.", "Faltan %(n)s apoyos, hasta el %(until)s.", missing)
        label = _("Alcanza su umbral")
        steps.append(Step(label, proposal.expires_at, state="next", who=who % words, link=f"{page}#apoyar"))
        steps.append(Step(_("Respuesta del Municipio"), state="next"))
    if not (answer and answer.answered_at):
        steps.append(Step(_("Hecha, si se acepta"), state="next"))
    elif answer.steps_with_photos:  # without milestones the plan comes first
        steps.append(Step(label_of(Status.DONE), state="next"))
    return steps
