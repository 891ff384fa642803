"""The story of a registration: what happened to it, and who owes what comes next until when."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from decide.assemblies import rules
from decide.assemblies.models import Assembly
from decide.steps import Step, story
from decide.templatetags.decide import fecha

Status = Assembly.Status


def story_of(assembly: Assembly) -> dict:
    """For components/_steps.html; no step for what exists from the territory. One query."""
    passed = [Step(_label(change), change.at, note=change.reason) for change in assembly.status_changes.all()]
    return story([*passed, *_coming(assembly)])


def _label(change) -> str:
    return {
        Status.APPLIED: _("Pidió registrarse"),
        Status.RETURNED: _("Se devolvió para corregir"),
        Status.OBJECTIONS: _("Se abrió a objeciones"),
        Status.REGISTERED: pgettext("paso", "Registrada"),
        Status.REFUSED: _("No se registró"),
        Status.ENDED: pgettext("paso", "Terminada"),
    }[change.status]


def _coming(assembly: Assembly) -> list[Step]:
    if assembly.status == Status.RETURNED:
        return [Step(_("Se corrige y se envía otra vez"), state="next", who=_("Le toca a quien la presentó."))]
    if assembly.status not in rules.WAITING:
        return []
    steps = []
    if rules.takes_objections(assembly):
        who = _("Cualquiera puede objetar hasta el %(until)s.") % {"until": _day(assembly.objections_until)}
        link = f"{assembly.get_absolute_url()}#objeciones"
        steps.append(Step(_("Terminan las objeciones"), assembly.objections_until, state="next", who=who, link=link))
    first = assembly.status == Status.APPLIED
    label = _("Respuesta de la Administración Zonal") if first else _("Decisión de la Administración Zonal")
    words = {"zone": assembly.current_zone, "due": _day(assembly.answer_due)}
    if rules.is_late(assembly):
        who, state = _("La zona %(zone)s debía responder hasta el %(due)s.") % words, "late"
    else:
        who, state = _("La zona %(zone)s responde hasta el %(due)s.") % words, "next"
    steps.append(Step(label, assembly.answer_due, state=state, who=who))
    if first:
        steps.append(Step(_("Objeciones, a la vista de todos"), state="next"))
    return steps


def _day(moment) -> str:
    return fecha(timezone.localdate(moment))
