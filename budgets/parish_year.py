"""One parish's year in the order of its story: what it has, what was asked, why, what was decided, what comes next."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.arithmetic import arithmetic_of
from budgets.decision_reading import by_result, results_rows
from budgets.models import BudgetYear, Candidate, Decision, Opinion, ParishAllocation, Request
from budgets.outcomes import cost_of
from budgets.tally import minimum_of
from budgets.year_reading import address_of, story_of
from decide.assemblies.models import Session
from decide.steps import Step
from decide.templatetags.decide import fecha
from decide.territory.models import Parish

Status = Request.Status

# What is most of interest first: what was decided, then what may be, then what ended.
_PLACES = [
    Status.PRIORITISED,
    Status.RESERVE,
    Status.FEASIBLE,
    Status.CONDITIONAL,
    Status.NOT_FUNDED,
    Status.STUDY,
    Status.FILED,
    Status.RETURNED,
    Status.NOT_FEASIBLE,
    Status.REFERRED,
    Status.DUPLICATE,
    Status.WITHDRAWN,
]
FEASIBLE = {Status.FEASIBLE, Status.CONDITIONAL, Status.PRIORITISED, Status.RESERVE, Status.NOT_FUNDED}
IN_SIGHT = 60  # requests on the page; more are on the list


class ParishYear:
    """One parish's year in the order of its story. Six queries, whatever the number of requests."""

    def __init__(self, year: BudgetYear, parish: Parish):
        self.year, self.parish = year, parish
        self.allocation = (
            ParishAllocation.objects.filter(year=year, parish=parish).select_related("zone_budget__zone").first()
        )
        self.arithmetic = arithmetic_of(self.allocation) if self.allocation else None
        self.requests = self._requests()
        self.decision, self.session = self._decision()
        self.candidates = by_result(r.won for r in self.requests if r.won is not None)
        if self.decision is None or self.decision.status == Decision.Status.PREPARING:
            self.candidates = []

    def _requests(self) -> list[Request]:
        found = Request.objects.public().of_year(self.year).in_parish(self.parish)
        found = found.select_related("box", "candidate__item").defer("body", "search_text")
        requests = sorted(found, key=lambda r: (_PLACES.index(r.status), -r.box.supports, r.pk))
        opinions = opinions_of(requests)
        for request in requests:
            request.won = getattr(request, "candidate", None)
            if request.won is not None:
                request.won.request = request
            request.three = opinions.get(request.pk)
            request.doubted = any(o.verdict != Opinion.Verdict.FEASIBLE for o in request.three or ())
        return requests

    def _decision(self) -> tuple[Decision | None, Session | None]:
        """The decision and its session, or the budget session that is called for this year."""
        decisions = Decision.objects.filter(year=self.year, parish=self.parish)
        decision = decisions.select_related("session__minutes").first()
        if decision is not None:
            return decision, decision.session if decision.session.status != Session.Status.DRAFT else None
        called = Session.objects.public().filter(kind=Session.Kind.BUDGET, assembly__parish=self.parish)
        first, last = (date(self.year.year - 1, 1, 1), date(self.year.year - 1, 12, 31))
        return None, called.filter(starts_at__date__range=(first, last)).exclude(
            status=Session.Status.CANCELLED
        ).select_related("minutes").newest().first()

    @property
    def minutes(self):
        """The minutes once two people have locked them."""
        minutes = getattr(self.session, "minutes", None) if self.session else None
        return minutes if minutes is not None and minutes.locked_at else None

    @property
    def shown(self) -> list[Request]:
        return self.requests[:IN_SIGHT]

    @property
    def studied(self) -> list[Request]:
        return [request for request in self.shown if request.three]

    @property
    def feasible(self) -> int:
        return sum(request.status in FEASIBLE for request in self.requests)

    @property
    def by_kind(self) -> list[tuple[str, int]]:
        labels = dict(Request.Kind.choices)
        counted = {kind: sum(r.kind == kind for r in self.requests) for kind in labels}
        return [(labels[kind], n) for kind, n in counted.items() if n]

    @property
    def is_decided(self) -> bool:
        return self.decision is not None and self.decision.status == Decision.Status.DECIDED

    @property
    def results(self) -> list[dict]:
        """The matrix in the order of its result: each candidate with its votes and a sentence."""
        return results_rows(self.candidates)

    @property
    def minimum(self) -> int:
        return minimum_of(self.decision)

    @property
    def funded(self) -> list[Candidate]:
        return [c for c in self.candidates if c.outcome == Candidate.Outcome.FUNDED]

    @property
    def spent(self) -> Decimal:
        return cost_of(self.candidates)

    @property
    def left(self) -> Decimal | None:
        return self.decision.budget - self.spent if self.is_decided else None

    def story(self) -> dict:
        """The phases of the year with the day of this parish's assembly among them."""
        more = []
        if self.session is not None:
            held = self.session.status in (Session.Status.OPEN, Session.Status.HELD)
            label = _("La asamblea de %(parish)s") % {"parish": self.parish.name}
            state = "done" if held else "next"
            link = address_of("assemblies:session", self.session.pk)
            who = f"{fecha(self.session.starts_at)}. {self.session.place}."
            more.append(Step(label, self.session.starts_at, state=state, who=who, link=link))
        return story_of(self.year, *more)


def opinions_of(requests) -> dict[int, list[Opinion]]:
    """{request pk: its three opinions} of those that have all three, issued and in force: one query."""
    issued = Opinion.objects.filter(
        request__in=[r.pk for r in requests], current=True, issued_at__isnull=False
    ).select_related("guideline")
    order = list(Opinion.Kind.values)
    by_request = defaultdict(list)
    for opinion in issued:
        by_request[opinion.request_id].append(opinion)
    return {pk: sorted(three, key=lambda o: order.index(o.kind)) for pk, three in by_request.items() if len(three) == 3}
