"""The public export of a poll: four files whose every byte docs/export-format.md fixes."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from decide.errors import Refused
from votes.models import Head, LogEntry, Poll, PublishedBallot
from votes.services.closing import ballot_line
from votes.services.sequencing import head_line

CHUNK = 2000
RULES, LOG, HEADS, BALLOTS = "rules.json", "log.jsonl", "heads.jsonl", "ballots.jsonl"


def export_files(poll: Poll) -> dict[str, Iterator[bytes]]:
    """`{name: its bytes in pieces}` of the files that this poll has now, consistent with one another.

    A poll that never opened has none. A view streams `export_files(poll)[name]`, and says 404 to other names.
    """
    last = Head.objects.filter(poll=poll).order_by("-size").first()
    if last is None:
        return {}
    files = {RULES: iter([poll.rules_json.encode()]), LOG: _log(poll, last.size), HEADS: _heads(poll, last.size)}
    if poll.status == Poll.Status.CLOSED and poll.totals is not None:
        files[BALLOTS] = _ballots(poll)
    return files


def _log(poll: Poll, size: int) -> Iterator[bytes]:
    entries = LogEntry.objects.filter(poll=poll, index__lt=size).order_by("index")
    return _pieces(bytes(body) + b"\n" for body in entries.values_list("body", flat=True).iterator(CHUNK))


def _heads(poll: Poll, size: int) -> Iterator[bytes]:
    heads = Head.objects.select_related("poll").filter(poll=poll, size__lte=size).order_by("size")
    return _pieces(head_line(head) + b"\n" for head in heads.iterator(CHUNK))


def _ballots(poll: Poll) -> Iterator[bytes]:
    rows = PublishedBallot.objects.filter(poll=poll).order_by("commitment")
    return _pieces(ballot_line(row) for row in rows.iterator(CHUNK))


def _pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines joined to pieces of some 100 kB: a response of 100,000 writes is slow."""
    piece, length = [], 0
    for line in lines:
        piece.append(line)
        length += len(line)
        if length > 100_000:
            yield b"".join(piece)
            piece, length = [], 0
    if piece:
        yield b"".join(piece)


def write_export(poll: Poll, folder: Path) -> list[Path]:
    """Write the export into a folder, which is made if it is missing. Raises Refused (409) before the opening."""
    files = export_files(poll)
    if not files:
        raise Refused(_("Esta votación no se ha abierto: no hay nada que exportar."))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in (RULES, LOG, HEADS, BALLOTS):
        path = folder / name
        if name not in files:
            path.unlink(missing_ok=True)
            continue
        with open(path, "wb") as file:
            file.writelines(files[name])
        written.append(path)
    return written
