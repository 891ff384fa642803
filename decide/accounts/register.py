"""Importing the residents' register: `cedula,birth_date,parish_code` in, keyed hashes only to the database."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from decide.accounts import keys
from decide.accounts.models import DocumentKey, RegisterEntry
from decide.territory.models import Parish

COLUMNS = ["cedula", "birth_date", "parish_code"]
BATCH = 500
MOST_ERRORS = 50


@dataclass
class Report:
    """How many people were new, changed or as before; `errors` are (line, what is wrong), without any number."""

    added: int = 0
    changed: int = 0
    same: int = 0
    errors: list[tuple[int, str]] = field(default_factory=list)
    wrong: int = 0

    def refuse(self, line: int, reason: str) -> None:
        self.wrong += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append((line, reason))


@dataclass
class _Row:
    document: list[str]
    person: str
    parish_id: int


class RegisterError(Exception):
    """The file was not imported at all. `report` says which lines are wrong."""

    def __init__(self, report: Report):
        super().__init__(f"{report.wrong} wrong lines")
        self.report = report


@transaction.atomic
def import_register(lines: Iterable[str]) -> Report:
    """Add and update the people of a CSV file; all of it or nothing (RegisterError).

    Dates are ISO (2001-12-31), parishes INEC codes. Whoever is not in the file stays. A second import with the same
    file changes nothing; after a new pepper it writes every entry under the new one.
    """
    report, batch = Report(), []
    for row in _rows(lines, report):
        batch.append(row)
        if len(batch) == BATCH and not report.wrong:
            _write(batch, report)
            batch = []
    if report.wrong:
        raise RegisterError(report)
    _write(batch, report)
    return report


def _rows(lines, report: Report) -> Iterator[_Row]:
    reader = csv.reader(_unmarked(lines))
    head = [name.strip().lower() for name in next(reader, [])]
    if head != COLUMNS:
        report.refuse(1, "the first line must be " + ",".join(COLUMNS))
        return
    parishes, seen = dict(Parish.objects.values_list("code", "pk")), set()
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            row = _row(cells, parishes)
        except ValueError as error:
            report.refuse(reader.line_num, str(error))
            continue
        mark = int(row.document[0][-16:], 16)  # 64 bits of the hash: a set of two million fits in memory
        if mark in seen:
            report.refuse(reader.line_num, "this person is in the file twice")
            continue
        seen.add(mark)
        yield row


def _unmarked(lines) -> Iterator[str]:
    """Without the byte order mark that spreadsheets put first, and without NUL bytes, which csv cannot read."""
    for number, line in enumerate(lines):
        yield (line.removeprefix("\ufeff") if number == 0 else line).replace("\0", "")


def _row(cells: list[str], parishes: dict[str, int]) -> _Row:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells instead of {len(COLUMNS)}")
    cedula, born, code = (cell.strip() for cell in cells)
    try:
        document = keys.document_keys(DocumentKey.Kind.CEDULA, "EC", cedula)
    except ValidationError:
        raise ValueError("the cédula is not valid") from None
    try:
        birth_date = date.fromisoformat(born)
    except ValueError:
        raise ValueError("the date is not written as 2001-12-31") from None
    if not date(1900, 1, 1) <= birth_date <= timezone.localdate():
        raise ValueError("the date is not a date of birth")
    if code not in parishes:
        raise ValueError("no parish has this code")
    return _Row(document, keys.person_keys(cedula, birth_date)[0], parishes[code])


def _write(batch: list[_Row], report: Report) -> None:
    known = {
        entry.document_key: entry
        for entry in RegisterEntry.objects.filter(document_key__in=[key for row in batch for key in row.document])
    }
    new, changed = [], []
    for row in batch:
        entry = next((known[key] for key in row.document if key in known), None)
        now = (row.document[0], row.person, row.parish_id)
        if entry is None:
            new.append(RegisterEntry(document_key=now[0], person_key=now[1], parish_id=now[2]))
        elif (entry.document_key, entry.person_key, entry.parish_id) != now:
            entry.document_key, entry.person_key, entry.parish_id = now
            changed.append(entry)
    RegisterEntry.objects.bulk_create(new)
    RegisterEntry.objects.bulk_update(changed, ["document_key", "person_key", "parish"])
    report.added += len(new)
    report.changed += len(changed)
    report.same += len(batch) - len(new) - len(changed)
