"""The rules by which an election is decided: `count(election, rule)`.

`greedy`: by votes until the money ends, skipping what does not fit. `greedy-no-skip`: by votes, and stops at the
first that does not fit. `equal-shares`: the Method of Equal Shares, see `equal_shares`.

Ties. Where votes are equal the order of ties decides, best drawn from a published seed (`ties.draw_order`). Without
one, the order is the one by which others recount the same election: the greedy rules take the order of the list,
as Pabulib's checker does to verify the official outcomes (its files list projects by votes); Equal Shares takes the
ids as text, pabutools' default. `Outcome.tied` names the projects whose fate hung on that order.

Minimum. Below `minimum_votes` nothing is funded. Without it the election's own minimum holds (0 where it has none:
the greedy rules then fund what nobody voted for if it fits, as Pabulib has it; an assembly sets at least 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby

from .election import CountingError, Election, Number

RULES = ("greedy", "greedy-no-skip", "equal-shares")

FUNDED = "funded"
DOES_NOT_FIT = "does_not_fit"  # costs more than what was left at its turn
STOPPED = "stopped"  # greedy-no-skip: its turn did not come; another before it did not fit
BELOW_MINIMUM = "below_minimum"  # fewer votes than the minimum
NO_VOTES = "no_votes"  # nobody voted for it, and that is below the minimum or the rule needs supporters
NOT_ENOUGH_SUPPORT = "not_enough_support"  # equal-shares: its supporters' money together did not reach its cost
WITHDRAWN = "withdrawn"  # on the ballot, and taken back

REASONS = (FUNDED, DOES_NOT_FIT, STOPPED, BELOW_MINIMUM, NO_VOTES, NOT_ENOUGH_SUPPORT, WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one project was funded or not.

    `left`: the money at hand at its turn, in smallest units: with the greedy rules what was left of the budget; with
    Equal Shares what its supporters had left together at the end (rounded down). None where its turn did not come.
    """

    code: str
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule decided. Money in the election's smallest units; ids in every list.

    `winners`: in order of election. `order`: all projects as the rule ranked them (Equal Shares: by votes).
    `reserve`: with the greedy rules, who comes next if money is found or a winner falls away, in order; it has those
    that reach the minimum. `ties`: with the greedy rules, the groups of which some were funded only because of the
    order of ties; with Equal Shares, those among whom it chose in the outcome that stands (some may have won after).
    `endowment`: with Equal Shares, what each voter could spend at the end, in smallest units (a fraction), of which
    `added` units of money by Add1.
    """

    rule: str
    winners: list[str]
    cost: int
    budget: int
    scale: int
    order: list[str]
    reasons: dict[str, Reason]
    reserve: list[str] = field(default_factory=list)
    ties: list[list[str]] = field(default_factory=list)
    endowment: Fraction | None = None
    added: int | None = None

    @property
    def tied(self) -> list[str]:
        """Every project that is in a tie, in the order of the ties, once."""
        return list(dict.fromkeys(one for group in self.ties for one in group))

    def as_json(self) -> dict:
        """`winners`, `cost`, `budget`, `tied`: amounts in units of money."""
        return {
            "winners": self.winners,
            "cost": _units(self.cost, self.scale),
            "budget": _units(self.budget, self.scale),
            "tied": self.tied,
        }


def count(
    election: Election,
    rule: str,
    *,
    minimum_votes: Number | None = None,
    tie_order: Sequence[str] | None = None,
) -> Outcome:
    """The outcome by one of `RULES`.

    `tie_order`: every id once, whoever wins a tie first. CountingError: an unknown rule, an order that does not name
    each project once, or Equal Shares without ballots.
    """
    minimum = election.minimum if minimum_votes is None else minimum_votes
    if rule in ("greedy", "greedy-no-skip"):
        return _greedy(election, rule, minimum, ranks(election, tie_order, election.ids))
    if rule == "equal-shares":
        from .equal_shares import equal_shares

        return equal_shares(election, minimum, ranks(election, tie_order, sorted(election.ids)))
    raise CountingError(f"unknown rule «{rule}»; there are {', '.join(RULES)}")


def ranks(election: Election, tie_order: Sequence[str] | None, default: Sequence[str]) -> list[int]:
    """For each project its place in the order of ties."""
    order = default if tie_order is None else tie_order
    place = {one: rank for rank, one in enumerate(order)}
    if len(place) != len(order) or place.keys() != set(election.ids):
        raise CountingError("the order of ties must name each project once")
    return [place[one] for one in election.ids]


def excluded(election: Election, minimum: Number) -> dict[int, Reason]:
    """Positions of those that no rule may fund, and why."""
    out = {}
    for place, score in enumerate(election.scores):
        if place in election.withdrawn:
            out[place] = Reason(WITHDRAWN)
        elif score < minimum:
            out[place] = Reason(BELOW_MINIMUM if score > 0 else NO_VOTES)
    return out


def by_votes(election: Election, rank: list[int]) -> list[int]:
    """Positions from the most votes to the fewest, and where equal by the order of ties."""
    return sorted(range(len(election.ids)), key=lambda place: (-election.scores[place], rank[place]))


def _greedy(election: Election, rule: str, minimum: Number, rank: list[int]) -> Outcome:
    out = excluded(election, minimum)
    order = by_votes(election, rank)
    skips = rule == "greedy"
    reasons: dict[int, Reason] = dict(out)
    winners, reserve, ties = [], [], []
    left, stopped = election.budget, False
    standing = (place for place in order if place not in out)
    for _score, group in groupby(standing, key=election.scores.__getitem__):
        group = list(group)
        if not stopped and (tie := _tie(election, group, left, skips)):
            ties.append([election.ids[place] for place in tie])
        for place in group:
            cost = election.costs[place]
            if not stopped and cost <= left:
                reasons[place] = Reason(FUNDED, left)
                winners.append(place)
                left -= cost
                continue
            reasons[place] = Reason(STOPPED) if stopped else Reason(DOES_NOT_FIT, left)
            reserve.append(place)
            stopped = stopped or not skips
    ids = election.ids
    return Outcome(
        rule=rule,
        winners=[ids[place] for place in winners],
        cost=election.budget - left,
        budget=election.budget,
        scale=election.scale,
        order=[ids[place] for place in order],
        reasons={ids[place]: reasons[place] for place in order},
        reserve=[ids[place] for place in reserve],
        ties=ties,
    )


def _tie(election: Election, group: list[int], left: int, skips: bool) -> list[int]:
    """Those of a group with equal votes whose fate hangs on the order of ties; none where any order funds the same.

    Those that fit one by one but not together. When the rule stops at the first that does not fit, one that never
    fits is part of the tie too: it ends the count for the others if it comes first.
    """
    fitting = [place for place in group if election.costs[place] <= left]
    rivals = fitting if skips else group
    together = sum(election.costs[place] for place in rivals)
    return rivals if fitting and len(rivals) > 1 and together > left else []


def _units(amount: int, scale: int) -> int | float:
    return amount // scale if amount % scale == 0 else amount / scale
