"""What the city did with a question, and what it owes now, as steps of the story of whatever was asked."""

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decide.answers.models import Answer, Milestone
from decide.steps import Step
from decide.templatetags.decide import fecha
from decide.territory.models import Agency


def answer_steps(answer: Answer, page: str = "") -> list[Step]:
    """From the assignment to the last milestone, for `decide.steps.story`.

    `page` is where the answer is shown with its milestones, if not on the page of what was asked. Two queries for
    the milestones with their photos (the same that the page shows), and one where the text was corrected.
    """
    page = page or answer.path
    return [*_way(answer, page), *_owed(answer, page), *_promised(answer, page)]


def _way(answer: Answer, page: str) -> list[Step]:
    own, steps = answer.get_absolute_url(), []
    if answer.assigned_at:
        first = answer.handovers[0].before if answer.handovers else answer.agency
        steps.append(Step(_("Se asignó a %(agency)s") % {"agency": short(first)}, answer.assigned_at, link=own))
    for moved in answer.handovers:
        label = _("Se reasignó a %(agency)s") if moved.reassigned else _("Pasó a %(agency)s")
        steps.append(Step(label % {"agency": short(moved.after)}, moved.at, note=moved.reason, link=own))
    if answer.extended_at:
        label = _("Se prorrogó el plazo hasta el %(due)s") % {"due": fecha(answer.due_day)}
        steps.append(Step(label, answer.extended_at, note=answer.extension_reason, link=own))
    if answer.answered_at:
        late = _days_late(answer.days_late, _("A tiempo."))
        label = _("Respondida: %(outcome)s") % {"outcome": answer.get_outcome_display()}
        link = f"{page}#respuesta"
        steps.append(Step(label, answer.answered_at, note=late, link=link, link_label=_("Leer la respuesta")))
    if answer.corrected_at:
        steps += _corrections(answer)
    return steps


def _corrections(answer: Answer) -> list[Step]:
    rows = answer.history.exclude(corrected_at=None).order_by("history_id")
    reasons = dict(rows.values_list("corrected_at", "correction_reason"))
    link = reverse("answers:versions", args=[answer.pk])
    return [
        Step(_("Se corrigió la respuesta"), at, note=reason, link=link, link_label=_("Ver qué cambió"))
        for at, reason in reasons.items()
    ]


def _owed(answer: Answer, page: str) -> list[Step]:
    """The one thing that is owed while there is no answer, and by whom."""
    if answer.answered_at:
        if answer.promises and not answer.steps_with_photos:
            who = _("Debe publicarlo: %(agency)s.") % {"agency": short(answer.agency)}
            return [Step(_("Plan con fechas"), state="next", who=who)]
        return []
    steps = []
    if not answer.agency_id:
        who = owes(_("Debe asignarla: la oficina de participación"), answer.assign_due_day)
        state = "late" if answer.assignment_is_late else "next"
        steps.append(Step(_("Asignación a una dependencia"), answer.assign_due, state=state, who=who))
    label = _("Respuesta del Municipio")
    if answer.agency_id:
        whom = _("Debe responder: %(agency)s") % {"agency": short(answer.agency)}
    else:
        whom = _("Debe responder: la dependencia que se asigne")
    state = "late" if answer.is_late else "next"
    steps.append(Step(label, answer.due, state=state, who=owes(whom, answer.due_day), link=f"{page}#respuesta"))
    return steps


def _promised(answer: Answer, page: str) -> list[Step]:
    return [_milestone(answer, m, page) for m in answer.steps_with_photos] if answer.promises else []


def _milestone(answer: Answer, milestone: Milestone, page: str) -> Step:
    words = {"title": milestone.title}
    evidence = {"link": f"{page}#hito-{milestone.pk}"}
    if photos := len(milestone.photos.all()):
        evidence["link_label"] = ngettext("Ver %(n)s foto", "Ver %(n)s fotos", photos) % {"n": photos}
    if milestone.state == Milestone.State.DONE:
        late = (milestone.done_on - milestone.planned).days
        note = _days_late(max(0, late), _("A tiempo."))
        return Step(_("Cumplido: %(title)s") % words, milestone.done_on, note=note, **evidence)
    if milestone.state == Milestone.State.CANCELLED:
        return Step(_("Cancelado: %(title)s") % words, milestone.updated, note=milestone.note, **evidence)
    ongoing = milestone.state == Milestone.State.ONGOING
    label = _("En marcha: %(title)s") if ongoing else _("Previsto: %(title)s")
    note = ""
    if milestone.was_moved:
        note = _("Al inicio se prometió para el %(day)s.") % {"day": fecha(milestone.first_planned)}
    return Step(
        label % words,
        milestone.planned,
        state="late" if milestone.is_late else "next",
        note=note,
        who=owes(_("Debe cumplirlo: %(agency)s") % {"agency": short(answer.agency)}, milestone.planned),
        **evidence,
    )


def short(agency: Agency) -> str:
    """As people say it: EPMMOP."""
    return agency.acronym or agency.name


def owes(whom: str, day: date) -> str:
    """`Debe responder: EPMMOP, hasta el viernes 12 de diciembre. Lleva 3 días de atraso.`"""
    late = (timezone.localdate() - day).days
    words = {"whom": whom, "day": fecha(day), "days": late}
    if late <= 0:
        return _("%(whom)s, hasta el %(day)s.") % words
    return (
        ngettext(
            "%(whom)s, hasta el %(day)s. Lleva %(days)s día de atraso.",
            "%(whom)s, hasta el %(day)s. Lleva %(days)s días de atraso.",
            late,
        )
        % words
    )


def _days_late(days: int, otherwise: str) -> str:
    if not days:
        return otherwise
    return ngettext("Con %(days)s día de atraso.", "Con %(days)s días de atraso.", days) % {"days": days}
