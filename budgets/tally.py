"""The count of an assembly: its votes as budgets.counting needs them, and what it decided, ready to be stored."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from budgets.counting.election import Election
from budgets.counting.rules import Outcome, count
from budgets.models import Candidate, Decision
from decide.assemblies.models import Item, Mark

CENTS = 100


def cents(amount: Decimal) -> int:
    return int(amount * CENTS)


def dollars(amount: int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount) / CENTS


def project_id(candidate: Candidate) -> str:
    """By what exports, files and draws name it: the number of the request."""
    return str(candidate.request_id)


def votes_of(candidate: Candidate) -> int:
    """What was not voted on has no votes."""
    item = candidate.item
    return item.votes if item is not None and item.status == Item.Status.CLOSED else 0


def minimum_of(decision: Decision) -> int:
    """Without a minimum one vote is enough: what nobody voted for is never funded."""
    return max(1, decision.minimum_votes)


def tie_order(candidates: Sequence[Candidate]) -> list[str]:
    return [project_id(c) for c in sorted(candidates, key=lambda c: c.tie_position)]


def outcome_of(decision: Decision, candidates: Sequence[Candidate]) -> Outcome:
    """By the rule that was fixed. `item` comes with the candidates."""
    election = Election.of_votes(
        budget=cents(decision.budget),
        items=[(project_id(c), cents(c.cost), votes_of(c)) for c in candidates],
        scale=CENTS,
    )
    return count(election, decision.rule, minimum_votes=minimum_of(decision), tie_order=tie_order(candidates))


def ballots_of(candidates: Sequence[Candidate]) -> dict[int, list[str]] | None:
    """{seat: ids that it marked}, in the order of the matrix; None where something was voted by hands, or not at all:
    hands are counted, and nobody's ballot is known. One query."""
    items = {c.item_id: c for c in candidates}
    if not candidates or any(
        c.item is None or c.item.way != Item.Way.PHONES or c.item.status != Item.Status.CLOSED for c in candidates
    ):
        return None
    marked = defaultdict(list)
    for seat, item in (
        Mark.objects.filter(item__in=items).order_by("seat", "item__position").values_list("seat", "item")
    ):
        marked[seat].append(project_id(items[item]))
    return dict(marked)


def equal_shares_of(decision: Decision, candidates: Sequence[Candidate]) -> dict | None:
    """What the Method of Equal Shares would have given, for information; None without ballots of persons."""
    ballots = ballots_of(candidates)
    if not ballots:
        return None
    election = Election.of_ballots(
        budget=cents(decision.budget),
        items=[(project_id(c), cents(c.cost)) for c in candidates],
        ballots=ballots.values(),
        scale=CENTS,
    )
    outcome = count(election, "equal-shares", minimum_votes=minimum_of(decision), tie_order=tie_order(candidates))
    return {"winners": outcome.winners, "cost": f"{dollars(outcome.cost):.2f}", "voters": len(ballots)}


def result_of(decision: Decision, candidates: Sequence[Candidate]) -> tuple[Outcome, dict]:
    """The outcome, and the same as it is stored: amounts as text with two decimals."""
    outcome = outcome_of(decision, candidates)
    return outcome, {
        "format": 1,
        "winners": outcome.winners,
        "reserve": outcome.reserve,
        "order": outcome.order,
        "ties": outcome.ties,
        "cost": f"{dollars(outcome.cost):.2f}",
        "left": f"{dollars(outcome.budget - outcome.cost):.2f}",
        "reasons": {
            one: {"code": reason.code, "left": None if reason.left is None else f"{dollars(reason.left):.2f}"}
            for one, reason in outcome.reasons.items()
        },
        "equal_shares": equal_shares_of(decision, candidates),
    }
