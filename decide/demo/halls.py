"""The budget sessions of the demo's past years: who came, what was voted and how, what the rule gave, the minutes.

Votes are those of the plan; everything that follows from them is counted by the project's own code, as when an
assembly decides, and stored as it would have been.
"""

import hashlib
import random
import uuid
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from budgets.counting.ties import draw_order
from budgets.models import Candidate, Decision, Phase, RequestStep
from budgets.outcomes import sentence
from budgets.services.deciding import BECOMES
from budgets.tally import dollars, project_id, result_of
from decide.assemblies.minutes import minutes_content
from decide.assemblies.minutes_pdf import minutes_pdf
from decide.assemblies.models import Attendance, HandCount, Item, Mark, Minutes, QuorumCheck, Seat, Session
from decide.assemblies.services.attendance import new_door_code, place_of
from decide.demo import bulk
from decide.demo.assemblies import ARGELIA
from decide.demo.budget_years import DELIVERED, EXECUTED, at
from decide.demo.works import Plan
from decide.templatetags.decide import usd

Outcome = Candidate.Outcome
AGENDA = """1. Verificación del quórum e instalación.
2. Lectura del monto asignado a la parroquia y de la regla con que se decide.
3. Presentación de la matriz de solicitudes factibles.
4. Votación de cada solicitud.
5. Lectura del resultado.
6. Elección del comité de seguimiento y firma del acta."""
MOST_MARKS = 8
# Whose minutes are there with their PDF, which takes half a second each: La Argelia and, by phones, Solanda. Of all
# others the signed paper is what stands.
MINUTES_OF = {(ARGELIA, DELIVERED), (ARGELIA, EXECUTED), ("170131", EXECUTED)}


def write_decisions(plans: list[Plan], seats: dict[str, list[Seat]], accounts) -> list[Decision]:
    """Plans of one year, whose requests are stored as feasible. `seats`: those of that day, by parish."""
    halls = [Hall(plan, seats[plan.code], n, accounts) for n, plan in enumerate(plans)]
    bulk.create((hall.session for hall in halls), at=lambda s: s.closed_at)
    bulk.add(hall.check for hall in halls)
    bulk.add(row for hall in halls for row in hall.attendances)
    bulk.create(candidate.item for hall in halls for candidate in hall.candidates)
    bulk.add(hall.count_of(candidate) for hall in halls for candidate in hall.candidates if hall.by_hands(candidate))
    bulk.add(mark for hall in halls for mark in hall.marks())
    for hall in halls:
        hall.decide()
    bulk.create((hall.decision for hall in halls), at=lambda d: d.decided_at, by=accounts["participacion"])
    bulk.add(candidate for hall in halls for candidate in hall.candidates)
    _follow(halls)
    for hall in halls:
        if (hall.plan.code, hall.plan.money.offset) in MINUTES_OF:
            hall.write_minutes()
    return [hall.decision for hall in halls]


class Hall:
    """One parish's budget session with its decision, in memory until it is stored."""

    def __init__(self, plan: Plan, seats: list[Seat], number: int, accounts):
        self.plan, self.seats, self.accounts = plan, seats, accounts
        self.rng = random.Random(f"sesión {plan.code} {plan.money.offset}")
        self.zonal, self.secretary = accounts[f"zonal-{plan.parish.zone.slug}"], accounts["participacion"]
        if plan.code == ARGELIA:
            self.secretary = accounts["secretaria"]
        self.assembly = seats[0].assembly
        day = plan.money.day(Phase.ASSEMBLY, number % 20 / 20)
        self.starts = at(day - timedelta(days=max(0, day.weekday() - 4)), 17)
        self.session = self._session()
        self.there = sorted(self.rng.sample(seats, plan.present), key=seats.index)
        self.attendances = [self._attendance(seat) for seat in self.there]
        self.check = QuorumCheck(
            session=self.session,
            at=self.session.opened_at,
            opening=True,
            present=plan.present,
            needed=self.session.quorum_to_sit,
            by=self.zonal,
        )
        self.decision = self._decision()
        self.candidates = self._candidates()

    def _session(self) -> Session:
        called, needed = self.starts - timedelta(days=14, hours=6), -(-len(self.seats) // 2)
        return Session(
            assembly=self.assembly,
            kind=Session.Kind.BUDGET,
            starts_at=self.starts,
            place=f"Casa comunal de {self.plan.parish.name} (dirección inventada)",
            agenda=AGENDA,
            status=Session.Status.HELD,
            called_at=called,
            called_by=self.zonal,
            opened_at=self.starts + timedelta(minutes=self.rng.randrange(8, 25)),
            closed_at=self.starts + timedelta(minutes=self.rng.randrange(130, 175)),
            entitled=len(self.seats),
            quorum_to_sit=needed,
            quorum_to_decide=needed,
            most_marks=MOST_MARKS,
            door_code=new_door_code(),
            created=called,
        )

    def _attendance(self, seat: Seat) -> Attendance:
        return Attendance(
            session=self.session,
            seat=seat,
            appointment=seat.principal,
            name=seat.principal.holder_name,
            neighbourhood=place_of(seat),
            at=self.session.opened_at - timedelta(minutes=self.rng.randrange(1, 20)),
            recorded_by=self.secretary,
        )

    def _decision(self) -> Decision:
        plan = self.plan
        seed = hashlib.sha256(f"{plan.code} {plan.money.year.year}".encode()).hexdigest()[:32]
        return Decision(
            year=plan.money.year,
            parish=plan.parish,
            session=self.session,
            status=Decision.Status.DECIDED,
            rule=plan.rule,
            minimum_votes=plan.minimum,
            budget=plan.money.amounts[plan.code],
            seed=seed,
            fixed_at=self.starts - timedelta(days=7, hours=3),
            decided_at=self.session.closed_at - timedelta(minutes=10),
        )

    def _candidates(self) -> list[Candidate]:
        matrix = sorted(self.plan.matrix, key=lambda one: one.request.pk)
        order = draw_order(self.decision.seed, [str(one.request.pk) for one in matrix])
        step = (self.decision.decided_at - self.session.opened_at - timedelta(minutes=20)) / (len(matrix) + 1)
        candidates, opened = [], self.session.opened_at + timedelta(minutes=15)
        for number, one in enumerate(matrix, 1):
            way = self.plan.way(number)
            request = one.request
            # By phone everything is open at once, after the hands.
            phones_from = next((n for n in range(1, len(matrix) + 1) if self.plan.way(n) == Item.Way.PHONES), number)
            began = opened + step * (min(number, phones_from) - 1)
            item = Item(
                session=self.session,
                position=number,
                title=request.title,
                detail=_("Solicitud %(number)s · %(kind)s · %(cost)s")
                % {"number": request.pk, "kind": request.get_kind_display(), "cost": usd(one.cost)},
                way=way,
                status=Item.Status.CLOSED,
                opened_at=began,
                closed_at=began + (step if way == Item.Way.HANDS else step * (len(matrix) - phones_from + 1)),
                present=self.plan.present,
                votes=one.votes,
            )
            candidates.append(
                Candidate(
                    decision=self.decision,
                    request=request,
                    item=item,
                    number=number,
                    cost=one.cost,
                    way=way,
                    tie_position=order.index(str(request.pk)) + 1,
                )
            )
        return candidates

    @staticmethod
    def by_hands(candidate: Candidate) -> bool:
        return candidate.way == Item.Way.HANDS

    def count_of(self, candidate: Candidate) -> HandCount:
        item = candidate.item
        return HandCount(
            item=item,
            votes=item.votes,
            present=item.present,
            entered_by=self.secretary,
            entered_at=item.closed_at - timedelta(seconds=50),
            confirmed_by=self.zonal,
            confirmed_at=item.closed_at,
        )

    def marks(self) -> list[Mark]:
        """Of what was voted by phone: nobody marked more than the session allows, the fewest used marks first."""
        used, marks = dict.fromkeys(self.there, 0), []
        for candidate in self.candidates:
            if self.by_hands(candidate):
                continue
            item = candidate.item
            free = sorted(self.there, key=lambda seat: (used[seat], self.rng.random()))[: item.votes]
            for seat in free:
                used[seat] += 1
                span = item.closed_at - item.opened_at
                at_moment = item.opened_at + span * self.rng.uniform(0.05, 0.95)
                marks.append(Mark(item=item, seat=seat, appointment=seat.principal, at=at_moment))
        if max(used.values()) > MOST_MARKS:
            raise ValueError(f"more marks than allowed in {self.plan.code}")
        return marks

    def decide(self) -> None:
        """The result by the rule, and what follows for each candidate and its request."""
        for candidate in self.candidates:
            candidate.item = candidate.item  # with the key that it has now
        outcome, self.decision.result = result_of(self.decision, self.candidates)
        places = {one: n for group in (outcome.winners, outcome.reserve) for n, one in enumerate(group, 1)}
        won, reserved = set(outcome.winners), set(outcome.reserve)
        for candidate in self.candidates:
            one = project_id(candidate)
            reason = outcome.reasons[one]
            candidate.outcome = (
                Outcome.FUNDED if one in won else Outcome.RESERVE if one in reserved else Outcome.NOT_FUNDED
            )
            candidate.reason_code, candidate.left, candidate.place = reason.code, dollars(reason.left), places.get(one)

    def write_minutes(self) -> None:
        """Frozen by one of the table, published by another; the file has the same name at every run."""
        moment = self.session.closed_at
        minutes = Minutes(session=self.session, content=minutes_content(self.session), created=moment)
        data = minutes_pdf(minutes.content)
        minutes.pdf_sha256 = hashlib.sha256(data).hexdigest()
        name = uuid.uuid5(uuid.NAMESPACE_URL, f"acta {self.plan.code} {self.plan.money.year.year}").hex
        minutes.pdf.save(f"{name}.pdf", ContentFile(data), save=False)
        minutes.first_lock_by, minutes.first_lock_at = self.secretary, moment + timedelta(hours=20)
        minutes.locked_by, minutes.locked_at = self.zonal, moment + timedelta(days=3)
        minutes._history_date, minutes._history_user = minutes.locked_at, self.zonal
        minutes.save()


def _follow(halls: list[Hall]) -> None:
    """Each request goes on to what its assembly decided, with the sentence that says why."""
    requests, steps = [], []
    for hall in halls:
        for candidate in hall.candidates:
            request = candidate.request
            request.status, request.status_reason = BECOMES[candidate.outcome], sentence(candidate)
            request.version = 4
            request.box.closed_at = request.decided_at = hall.decision.decided_at
            requests.append(request)
            steps.append(
                RequestStep(
                    request=request,
                    status=request.status,
                    at=hall.decision.decided_at,
                    by=hall.zonal,
                    reason=request.status_reason,
                )
            )
    bulk.update(requests, ["status", "status_reason", "version"])
    bulk.update([r.box for r in requests], ["closed_at"])
    bulk.remember(requests, at=lambda r: r.decided_at, changed=True)
    bulk.add(steps)
