"""Who reviews requests, who gives which opinion, who visits and who answers an author. Asks, never writes."""

from django.db.models import Q
from django.utils import timezone

from budgets import request_rules
from budgets.models import Candidate, Decision, Opinion, Reconsideration, Request
from decide.accounts.models import Appointment, User
from decide.accounts.rules import DESK_OFFICES, covers, has_office, holds

Office, Status, Kind = Appointment.Office, Request.Status, Opinion.Kind
# Which office gives which opinion, in a zone or in the whole District.
KIND_OFFICE = {Kind.TECHNICAL: Office.TECHNICAL, Kind.SOCIAL: Office.SOCIAL, Kind.LEGAL: Office.LEGAL}
STUDY_OFFICES = tuple(KIND_OFFICE.values())
REVIEW_OFFICES = (Office.ZONAL, Office.PARTICIPATION)
# What the review still decides; what it ended can come back to it.
REVIEWED = {Status.FILED, Status.RETURNED}
ENDED_BY_REVIEW = {Status.DUPLICATE, Status.REFERRED}
VERDICTS = {Status.FEASIBLE, Status.CONDITIONAL, Status.NOT_FEASIBLE}
# Another request may be said to repeat one of these.
CAN_BE_REPEATED = request_rules.TAKES_SUPPORTS


def may_review(user, request: Request) -> bool:
    """The technical committee: its zone's administration, and the participation office. Never one's own request."""
    return request_rules.manages_requests(user, request.parish) and not request_rules.is_author(user, request)


def gives_opinion(user, kind: str, request: Request) -> bool:
    """Whoever holds that office for its parish, its zone or the District. Never on one's own request."""
    return holds(user, KIND_OFFICE[kind], parish=request.parish) and not request_rules.is_author(user, request)


def studies(user, request: Request) -> bool:
    """Gives one of the three opinions of it, or reviews it: visits the place and sees the visits of others."""
    return may_review(user, request) or any(gives_opinion(user, kind, request) for kind in KIND_OFFICE)


def is_open(opinion: Opinion) -> bool:
    """It can be written now. `request` comes with it."""
    if opinion.issued_at is not None:
        return False
    return opinion.request.status == Status.STUDY or (opinion.version > 1 and opinion.request.status in VERDICTS)


def writes(user, opinion: Opinion) -> bool:
    """It is open, this person's to give, and nobody else has it in hand."""
    return (
        is_open(opinion)
        and gives_opinion(user, opinion.kind, opinion.request)
        and opinion.officer_id in (None, user.pk)
    )


def can_take_over(user, opinion: Opinion) -> bool:
    """A colleague of the same office goes on with it."""
    return (
        is_open(opinion)
        and opinion.officer_id not in (None, user.pk)
        and gives_opinion(user, opinion.kind, opinion.request)
    )


def can_correct(user, opinion: Opinion) -> bool:
    """What was issued and is in force, until the matrix of the assembly is published."""
    return (
        opinion.current
        and opinion.issued_at is not None
        and opinion.request.status in {*VERDICTS, Status.STUDY}
        and gives_opinion(user, opinion.kind, opinion.request)
    )


def can_discard(user, opinion: Opinion) -> bool:
    """A correction that nobody else asked for."""
    return opinion.version > 1 and opinion.request.status in VERDICTS and writes(user, opinion)


def can_record_met(user, opinion: Opinion) -> bool:
    """The office that set the condition, and the zone's administration, while the request waits for it."""
    return (
        opinion.current
        and opinion.issued_at is not None
        and not opinion.is_met
        and opinion.request.status in {Status.CONDITIONAL, Status.STUDY}
        and (gives_opinion(user, opinion.kind, opinion.request) or may_review(user, opinion.request))
    )


def is_on_a_matrix(request: Request) -> bool:
    """The rules of its assembly are fixed: what it decides about changes no more. One query."""
    fixed = Candidate.objects.filter(request=request).exclude(decision__status=Decision.Status.PREPARING)
    return fixed.exists()


def can_visit(user, request: Request) -> bool:
    """Whoever studies it, from its filing until the assembly."""
    return request.status in {*REVIEWED, Status.STUDY, *VERDICTS} and studies(user, request)


def can_ask_reconsideration(user, request: Request, asked: Reconsideration | None) -> bool:
    """Its author, once, of "not feasible"; at a desk for whoever filed it there and has no account."""
    if asked is not None or request.status != Status.NOT_FEASIBLE or not user.is_authenticated:
        return False
    on_paper = request.by_desk and request.author_id is None and has_office(user, *DESK_OFFICES)
    return on_paper or request_rules.is_author(user, request)


def can_reply(user, asked: Reconsideration) -> bool:
    return asked.replied_at is None and may_review(user, asked.request)


def records_agreements(user, request: Request) -> bool:
    """The zone's administration and whoever gives the legal opinion, of what stands on communal land."""
    return may_review(user, request) or gives_opinion(user, Kind.LEGAL, request)


def sees_agreement(user, request: Request) -> bool:
    """The paper carries signatures and numbers of documents: officers and whoever asked, never everybody."""
    return studies(user, request) or request_rules.is_author(user, request)


# --- whose desk ---------------------------------------------------------------------------------------------


def places_of(appointment: Appointment, prefix: str) -> Q:
    """The requests that an appointment reaches; `prefix` leads to them ("request__" or "")."""
    if appointment.parish_id:
        return Q(**{f"{prefix}parish": appointment.parish_id})
    if appointment.zone_id:
        return Q(**{f"{prefix}parish__zone": appointment.zone_id})
    if appointment.body_id:
        parish = appointment.body.parish_id
        return Q(**{f"{prefix}parish": parish}) if parish else Q()
    return Q()


def opinions_of(user):
    """The opinions that the offices of this person give, issued or not."""
    asked = Q(pk__in=[])
    for appointment in user.appointments if user.is_authenticated else ():
        for kind, office in KIND_OFFICE.items():
            if appointment.office == office:
                asked |= Q(kind=kind) & places_of(appointment, "request__")
    return Opinion.objects.filter(asked).exclude(request__author=user.pk)


def reviewed_by(user):
    """The requests of this person's zones, of all of them for the participation office."""
    asked = Q(pk__in=[])
    for appointment in user.appointments if user.is_authenticated else ():
        if appointment.office == Office.PARTICIPATION:
            asked |= Q(pk__isnull=False)
        elif appointment.office == Office.ZONAL:
            asked |= places_of(appointment, "")
    return Request.objects.public().filter(asked)


class Officers:
    """Who is told: the accounts that hold the offices of studies and review on a day. One query."""

    def __init__(self, on=None):
        held = Appointment.objects.current(on or timezone.localdate())
        held = held.filter(office__in=(*STUDY_OFFICES, *REVIEW_OFFICES), holder__is_active=True)
        self._held = list(held.select_related("holder", "body"))

    def of_opinion(self, kind: str, parish) -> list[User]:
        return self._who(KIND_OFFICE[kind], parish)

    def of_review(self, parish) -> list[User]:
        """The zone's administration; where nobody holds it, the participation office."""
        return self._who(Office.ZONAL, parish) or self._who(Office.PARTICIPATION, parish)

    def _who(self, office: str, parish) -> list[User]:
        held = [a for a in self._held if a.office == office and covers(a, parish=parish)]
        return list({a.holder_id: a.holder for a in held}.values())
