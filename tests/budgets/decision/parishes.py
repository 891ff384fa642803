"""A parish with money, feasible requests and a hall with delegates, as tests of its decision need it."""

from dataclasses import dataclass, field
from decimal import Decimal

from budgets import services
from budgets.models import Decision, Request
from decide.assemblies import services as assemblies
from tests.assemblies.halls import Hall, make_hall
from tests.factories import (
    make_allocation,
    make_appointment,
    make_opinion,
    make_parish,
    make_request,
    make_user,
    make_year,
)

KINDS = ("technical", "social", "legal")


@dataclass
class Place:
    hall: Hall
    decision: Decision
    requests: list[Request] = field(default_factory=list)

    @property
    def zonal(self):
        return self.hall.zonal

    @property
    def secretary(self):
        return self.hall.secretary

    @property
    def page(self) -> str:
        return f"/presupuestos/{self.decision.year.year}/{self.decision.parish.slug}/asamblea/"

    def again(self) -> Decision:
        return Decision.objects.select_related("year", "parish", "session").get(pk=self.decision.pk)

    def fix(self, ways=(), rule="greedy", minimum_votes=0, most_marks=5) -> Decision:
        """`ways`: how each request is voted, hands where nothing is said."""
        ways = {asked.pk: way for asked, way in zip(self.requests, [*ways, *["hands"] * 100], strict=False)}
        shared = {"rule": rule, "minimum_votes": minimum_votes, "most_marks": most_marks}
        services.set_rules(decision=self.decision, officer=self.zonal, ways=ways, **shared)
        self.decision = services.fix_rules(decision=self.decision, officer=self.zonal)
        return self.decision

    def items(self) -> list:
        return [c.item for c in self.decision.candidates.select_related("item__session")]

    def vote(self, *votes: int) -> None:
        """Hands for each item of the matrix, counted by two."""
        for item, n in zip(self.items(), votes, strict=True):
            assemblies.open_item(item=item, officer=self.secretary)
            self.hall.count(item, n)

    def decide(self) -> Decision:
        return services.decide_result(decision=self.decision, officer=self.secretary)

    def outcomes(self) -> dict[str, str]:
        return dict(self.decision.candidates.values_list("request__title", "outcome"))


def make_feasible(parish, title, cost, year=None, **fields) -> Request:
    asked = make_request(status="feasible", parish=parish, year=year or make_year(), title=title, **fields)
    for kind in KINDS:
        costs = {"cost": Decimal(cost)} if kind == "technical" else {}
        make_opinion(asked, kind, **costs)
    return asked


def make_place(costs=(60_000, 50_000, 30_000), seats=6, status="open", amount="100000.00", present=None) -> Place:
    """The year is in its assemblies; the decision is being prepared; the session is `open` or `called`."""
    year, parish = make_year(phase="assembly"), make_parish()
    make_allocation(year, parish, amount=amount)
    titles = ["Adoquinado", "Baterías sanitarias", "Casa comunal", "Dispensario", "Escalinata"]
    requests = [make_feasible(parish, title, cost, year) for title, cost in zip(titles, costs, strict=False)]
    hall = make_hall(seats=seats, parish=parish, kind="budget", status=status, present=present)
    decision = services.prepare_decision(year=year, session=hall.session, officer=hall.zonal)
    return Place(hall, decision, requests)


def make_participation():
    return make_appointment(make_user(display_name="Oficina P."), "participation").holder
