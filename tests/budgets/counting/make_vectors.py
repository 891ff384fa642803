"""Writes `vectors.json`: small elections with what the greedy rules must decide, for every implementation of them.

    python -m tests.budgets.counting.make_vectors

The named cases are written by hand with their outcome; this script refuses to write if the rules disagree with it. The
others are drawn, and their outcome is that of the rules, which the tests compare with the plain ones. Run it again
only when cases are added: the file is what the server and the downloaded page agree on.
"""

import json
import random
from pathlib import Path

from budgets.counting.election import Election
from budgets.counting.rules import RULES, count
from budgets.counting.ties import draw_order

FILE = Path(__file__).parent / "vectors.json"
ABOUT = (
    "Amounts are whole cents. votes: how many marked the item. tie_order: every id, whoever wins a tie first. Items "
    "are ranked by votes, then by tie_order. Below minimum_votes an item is out: no_votes if it has none, else "
    "below_minimum. greedy: each that costs no more than what is left is funded, the others do not fit. "
    "greedy-no-skip: ends at the first that does not fit (does_not_fit); the rest are stopped. reserve: whoever "
    "reached the minimum and was not funded, in rank. tied: for each group of equal votes whose fate hangs on "
    "tie_order, in rank: with greedy those that fit one by one when the group's turn comes, if they do not fit "
    "together; with greedy-no-skip the whole group, if not all of it fits and at least one does; groups of one never. "
    "draws: the order of ids by the hexadecimal SHA-256 of seed, line feed, id (UTF-8), the smallest first."
)

# name, rule, budget, minimum, [(id, votes, cost)], tie order, winners, reserve, tied
NAMED = [
    ("nothing to decide", "greedy", 100, 1, [], "", "", "", ""),
    ("one that fits to the cent", "greedy", 100, 1, [("a", 3, 100)], "a", "a", "", ""),
    ("one that is a cent too dear", "greedy", 100, 1, [("a", 3, 101)], "a", "", "a", ""),
    ("no money", "greedy", 0, 1, [("a", 3, 1), ("b", 2, 0)], "ab", "b", "a", ""),
    ("no money, and stop", "greedy-no-skip", 0, 1, [("a", 3, 1), ("b", 2, 0)], "ab", "", "ab", ""),
    ("skips what does not fit", "greedy", 100, 1, [("a", 5, 60), ("b", 4, 50), ("c", 3, 40)], "abc", "ac", "b", ""),
    (
        *("stops at what does not fit", "greedy-no-skip", 100, 1, [("a", 5, 60), ("b", 4, 50), ("c", 3, 40)]),
        *("abc", "a", "bc", ""),
    ),
    ("nobody voted for it", "greedy", 100, 1, [("a", 5, 60), ("b", 0, 10)], "ab", "a", "", ""),
    ("nobody voted for it, no minimum", "greedy", 100, 0, [("a", 5, 60), ("b", 0, 10)], "ab", "ab", "", ""),
    ("exactly the minimum", "greedy", 100, 5, [("a", 5, 60), ("b", 4, 10)], "ab", "a", "", ""),
    ("below the minimum does not stop", "greedy-no-skip", 100, 3, [("a", 5, 60), ("b", 2, 90)], "ab", "a", "", ""),
    ("a tie that is none: both fit", "greedy", 100, 1, [("a", 5, 60), ("b", 5, 40)], "ba", "ba", "", ""),
    ("a tie for the last money", "greedy", 100, 1, [("a", 5, 60), ("b", 5, 60)], "ba", "b", "a", "ba"),
    ("the same, drawn otherwise", "greedy", 100, 1, [("a", 5, 60), ("b", 5, 60)], "ab", "a", "b", "ab"),
    ("a tie, one never fits", "greedy", 100, 1, [("a", 5, 101), ("b", 5, 60)], "ab", "b", "a", ""),
    ("a tie, one never fits, and stop", "greedy-no-skip", 100, 1, [("a", 5, 101), ("b", 5, 60)], "ab", "", "ab", "ab"),
    (
        "the same, drawn otherwise, and stop",
        "greedy-no-skip",
        100,
        1,
        [("a", 5, 101), ("b", 5, 60)],
        "ba",
        "b",
        "a",
        "ba",
    ),
    ("a tie that nobody can win, and stop", "greedy-no-skip", 9, 1, [("a", 5, 10), ("b", 5, 11)], "ab", "", "ab", ""),
    (
        *("two ties", "greedy", 100, 1, [("a", 5, 60), ("b", 5, 50), ("c", 3, 40), ("d", 3, 30), ("e", 1, 5)]),
        *("dcbae", "bde", "ac", "badc"),
    ),
    (
        *("a tie of three, two fit", "greedy", 100, 1, [("a", 2, 50), ("b", 2, 50), ("c", 2, 50)]),
        *("cab", "ca", "b", "cab"),
    ),
    ("all below the minimum", "greedy-no-skip", 100, 9, [("a", 5, 10), ("b", 0, 10)], "ab", "", "", ""),
    ("costs nothing", "greedy-no-skip", 10, 1, [("a", 5, 10), ("b", 4, 0), ("c", 3, 1)], "abc", "ab", "c", ""),
    (
        *("millions to the cent", "greedy", 123_456_789_01, 1, [("a", 24, 123_456_789_00), ("b", 23, 2), ("c", 22, 1)]),
        *("abc", "ac", "b", ""),
    ),
    (
        "ids are compared nowhere",
        "greedy",
        10,
        1,
        [("10", 1, 10), ("9", 1, 10)],
        ["9", "10"],
        ["9"],
        ["10"],
        ["9", "10"],
    ),
]

DRAWS = [
    ("", []),
    ("2026-05-17 La Argelia", ["1", "2", "3", "10", "11"]),
    ("2026-05-17 La Argelia", ["11", "3", "1"]),
    ("Ñañaricuna 🎲", ["mirador-ñ", "agua", "Agua"]),
]


def cases():
    for name, rule, budget, minimum, items, order, winners, reserve, tied in NAMED:
        case = _case(name, rule, budget, minimum, items, list(order))
        wanted = {"winners": list(winners), "reserve": list(reserve), "tied": list(tied)}
        found = {key: case["expected"][key] for key in wanted}
        if found != wanted:
            raise SystemExit(f"{name}: {found}, and not {wanted}")
        yield case
    draw = random.Random("vectors")
    for number in range(40):
        items = [(f"i{n}", draw.randint(0, 6), draw.randint(1, 60) * 100) for n in range(draw.randint(2, 9))]
        order = [one for one, _votes, _cost in items]
        draw.shuffle(order)
        rule, minimum = RULES[number % 2], draw.choice([0, 1, 1, 2, 3])
        yield _case(f"drawn {number + 1}", rule, draw.randint(20, 150) * 100, minimum, items, order)


def _case(name, rule, budget, minimum, items, order):
    election = Election.of_votes(budget=budget, items=[(one, cost, votes) for one, votes, cost in items], scale=100)
    outcome = count(election, rule, minimum_votes=minimum, tie_order=order)
    return {
        "name": name,
        "rule": rule,
        "budget": budget,
        "minimum_votes": minimum,
        "items": [{"id": one, "votes": votes, "cost": cost} for one, votes, cost in items],
        "tie_order": order,
        "expected": {
            "winners": outcome.winners,
            "cost": outcome.cost,
            "reserve": outcome.reserve,
            "tied": outcome.tied,
            "reasons": {one: reason.code for one, reason in outcome.reasons.items()},
        },
    }


def main():
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases())
    draws = ",\n".join(
        "  " + json.dumps({"seed": seed, "ids": ids, "order": draw_order(seed, ids)}, ensure_ascii=False)
        for seed, ids in DRAWS
    )
    FILE.write_text(
        f'{{\n "about": {json.dumps(ABOUT)},\n "cases": [\n{lines}\n ],\n "draws": [\n{draws}\n ]\n}}\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
