import random
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from budgets.counting import equal_shares
from budgets.counting.election import CountingError, Election
from budgets.counting.rules import Reason, count
from budgets.counting.sketch import Sketch, Unsure
from tests.budgets.counting import plain


def election(costs, ballots, budget, scale=1):
    ids = [f"p{place}" for place in range(len(costs))]
    scores = [sum(place in ballot for ballot in ballots) for place in range(len(costs))]
    return Election(ids, costs, budget, scores, [tuple(ballot) for ballot in ballots], scale)


def both(costs, ballots, budget, order, unit):
    """(winners, units added) by the fast rule and by the plain one, with ids."""
    one = election(costs, ballots, budget, unit)
    outcome = count(one, "equal-shares", tie_order=[one.ids[place] for place in order])
    winners, added = plain.equal_shares(costs, ballots, budget, order, unit=unit)
    return (outcome.winners, outcome.added), ([one.ids[place] for place in winners], added)


@st.composite
def elections(draw):
    projects = draw(st.integers(1, 8))
    most = draw(st.sampled_from([4, 30, 400]))
    costs = [draw(st.integers(0, most)) for _ in range(projects)]
    ballots = draw(st.lists(st.sets(st.integers(0, projects - 1)), min_size=1, max_size=12))
    return (
        costs,
        ballots,
        draw(st.integers(0, sum(costs))),
        draw(st.permutations(range(projects))),
        draw(st.integers(1, 3)),
    )


@settings(max_examples=400, deadline=None)
@given(elections())
@example(([1, 1], [{0}, {1}], 1, [1, 0], 1))
@example(([0, 3], [{0, 1}], 3, [0, 1], 1))
@example(([5], [set(), set()], 5, [0], 1))
def test_outcome_is_the_plain_one(case):
    costs, ballots, budget, order, unit = case

    ours, theirs = both(costs, ballots, budget, order, unit)

    assert ours[0] == theirs[0]
    if any(costs[place] for ballot in ballots for place in ballot):
        assert ours == theirs


@st.composite
def rich(draw):
    """Few voters with much money each: what Add1 leaps over."""
    projects = draw(st.integers(2, 6))
    costs = [draw(st.integers(200, 900)) for _ in range(projects)]
    ballots = draw(st.lists(st.sets(st.integers(0, projects - 1), min_size=1), min_size=2, max_size=5))
    return costs, ballots, draw(st.integers(300, sum(costs))), draw(st.permutations(range(projects))), 1


@settings(max_examples=150, deadline=None)
@given(rich())
def test_leaps_end_where_single_steps_do(case):
    ours, theirs = both(*case)

    assert ours == theirs


def test_thousands_of_steps_are_a_few_leaps(monkeypatch):
    """Three tie at first; Add1 goes on for sixty thousand units of money, until the outcome is exhaustive."""
    runs = []
    for name in ("run", "follow"):
        whole = getattr(equal_shares._Base, name)
        monkeypatch.setattr(equal_shares._Base, name, lambda *args, whole=whole: runs.append(1) or whole(*args))
    costs, ballots = [500_003, 700_001, 900_007, 333_333], [{0, 1, 2}, {0, 1}, {0, 2, 3}, {1, 3}, {2}]

    outcome = count(election(costs, ballots, 1_600_000), "equal-shares")

    assert (outcome.winners, outcome.added, outcome.ties[0]) == (["p0", "p1", "p3"], 63_335, ["p0", "p1", "p2"])
    assert len(runs) < 200
    before, last = (plain.equal_shares_once(costs, ballots, outcome.endowment - less, range(4)) for less in (1, 0))
    assert (before, last) == ([0, 1], [0, 1, 3])


def test_minority_gets_its_work_where_greedy_gives_it_nothing():
    one = election([30, 30, 20], [{0, 1}, {0, 1}, {0, 1}, {0, 1}, {2}, {2}], 60)

    assert count(one, "greedy").winners == ["p0", "p1"]
    assert set(count(one, "equal-shares").winners) == {"p0", "p2"}


def test_endowment_is_the_equal_share_and_what_was_added():
    outcome = count(election([7, 90], [{0}, {0}, {1}], 20), "equal-shares")

    assert (outcome.winners, outcome.endowment) == (["p0"], Fraction(20, 3) + outcome.added)


def test_each_that_is_not_funded_says_why():
    one = election([6, 50, 5, 4], [{0, 1}, {0, 1}, {1}], 9)

    outcome = count(one, "equal-shares")

    assert outcome.winners == ["p0"]
    assert outcome.reasons["p2"] == outcome.reasons["p3"] == Reason("no_votes")
    assert outcome.reasons["p1"].code == "not_enough_support"
    assert outcome.reasons["p1"].left == int(3 * outcome.endowment - 6) < 50


def test_below_the_minimum_is_left_out():
    one = election([6, 5], [{0, 1}, {0}, {0}], 20)

    outcome = count(one, "equal-shares", minimum_votes=2)

    assert (outcome.winners, outcome.reasons["p1"].code) == (["p0"], "below_minimum")


def test_ties_fall_to_the_first_id_as_text_and_are_named():
    one = Election(["9", "10"], [5, 5], 5, [1, 1], [(0,), (1,)])

    outcome = count(one, "equal-shares")

    assert outcome.winners in (["10"], [])
    assert count(Election(["9", "10"], [4, 4], 4, [2, 2], [(0, 1), (0, 1)]), "equal-shares").tied == ["10", "9"]


def test_withdrawn_is_not_elected_though_it_has_supporters():
    one = Election(["a", "b"], [5, 5], 10, [2, 1], [(0, 1), (0,)], withdrawn=frozenset([0]))

    outcome = count(one, "equal-shares")

    assert (outcome.winners, outcome.reasons["a"].code) == (["b"], "withdrawn")


def test_without_ballots_there_is_nothing_to_share():
    with pytest.raises(CountingError, match="ballots"):
        count(Election.of_votes(budget=10, items=[("a", 5, 3)]), "equal-shares")
    assert count(Election.of_votes(budget=10, items=[("a", 5, 0)]), "equal-shares").winners == []


def test_rounding_never_decides(monkeypatch):
    """With hardly any digits everything is too near to tell, and is decided by whole numbers."""
    monkeypatch.setattr(equal_shares, "_DIGITS", 3)
    case = (
        [17, 23, 5, 31, 12],
        [{0, 1}, {1, 2, 3}, {0, 3}, {2, 4}, {1, 4}, {0, 1, 2, 3, 4}, {3}],
        60,
        [0, 1, 2, 3, 4],
        1,
    )

    ours, theirs = both(*case)

    assert ours == theirs


def drawn(voters, seed):
    """An election of so many voters, hardly two of whom vote alike."""
    draw = random.Random(seed)
    costs = [draw.randint(1_000, 40_000) for _ in range(12)]
    liked = [draw.lognormvariate(0, 0.8) for _ in costs]
    ballots = [set(draw.choices(range(12), liked, k=draw.randint(0, 6))) for _ in range(voters)]
    return election(costs, ballots, int(sum(costs) * draw.uniform(0.2, 0.9)))


@pytest.mark.parametrize("seed", range(6))
def test_sketches_prove_what_the_exact_runs_decide(seed, monkeypatch):
    one = drawn(700, seed)
    exact = []
    run = equal_shares._Base.run
    monkeypatch.setattr(equal_shares._Base, "run", lambda *args: exact.append(1) or run(*args))

    fast = count(one, "equal-shares")

    assert len(exact) <= 2 + fast.added // 4
    monkeypatch.setattr(equal_shares._Base, "sketch", lambda base, added: run(base, added, []))
    assert count(one, "equal-shares") == fast


def test_tie_is_more_than_a_sketch_can_say():
    supporters = [0b0011, 0b1100]
    tied = Sketch([6, 6], supporters, {0: 2, 1: 2}, 4, 12, 10)
    apart = Sketch([6, 6], [0b0111, 0b1100], {0: 3, 1: 2}, 4, 12, 10)

    with pytest.raises(Unsure):
        tied.elect(12)

    assert apart.elect(12)
    assert (tied.winners, apart.winners, apart.spent) == ([], [0], 6)
