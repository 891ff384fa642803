"""What happened to a request, where it stands, and who owes what comes next until when."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from budgets.models import Phase, PhaseDates, Request
from budgets.periods import opens_on
from budgets.studies import reconsideration_steps
from decide.steps import Step, story
from decide.templatetags.decide import fecha
from decide.versions import Budget, Version, changes_between, changes_of
from proposals.services.authoring import PUBLIC_VERSIONS
from proposals.steps import text_changes

Status = Request.Status
# While one of these, nothing more is to come.
ENDED = {Status.WITHDRAWN, Status.DUPLICATE, Status.REFERRED, Status.NOT_FEASIBLE, Status.NOT_FUNDED}


def story_of(request: Request) -> dict:
    """For components/_steps.html. `box`, `year`, `parish` come with the request; at most five queries more."""
    asked = reconsideration_steps(request)
    return story([*_passed(request), *text_changes(request, versions_page(request)), *asked, *_coming(request)])


def versions_page(request: Request) -> str:
    return reverse("budgets:versions", args=[request.pk, request.slug])


def _passed(request: Request) -> list[Step]:
    """The states that it passed through, each with its reason."""
    steps, before = [], None
    for step in request.steps.all():
        note, link = step.reason, ""
        if step.status == Status.DUPLICATE and request.duplicate_of and request.duplicate_of.is_public:
            link = request.duplicate_of.get_absolute_url()
        elif step.status == Status.REFERRED and request.referred_to and before != Status.REFERRED:
            note = f"{request.referred_to}. {note}".strip()
        steps.append(Step(_label(step.status, before), step.at, note=note, link=link))
        before = step.status
    if request.filed_at and not steps:  # a row without its steps
        steps.append(Step(_label(Status.FILED, None), request.filed_at))
    return steps


def _label(status: str, before: str | None) -> str:
    if status == Status.FILED and before == Status.RETURNED:
        return _("Corregida y enviada de nuevo")
    if status == Status.FILED and before in (Status.DUPLICATE, Status.REFERRED, Status.STUDY):
        return _("Volvió a la revisión")
    if status == Status.STUDY:
        return pgettext("paso", "Pasó a estudios")
    return str(Status(status).label)


def _coming(request: Request) -> list[Step]:
    """Who owes the next steps until when: by the dates of its year's phases."""
    if request.status in ENDED:
        return []
    if request.status in (Status.DRAFT, Status.KEPT):
        return [_opening(request)] if request.status == Status.KEPT else []
    ends = dict(PhaseDates.objects.filter(year=request.year).values_list("phase", "ends"))
    zone = request.parish.zone if request.parish.zone_id else ""
    office = str(zone.name) if zone else _("La Administración Zonal")
    steps = []
    if request.status == Status.RETURNED:
        steps.append(_owed(_("Corregida"), ends.get(Phase.REVIEW), _("Quien la presentó la corrige y la envía")))
    if request.status in (Status.FILED, Status.RETURNED):
        steps.append(_owed(_("Revisión"), ends.get(Phase.REVIEW), office))
    if request.status in (Status.FILED, Status.RETURNED, Status.STUDY):
        steps.append(_owed(_("Tres dictámenes"), ends.get(Phase.STUDIES), office))
    if request.status == Status.CONDITIONAL:
        steps.append(_condition(request, ends.get(Phase.ASSEMBLY)))
    if request.status in (Status.FILED, Status.RETURNED, Status.STUDY, Status.FEASIBLE, Status.CONDITIONAL):
        who = _("La asamblea de %(parish)s") % {"parish": request.parish}
        steps.append(_owed(_("La asamblea decide"), ends.get(Phase.ASSEMBLY), who))
    if request.status == Status.PRIORITISED:
        steps.append(_owed(_("En el presupuesto del año"), ends.get(Phase.INCORPORATION), office))
        steps.append(_owed(_("Ejecución"), ends.get(Phase.EXECUTION), office))
    return steps


def _owed(label: str, until, who: str) -> Step:
    if until is None:
        return Step(label, state="next", who=f"{who}.")
    late = until < timezone.localdate()
    sentence = _("%(who)s, hasta el %(until)s.") % {"who": who, "until": fecha(until)}
    return Step(label, until, state="late" if late else "next", who=sentence)


def _opening(request: Request) -> Step:
    day = opens_on(request.year)
    who = (
        _("Ingresa por sí sola cuando se abra el período.")
        if request.by_desk and not request.author_id
        else _("Le avisaremos, y con un toque la presenta.")
    )
    return Step(_("Se abre el ingreso de solicitudes"), day, state="next", who=who)


def _condition(request: Request, assembly) -> Step:
    """What must be met before it is listed: of the opinion whose day comes first."""
    waiting = request.opinions.filter(
        current=True, issued_at__isnull=False, verdict="conditional", condition_met_on=None
    ).order_by("condition_due")
    opinion = waiting.first()
    if opinion is None:
        return _owed(_("Se cumple la condición"), assembly, _("Quien debe cumplirla"))
    step = _owed(_("Se cumple la condición"), opinion.condition_due, opinion.condition_by)
    return Step(step.label, step.at, step.state, note=opinion.condition, who=step.who)


def public_versions(request: Request, number=1) -> tuple:
    """(page, versions): a page of the changes made since there were supports, the newest first. Two queries."""
    page, changes = changes_of(request, PUBLIC_VERSIONS, number, related=["parish"])
    budget, shown = Budget(), f"{request.title}\n{request.body}"
    return page, [_version(old, new, budget, shown) for old, new in changes]


def _version(old, new, budget: Budget, shown: str) -> Version:
    labels = [
        ("title", _("Título")),
        ("kind", _("Tipo")),
        ("body", _("Qué se pide y por qué")),
        ("beneficiaries", _("Personas beneficiadas")),
        ("beneficiaries_note", _("Quiénes son")),
        ("neighbourhood", _("Barrio o comuna")),
        ("street", _("Calle o cruce")),
        ("reference", _("Referencia")),
    ]
    changes = changes_between(old, new, labels, budget, shown)
    if (old.lat, old.lon) != (new.lat, new.lon):
        changes.append((_("Ubicación en el mapa"), _("cambió")))
    if old.communal_land != new.communal_land:
        changes.append((_("En territorio comunal"), _("Sí") if new.communal_land else _("No")))
    return Version(new.history_date, changes, id=str(new.pk))
