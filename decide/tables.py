"""Tables to take home: the same rows as CSV or XLSX, whatever they hold, harmless in a spreadsheet.

`columns` are names in order; `rows` is any iterable of sequences with str, int, Decimal, bool, date, datetime or None.
CSV is streamed, in UTF-8 with a byte order mark (a spreadsheet then reads the accents); numbers have a point, moments
their offset. XLSX keeps numbers and dates as such; moments are on the clock of Quito.
"""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A cell that begins with one of these is a formula for some spreadsheet (CWE-1236); with an apostrophe before it is
# text. Their full-width twins too.
FORMULAS = "=+-@\t\r\n＝＋－＠"
LONGEST = 32_767  # characters in a cell of a spreadsheet
AT_ONCE = 100  # rows in one piece of a stream


def safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula, also after spaces."""
    return f"'{text}" if text.lstrip(" \u00a0")[:1] in tuple(FORMULAS) else text


def csv_response(filename: str, columns: Sequence[str], rows: Iterable[Sequence]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(_csv(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


def _csv(columns, rows) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    piece = ["\ufeff", writer.writerow([safe(str(name)) for name in columns])]
    for row in rows:
        piece.append(writer.writerow([_as_text(value) for value in row]))
        if len(piece) >= AT_ONCE:
            yield "".join(piece).encode("utf-8", "replace")
            piece = []
    yield "".join(piece).encode("utf-8", "replace")


def _as_text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds") if timezone.is_aware(value) else str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float | date):
        return str(value)
    return safe(str(value).replace("\x00", ""))


def xlsx_response(filename: str, columns: Sequence[str], rows: Iterable[Sequence]) -> FileResponse:
    """Written row by row to a temporary file, which ends with the response."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Datos")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = min(max(len(str(name)) + 2, 12), 40)
    sheet.append([_cell(sheet, str(name), bold=True) for name in columns])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename, content_type=XLSX)


def _cell(sheet, value, bold=False) -> WriteOnlyCell:
    if isinstance(value, bool):
        value = "sí" if value else "no"
    elif isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.make_naive(value).replace(microsecond=0)
    elif isinstance(value, str | Promise):
        value = ILLEGAL_CHARACTERS_RE.sub("", str(value).encode("utf-8", "replace").decode())[:LONGEST]
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # text, also where it looks like a formula
    elif isinstance(value, Decimal):
        cell.number_format = "#,##0.00"
    if bold:
        cell.font = Font(bold=True)
    return cell


def table_response(name: str, form: str, columns: Sequence[str], rows: Iterable[Sequence]):
    """`form` is "csv" or "xlsx"; `name` is the file's, without what follows the point."""
    respond = {"csv": csv_response, "xlsx": xlsx_response}[form]
    return respond(f"{name}.{form}", columns, rows)
