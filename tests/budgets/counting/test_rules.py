import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.counting.election import CountingError, Election
from budgets.counting.pabulib import read
from budgets.counting.rules import REASONS, RULES, Reason, count
from tests.budgets.counting import plain

HERE = Path(__file__).parent
VECTORS = HERE / "vectors.json"
CASES = json.loads(VECTORS.read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_greedy_decides_as_the_vectors_say(case):
    items = [(item["id"], item["cost"], item["votes"]) for item in case["items"]]
    election = Election.of_votes(budget=case["budget"], items=items, scale=100)

    outcome = count(election, case["rule"], minimum_votes=case["minimum_votes"], tie_order=case["tie_order"])

    assert {
        "winners": outcome.winners,
        "cost": outcome.cost,
        "reserve": outcome.reserve,
        "tied": outcome.tied,
        "reasons": {one: reason.code for one, reason in outcome.reasons.items()},
    } == case["expected"]


def test_the_vectors_show_every_reason_of_the_greedy_rules():
    shown = {code for case in CASES for code in case["expected"]["reasons"].values()}

    assert shown == set(REASONS) - {"not_enough_support", "withdrawn"}


@st.composite
def counted(draw):
    items = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60)), min_size=1, max_size=7))
    order = draw(st.permutations(range(len(items))))
    return items, order, draw(st.integers(0, 150)), draw(st.integers(0, 3)), draw(st.sampled_from(RULES[:2]))


@settings(max_examples=300, deadline=None)
@given(counted())
def test_greedy_is_the_plain_one_and_its_ties_are_those_that_matter(case):
    items, order, budget, minimum, rule = case
    votes, costs = [vote for vote, _cost in items], [cost for _vote, cost in items]
    ids = [f"p{place}" for place in range(len(items))]
    election = Election(ids, costs, budget, votes)

    def winners(order):
        return plain.greedy(costs, votes, budget, order, skip=rule == "greedy", minimum=minimum)

    outcome = count(election, rule, minimum_votes=minimum, tie_order=[ids[place] for place in order])

    assert outcome.winners == [ids[place] for place in winners(order)]
    assert outcome.cost == sum(costs[ids.index(one)] for one in outcome.winners) <= budget
    assert sorted(outcome.winners + outcome.reserve) == sorted(
        i for i, v in zip(ids, votes, strict=True) if v >= minimum
    )
    # Without a tie any order decides the same; with one, each of the first group can come first.
    if not outcome.tied:
        assert set(winners(order)) == set(winners(order[::-1])) == set(winners(sorted(order)))
    else:
        first = [ids.index(one) for one in outcome.ties[0]]
        others = [place for place in order if place not in first]
        results = {frozenset(winners([place, *(f for f in first if f != place), *others])) for place in first}
        assert len(results) > 1 or len(first) > 2


def test_ties_without_an_order_fall_to_whoever_is_listed_first():
    outcome = count(Election(["z", "a"], [5, 5], 5, [1, 1]), "greedy")

    assert (outcome.winners, outcome.tied) == (["z"], ["z", "a"])


def test_each_reason_says_what_was_left_at_its_turn():
    election = Election.of_votes(budget=100, items=[("a", 60, 9), ("b", 50, 8), ("c", 40, 7), ("d", 1, 1)])

    outcome = count(election, "greedy", minimum_votes=2)

    assert outcome.reasons == {
        "a": Reason("funded", 100),
        "b": Reason("does_not_fit", 40),
        "c": Reason("funded", 40),
        "d": Reason("below_minimum"),
    }


def test_withdrawn_project_neither_wins_nor_stops():
    election = Election(["a", "b"], [999_999_999, 10], 20, [5, 4], withdrawn=frozenset([0]))

    outcome = count(election, "greedy-no-skip")

    assert (outcome.winners, outcome.reserve, outcome.reasons["a"].code) == (["b"], [], "withdrawn")


def test_minimum_of_the_election_holds_unless_another_is_given():
    election = Election(["a", "b"], [10, 10], 20, [5, 4], minimum=5)

    assert count(election, "greedy").winners == ["a"]
    assert count(election, "greedy", minimum_votes=1).winners == ["a", "b"]


@pytest.mark.parametrize("order", [["a"], ["a", "a"], ["a", "b", "c"], []])
def test_order_of_ties_that_does_not_name_each_once_is_refused(order):
    with pytest.raises(CountingError, match="order of ties"):
        count(Election(["a", "b"], [1, 1], 1, [1, 1]), "greedy", tie_order=order)


def test_unknown_rule_is_refused():
    with pytest.raises(CountingError, match="unknown rule «borda»"):
        count(Election(["a"], [1], 1, [1]), "borda")


@pytest.mark.parametrize(
    "wrong",
    [
        {"ids": ["a", "a"]},
        {"costs": [1]},
        {"costs": [1, -1]},
        {"costs": [1, 1.5]},
        {"budget": -1},
        {"scale": 0},
    ],
)
def test_election_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(CountingError):
        Election(**{"ids": ["a", "b"], "costs": [1, 1], "budget": 1, "scores": [1, 1]} | wrong)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("ties.pb", "greedy"),
        ("no_skip.pb", "greedy-no-skip"),
        ("equal_shares.pb", "equal-shares"),
    ],
)
def test_official_outcome_of_a_file_is_reproduced(name, rule):
    file = read(HERE / "data" / name)

    assert sorted(count(file.election(), rule).winners) == sorted(file.selected())
