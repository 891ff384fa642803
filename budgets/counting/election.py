"""What is counted: projects with their costs, ballots, money. Money is in whole smallest units, never in floats."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain

Number = int | Fraction


class CountingError(ValueError):
    """This cannot be counted, and the message says why."""


@dataclass(frozen=True, slots=True)
class Election:
    """One election, ready to be counted.

    `costs` and `budget` are whole numbers of the smallest unit, of which `scale` make one unit of money (100 for
    cents, 1 where amounts are whole); Add1 raises endowments by `scale`. `scores[i]` is what project i is ranked by.
    A ballot is the tuple of the positions of the projects that it supports: Equal Shares needs them, the greedy
    rules only need the scores. `withdrawn` are positions of projects that were on the ballot and cannot win.
    `minimum` is what the election itself asks for (Pabulib: `min_project_score_threshold`).
    """

    ids: Sequence[str]
    costs: Sequence[int]
    budget: int
    scores: Sequence[Number]
    ballots: Sequence[tuple[int, ...]] = ()
    scale: int = 1
    minimum: Number = 0
    withdrawn: frozenset[int] = field(default=frozenset())

    def __post_init__(self):
        if not len(self.ids) == len(self.costs) == len(self.scores):
            raise CountingError("ids, costs and scores differ in length")
        if len(set(self.ids)) != len(self.ids):
            raise CountingError("an id is there twice")
        if self.scale < 1 or self.budget < 0 or any(cost < 0 for cost in self.costs):
            raise CountingError("a negative amount of money")
        if not all(isinstance(amount, int) for amount in (self.budget, self.scale, *self.costs)):
            raise CountingError("money must be in whole smallest units")

    @classmethod
    def of_votes(cls, *, budget: int, items: Iterable[tuple[str, int, Number]], scale: int = 1) -> "Election":
        """From items (id, cost, votes) that were counted already, as in an assembly by show of hands."""
        items = list(items)
        ids, costs, scores = [[item[column] for item in items] for column in range(3)]
        return cls(ids=ids, costs=costs, budget=budget, scores=scores, scale=scale)

    @classmethod
    def of_ballots(
        cls, *, budget: int, items: Iterable[tuple[str, int]], ballots: Iterable[Iterable[str]], scale: int = 1
    ) -> "Election":
        """From items (id, cost) and ballots of ids, each of which counts once on a ballot. KeyError: unknown id."""
        items = list(items)
        ids, costs = [[item[column] for item in items] for column in range(2)]
        place = {one: position for position, one in enumerate(ids)}
        ballots = [tuple(dict.fromkeys(place[one] for one in ballot)) for ballot in ballots]
        return cls(ids, costs, budget, mentions(ballots, len(ids)), ballots, scale)


def mentions(ballots: Iterable[tuple[int, ...]], projects: int) -> list[int]:
    """How many ballots name each project."""
    counted = Counter(chain.from_iterable(ballots))
    return [counted[position] for position in range(projects)]
