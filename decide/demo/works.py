"""What was asked and decided in the demo's past years: the 42 works of obras.csv, each in its parish, and around them
what the money of the parish also paid for, what did not fit, and what was not feasible.

Votes and costs of the 42 come from the file; the rest is invented so that the money of each parish is spent and the
published rule gives what is stored. A plan is a function of the parish, its money and a fixed seed.
"""

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cache

from django.utils.text import slugify

from budgets.models import Decision, Guideline, Opinion, Phase, Request, RequestStep
from budgets.search import search_text
from decide.accounts.models import Residence
from decide.answers.deadlines import end_of_day_after
from decide.assemblies.models import Item
from decide.comments.models import Thread
from decide.demo import bulk
from decide.demo.assemblies import ARGELIA, SENT
from decide.demo.budget_years import DELIVERED, EXECUTED, Money, at, texts
from decide.demo.people import rows
from decide.notices.models import FollowList
from decide.territory.models import Agency, Parish
from votes.models import Support, SupportBox
from votes.services import threshold_for

Status, Kind, Verdict = Request.Status, Opinion.Kind, Opinion.Verdict
KINDS = {
    "vialidad": Request.Kind.ROADS,
    "espacio_publico": Request.Kind.PUBLIC_SPACE,
    "infraestructura": Request.Kind.INFRASTRUCTURE,
    "proyecto_social": Request.Kind.SOCIAL,
}
# Works that are finished were decided a year earlier than those that are under way.
FINISHED = {"terminada", "entregada"}
TEXTS = texts()
FOR_OTHERS = 90_000  # USD: about what each further work costs
LEAST = 9_000  # USD: for less no further work is asked
MINIMUM_IN = {"manuela-saenz", "tumbaco"}  # zones whose assemblies ask for five votes
MINIMUM = 5
STOPS_IN = {"quitumbe"}  # zones whose assemblies stop at the first that does not fit
BY_PHONES = {("170131", EXECUTED)}  # Solanda voted everything by phone
PHONES_TOO = {(ARGELIA, EXECUTED): 2}  # La Argelia, the last so many of its matrix
PLAIN_HALL = 8  # seats of a parish without a work in the file
LARGE_HALL = 24  # of one with so many people that it asks for many works
LARGE = 50_000  # people


@dataclass
class Asked:
    """One request as it is planned. `votes` is None where it did not come before the assembly."""

    title: str
    kind: str
    why: str
    cost: Decimal
    votes: int | None = None
    place: str = ""
    work: dict | None = None  # its line of obras.csv
    ends: str = ""  # how the review or the opinions ended it
    request: Request = None


@dataclass
class Plan:
    """What one parish asked and decided in one year."""

    money: Money
    parish: Parish
    seats: int
    present: int
    asked: list[Asked] = field(default_factory=list)
    rule: str = Decision.Rule.GREEDY
    minimum: int = 0

    @property
    def code(self) -> str:
        return self.parish.code

    @property
    def matrix(self) -> list[Asked]:
        return [one for one in self.asked if one.votes is not None]

    def way(self, number: int) -> str:
        """How what stands at this place of the matrix (from 1) was voted."""
        phones = len(self.matrix) if (self.code, self.money.offset) in BY_PHONES else 0
        phones = phones or PHONES_TOO.get((self.code, self.money.offset), 0)
        return Item.Way.PHONES if number > len(self.matrix) - phones else Item.Way.HANDS


@cache
def works_of(offset: int) -> dict[str, list[dict]]:
    """The lines of obras.csv that were decided in a year, by parish."""
    found = {}
    for line in rows("obras.csv"):
        if (DELIVERED if line["estado"] in FINISHED else EXECUTED) == offset:
            found.setdefault(line["codigo_dpa"], []).append(line)
    return found


def hall_of(parish: Parish, offset: int) -> tuple[int, int]:
    """(seats, present): enough that every vote of the file had a hand."""
    rng = random.Random(f"sala {parish.code} {offset}")
    votes = [int(line["votos_asamblea_demo"]) for line in works_of(offset).get(parish.code, [])]
    if not votes:
        seats = LARGE_HALL if parish.population_2010 > LARGE else PLAIN_HALL
        return seats, seats - rng.randrange(seats // 6 + 1)
    most = max(16, *votes)
    seats = SENT * -(-(most + rng.randrange(2, 8)) // SENT)
    return seats, rng.randrange(most, seats)


# --- plans ----------------------------------------------------------------------------------------------------------


def plan_of(
    money: Money, parish: Parish, works: list[dict], places: list[str], *, hall: tuple[int, int] | None = None, number=0
) -> Plan:
    """`places`: the neighbourhoods of the parish. `hall`: (seats, present), `number`: how many are funded besides the
    works, where the large city gives them."""
    rng = random.Random(f"obras {parish.code} {money.offset}")
    plan = Plan(money, parish, *(hall or hall_of(parish, money.offset)))
    plan.minimum = MINIMUM if parish.zone.slug in MINIMUM_IN and plan.present > MINIMUM * 2 else 0
    plan.rule = Decision.Rule.GREEDY_NO_SKIP if parish.zone.slug in STOPS_IN else Decision.Rule.GREEDY
    makers = _makers(rng, places)
    for line in works:
        place = rng.choice(places)
        plan.asked.append(
            Asked(
                line["nombre"],
                KINDS[line["tipo"]],
                TEXTS["asked"]["works"],
                Decimal(line["monto_usd"]),
                int(line["votos_asamblea_demo"]),
                place,
                line,
            )
        )
    _add_matrix(plan, rng, makers, number)
    _add_others(plan, rng, makers)
    rng.shuffle(plan.asked)
    return plan


def _makers(rng, places: list[str]):
    """Requests of each kind, or of another where these are used up: no two have the same title."""
    pool, places = {}, rng.sample(places, len(places))
    for kind in Request.Kind.values:
        texts = TEXTS["asked"][kind]
        texts = rng.sample(texts, len(texts))
        # Each title once before any comes again, in another place.
        pool[kind] = [
            (title, why, places[(n + turn) % len(places)])
            for turn in range(len(places))
            for n, (title, why) in enumerate(texts)
        ]

    def make(kind: str, cost: Decimal, **fields) -> Asked:
        kind = kind if pool[kind] else max(pool, key=lambda other: len(pool[other]))
        title, why, place = pool[kind].pop(0)
        return Asked(f"{title} en {place}", kind, why, cost, place=place, **fields)

    return make


def _add_matrix(plan: Plan, rng, make, number: int) -> None:
    """Further works until the money is nearly spent; then one that does not fit, and at times one that nobody wants."""
    lowest = max(plan.minimum, 3)
    taken = {one.votes for one in plan.asked}
    free = [n for n in range(lowest + 1, plan.present + 1) if n not in taken]  # numbers of votes: no two are equal
    left = plan.money.amounts[plan.code] - sum(one.cost for one in plan.asked)
    left -= (plan.money.amounts[plan.code] * Decimal(str(rng.uniform(0.004, 0.02)))).quantize(Decimal(1))
    funded = []
    if not number and left > LEAST * 4 and rng.random() < 0.4:
        funded.append(make("social", Decimal(rng.randrange(52, 148) * 100)))
        left -= funded[0].cost
    if number or left > LEAST:
        number = number or min(max(1, round(left / FOR_OTHERS)), 9, len(free) - 1 - len(funded))
        weights = [rng.uniform(0.6, 1.4) for _n in range(number)]
        for weight in weights:
            kind = rng.choices(["roads", "public_space", "infrastructure"], [38, 46, 16])[0]
            funded.append(make(kind, left * Decimal(str(weight / sum(weights))) // 50 * 50))
    reserve = make(rng.choice(["roads", "infrastructure", "public_space"]), Decimal(rng.randrange(60, 400) * 100))
    votes = sorted(rng.sample(free, len(funded) + 1), reverse=True)
    rng.shuffle(funded)
    for one, n in zip(funded, votes, strict=False):
        one.votes = n
    reserve.votes = lowest
    if plan.rule == Decision.Rule.GREEDY and funded and rng.random() < 0.35:
        # It had more votes than the last one, and did not fit at its turn: the rule skips it.
        reserve.votes, funded[-1].votes = votes[-2:]
    before = sum(one.cost for one in (*plan.asked, *funded) if one.votes > reserve.votes)
    reserve.cost += (plan.money.amounts[plan.code] - before) // 100 * 100 + 100
    plan.asked += [*funded, reserve]
    if rng.random() < 0.3:
        unwanted = make("public_space", Decimal(rng.randrange(80, 300) * 100), votes=0)
        unwanted.votes = rng.randrange(1, plan.minimum) if plan.minimum else 0
        plan.asked.append(unwanted)


def _add_others(plan: Plan, rng, make) -> None:
    """What did not come before the assembly."""
    if rng.random() < 0.35 or plan.code == ARGELIA:
        plan.asked.append(make("infrastructure", Decimal(rng.randrange(200, 700) * 100), ends=Status.NOT_FEASIBLE))
    if rng.random() < 0.12:
        plan.asked.append(make("roads", Decimal(0), ends=Status.REFERRED))


# --- their requests -------------------------------------------------------------------------------------------------


def write_requests(plans: list[Plan], accounts) -> None:
    """As they stood when their opinions were issued; `halls` moves them on."""
    thresholds, homes = {}, _homes()
    guidelines, agency = list(Guideline.objects.order_by("code")), Agency.objects.get(slug="epmaps")
    desk = accounts["mostrador"]
    planned = [(plan, one) for plan in plans for one in plan.asked]
    for n, (plan, one) in enumerate(planned):
        rng = random.Random(f"solicitud {plan.code} {plan.money.offset} {one.title}")
        parish = plan.parish
        filed = at(plan.money.day(Phase.REQUESTS, rng.uniform(0.05, 0.97)), rng.randrange(8, 17), rng.randrange(60))
        threshold = thresholds.setdefault(parish.pk, threshold_for(parish))
        one.request = Request(
            year=plan.money.year,
            parish=parish,
            kind=one.kind,
            title=one.title,
            slug=slugify(one.title)[:110],
            body=f"{one.why}\n\nPedimos: {one.title[0].lower()}{one.title[1:]}.",
            beneficiaries=rng.randrange(8, 180) * 10,
            beneficiaries_note=f"Familias de {one.place}",
            neighbourhood=one.place,
            lat=float(one.work["lat"]) if one.work else None,
            lon=float(one.work["lon"]) if one.work else None,
            by_desk=True,
            desk_residence=rng.choice(homes[parish.pk]),
            desk_officer=desk,
            code=uuid.uuid5(uuid.NAMESPACE_URL, f"{plan.code} {plan.money.offset} {n}").hex[:16],
            status=Status.FILED,
            created=filed,
            filed_at=filed,
            thread=Thread(public=True, owner=None),
            box=SupportBox(scope=parish, threshold=threshold, open=False),
        )
        one.request.search_text = search_text(one.request)
    requests = [one.request for _plan, one in planned]
    bulk.create(r.thread for r in requests)
    bulk.create(r.box for r in requests)
    bulk.create(requests, at=lambda r: r.filed_at)
    _follow(requests)
    _write_opinions(planned, guidelines, accounts)
    _end(planned, agency, accounts)
    _write_supports(planned, homes)


def _homes() -> dict[int, list[Residence]]:
    """Invented residents without an account, by parish."""
    homes = {}
    for residence in Residence.objects.filter(account=None).order_by("pk"):
        homes.setdefault(residence.parish_id, []).append(residence)
    return {parish: residences[:60] for parish, residences in homes.items()}


def _follow(requests: Iterable[Request]) -> None:
    """Each thread knows its page, and has the list of those who follow it."""
    threads = []
    for request in requests:
        request.thread.path = request.get_absolute_url()
        about = f"request:{request.pk}"
        request.thread.follow_list = FollowList(title=request.title, path=request.thread.path, about=about)
        threads.append(request.thread)
    bulk.create(thread.follow_list for thread in threads)
    for thread in threads:
        thread.follow_list = thread.follow_list  # with the key that it has now
    bulk.update(threads, ["path", "follow_list"])


def _write_opinions(planned, guidelines, accounts) -> None:
    """Three each, issued in the months of the studies. The steps that they led to come with them."""
    officers = {Kind.TECHNICAL: "tecnica", Kind.SOCIAL: "social", Kind.LEGAL: "juridica"}
    opinions, steps = [], []
    for plan, one in planned:
        rng = random.Random(f"dictamen {plan.code} {plan.money.offset} {one.title}")
        request = one.request
        steps.append(RequestStep(request=request, status=Status.FILED, at=request.filed_at))
        if one.ends == Status.REFERRED:
            continue
        admitted = at(plan.money.day(Phase.REVIEW, rng.uniform(0.1, 1)), rng.randrange(9, 16))
        steps.append(RequestStep(request=request, status=Status.STUDY, at=admitted, by=_zonal(plan, accounts)))
        refused, reason = rng.choice(TEXTS["opinions"]["refused"]) if one.ends == Status.NOT_FEASIBLE else ("", "")
        issued = []
        for kind in Kind.values:
            against = kind == refused
            issued.append(admitted + timedelta(days=rng.randrange(6, 29), hours=rng.randrange(1, 6)))
            opinions.append(
                Opinion(
                    request=request,
                    kind=kind,
                    officer=accounts[officers[kind]],
                    due=end_of_day_after(admitted, 30),
                    verdict=Verdict.NOT_FEASIBLE if against else Verdict.FEASIBLE,
                    reason=reason if against else rng.choice(TEXTS["opinions"][kind]),
                    cost=one.cost if kind == Kind.TECHNICAL and not against else None,
                    guideline=None if against else _guideline(guidelines, one.kind, rng),
                    issued_at=issued[-1],
                    saved_at=issued[-1],
                )
            )
        request.studied_at = max(issued)
        status = Status.NOT_FEASIBLE if refused else Status.FEASIBLE
        last = next(officers[kind] for kind, moment in zip(Kind.values, issued, strict=True) if moment == max(issued))
        steps.append(RequestStep(request=request, status=status, at=request.studied_at, by=accounts[last]))
        request.status = status
    bulk.add(opinions)
    bulk.add(steps)


def _guideline(guidelines, kind: str, rng):
    """An objective of the plan that fits the type."""
    fitting = {"roads": (0, 7), "public_space": (1, 5), "infrastructure": (2, 5), "social": (4, 5, 6)}[kind]
    return guidelines[rng.choice(fitting)]


def _zonal(plan: Plan, accounts):
    return accounts[f"zonal-{plan.parish.zone.slug}"]


def _end(planned, agency: Agency, accounts) -> None:
    """What ended before the assembly: not feasible, or somebody else's."""
    ended, steps = [], []
    for plan, one in planned:
        request = one.request
        if one.ends == Status.REFERRED:
            request.status, request.referred_to = Status.REFERRED, agency
            request.status_reason = "La red de alcantarillado es de la empresa de agua: se le remitió el pedido."
            request.studied_at = at(plan.money.day(Phase.REVIEW, 0.8), 12)
            steps.append(
                RequestStep(
                    request=request,
                    status=request.status,
                    at=request.studied_at,
                    by=_zonal(plan, accounts),
                    reason=request.status_reason,
                )
            )
        if one.votes is None:
            request.version = 3
            request.box.closed_at = request.studied_at
            ended.append(request)
    bulk.add(steps)
    bulk.update(ended, ["status", "status_reason", "referred_to", "version"])
    bulk.remember(ended, at=lambda r: r.studied_at, changed=True)


def _write_supports(planned, homes) -> None:
    """Residents of the parish, while it could be supported."""
    supports, boxes = [], []
    for plan, one in planned:
        rng = random.Random(f"apoyos {plan.code} {plan.money.offset} {one.title}")
        box, filed = one.request.box, one.request.filed_at
        until = one.request.studied_at - timedelta(hours=1)
        here = homes[plan.parish.pk]
        number = min(len(here), rng.randrange(12, 30) if one.work else rng.randrange(2, 11))
        for residence in rng.sample(here, number):
            created = filed + (until - filed) * rng.random()
            supports.append(Support(box=box, residence=residence, counted=True, created=created))
        box.supports = box.counted = number
        box.version = number + 1
        boxes.append(box)
    bulk.add(supports)
    bulk.update(boxes, ["supports", "counted", "version"])
