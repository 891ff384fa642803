import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from budgets.management.commands.count_pabulib import Command

DATA = Path(__file__).parent / "data"

# No test here asks for the database: pytest-django refuses every query.


def counted(file, rule):
    out, err = StringIO(), StringIO()
    call_command(Command(), str(file), rule=rule, stdout=out, stderr=err)
    return json.loads(out.getvalue()), err.getvalue()


@pytest.mark.parametrize(
    ("name", "rule", "result"),
    [
        ("ties.pb", "greedy", {"winners": ["a", "b"], "cost": 100, "budget": 100, "tied": ["b", "c"]}),
        ("no_skip.pb", "greedy-no-skip", {"winners": ["10"], "cost": 700, "budget": 1000, "tied": []}),
        ("equal_shares.pb", "equal-shares", {"winners": ["1", "3"], "cost": 50, "budget": 60, "tied": ["1", "2"]}),
        ("spreadsheet.pb", "greedy", {"winners": ["uno", "dos"], "cost": 12345.67, "budget": 12345.67, "tied": []}),
    ],
)
def test_outcome_is_printed_as_json(name, rule, result):
    assert counted(DATA / name, rule) == (result, "")


def test_what_a_file_says_of_itself_wrongly_is_said_beside_the_outcome(tmp_path):
    file = tmp_path / "file.pb"
    file.write_text((DATA / "ties.pb").read_text().replace("num_votes;6", "num_votes;7"))

    outcome, said = counted(file, "greedy")

    assert outcome["winners"] == ["a", "b"]
    assert said == f"{file}: num_votes says 7, and there are 6\n"


def test_bad_file_is_one_line_with_its_place(tmp_path):
    file = tmp_path / "bad.pb"
    file.write_text((DATA / "ties.pb").read_text().replace("a;60", "a;NaN"))

    with pytest.raises(CommandError) as refused:
        counted(file, "greedy")

    assert (str(refused.value), refused.value.returncode) == (f"{file}:20: cost: «NaN» is not a number", 1)


@pytest.mark.parametrize("name", ["", "missing.pb"])
def test_file_that_cannot_be_opened_is_one_line(tmp_path, name):
    with pytest.raises(CommandError) as refused:
        counted(tmp_path / name, "greedy")

    assert str(refused.value).startswith(f"No se puede leer {tmp_path / name}")
