"""Equal Shares against pabutools on random elections. For a developer's machine; not collected by pytest.

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install pabutools hypothesis
    PYTHONPATH=. /tmp/oracle/bin/python -m tests.budgets.counting.oracle [EXAMPLES]

pabutools is GPL and brings a proprietary solver, so it is in no requirements file. Compared: the winners in their
order, with Add1 by one unit of money, ties by the ids as text on both sides; each election goes through a `.pb` file.
"""

import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares

from budgets.counting.pabulib import read
from budgets.counting.rules import count


@st.composite
def elections(draw):
    """The text of a `.pb` file."""
    projects, voters = draw(st.integers(1, 9)), draw(st.integers(1, 14))
    most = draw(st.sampled_from([6, 40, 900]))
    costs = [draw(st.integers(1, most)) for _ in range(projects)]
    votes = [sorted(draw(st.sets(st.integers(1, projects)))) for _ in range(voters)]
    budget = draw(st.integers(1, sum(costs)))
    meta = {"num_projects": projects, "num_votes": voters, "budget": budget, "vote_type": "approval", "rule": "unknown"}
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items())]
    lines += ["PROJECTS", "project_id;cost", *(f"{place};{cost}" for place, cost in enumerate(costs, 1))]
    lines += ["VOTES", "voter_id;vote", *(f"{n};{','.join(map(str, vote))}" for n, vote in enumerate(votes))]
    return "\n".join(lines) + "\n"


def main(examples: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "election.pb"

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(elections())
        def compare(text):
            path.write_text(text, encoding="utf-8")
            instance, profile = parse_pabulib(str(path))
            theirs = method_of_equal_shares(instance, profile, Cost_Sat, voter_budget_increment=1)
            ours = count(read(path).election(), "equal-shares")
            assert ours.winners == [project.name for project in theirs], text

        compare()
    print(f"{examples} elections: the same winners in the same order")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
