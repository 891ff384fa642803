"""One run of Equal Shares in rounded money that proves who is elected, in which order; or says that it cannot.

Add1 does the same election again and again, and of all runs but the last it only needs who wins. Exact fractions for
that are dear: each has a denominator of hundreds of digits. Here every voter's money is rounded up (`Purses`), and each
winner's supporters pay a little less than q. Three facts make it a proof. Let U be what the purses say that a voter
has left, and `surplus` a bound on the sum over all voters of U minus the truth. Let f(x) be the sum of min(U, x) over
the supporters of a project.

1. The purses never say less than the truth, by induction: so q is never less than the x at which f(x) is the cost, and
   whoever pays no more than that x, or U if that is less, is left with no less than in truth. If U does not suffice
   for the cost, the truth does not either.
2. q is no more than any y with f(y) ≥ cost + surplus: with the true amounts the sum is at most `surplus` less.
3. In truth the supporters pay the cost together; here they pay f(x). So the surplus grows by cost - f(x), and by no
   more: money is neither made nor lost, and errors do not feed on each other however many projects are elected.

So a project whose y / cost is smaller than the x / cost of every other is elected next. Where that cannot be said, in
a tie or almost, `Unsure` is raised, and the run is done exactly.

To find x: for any set of supporters who pay their last, (cost - what they have) / how many others is no more than x,
and for those who have less than x it is x itself (Newton's method on a concave function).
"""

from heapq import heapify, heappop, heappush
from math import inf

from .purses import Purses

_NEAR = 1 + 1e-9  # what is farther apart than this is also apart without the rounding of floats
# Binary digits, and how often: they only choose how much is looked at, and how narrow the proof is.
_GLANCE, _MORE = 11, 2  # of the x that is looked for in those who are probably not next; looked at beyond the answer
_GUESS, _CLOSE = 6, 15  # of the first z, and of the second
_FINE, _LOOKS = 22, 6  # of the cost to which money is counted; tries to find x so nearly


class Unsure(Exception):
    """The rounded money does not say who is next."""


class Sketch:
    """`winners` in their order, and what they cost together (`spent`).

    `over`: all the voters' money together. `hints`: about what each winner's supporters paid in the run before; they
    and `before`, its winners, only say where to look first.
    """

    def __init__(self, costs, supporters, sizes, voters: int, over: int, shift: int, before=(), hints=None):
        self.supporters, self.sizes = supporters, sizes
        self.money, self.shift = costs, shift
        self.costs = {place: costs[place] << shift for place in sizes}
        each = -((-over << shift) // voters)
        self.purses = Purses(voters, each)
        self.surplus = voters * each - (over << shift)
        self.before, self.hints, self.paid = before, hints or {}, {}
        self.winners: list[int] = []
        self.spent = 0

    def elect(self, budget: int) -> bool:
        """Elects until nobody can pay for anything; False as soon as it would overspend."""
        self._begin()
        heap = [(1 / size, place) for place, size in self.sizes.items() if place not in self.paid]
        heapify(heap)
        while self.spent <= budget:
            found = self._best(heap)
            if found is None:
                return True
            place, (x, poor, _rich, loss) = found
            self.purses.alive &= ~poor
            self._pay(place, self.supporters[place] & self.purses.alive, x, loss)
        return False

    def _begin(self) -> None:
        """Elects while the next has more supporters than any other that is left and all of them can pay the same.

        Then q / cost is 1 / supporters, and no other's can be as small. So far U is less than 1 + the number of
        payments above the truth.
        """
        order = sorted(self.sizes, key=self.sizes.__getitem__, reverse=True)
        for place, other in zip(order, [*order[1:], None], strict=True):
            size, cost, those = self.sizes[place], self.costs[place], self.supporters[place]
            x = cost // size
            if other is not None and self.sizes[other] == size:
                return
            if those & self.purses.below(x + 2 + len(self.winners)):
                return
            self._pay(place, those, x, cost - x * size)

    def _pay(self, place: int, payers: int, x: int, loss: int) -> None:
        self.purses.take(payers, x)
        self.surplus += loss
        self.spent += self.money[place]
        self.winners.append(place)
        self.paid[place] = x

    def _best(self, heap: list):
        """The place that is elected next, and its payment; None: nothing is affordable."""
        best, least, most, waiting = None, inf, inf, []
        guess = next((place for place in self.before if place not in self.paid), None)
        known = next((key for key, place in heap if place == guess), None)
        if known is not None:
            heap.remove((known, guess))
            heapify(heap)
        if known is not None and (payment := self._payment(guess, known)):
            best, least = (guess, payment), payment[0] / self.costs[guess]
            most = self._most(guess, payment)
        while heap and heap[0][0] <= most * _NEAR:
            key, place = heappop(heap)
            if best:
                key = max(key, self._least(place, int(most * _NEAR * self.costs[place]) + 1))
                if key > most * _NEAR:
                    if key < inf:
                        waiting.append((key, place))
                    continue
            payment = self._payment(place, key)
            if payment is None:
                continue
            key = payment[0] / self.costs[place]
            if key > most * _NEAR:
                waiting.append((key, place))
                continue
            upper = self._most(place, payment)
            if best:
                if upper * _NEAR >= least:
                    raise Unsure
                waiting.append((least, best[0]))
            best, least, most = (place, payment), key, upper
        for entry in waiting:
            heappush(heap, entry)
        return best

    def _least(self, place: int, x: int) -> float:
        """A bound below q / cost: above x / cost, or 0 if it is not. Counts no more digits than that takes."""
        cost, those = self.costs[place], self.supporters[place] & self.purses.alive
        x, poor = self._poor(those, x, _GLANCE)
        few = poor.bit_count()
        rich = those.bit_count() - few
        digit = min(x.bit_length(), len(self.purses.lacks))
        held, short = few * ((1 << digit) - 1), cost - rich * x
        while held >= short:
            if not digit or held - few * ((1 << digit) - 1) >= short:
                return 0.0
            digit -= 1
            held -= (poor & self.purses.lacks[digit]).bit_count() << digit
        for further in range(max(digit - _MORE, 0), digit):
            held -= (poor & self.purses.lacks[further]).bit_count() << further
        return (cost - held) / rich / cost if rich else inf

    def _poor(self, those: int, x: int, digits: int) -> tuple[int, int]:
        """x rounded up to so many digits, and those of the voters who have less."""
        low = max(x.bit_length() - digits, 0)
        x = -(-x >> low)
        return x << low, those & self.purses.below(x, low)

    def _payment(self, place: int, key: float):
        """(x, those who have less than x, how many have not, cost - f(x) or a little more); None: not affordable.

        `key`: about q / cost. Counts what those have together who have less than some z near x, and finds x by it:
        f(x) is no less than that, and z for each who is poorer than x and not than z, and x for the others (and where
        x < z as well: who is not poorer than x has less than z). If that is not almost the cost, again with z = x.
        """
        cost, those = self.costs[place], self.supporters[place] & self.purses.alive
        size, z = those.bit_count(), self.hints.get(place, 0)
        if z:
            z, poor = self._poor(those, z, _GUESS)
            few = poor.bit_count()
            if few < size:
                held, error = self._held(poor, few, z, cost >> _GUESS)
                z = max(cost - held + error // 2, 0) // (size - few)
        z, poor = self._poor(those, z or int(key * cost), _CLOSE)
        few = poor.bit_count()
        for look in range(_LOOKS):
            held, error = self._held(poor, few, z, cost >> _FINE)
            if few == size:
                if held < cost:
                    return None
                break
            x = max(cost - held, 0) // (size - few)
            poorer = those & self.purses.below(x)
            more = poorer.bit_count()
            loss = cost - (held - error + z * (more - few) + x * (size - more))
            if more < size and (loss <= cost >> _FINE - 1 or look == _LOOKS - 1):
                return x, poorer, size - more, loss
            z, poor, few = x, poorer, more
        raise Unsure

    def _held(self, poor: int, few: int, x: int, slack: int) -> tuple[int, int]:
        """What the poor, who all have less than x, have together: at most, and by how much that may be too high."""
        digit = min(x.bit_length(), len(self.purses.lacks))
        held = few * ((1 << digit) - 1)
        while digit and few << digit > slack:
            digit -= 1
            held -= (poor & self.purses.lacks[digit]).bit_count() << digit
        return held, few * ((1 << digit) - 1)

    def _most(self, place: int, payment) -> float:
        """A bound above q / cost."""
        x, _poor, rich, loss = payment
        those = self.supporters[place] & self.purses.alive
        short = loss + self.surplus  # f(y) - f(x) must be as much
        further = short * 9 // (8 * rich) + 1
        low = max(further.bit_length() - 4, 0)
        y = (x + further >> low) + 1
        those &= ~self.purses.below(y, low)
        y <<= low
        if those.bit_count() * (y - x) < short:
            raise Unsure
        return y / self.costs[place]
