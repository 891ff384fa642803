"""Reading the indicators of a year: a CSV `parish_code,population,unmet_needs,density,infrastructure`, line by line."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decide.territory.models import Parish

COLUMNS = ("parish_code", "population", "unmet_needs", "density", "infrastructure")
MAX_BYTES = 200_000
MAX_PROBLEMS = 50
# So many digits before the point as the columns of the database hold.
_DIGITS = {"population": 9, "unmet_needs": 9, "density": 10, "infrastructure": 6}
_LABELS = {
    "population": gettext_lazy("población"),
    "unmet_needs": gettext_lazy("personas con necesidades básicas insatisfechas"),
    "density": gettext_lazy("densidad"),
    "infrastructure": gettext_lazy("necesidad de infraestructura"),
}


@dataclass(frozen=True)
class Row:
    """One line that can be stored."""

    parish: Parish
    population: int
    unmet_needs: int
    density: Decimal
    infrastructure: Decimal

    @property
    def values(self) -> dict:
        return {name: getattr(self, name) for name in COLUMNS[1:]}


class _Wrong(Exception):
    pass


def read(data: bytes, parishes: Mapping[str, Parish]) -> tuple[list[Row], list[str]]:
    """(lines that can be stored, sentences about those that cannot). `parishes` are those of the city, by code.

    UTF-8, with or without byte order mark, separated by commas or semicolons; with these a comma may stand before the
    decimals. Nothing is stored where there is any problem.
    """
    if len(data) > MAX_BYTES:
        return [], [_("El archivo es demasiado grande: una línea por parroquia basta.")]
    try:
        text = data.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        return [], [_("El archivo no está en UTF-8. Guárdelo como CSV UTF-8.")]
    lines = io.StringIO(text, newline="")
    first = text.partition("\n")[0]
    reader = csv.reader(lines, delimiter=";" if first.count(";") > first.count(",") else ",")
    rows, problems, seen = [], [], set()
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        if head != list(COLUMNS):
            return [], [_("La primera línea debe ser: %(columns)s") % {"columns": ",".join(COLUMNS)}]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            try:
                row = _row([cell.strip() for cell in cells], parishes)
                if row.parish.pk in seen:
                    raise _Wrong(_("%(parish)s está dos veces") % {"parish": row.parish})
            except _Wrong as wrong:
                problems.append(_("Línea %(n)s: %(problem)s.") % {"n": reader.line_num, "problem": wrong})
                if len(problems) >= MAX_PROBLEMS:
                    break
                continue
            seen.add(row.parish.pk)
            rows.append(row)
    except csv.Error:
        problems.append(_("Línea %(n)s: no se pudo leer.") % {"n": reader.line_num})
    if not rows and not problems:
        problems.append(_("El archivo no tiene ninguna parroquia."))
    return rows, problems


def _row(cells: list[str], parishes) -> Row:
    if len(cells) != len(COLUMNS):
        raise _Wrong(_("tiene %(n)s columnas y se esperan %(all)s") % {"n": len(cells), "all": len(COLUMNS)})
    code, *values = cells
    if code not in parishes:
        raise _Wrong(_("el código «%(code)s» no es de una parroquia de Quito") % {"code": code[:20]})
    numbers = dict(zip(COLUMNS[1:], values, strict=True))
    population, needs = (_whole(name, numbers[name]) for name in ("population", "unmet_needs"))
    if needs > population:
        raise _Wrong(_("hay más personas con necesidades que habitantes"))
    return Row(parishes[code], population, needs, *(_decimal(n, numbers[n]) for n in ("density", "infrastructure")))


def _whole(name: str, value: str) -> int:
    if not re.fullmatch(rf"[0-9]{{1,{_DIGITS[name]}}}", value):
        raise _Wrong(_("%(what)s: escriba un número entero, sin puntos") % {"what": _LABELS[name]})
    return int(value)


def _decimal(name: str, value: str) -> Decimal:
    if not re.fullmatch(rf"[0-9]{{1,{_DIGITS[name]}}}([.,][0-9]{{1,2}})?", value):
        raise _Wrong(
            _("%(what)s: escriba un número con dos decimales como máximo, sin separar los miles")
            % {"what": _LABELS[name]}
        )
    return Decimal(value.replace(",", "."))
