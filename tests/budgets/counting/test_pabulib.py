from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.counting.pabulib import PabulibError, number, parse, read, write

DATA = Path(__file__).parent / "data"
FILES = sorted(DATA.glob("*.pb"))

HEAD = "META\nkey;value\nbudget;100\nvote_type;approval\n"
PROJECTS = "PROJECTS\nproject_id;cost\na;60\nb;40\n"
VOTES = "VOTES\nvoter_id;vote\n1;a\n2;a,b\n"
GOOD = HEAD + PROJECTS + VOTES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_is_read_without_warnings_and_written_the_same_twice(path):
    file = read(path)

    assert file.warnings == []
    text = write(file)
    assert write(parse(text)) == text
    if path.name != "spreadsheet.pb":
        assert text.encode() == path.read_bytes()


def test_spreadsheet_with_bom_crlf_spaces_and_decimals_is_exact():
    file = read(DATA / "spreadsheet.pb")

    election = file.election()
    assert (election.budget, election.scale, election.costs) == (1234567, 100, [123456, 1111111, 4000000])
    assert file.column("name") == ["Árboles", "Baños; públicos", "Ñan"]
    assert election.ballots == [(0, 1), (0, 2), (1,)]


def test_everything_unknown_is_kept_in_order():
    text = (
        "META\nkey;value\nzeta;1\nbudget;100\nvote_type;approval\nrule;greedy-custom\nmax_sum_cost;90\n"
        "PROJECTS\nproject_id;odd;cost;selected\na;x;60;2\nb;;40;1\nVOTES\nodder;voter_id;vote\n;1;a\ny;2;\n"
    )

    file = parse(text)

    assert write(file) == text
    assert list(file.meta) == ["zeta", "budget", "vote_type", "rule", "max_sum_cost"]
    assert (file.selected(), file.selected(1, 2), file.column("name")) == (["b"], ["a", "b"], None)


@pytest.mark.parametrize(
    ("name", "scores"),
    [
        ("choose_one.pb", [1, 2, 1]),
        ("cumulative.pb", [15, 10, 5]),
        ("ordinal.pb", [7, 7, 5, 4]),
        ("ties.pb", [5, 3, 3, 3, 1]),
    ],
)
def test_score_of_each_vote_type(name, scores):
    assert read(DATA / name).scores() == scores


def test_ordinal_without_max_length_counts_from_the_number_of_projects():
    file = parse(GOOD.replace("approval", "ordinal"))

    assert file.scores() == [4, 1]


def test_points_of_an_ordinal_file_go_before_borda():
    text = HEAD.replace("approval", "ordinal") + PROJECTS + "VOTES\nvoter_id;vote;points\n1;a,b;4,3\n2;b;4\n"

    assert parse(text).scores() == [4, 7]


def test_scoring_gives_the_default_to_whatever_is_not_named():
    meta = HEAD.replace("approval", "scoring") + "default_score;1\n"
    text = meta + PROJECTS + "VOTES\nvoter_id;vote;points\n1;a,b;-2,0.5\n2;b;3\n3;;\n"

    file = parse(text)

    assert file.scores() == [0, Fraction(9, 2)]
    assert file.election().ballots == [(1,), (1,), ()]


def test_minimum_and_withdrawn_come_from_the_file():
    text = GOOD.replace("b;40", "b;999999999").replace("budget", "min_project_score_threshold;2\nbudget", 1)

    election = parse(text).election()

    assert (election.minimum, election.withdrawn) == (2, {1})


def test_project_named_twice_by_an_approval_counts_once():
    assert parse(GOOD.replace("1;a\n", "1;a, a,b\n")).scores() == [2, 2]


def test_what_a_file_says_of_itself_wrongly_is_a_warning():
    text = GOOD.replace("budget", "num_votes;3\nnum_projects;2\nbudget", 1)
    text = text.replace("project_id;cost\na;60\nb;40\n", "project_id;cost;votes\na;60;2\nb;40;7\n")

    assert parse(text).warnings == [
        "num_votes says 3, and there are 2",
        "project b: the column votes says 7, and the votes give 1",
    ]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the file must begin with the title META"),
        ("PROJECTS\n", 1, "the file must begin with the title META"),
        ("META\n", 1, "META is empty"),
        ("META\nbudget;100\n", 2, "META has no column «key»"),
        ("META\nkey;value\nbudget;1\n", 3, "there are no PROJECTS"),
        (HEAD + "VOTES\n", 5, "VOTES where PROJECTS should begin"),
        (HEAD + "budget;3\n", 5, "«budget» is there twice"),
        (HEAD + "note;one;two\n", 5, "META takes a key and one value"),
        (GOOD.replace("budget;100", "note;x"), 5, "META has no «budget»"),
        (GOOD.replace("budget;100", "budget;"), 3, "META has no «budget»"),
        (GOOD.replace("budget;100", "budget;-100"), 3, "budget: «-100» is negative"),
        (GOOD.replace("budget;100", "budget;NaN"), 3, "budget: «NaN» is not a number"),
        (GOOD.replace("approval", "veto"), 4, "unknown vote_type «veto»"),
        (GOOD.replace("approval", "ordinal\nscoring_fn;Dowdall"), 5, "unknown scoring_fn «Dowdall»"),
        (GOOD.replace("approval", "approval\nmax_length;many"), 5, "max_length: «many» is not a number"),
        (HEAD + "PROJECTS\n", 5, "PROJECTS is empty"),
        (HEAD + "PROJECTS\nproject_id;price\n", 6, "PROJECTS has no column «cost»"),
        (HEAD + "PROJECTS\nproject_id;cost;cost\n", 6, "PROJECTS has a column twice"),
        (HEAD + "PROJECTS\nproject_id;cost\n" + VOTES, 7, "there is no project"),
        (HEAD + PROJECTS, 8, "there are no VOTES"),
        (GOOD.replace("b;40", "a;40"), 8, "project «a» is there twice"),
        (GOOD.replace("b;40", ";40"), 8, "«» cannot be a project's id"),
        (GOOD.replace("b;40", "b,c;40"), 8, "«b,c» cannot be a project's id"),
        (GOOD.replace("b;40", "b;40;x"), 8, "more values than PROJECTS has columns"),
        (GOOD.replace("b;40", "b;-40"), 8, "cost: «-40» is negative"),
        (GOOD.replace("b;40", "b;nan"), 8, "cost: «nan» is not a number"),
        (GOOD.replace("b;40", "b;inf"), 8, "cost: «inf» is not a number"),
        (GOOD.replace("b;40", "b;"), 8, "cost: «» is not a number"),
        (GOOD.replace("b;40", "b;1e30"), 8, "cost: «1e30» is too large or too fine a number"),
        (GOOD.replace("b;40", "b;1" + "0" * 30), 8, f"cost: «1{'0' * 30}» is too large or too fine a number"),
        (GOOD.replace("b;40", "b;0.0000000001"), 8, "cost: «0.0000000001» is too large or too fine a number"),
        (GOOD.replace("2;a,b", "2;a,z"), 12, "a vote names «z», which is no project"),
        (GOOD.replace("2;a,b", "1;a,b"), 12, "voter «1» is there twice"),
        (GOOD.replace("2;a,b", ";a,b"), 12, "a vote has no voter_id"),
        (GOOD.replace("2;a,b", "2;a;b"), 12, "more values than VOTES has columns"),
        (GOOD.replace("2;a,b", '2;"a,b'), 12, "a quotation mark opens here and is not closed"),
        (GOOD.replace("a;60", '"a;60'), 7, "a quotation mark opens here and is not closed"),
        (GOOD + "META\n", 13, "META after VOTES"),
        (GOOD.replace("approval", "choose-1"), 12, "a vote names more than one project"),
        (GOOD.replace("approval", "cumulative"), 10, "VOTES has no column «points»"),
        (GOOD.replace("approval", "ordinal").replace("a,b", "a,a"), 12, "a vote names a project twice"),
        (
            GOOD.replace("approval", "ordinal\nmax_length;1"),
            13,
            "a vote ranks 2 projects and max_length is 1",
        ),
    ],
)
def test_malformed_file_is_refused_with_its_line(text, line, reason):
    with pytest.raises(PabulibError) as refused:
        parse(text)

    assert (refused.value.line, refused.value.reason) == (line, reason)
    assert str(refused.value) == f"line {line}: {reason}"


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ("1", "2 projects and 1 points"),
        ("1,x", "points: «x» is not a number"),
        ("1,-1", "negative points"),
        ("", "2 projects and 0 points"),
    ],
)
def test_points_that_are_wrong_are_refused(points, reason):
    text = HEAD.replace("approval", "cumulative") + PROJECTS + f"VOTES\nvoter_id;vote;points\n1;a,b;{points}\n"

    with pytest.raises(PabulibError, match="line 11") as refused:
        parse(text)

    assert refused.value.reason == reason


def test_text_that_is_not_utf8_is_refused_with_its_line():
    with pytest.raises(PabulibError) as refused:
        read(GOOD.replace("b;40", "b;40;ñ").encode("latin-1"))

    assert (refused.value.line, refused.value.reason) == (8, "the text is not UTF-8")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("0", 0), ("007", 7), ("40000.0", 40000), ("12.50", Fraction(25, 2)), ("12,5", Fraction(25, 2))],
        *[("1 234", 1234), ("1\u00a0234\u202f567,8", Fraction(12345678, 10)), ("1e3", 1000), ("2.5E+1", 25)],
        *[("+3", 3), ("-0.5", Fraction(-1, 2)), ("5.", 5)],
    ],
)
def test_number_is_exact(text, value):
    assert number(text) == value
    assert isinstance(number(text), int) == (Fraction(value).denominator == 1)


@pytest.mark.parametrize("text", ["", " ", ".", "1.2.3", "1,234.5", "12 34", "--1", "0x10", "1_000", "٣", "∞", "½"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a number"):
        number(text)


words = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x1e\ufeff"), max_size=6).map(str.strip)
ids = st.text(st.sampled_from("ab1 ñ;\"'-"), min_size=1, max_size=4).map(str.strip).filter(bool)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(words.filter(lambda word: word and word not in ("budget", "vote_type")), words, max_size=3),
    st.lists(st.tuples(ids, st.integers(0, 10**6), words), min_size=1, max_size=4, unique_by=lambda row: row[0]),
    st.data(),
)
def test_any_file_that_was_written_is_read_and_written_to_the_same_bytes(meta, projects, data):
    known = [one for one, _cost, _name in projects]
    votes = data.draw(st.lists(st.lists(st.sampled_from(known), unique=True), max_size=4))
    meta = {key: value for key, value in meta.items() if key.lower() not in _CHECKED}
    file = parse(GOOD)
    file.meta = meta | {"budget": "5", "vote_type": "approval"}
    file.project_columns = ["project_id", "cost", "name"]
    file.projects = [[one, str(cost), name] for one, cost, name in projects]
    file.votes = [[str(n), ",".join(vote)] for n, vote in enumerate(votes)]

    text = write(file)

    again = parse(text)
    assert (again.meta, again.projects, again.votes) == (file.meta, file.projects, file.votes)
    assert write(again) == text


_CHECKED = {
    *("scoring_fn", "min_length", "max_length", "min_sum_cost", "max_sum_cost", "min_points", "max_points"),
    *("min_sum_points", "max_sum_points", "default_score", "min_project_score_threshold", "meta", "projects", "votes"),
}
