"""Reading the studies: what everybody sees of a request's opinions, and the officers' lists."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets import study_rules as rules
from budgets.models import Opinion, Reconsideration, Request
from decide.steps import Step
from decide.templatetags.decide import fecha
from decide.versions import Budget, Version, changes_between

Status, Kind, Verdict = Request.Status, Opinion.Kind, Opinion.Verdict


def why_not_listed(request: Request, opinions) -> str:
    """A sentence for what is feasible and nevertheless does not reach the assembly as it stands, or ""."""
    if request.status not in (Status.FEASIBLE, Status.CONDITIONAL):
        return ""
    today = timezone.localdate()
    unmet = [opinion for opinion in opinions if not opinion.is_met]
    if any(opinion.condition_expired_at or opinion.condition_due < today for opinion in unmet):
        return _("Venció una condición sin que conste que se cumplió: así no llega a la asamblea.")
    if unmet:
        return _("Llega a la asamblea cuando conste que se cumplió la condición.")
    if request.communal_land and request.cabildo_agreed_on is None:
        return _("Está en territorio comunal: llega a la asamblea cuando conste el acuerdo del cabildo.")
    return ""


# --- what everybody sees ------------------------------------------------------------------------------------------


@dataclass
class Place:
    """One of the three: what is in force, and what is still owed."""

    kind: str
    label: str
    opinion: Opinion | None = None
    draft: Opinion | None = None

    @property
    def owed(self) -> Opinion | None:
        """What is owed to everybody: a correction that an officer writes by itself is not."""
        if self.draft is None or self.draft.request.status != Status.STUDY:
            return None
        return self.draft

    # Filled for officers.
    can_write = can_correct = can_record = False


class Studies:
    """The studies of one request for whoever reads its page. Two queries, three for whoever studies it."""

    def __init__(self, request: Request, user):
        self.request, self.user = request, user
        self.officer = rules.studies(user, request) if user.is_authenticated and user.appointments else False
        self.may_review = self.officer and rules.may_review(user, request)
        self.places = [Place(kind.value, str(kind.label)) for kind in Kind]
        self.has_versions = False
        opinions = request.opinions.select_related("guideline").order_by("version") if self.begun else []
        by_kind = {place.kind: place for place in self.places}
        for opinion in opinions:
            opinion.request = request
            place = by_kind[opinion.kind]
            if opinion.issued_at is None:
                place.draft = opinion
            elif opinion.current:
                place.opinion = opinion
                self.has_versions |= opinion.version > 1
        for place in self.places:
            self._let_officer(place)
        visits = list(request.visits.all()) if self.begun or self.officer else []
        self.visits = [visit for visit in visits if visit.published_at or self.officer]
        for visit in self.visits:
            visit.request = request
        self.asked: Reconsideration | None = getattr(request, "reconsideration", None)

    @property
    def begun(self) -> bool:
        return self.request.status in {Status.STUDY, *rules.VERDICTS, *RESULTS}

    @property
    def issued(self) -> list[Opinion]:
        return [place.opinion for place in self.places if place.opinion]

    @property
    def cost(self):
        return next((o.cost for o in self.issued if o.kind == Kind.TECHNICAL), None)

    @property
    def not_listed(self) -> str:
        return why_not_listed(self.request, self.issued)

    def _let_officer(self, place: Place) -> None:
        if not self.officer:
            return
        if place.draft:
            place.can_write = rules.gives_opinion(self.user, place.kind, self.request)
        if place.opinion:
            place.can_correct = not place.draft and rules.can_correct(self.user, place.opinion)
            place.can_record = rules.can_record_met(self.user, place.opinion)

    @property
    def can_visit(self) -> bool:
        return self.officer and rules.can_visit(self.user, self.request)

    @property
    def can_ask(self) -> bool:
        return rules.can_ask_reconsideration(self.user, self.request, self.asked)

    @property
    def can_reply(self) -> bool:
        return self.asked is not None and self.may_review and self.asked.replied_at is None

    @property
    def can_review(self) -> bool:
        return self.may_review and self.request.status in {*rules.REVIEWED, *rules.ENDED_BY_REVIEW}

    @property
    def can_record_agreement(self) -> bool:
        return self.officer and self.request.communal_land and rules.records_agreements(self.user, self.request)

    @property
    def agreement(self) -> str:
        """The address of the signed paper, for whoever may read it."""
        if not self.request.cabildo_agreement or not rules.sees_agreement(self.user, self.request):
            return ""
        return reverse("budgets:agreement", args=[self.request.pk])

    @property
    def something(self) -> bool:
        """There is something to show on the page."""
        return bool(self.begun or self.visits or self.asked or self.officer)


def in_force(request: Request) -> list[Opinion]:
    """The opinions of a request that everybody reads now: technical, social, legal. One query."""
    found = request.opinions.filter(current=True, issued_at__isnull=False).select_related("guideline")
    return sorted(found, key=lambda opinion: list(Kind.values).index(opinion.kind))


RESULTS = {Status.PRIORITISED, Status.RESERVE, Status.NOT_FUNDED}


def reconsideration_steps(request: Request) -> list[Step]:
    """That its author asked for a review, and the reply or until when it is owed. `reconsideration` comes with it."""
    asked = getattr(request, "reconsideration", None)
    if asked is None:
        return []
    steps = [Step(_("Se pidió una revisión"), asked.asked_at)]
    if asked.replied_at is None:
        state = "late" if asked.is_late else "next"
        due = timezone.localdate(asked.due)
        who = _("La Administración Zonal, hasta el %(until)s.") % {"until": fecha(due)}
        steps.append(Step(_("Respuesta a la revisión"), due, state, who=who))
    elif not asked.granted:
        steps.append(Step(_("La revisión no se aceptó"), asked.replied_at, note=asked.reply))
    return steps


def opinion_versions(request: Request) -> list[Version]:
    """What each correction of an opinion changed, the newest first. One query."""
    budget, before, shown = Budget(), {}, []
    issued = request.opinions.filter(issued_at__isnull=False).select_related("guideline")
    for opinion in issued.order_by("kind", "version"):
        was = before.get(opinion.kind)
        before[opinion.kind] = opinion
        if was is not None:
            labels = [
                ("verdict", _("Resultado")),
                ("reason", _("Por qué")),
                ("cost", _("Costo estimado (USD)")),
                ("guideline", _("Lineamiento del PMDOT")),
                ("condition", _("Qué debe cumplirse")),
                ("condition_by", _("Quién debe hacerlo")),
                ("condition_due", _("Hasta cuándo")),
            ]
            title = _("Dictamen %(kind)s, versión %(n)s") % {
                "kind": str(opinion.get_kind_display()).lower(),
                "n": opinion.version,
            }
            changes = changes_between(was, opinion, labels, budget)
            shown.append(Version(opinion.issued_at, changes, str(opinion.pk), title, opinion.correction_reason))
    return sorted(shown, key=lambda version: version.at, reverse=True)


# --- the officers' lists ------------------------------------------------------------------------------------------


def desk_of(user):
    """The opinions of this person's offices that are written now or were issued, with what a row shows."""
    found = rules.opinions_of(user).filter(request__hidden=False)
    return found.filter(
        Q(issued_at__isnull=False, current=True)
        | Q(issued_at=None, request__status=Status.STUDY)
        | Q(issued_at=None, version__gt=1, request__status__in=rules.VERDICTS)
    )


def pending(opinions):
    return opinions.filter(issued_at=None)


def counts_of(opinions) -> dict[str, int]:
    """How many wait, how many of them are late and how many are due within five days. One query."""
    now = timezone.now()
    return pending(opinions).aggregate(
        waiting=Count("pk"),
        late=Count("pk", filter=Q(due__lt=now)),
        soon=Count("pk", filter=Q(due__gte=now, due__lte=now + timedelta(days=5))),
    )


def with_rows(opinions):
    """With exactly what a row of the desk shows, in one query."""
    return opinions.select_related("request__parish", "officer").defer(
        "request__body", "request__search_text", "request__parish__boundary"
    )


def to_review(user):
    """What the zone's review still decides, the oldest first."""
    return rules.reviewed_by(user).filter(status__in=rules.REVIEWED)


def to_reply(user):
    """The requests for review that wait for this person's zones, by deadline."""
    found = Reconsideration.objects.filter(replied_at=None, request__in=rules.reviewed_by(user).order_by())
    return found.select_related("request__parish").order_by("due", "pk")


def opinions_waiting(user) -> int:
    return pending(desk_of(user)).count()


def reviews_waiting(user) -> int:
    """Requests to review, and those whose author asked for a review and waits. One query."""
    asked_again = Q(reconsideration__isnull=False, reconsideration__replied_at=None)
    return rules.reviewed_by(user).filter(Q(status=Status.FILED) | asked_again).count()
