"""Who is reminded of what, and when."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.answers import rules
from decide.answers.deadlines import end_of_day_after, reminder_at
from decide.answers.models import Answer
from decide.answers.services.shared import message
from decide.notices.services import Message, tell_all


def remind(now: datetime) -> int:
    """Remind whoever must act: 10, 5 and 1 days before a deadline, and on the day it has passed.

    Each person is told once per question, deadline and reminder (the notice's key), whatever runs twice or at once;
    only the newest reminder is written, so that nothing arrives three times after a silence. Returns how many notices
    were written.
    """
    last = end_of_day_after(now, 10)
    soon = Answer.objects.pending().filter(due__lte=last) | Answer.objects.unassigned().filter(
        assign_due__lte=end_of_day_after(now, 1)
    )
    answers = list(soon.select_related("agency").by_deadline())
    if not answers:
        return 0
    officers = rules.Officers(timezone.localdate(now))
    return tell_all([told for answer in answers for told in _reminders(answer, officers, now)])


def _reminders(answer: Answer, officers: rules.Officers, now: datetime) -> list[Message]:
    """What one answer asks of whom now: at most one reminder per person."""
    days = -1 if now > answer.due else max(0, answer.days_left(now))
    stage = reminder_at(days)
    office = officers.participation()
    if answer.agency is None:
        event = stage or ("assign-late" if now > answer.assign_due else "assign")
        words = {"": _WORDS.get(event), "late": _WORDS["late-unassigned"]}.get(stage, _WORDS["unassigned"])
        return [message(answer, event, office, *words)]
    people = officers.of(answer.agency)
    if stage != "late":
        return [message(answer, stage, people, *_WORDS["soon"], left=_left(days))]
    everybody = {user.pk: user for user in [*people, *office]}.values()
    head = answer.agency.head_email
    if head.lower() in {user.email.lower() for user in everybody}:
        head = ""
    return [message(answer, stage, everybody, *_WORDS["late"], address=head)]


_WORDS = {
    "assign": (
        _("Por asignar: %(subject)s"),
        _("Falta asignar la dependencia que responde. El plazo es hasta el %(assign_due)s."),
    ),
    "assign-late": (
        _("Venció el plazo para asignar: %(subject)s"),
        _(
            "La dependencia debía asignarse hasta el %(assign_due)s. Asígnela hoy: "
            "la respuesta se debe hasta el %(due)s, y ese plazo sigue corriendo."
        ),
    ),
    "unassigned": (
        _("Sin dependencia y con plazo cercano: %(subject)s"),
        _("La respuesta se debe hasta el %(due)s, y nadie la tiene asignada. Asígnela hoy."),
    ),
    "soon": (
        _("Se debe una respuesta: %(subject)s"),
        _("%(agency)s debe responder hasta el %(due)s. %(left)s"),
    ),
    "late": (
        _("Respuesta atrasada: %(subject)s"),
        _(
            "%(agency)s debía responder hasta el %(due)s. Desde hoy el atraso se ve en la página pública. "
            "Responda cuanto antes."
        ),
    ),
    "late-unassigned": (
        _("Respuesta atrasada y sin dependencia: %(subject)s"),
        _("La respuesta se debía hasta el %(due)s, y nadie la tiene asignada. El atraso es público. Asígnela hoy."),
    ),
}


def _left(days: int) -> str:
    if days <= 0:
        return _("Hoy es el último día.")
    return _("Queda 1 día.") if days == 1 else _("Quedan %(days)s días.") % {"days": days}
