"""An election of 100,000 ballots and 100 projects in Pabulib's format: read, counted greedily, and by Equal Shares.

Not from the city: the ballots are drawn with a fixed seed. Twenty circles of residents, each fond of some projects
beside what everybody likes; about nine projects on each ballot, hardly two ballots alike; the money is enough for
30 %, 50 % and 80 % of what was asked: the more there is, the longer Add1 goes on. pabutools is the control where it
can be imported (it is in no requirements file).
"""

import random
import tempfile
import time
from itertools import accumulate
from pathlib import Path

from budgets.counting.pabulib import read
from budgets.counting.rules import count
from tests.bench import row

BALLOTS, PROJECTS = 100_000, 100


def rows() -> list[dict]:
    what = f"{BALLOTS:,} ballots × {PROJECTS} projects"
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "election.pb"
        for share in (0.3, 0.5, 0.8):
            path.write_text(drawn(share=share), encoding="utf-8")
            election, reading = _timed(lambda: read(path).election())
            if not found:
                _outcome, greedy = _timed(lambda election=election: count(election, "greedy"))
                found.append(row(f"{what}: read", reading, "s", bar=1))
                found.append(row(f"{what}: counted greedily", greedy, "s", bar=0.5))
            outcome, shares = _timed(lambda election=election: count(election, "equal-shares"))
            control = _pabutools(path, outcome.winners) if share == 0.3 else None
            name = f"{what}: Equal Shares, money for {share:.0%}, Add1 by {outcome.added}, exact"
            found.append(row(name, shares, "s", control=control, bar=2))
    return found


def drawn(ballots: int = BALLOTS, projects: int = PROJECTS, share: float = 0.3, seed: int = 1) -> str:
    """The text of a `.pb` file."""
    draw = random.Random(seed)
    costs = [int(min(400_000, max(5_000, draw.lognormvariate(11.3, 0.8)))) // 100 * 100 for _ in range(projects)]
    liked = [draw.lognormvariate(0, 0.8) for _ in range(projects)]
    circles = [list(accumulate(by * (6 if draw.random() < 0.15 else 1) for by in liked)) for _ in range(20)]
    lines = ["META", "key;value", "description;Drawn", f"num_projects;{projects}", f"num_votes;{ballots}"]
    lines += [f"budget;{int(sum(costs) * share)}", "vote_type;approval", "rule;greedy", "PROJECTS", "project_id;cost"]
    lines += [f"{place};{cost}" for place, cost in enumerate(costs)]
    lines += ["VOTES", "voter_id;vote"]
    for voter in range(ballots):
        size = max(1, min(20, round(draw.gauss(10, 4))))
        vote = dict.fromkeys(draw.choices(range(projects), cum_weights=draw.choice(circles), k=size + 2))
        lines.append(f"{voter};{','.join(map(str, list(vote)[:size]))}")
    return "\n".join(lines) + "\n"


def _timed(act):
    """What `act` returns, and the best of three times in seconds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        result = act()
        times.append(time.perf_counter() - start)
    return result, min(times)


def _pabutools(path: Path, winners: list[str]) -> float | None:
    try:
        from pabutools.election import Cost_Sat, parse_pabulib
        from pabutools.rules import method_of_equal_shares
    except ImportError:
        return None
    instance, profile = parse_pabulib(str(path))
    start = time.perf_counter()
    theirs = method_of_equal_shares(instance, profile.as_multiprofile(), Cost_Sat, voter_budget_increment=1)
    taken = time.perf_counter() - start
    if [project.name for project in theirs] != winners:
        raise AssertionError("pabutools elects others")
    return taken
