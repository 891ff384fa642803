"""The Method of Equal Shares with cost utilities, completed by Add1; exact.

Peters, Pierczyński, Skowron, «Proportional Participatory Budgeting with Additive Utilities» (NeurIPS 2021);
<https://equalshares.net>. Each of the n voters is endowed with E = budget / n. Again and again: a project c with
supporters S is affordable at q if the sum over S of min(what the voter has left, q) is its cost; q is what those pay
who can. Elected is the affordable one with the smallest q / cost (its utility to each supporter is its cost); its
supporters pay min(what they have left, q). It ends when the supporters of none have its cost left together. Projects
that cost nothing and have a supporter are elected first. A voter supports what the ballot names (with points above 0).
Every ballot is a voter, a blank one too.

Add1: this leaves money unspent, so it is done again from the beginning with E + 1, E + 2, … units of money, until

- an outcome costs more than the budget: the one before stands; or
- an outcome is exhaustive (no project with a supporter fits in what is left): it stands.

This is pabutools' `method_of_equal_shares(…, Cost_Sat, voter_budget_increment=1)`, against which it is checked
(`tests/budgets/counting/oracle.py`). E is not rounded down first. Zero votes: never funded.

How it is fast. All runs of Add1 but the last only need to know who wins: `sketch.py` proves that in rounded money, or
says that it cannot; the exact run then begins where it stopped, and the run that stands is always done exactly.

A set of voters is an int, one bit for each. A voter who has paid q for each winner on the ballot has
left E minus those q: so the money that a set of voters has is E times its size minus, for each winner, q times how
many of the set support it, which is a popcount, and all of it whole numbers over one common denominator. Only
«who has less than q left?» needs each voter: what each has left is kept rounded up in `Purses`, and compared to q
digit by digit for all voters at once; whoever is too near to q for the rounding is compared exactly.
Projects are evaluated lazily, from a heap of lower bounds: q only grows while money is spent. The bounds come from
those digits, rounded so that they are never too high, and nothing is elected before its q is known exactly.

Why Add1 may leap. Let an election of winners in a certain order be the outcome with E. With E' > E and the same
winners in the same order each voter has at least as much left at each step, by induction: at the first step all
have more, so q is not larger, so nobody has less left after it. So for any endowment between E and E', if the same
winners are elected up to some step, the next project's q lies between its q with E' and its q with E. Hence, if at
each step the winner's q / cost with E is smaller than that of every other project with E' (or equal, and the order
of ties is for the winner), the winner is the same for everything between; and what is unaffordable with E' is
unaffordable for everything between. Then all outcomes from E to E' are one and the same, and none of them ends Add1
if that with E does not. `_Base.follow` proves just this; the leap doubles while it holds and shrinks to one where it
does not, and then the step is simply done. Few voters with much money each need it: 24 delegates and 900,000 dollars
may be ten thousand steps.
"""

from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import gcd, inf

from .election import CountingError, Election, Number
from .purses import Purses
from .rules import FUNDED, NO_VOTES, NOT_ENOUGH_SUPPORT, Outcome, Reason, by_votes, excluded
from .sketch import Sketch, Unsure

_NEAR = 1 + 1e-9  # floats only choose what is evaluated: within this, whole numbers are compared
_DIGITS = 30  # binary digits in which what a voter has left is kept
_FIRST, _FINE = 5, 14  # how many of them the first and the second look take, below those that q has not
_AGAIN = 1.05  # a bound that grew by less is not looked at again


def equal_shares(election: Election, minimum: Number, rank: list[int]) -> Outcome:
    """The outcome; see the module. `rank`: each project's place in the order of ties."""
    if not election.ballots and any(election.scores):
        raise CountingError("Equal Shares needs the ballots")
    out = excluded(election, minimum)
    supporters = voters_of(election)
    free, standing = [], []
    for place, those in enumerate(supporters):
        if place in out:
            continue
        if not those:
            out[place] = Reason(NO_VOTES)
        else:
            (standing if election.costs[place] else free).append(place)
    free.sort(key=rank.__getitem__)
    run, added = _add1(election, supporters, standing, rank)
    winners = free + ([step.place for step in run.trace] if run else [])
    reasons = out | {place: Reason(FUNDED) for place in winners}
    for place in standing:
        if place not in reasons:
            reasons[place] = Reason(NOT_ENOUGH_SUPPORT, run.money(place))
    ids = election.ids
    order = by_votes(election, rank)
    return Outcome(
        rule="equal-shares",
        winners=[ids[place] for place in winners],
        cost=sum(election.costs[place] for place in winners),
        budget=election.budget,
        scale=election.scale,
        order=[ids[place] for place in order],
        reasons={ids[place]: reasons[place] for place in order},
        ties=[[ids[place] for place in step.tied] for step in run.trace if len(step.tied) > 1] if run else [],
        endowment=run.endowment if run else None,
        added=added,
    )


def voters_of(election: Election) -> list[int]:
    """For each project the set of its supporters, bit v for the v-th ballot from the end."""
    lanes = [bytearray(b"0" * len(election.ballots)) for _ in election.ids]
    for voter, ballot in enumerate(election.ballots):
        for place in ballot:
            lanes[place][voter] = 49
    return [int(lane, 2) if lane else 0 for lane in lanes]


def _add1(election: Election, supporters: list[int], standing: list[int], rank: list[int]):
    """The run that stands, and how many units each voter got beyond the equal share; (None, 0) without voters."""
    if not election.ballots or not standing:
        return None, 0
    base = _Base(election, supporters, standing, rank)
    run, added = base.sketch(0), 0
    leap, streak, patience = 1, 0, 1
    while not base.exhausted_by(run):
        if leap > 1:
            run = run if isinstance(run, _Run) else base.run(added, run.winners)
            further = base.follow(added + leap, run)
            if further is None:
                leap //= 4
                patience = min(2 * patience, 16)
                streak = 0
            else:
                run, added = further, added + leap
                leap *= 2
                patience = 1
            continue
        further = base.sketch(added + 1)
        if further is None:  # would overspend
            break
        same = further.winners == run.winners
        run, added = further, added + 1
        streak = streak + 1 if same else 0
        leap = 2 if streak >= patience else 1
    return run if isinstance(run, _Run) else base.run(added, run.winners), added


class _Step:
    """One election of a run: the project, its q / cost as a fraction (`over` / `under`), and who tied with it."""

    __slots__ = ("over", "place", "tied", "under")

    def __init__(self, place, over, under, tied):
        self.place, self.over, self.under, self.tied = place, over, under, tied


class _Base:
    """What all runs of one election share."""

    def __init__(self, election, supporters, standing, rank):
        self.election, self.supporters, self.rank = election, supporters, rank
        self.sizes = {place: supporters[place].bit_count() for place in standing}
        self.standing = standing
        self.voters = len(election.ballots)
        self.shift = max(_DIGITS - (election.budget // self.voters + election.scale).bit_length(), 0)
        self.before: list[int] = []  # the winners of the run before
        self.paid: dict[int, int] = {}  # what their supporters paid in the last sketch

    def sketch(self, added: int):
        """Who wins with `added` units more for each voter: a sketch if that proves it, else the run itself."""
        one, budget = self.election, self.election.budget
        over = budget + added * one.scale * self.voters
        sketch = Sketch(one.costs, self.supporters, self.sizes, self.voters, over, self.shift, self.before, self.paid)
        try:
            done = sketch.elect(budget)
        except Unsure:
            return self.run(added, sketch.winners)
        self.before, self.paid = sketch.winners, sketch.paid
        return sketch if done else None

    def exhausted_by(self, run) -> bool:
        """Whether nothing with a supporter fits in what is left of the budget."""
        left = self.election.budget - run.spent
        return not any(self.election.costs[place] <= left for place in {*self.standing}.difference(run.winners))

    def run(self, added: int, winners: list[int]):
        """The run with `added` units more for each voter; None if it would overspend. `winners`: see `_Run.begin`."""
        run = _Run(self, added)
        run.begin(winners)
        done = run.elect()
        self.before = run.winners
        return run if done else None

    def follow(self, added: int, known: "_Run"):
        """The run with `added` units, if it proves that all from `known` to it have the same outcome; else None."""
        run = _Run(self, added)
        return run if run.elect(known.trace) else None


class _Run:
    """The Method of Equal Shares with one endowment."""

    def __init__(self, base: _Base, added: int):
        self.base = base
        self.costs = base.election.costs
        self.under = base.voters  # the common denominator of all money
        self.over = base.election.budget + added * base.election.scale * base.voters  # the endowment, over `under`
        self.endowment = Fraction(self.over, self.under)
        self.paid: list[tuple[int, int]] = []  # for each winner (its supporters, q over `under`)
        self.purses = Purses(base.voters, -((-self.over << base.shift) // self.under))
        self.poor: dict[int, int] = {}  # for each project those who could not pay q when it was looked at last
        self.trace: list[_Step] = []
        self.spent = 0

    @property
    def winners(self) -> list[int]:
        return [step.place for step in self.trace]

    def begin(self, winners: list[int]) -> None:
        """Elects those of whom it is proven that they come first, in this order, and that none ties with them."""
        for place in winners:
            self._refined(place, self.costs[place] / self.base.sizes[place])
            self._take(self._price(place, None), [place])

    def elect(self, known: list[_Step] | None = None) -> bool:
        """Elects until nobody can pay for anything. False: overspends, or (`known`) does not prove the same outcome."""
        elected = {step.place for step in self.trace}
        heap = [(1 / size, place) for place, size in self.base.sizes.items() if place not in elected]
        heapify(heap)
        while True:
            limit = None
            if known is not None and len(self.trace) < len(known):
                limit = known[len(self.trace)]
            elif known is not None:
                return not any(self._price(place, None) for _key, place in heap)
            best, evaluated = self._best(heap) if limit is None else self._expected(heap, limit)
            if best is None:
                return limit is None
            price, tied = best
            self._take(price, tied)
            if self.spent > self.base.election.budget:
                return False
            for entry in evaluated:
                if entry[1] != tied[0]:
                    heappush(heap, entry)

    def _take(self, price, tied: list[int]) -> None:
        winner, (over, under, poor) = tied[0], price
        self.spent += self.costs[winner]
        self.trace.append(_Step(winner, over, under, tied))
        self._pay(winner, over, under // self.costs[winner], poor)

    def _best(self, heap: list):
        """((price, those who tie for it), all that were evaluated with what is now known of them); None: nothing.

        The one with the lowest bound is looked at again until its bound is of this step, and only then exactly.
        """
        rank = self.base.rank
        best, tied, evaluated, guess = None, [], [], None
        if self.paid:  # most often it is whoever was elected in its place by the run before
            elected = {step.place for step in self.trace}
            guess = next((place for place in self.base.before if place not in elected), None)
            known = next((key for key, place in heap if place == guess), None)
            if known is not None:
                heap.remove((known, guess))
                heapify(heap)
                self._refined(guess, known * self.costs[guess])
                best = self._price(guess, None)
            if best:
                tied = [guess]
                evaluated.append((best[0] / best[1], guess))
        fresh = set() if self.paid else {place for _key, place in heap}
        while heap and (best is None or heap[0][0] <= best[0] / best[1] * _NEAR):
            key, place = heappop(heap)
            if best is None and place not in fresh:
                fresh.add(place)
                key = max(key, self._refined(place, key * self.costs[place]) / self.costs[place])
                if key < inf:
                    heappush(heap, (key, place))
                continue
            price = self._price(place, best)
            if price is None:
                continue  # never again affordable
            if isinstance(price, float):
                evaluated.append((price, place))
                continue
            evaluated.append((price[0] / price[1], place))
            difference = price[0] * best[1] - best[0] * price[1] if best else -1
            if difference < 0:
                best, tied = price, [place]
            elif difference == 0:
                if rank[place] < min(rank[one] for one in tied):
                    best = price
                tied.append(place)
        tied.sort(key=rank.__getitem__)
        return (best, tied) if best else None, evaluated

    def _expected(self, heap: list, limit: _Step):
        """The same, if the project is the one that is known, and no other comes before what it was; else None."""
        rank = self.base.rank
        best, others, evaluated = None, [], []
        cutoff = limit.over, limit.under
        while heap and heap[0][0] <= limit.over / limit.under * _NEAR:
            _key, place = heappop(heap)
            price = self._price(place, None if place == limit.place else cutoff)
            if price is None:
                continue
            if isinstance(price, float):
                evaluated.append((price, place))
                continue
            evaluated.append((price[0] / price[1], place))
            if place == limit.place:
                best = price
                continue
            dearer = price[0] * limit.under - limit.over * price[1]
            if dearer < 0 or (dearer == 0 and rank[place] < rank[limit.place]):
                return None, []
            others.append((place, price))
        if best is None:
            return None, []
        tied = [place for place, price in others if price[0] * best[1] == best[0] * price[1]]
        return (best, [limit.place, *sorted(tied, key=rank.__getitem__)]), evaluated

    def _price(self, place: int, best):
        """(over, under, poor): q / cost as a fraction, and who cannot pay q; exact. None: not affordable, never again.

        A float: q / cost is no less than that, and more than `best`. From any set of voters who would pay their last
        follows a bound, (cost - what they have) / how many others: those who have less than the bound are the next
        set, and where they are the same set the bound is q (Newton's method on a concave function).
        """
        cost = self.costs[place]
        if self.paid and best is not None:
            ask = best[0] * cost / best[1]
            bound = self._bound(place, ask, _FIRST)
            if bound <= ask * _NEAR:
                bound = self._refined(place, bound)
            if bound > ask * _NEAR:
                return bound / cost if bound < inf else None
        those = self.base.supporters[place] & self.purses.alive
        size = those.bit_count()
        poor = self.poor.get(place, 0) & self.purses.alive
        if poor == those:
            poor = 0
        while True:
            missing, rich = cost * self.under, size
            if poor:
                missing -= self._money(poor)
                rich -= poor.bit_count()
            if not rich:
                return None
            over, under = missing, self.under * rich
            if best is not None and over * best[1] > best[0] * under * cost:
                return over / (under * cost)
            now = self._poorer(those, over, under)
            if now == poor:
                return over, under * cost, poor
            self.poor[place] = poor = now

    def _bound(self, place: int, ask: float, first: int) -> float:
        """What q is no less than, from those who have less than `ask`; infinite where it is not affordable.

        Cheaper than the whole: with the `first` binary digits of what they have left. Leaves them in `poor`, for
        `_price` to begin with.
        """
        cost, shift = self.costs[place], self.base.shift
        those = self.base.supporters[place] & self.purses.alive
        size = those.bit_count()
        x = int(ask * 2.0**shift)
        top = min(x.bit_length(), len(self.purses.lacks))
        low = max(top - first, 0)
        poor = those & self.purses.below(x >> low, low)
        few = poor.bit_count()
        # Whole numbers in units of 2^-shift, what they have left rounded up.
        left = few * ((1 << low) - 1)
        for digit in range(low, top):
            left += (few - (poor & self.purses.lacks[digit]).bit_count()) << digit
        missing = (cost << shift) - left
        if few == size:
            return inf if missing > 0 else 0.0
        self.poor[place] = poor
        return max(missing, 0) / (size - few) / 2.0**shift

    def _refined(self, place: int, ask: float) -> float:
        """`_bound` again and again with what it found, while that is more by a good deal, and then with more digits."""
        found = self._bound(place, ask, _FIRST)
        while ask * _AGAIN < found < inf:
            ask, found = found, self._bound(place, found, _FIRST)
        if found < inf:
            found = max(found, self._bound(place, max(ask, found), _FINE))
        if found < inf:
            x = int(found * 2.0**self.base.shift)
            self.poor[place] = self.base.supporters[place] & self.purses.alive & self.purses.below(x, 0)
        return found

    def _money(self, those: int) -> int:
        """What a set of living voters has left together, over `under`."""
        return self.over * those.bit_count() - sum(q * (those & whose).bit_count() for whose, q in self.paid)

    def money(self, place: int) -> int:
        """What the supporters of a project have left together, in smallest units, rounded down."""
        return self._money(self.base.supporters[place] & self.purses.alive) // self.under

    def _poorer(self, those: int, over: int, under: int) -> int:
        """Of a set of living voters, those who have less left than q = over / under. Exact.

        What a voter has left is r, kept as k with k - 1 - m < r ≤ k in units of 2^-shift after m payments; x is q in
        the same unit, rounded up. k < x: poorer. k > x + m: not. Between: in whole numbers, ballot by ballot.
        """
        shift = self.base.shift
        x = -((-over << shift) // under)
        poorer = those & self.purses.below(x, 0)
        between = those & self.purses.below(x + 1 + len(self.paid), 0) & ~poorer
        while between:
            one = between & -between
            same, left = between, self.over
            for whose, q in self.paid:
                if whose & one:
                    same &= whose
                    left -= q
                else:
                    same &= ~whose
            if left * under < over * self.under:
                poorer |= same
            between &= ~same
        return poorer

    def _pay(self, place: int, over: int, under: int, poor: int) -> None:
        """The supporters of a project pay q = over / under, or (`poor`) their last."""
        those = self.base.supporters[place]
        rich = under // self.under
        by = rich // gcd(over, rich)
        if by > 1:
            self.under *= by
            self.over *= by
            self.paid = [(whose, earlier * by) for whose, earlier in self.paid]
        q = over * by // rich
        self.purses.alive &= ~poor
        payers = those & self.purses.alive
        self.paid.append((payers, q))
        self._subtract(payers, q)

    def _subtract(self, payers: int, q: int) -> None:
        """Takes q (over `under`), rounded down, from the purses."""
        self.purses.take(payers, (q << self.base.shift) // self.under)
