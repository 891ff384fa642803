"""The rules once more, slowly and plainly: what the fast ones are compared with. Fractions, voter by voter."""

from fractions import Fraction


def greedy(costs, votes, budget, order, *, skip=True, minimum=0):
    """Positions of the winners. `order`: positions, whoever wins a tie first."""
    winners = []
    for place in sorted(order, key=lambda place: -votes[place]):  # sorted keeps the order of equals
        if votes[place] < minimum:
            continue
        if costs[place] <= budget:
            winners.append(place)
            budget -= costs[place]
        elif not skip:
            break
    return winners


def equal_shares_once(costs, ballots, endowment, order):
    """Positions of the winners with one endowment, by the definition."""
    supporters = [[voter for voter, ballot in enumerate(ballots) if place in ballot] for place in range(len(costs))]
    winners = [place for place in order if not costs[place] and supporters[place]]
    left = [Fraction(endowment)] * len(ballots)
    while True:
        best = None
        for place in order:
            if place in winners or not costs[place] or sum(left[v] for v in supporters[place]) < costs[place]:
                continue
            if not supporters[place]:
                continue
            q = _share(costs[place], sorted(left[voter] for voter in supporters[place]))
            if best is None or q / costs[place] < best[0] / costs[best[1]]:
                best = q, place
        if best is None:
            return winners
        q, place = best
        winners.append(place)
        for voter in supporters[place]:
            left[voter] -= min(left[voter], q)


def _share(cost, purses):
    paid = 0
    for n, purse in enumerate(purses):
        q = (cost - paid) / Fraction(len(purses) - n)
        if q <= purse:
            return q
        paid += purse
    raise AssertionError("not affordable")


def equal_shares(costs, ballots, budget, order, *, unit=1):
    """Positions of the winners with Add1, and how many units were added: one at a time."""
    if not ballots:
        return [], 0
    supported = [place for place in order if any(place in ballot for ballot in ballots)]
    added, before = 0, None
    while True:
        winners = equal_shares_once(costs, ballots, Fraction(budget, len(ballots)) + added * unit, order)
        cost = sum(costs[place] for place in winners)
        if cost > budget:
            return before, added - 1
        if not any(cost + costs[place] <= budget for place in supported if place not in winners and costs[place]):
            return winners, added
        before, added = winners, added + 1
