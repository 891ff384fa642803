"""What waits for whoever holds an office: one line for each desk of theirs, with how many things are on it."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.money_rules import opens_desk
from budgets.studies import opinions_waiting, reviews_waiting
from budgets.study_rules import REVIEW_OFFICES, STUDY_OFFICES
from decide.accounts.models import Appointment
from decide.accounts.rules import DESK_OFFICES, can_appoint, has_office
from decide.answers.models import Answer
from decide.answers.rules import agencies_of, assigns
from decide.assemblies.reading import waiting_count
from decide.assemblies.rules import zones_of
from decide.assemblies.session_reading import sessions_ahead
from decide.moderation.reading import in_queue_count
from decide.moderation.rules import moderates
from decide.templatetags.decide import fecha
from votes.officers import writes_polls

Office = Appointment.Office


def waiting_for(user) -> list[dict]:
    """[{address, label, count or None}] of the desks that this person's offices open; at most four queries."""
    desks = []
    if assigns(user):
        waiting = Answer.objects.unassigned().count()
        label = ngettext("%(n)s respuesta por asignar", "%(n)s respuestas por asignar", waiting) % {"n": waiting}
        desks.append(("answers:desk", label))
    if has_office(user, Office.AGENCY, Office.ZONAL):
        waiting = Answer.objects.pending().of_agencies(agencies_of(user)).count()
        label = ngettext("%(n)s respuesta pendiente", "%(n)s respuestas pendientes", waiting) % {"n": waiting}
        desks.append(("answers:desk", label))
    if zones := zones_of(user):
        waiting = waiting_count(zones)
        label = ngettext("%(n)s asamblea por responder", "%(n)s asambleas por responder", waiting) % {"n": waiting}
        desks.append(("assemblies:desk", label))
    elif can_appoint(user):
        desks.append(("assemblies:desk", _("Credenciales de las asambleas")))
    if writes_polls(user):
        desks.append(("votes:desk", _("Preparar y aprobar votaciones")))
    if moderates(user):
        waiting = in_queue_count()
        label = ngettext("%(n)s caso por moderar", "%(n)s casos por moderar", waiting) % {"n": waiting}
        desks.append(("moderation:index", label))
    if has_office(user, *DESK_OFFICES):
        desks.append(("accounts:desk", _("Ventanilla: verificar a una persona")))
        desks.append(("proposals:desk", _("Ventanilla: registrar una propuesta o un apoyo")))
        desks.append(("budgets:request_desk", _("Ventanilla: ingresar una solicitud o un apoyo")))
    if has_office(user, *STUDY_OFFICES):
        waiting = opinions_waiting(user)
        label = ngettext("%(n)s dictamen por emitir", "%(n)s dictámenes por emitir", waiting) % {"n": waiting}
        desks.append(("budgets:opinions", label))
    if has_office(user, *REVIEW_OFFICES):
        waiting = reviews_waiting(user)
        label = ngettext("%(n)s solicitud por revisar", "%(n)s solicitudes por revisar", waiting) % {"n": waiting}
        desks.append(("budgets:review", label))
    if opens_desk(user):
        desks.append(("budgets:desk", _("Presupuesto participativo: montos y decisiones de las asambleas")))
    if can_appoint(user):
        desks.append(("accounts:offices", _("Cargos y nombramientos")))
    if user.is_staff:
        desks.append(("admin:index", _("Gestión")))
    named = [(_address(name), label) for name, label in desks] + _sessions(user)
    return [{"address": address, "label": label} for address, label in named if address]


def _sessions(user) -> list[tuple[str, str]]:
    """The next sessions of the assemblies that this person directs or is sent to."""
    words = _("%(assembly)s: sesión del %(day)s")
    return [
        (session.get_absolute_url(), words % {"assembly": session.assembly.name, "day": fecha(session.starts_at)})
        for session in sessions_ahead(user)
    ]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
