"""Elections in Pabulib's `.pb` format: https://pabulib.org/format; Stolicki, Szufa, Talmon 2020 (arXiv:2012.06539).

A file has three sections, META (`key;value`), PROJECTS and VOTES, each a table of values separated by semicolons.
Everything in it is kept, in its order: unknown META fields and columns, `rule`, `selected`, minima and maxima. What
is needed to count is checked; every refusal is a `PabulibError` that names the line.

What Pabulib leaves open is decided so:

- A score is the number of ballots (`approval`, `choose-1`), or the sum of points (`cumulative`, `scoring`; `scoring`
  gives `default_score` to the projects that a ballot does not name).
- `ordinal`: the column `points` where there is one, else Borda's points: the first place gets `max_length` points
  (or as many as there are projects), the next one less. So Kraków counts (`max_length` 3: 3, 2, 1), and `Borda` is
  the format's only `scoring_fn`.
- `min_project_score_threshold` is the election's minimum. A cost of 999999999 marks a withdrawn project, as
  Pabulib's checker has it.
- Amounts may have decimals after a point or comma, and groups of three digits apart by spaces. They are read
  exactly: `scale` is the power of ten that makes all of them whole.
- On an approval ballot that names a project twice, it counts once.
- `num_votes`, `num_projects`, and the columns `votes` and `score`, where they differ from what is there, are
  `warnings`, not errors: real files carry such mistakes, and what is counted are the ballots.
"""

import csv
import gc
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from .election import Election, Number, mentions

SECTIONS = ("META", "PROJECTS", "VOTES")
VOTE_TYPES = ("approval", "choose-1", "cumulative", "ordinal", "scoring")
WITHDRAWN = 999_999_999
LARGEST = 10**15  # units of money, or points
DECIMALS = 9
LIMITS = (
    *("min_length", "max_length", "min_sum_cost", "max_sum_cost"),
    *("min_points", "max_points", "min_sum_points", "max_sum_points", "default_score", "min_project_score_threshold"),
)
_END = "\x1e"
# Where none of these is in a text, no cell begins or ends with a space, and none needs to be stripped.
_UNTIDY = (" ;", " \n", " \r", ' "', '" ', *(c for c in map(chr, range(0x3001)) if c.isspace() and c not in " \n\r"))
_AMOUNT = re.compile(r"([+-]?)(\d+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:[.,](\d*))?(?:[eE]([+-]?\d{1,2}))?", re.ASCII)


class PabulibError(ValueError):
    """The file cannot be read. `line`: where, counted from 1, or None; `reason`: why, without the line."""

    def __init__(self, reason: str, line: int | None = None):
        self.reason, self.line = reason, line
        super().__init__(reason if line is None else f"line {line}: {reason}")


@dataclass
class Pabulib:
    """A `.pb` file. Rows hold one text for each column. `points[i]` belongs to `ballots[i]`, where there are points."""

    meta: dict[str, str]
    project_columns: list[str]
    projects: list[list[str]]
    vote_columns: list[str]
    votes: list[list[str]]
    ballots: list[tuple[int, ...]] = field(default_factory=list, repr=False)
    points: list[tuple[Number, ...]] | None = field(default=None, repr=False)
    warnings: list[str] = field(default_factory=list)

    @property
    def vote_type(self) -> str:
        return self.meta["vote_type"].lower()

    def column(self, name: str) -> list[str] | None:
        """One column of PROJECTS; None where the file does not have it."""
        if name not in self.project_columns:
            return None
        place = self.project_columns.index(name)
        return [row[place] for row in self.projects]

    @property
    def ids(self) -> list[str]:
        return self.column("project_id")

    def selected(self, *codes: int) -> list[str] | None:
        """Ids by the official outcome; None where the file does not give it.

        1: by the rule of the election (what is returned when no code is given); 0: not; 2 and 3: for another
        reason that the file's `comment` explains, such as money found elsewhere.
        """
        column = self.column("selected")
        if column is None:
            return None
        wanted = {str(code) for code in codes or (1,)}
        return [one for one, code in zip(self.ids, column, strict=True) if code.removesuffix(".0") in wanted]

    def scores(self) -> list[Number]:
        """What each project is ranked by: see the module."""
        if self.points is None:
            return mentions(self.ballots, len(self.projects))
        rest = number(self.meta["default_score"]) if self.vote_type == "scoring" and "default_score" in self.meta else 0
        scores: list[Number] = [rest * len(self.ballots)] * len(self.projects)
        for ballot, points in zip(self.ballots, self.points, strict=True):
            for position, given in zip(ballot, points, strict=True):
                scores[position] += given - rest
        return [_plain(score) for score in scores]

    def election(self) -> Election:
        """Ready to be counted. Equal Shares takes a project to be supported by a ballot that gives it points."""
        amounts = [number(cost) for cost in self.column("cost")]
        budget = number(self.meta["budget"])
        scale = max(10 ** _decimals(amount) for amount in [budget, *amounts])
        ballots = self.ballots
        if self.points is not None and self.vote_type in ("cumulative", "scoring"):
            ballots = [
                tuple(place for place, given in zip(ballot, points, strict=True) if given > 0)
                for ballot, points in zip(ballots, self.points, strict=True)
            ]
        return Election(
            ids=self.ids,
            costs=[int(amount * scale) for amount in amounts],
            budget=int(budget * scale),
            scores=self.scores(),
            ballots=ballots,
            scale=scale,
            minimum=number(self.meta.get("min_project_score_threshold") or "0"),
            withdrawn=frozenset(place for place, amount in enumerate(amounts) if amount == WITHDRAWN),
        )


def number(text: str) -> Number:
    """An amount or points, exactly; an int where it is whole. ValueError: not a number, NaN, or out of all bounds."""
    match = _AMOUNT.fullmatch(text.strip())
    if not match:
        raise ValueError(f"«{_short(text)}» is not a number")
    sign, whole, part, power = match.groups()
    part = (part or "").rstrip("0")
    if len(text) < 16 and text.isascii() and text.isdecimal():
        return int(text)
    if len(whole) > 25 or len(part) > 25:
        raise ValueError(f"«{_short(text)}» is too large or too fine a number")
    digits = re.sub(r"\D", "", whole)
    value = Fraction(int(digits + part), 10 ** len(part)) * Fraction(10) ** int(power or 0)
    if value > LARGEST or _decimals(value) > DECIMALS:
        raise ValueError(f"«{_short(text)}» is too large or too fine a number")
    return _plain(-value if sign == "-" else value)


def read(source: str | Path | bytes) -> Pabulib:
    """A file by its path, or its content as bytes. PabulibError; OSError where there is no such file."""
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PabulibError("the text is not UTF-8", content.count(b"\n", 0, error.start) + 1) from None
    return parse(text)


def parse(text: str) -> Pabulib:
    """A file's text. PabulibError."""
    paused = gc.isenabled()
    gc.disable()  # a hundred thousand small lists, none of them garbage: looking for it takes a third of the time
    try:
        return _parse(text)
    finally:
        if paused:
            gc.enable()


def _parse(text: str) -> Pabulib:
    rows = _Rows(text)
    rows.title("META")
    meta = _meta(rows)
    projects = _projects(rows)
    file = Pabulib(meta, *projects, [], [])
    _votes(rows, file)
    file.warnings = list(_differences(file))
    return file


def write(file: Pabulib) -> str:
    """The text of a file: line feeds, quotes only where they must be. Reading and writing it again changes no byte."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerows([["META"], ["key", "value"], *([key, value] for key, value in file.meta.items())])
    writer.writerows([["PROJECTS"], file.project_columns, *file.projects])
    writer.writerows([["VOTES"], file.vote_columns, *file.votes])
    return out.getvalue()


class _Rows:
    """The rows of a text with the line on which each begins; blank ones are left out."""

    def __init__(self, text: str):
        # Without translation of line ends, so that a name with a line end in quotes is kept.
        text = text if text.endswith("\n") else text + "\n"
        lines = [*io.StringIO(text, newline=""), _END]
        self.tidy = not any(mark in text for mark in _UNTIDY)
        self.reader = csv.reader(lines, delimiter=";", skipinitialspace=True)
        self.last = len(lines) - 1
        self.line = 0  # where the row that was given last begins; at the end, the last line

    def __iter__(self):
        return self

    def __next__(self) -> list[str]:
        """The next row, its cells stripped. StopIteration at the end."""
        for row in self._cells():
            return [cell.strip() for cell in row]
        raise StopIteration

    def _cells(self):
        """Rows as they are, for the many of VOTES."""
        reader = self.reader
        while True:
            self.line = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                self.line = self.last
                return
            except csv.Error as error:
                raise PabulibError(str(error), self.line) from None
            if not row or not any(row):
                continue
            if reader.line_num > self.last:
                if row != [_END]:
                    raise PabulibError("a quotation mark opens here and is not closed", self.line)
                continue
            yield row

    def title(self, wanted: str) -> None:
        """Passes the title of the first section."""
        for row in self:
            if _title(row) == wanted:
                return
            break
        raise PabulibError(f"the file must begin with the title {wanted}", self.line)

    def header(self, section: str, *needed: str) -> list[str]:
        for row in self:
            columns = [cell.lower() for cell in row]
            while columns and not columns[-1]:
                columns.pop()
            missing = [name for name in needed if name not in columns]
            if missing:
                raise PabulibError(f"{section} has no column «{missing[0]}»", self.line)
            if len(set(columns)) != len(columns):
                raise PabulibError(f"{section} has a column twice", self.line)
            return columns
        raise PabulibError(f"{section} is empty", self.line)

    def filled(self, row: list[str], columns: list[str], section: str) -> list[str]:
        """The row with exactly one cell for each column."""
        width = len(columns)
        if len(row) > width:
            if any(cell.strip() for cell in row[width:]):
                raise PabulibError(f"more values than {section} has columns", self.line)
            return row[:width]
        return row if len(row) == width else row + [""] * (width - len(row))


def _title(row: list[str]) -> str | None:
    """The section of which this row is the title: one word alone (a spreadsheet may add empty cells)."""
    name = row[0].strip().upper()
    return name if name in SECTIONS and not any(cell.strip() for cell in row[1:]) else None


def _meta(rows: _Rows) -> dict[str, str]:
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    rows.header("META", "key", "value")
    for row in rows:
        if title := _title(row):
            if title != "PROJECTS":
                raise PabulibError(f"{title} where PROJECTS should begin", rows.line)
            break
        key, *value = row
        if not key or not value or any(value[1:]):
            raise PabulibError("META takes a key and one value", rows.line)
        if key in meta:
            raise PabulibError(f"«{_short(key)}» is there twice", rows.line)
        meta[key], lines[key] = value[0], rows.line
    else:
        raise PabulibError("there are no PROJECTS", rows.line)
    for key in ("budget", "vote_type"):
        if not meta.get(key):
            raise PabulibError(f"META has no «{key}»", lines.get(key, rows.line))
    if meta["vote_type"].lower() not in VOTE_TYPES:
        raise PabulibError(f"unknown vote_type «{_short(meta['vote_type'])}»", lines["vote_type"])
    if meta.get("scoring_fn", "").lower() not in ("", "borda"):
        raise PabulibError(f"unknown scoring_fn «{_short(meta['scoring_fn'])}»", lines["scoring_fn"])
    _amount(meta["budget"], "budget", lines["budget"])
    for key in LIMITS:
        if meta.get(key):
            try:
                number(meta[key])
            except ValueError as error:
                raise PabulibError(f"{key}: {error}", lines[key]) from None
    return meta


def _projects(rows: _Rows) -> tuple[list[str], list[list[str]]]:
    columns = rows.header("PROJECTS", "project_id", "cost")
    at_id, at_cost = columns.index("project_id"), columns.index("cost")
    projects, seen = [], set()
    for row in rows:
        if title := _title(row):
            if title != "VOTES":
                raise PabulibError(f"{title} where VOTES should begin", rows.line)
            break
        row = rows.filled(row, columns, "PROJECTS")
        one = row[at_id]
        if not one or "," in one:
            raise PabulibError(f"«{_short(one)}» cannot be a project's id", rows.line)
        if one in seen:
            raise PabulibError(f"project «{_short(one)}» is there twice", rows.line)
        seen.add(one)
        _amount(row[at_cost], "cost", rows.line)
        projects.append(row)
    else:
        raise PabulibError("there are no VOTES", rows.line)
    if not projects:
        raise PabulibError("there is no project", rows.line)
    return columns, projects


def _votes(rows: _Rows, file: Pabulib) -> None:
    kind = file.vote_type
    needs_points = kind in ("cumulative", "scoring")
    columns = rows.header("VOTES", "voter_id", "vote", *(["points"] if needs_points else []))
    at_voter, at_vote, width = columns.index("voter_id"), columns.index("vote"), len(columns)
    at_points = columns.index("points") if "points" in columns and kind not in ("approval", "choose-1") else None
    place = {one: position for position, one in enumerate(file.ids)}
    at = place.__getitem__
    most = _whole(file.meta.get("max_length")) or len(place)
    points: list[tuple[Number, ...]] | None = [] if needs_points or kind == "ordinal" else None
    votes, ballots, voters = [], [], set()
    for row in rows._cells():
        if len(row) != width:
            if title := _title(row):
                raise PabulibError(f"{title} after VOTES", rows.line)
            row = rows.filled(row, columns, "VOTES")
        if not rows.tidy:
            row = [cell.strip() for cell in row]
        voter, vote = row[at_voter], row[at_vote]
        if not voter or voter in voters:
            raise PabulibError(
                f"voter «{_short(voter)}» is there twice" if voter else "a vote has no voter_id", rows.line
            )
        voters.add(voter)
        try:
            ballot = tuple(map(at, vote.split(",")))
        except KeyError:
            ballot = _ballot(vote, place, rows.line)
        if len(set(ballot)) != len(ballot):
            if kind != "approval":
                raise PabulibError("a vote names a project twice", rows.line)
            ballot = tuple(dict.fromkeys(ballot))
        if kind == "choose-1" and len(ballot) > 1:
            raise PabulibError("a vote names more than one project", rows.line)
        if points is not None:
            points.append(_points(row[at_points] if at_points is not None else None, ballot, kind, most, rows.line))
        votes.append(row)
        ballots.append(ballot)
    file.vote_columns, file.votes, file.ballots, file.points = columns, votes, ballots, points


def _ballot(vote: str, place: dict[str, int], line: int) -> tuple[int, ...]:
    """A vote that is blank, has spaces about its ids, or names what is not there."""
    names = [name for name in (part.strip() for part in vote.split(",")) if name]
    unknown = [name for name in names if name not in place]
    if unknown:
        raise PabulibError(f"a vote names «{_short(unknown[0])}», which is no project", line)
    return tuple(place[name] for name in names)


def _points(text: str | None, ballot: tuple[int, ...], kind: str, most: int, line: int) -> tuple[Number, ...]:
    if kind == "ordinal" and not text:
        if len(ballot) > most:
            raise PabulibError(f"a vote ranks {len(ballot)} projects and max_length is {most}", line)
        return tuple(range(most, most - len(ballot), -1))
    try:
        given = tuple(number(part) for part in text.split(",")) if text else ()
    except ValueError as error:
        raise PabulibError(f"points: {error}", line) from None
    if len(given) != len(ballot):
        raise PabulibError(f"{len(ballot)} projects and {len(given)} points", line)
    if kind != "scoring" and any(one < 0 for one in given):
        raise PabulibError("negative points", line)
    return given


def _amount(text: str, what: str, line: int) -> Number:
    try:
        amount = number(text)
    except ValueError as error:
        raise PabulibError(f"{what}: {error}", line) from None
    if amount < 0:
        raise PabulibError(f"{what}: «{_short(text)}» is negative", line)
    return amount


def _differences(file: Pabulib) -> Iterable[str]:
    for key, there in (("num_projects", len(file.projects)), ("num_votes", len(file.votes))):
        if file.meta.get(key) and _whole(file.meta[key]) != there:
            yield f"{key} says {file.meta[key]}, and there are {there}"
    for name, counted in (("votes", lambda: mentions(file.ballots, len(file.projects))), ("score", file.scores)):
        said = file.column(name)
        if said is None or (name == "score" and file.points is None):
            continue
        for one, text, there in zip(file.ids, said, counted(), strict=True):
            if text and _whole(text) != there:
                yield f"project {one}: the column {name} says {text}, and the votes give {there}"


def _whole(text: str | None) -> Number | None:
    try:
        return number(text) if text else None
    except ValueError:
        return None


def _plain(value: Number) -> Number:
    return value.numerator if value.denominator == 1 else value


def _decimals(value: Number) -> int:
    """How many decimals an exact decimal number has."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
