"""`python -m budgets.counting RULE < FILE`: counts in a process of its own, with little memory and little time.

Reads a `.pb` file, or the JSON of an assembly (docs/decision-format.md); prints JSON: `{"projects": [{"id", "name",
"cost", "votes", "selected", "code", "left"}], "cost", "budget", "tied", "warnings", "official"}` or
`{"line", "reason"}`. Amounts are texts.
"""

import json
import resource
import sys
from fractions import Fraction

from budgets.counting import pabulib
from budgets.counting.election import CountingError, Election
from budgets.counting.rules import count
from budgets.counting.ties import draw_order

MEMORY = 1_500_000_000
SHOWN = 1000


def main(rule: str) -> dict:
    content = sys.stdin.buffer.read()
    if content.lstrip()[:1] == b"{":
        return _assembly(content, rule)
    file = pabulib.read(content)
    election = file.election()
    outcome = count(election, rule)
    names = file.column("name") or [""] * len(file.ids)
    official = file.selected()
    return _shown(election, outcome, dict(zip(file.ids, names, strict=True))) | {
        "warnings": file.warnings[:20],
        "official": None if official is None else set(official) == set(outcome.winners),
        "vote_type": file.vote_type,
        "ballots": len(file.ballots),
    }


def _assembly(content: bytes, rule: str) -> dict:
    try:
        found = json.loads(content)
        if found["format"] != "decide-decision-1":
            raise ValueError(found["format"])
        projects = found["projects"]
        ids = [str(one["id"]) for one in projects]
        votes = [int(one["votes"] or 0) for one in projects]
        if min(votes, default=0) < 0:
            raise ValueError("negative votes")
        items = list(zip(ids, [int(one["cost_cents"]) for one in projects], votes, strict=True))
        election = Election.of_votes(budget=int(found["budget_cents"]), items=items, scale=100)
        minimum, seed = int(found["minimum_votes"]), str(found["seed"])
        names = {str(one["id"]): str(one["title"])[:200] for one in projects}
        official = found["result"]["winners"] if found["result"] else None
        used = rule if rule == "equal-shares" else str(found["rule"])
        outcome = count(election, used, minimum_votes=minimum, tie_order=draw_order(seed, ids))
    except CountingError:
        raise
    except (KeyError, TypeError, ValueError, RecursionError, OverflowError, AttributeError) as error:
        raise pabulib.PabulibError(f"not the file of an assembly: {type(error).__name__}") from None
    return _shown(election, outcome, names) | {
        "warnings": [],
        "official": None if official is None else official == outcome.winners,
        "vote_type": "assembly",
        "ballots": None,
        "rule": used,
    }


def _shown(election: Election, outcome, names: dict) -> dict:
    place = {one: n for n, one in enumerate(election.ids)}
    won = set(outcome.winners)

    def money(amount) -> str | None:
        return None if amount is None else f"{float(Fraction(amount, election.scale)):.2f}"

    return {
        "rule": outcome.rule,
        "projects": [
            {
                "id": one[:60],
                "name": names[one][:200],
                "cost": money(election.costs[place[one]]),
                "votes": str(float(score) if (score := election.scores[place[one]]) != int(score) else int(score)),
                "selected": one in won,
                "code": outcome.reasons[one].code,
                "left": money(outcome.reasons[one].left),
            }
            for one in outcome.order[:SHOWN]
        ],
        "count": len(outcome.order),
        "winners": len(outcome.winners),
        "cost": money(outcome.cost),
        "budget": money(outcome.budget),
        "tied": outcome.tied[:SHOWN],
    }


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        answer = main(sys.argv[1])
    except pabulib.PabulibError as error:
        answer = {"line": error.line, "reason": error.reason}
    except (CountingError, MemoryError) as error:
        answer = {"line": None, "reason": str(error) or "too large"}
    json.dump(answer, sys.stdout, ensure_ascii=True)
