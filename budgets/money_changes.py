"""What was changed of a year's dates, rules and money, when and why: from the histories, for everybody to read."""

from itertools import chain

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from budgets.models import BudgetYear, ParishAllocation, PhaseDates, ZoneBudget
from decide.versions import PER_PAGE, Budget, Version, changes_between


def changes_of_year(year: BudgetYear, number=1) -> tuple:
    """(page, versions), the newest first. Four queries. What was written first is no change, nor is a phase that began
    by the clock: its steps tell that."""
    rows = sorted(
        chain(
            _pairs(BudgetYear.history.filter(id=year.pk), _of_year),
            _pairs(PhaseDates.history.filter(year=year), _of_phase),
            _pairs(ZoneBudget.history.filter(year=year).select_related("zone"), _of_zone),
            _pairs(ParishAllocation.history.filter(year=year).select_related("parish"), _of_parish),
        ),
        key=lambda version: version.at,
        reverse=True,
    )
    page = Paginator(rows, PER_PAGE).get_page(number)
    return page, list(page)


def _pairs(history, tell) -> list[Version]:
    before, versions = {}, []
    for row in history.order_by("history_date", "history_id"):
        old = before.get(row.id)
        before[row.id] = None if row.history_type == "-" else row
        if row.history_type == "-":
            versions.append(tell(row, row, gone=True))
        elif old is not None:
            versions.append(tell(old, row))
    return [version for version in versions if version.changes]


def _version(old, new, title: str, labels, reason="", gone=False) -> Version:
    changes = changes_between(old, new, labels, Budget())
    if gone:
        changes = [(_("Asignación"), _("Se retiró: la parroquia pasó a otra zona."))]
    return Version(new.history_date, changes, f"{type(new).__name__}-{new.history_id}", title, reason)


def _of_year(old, new, gone=False) -> Version:
    labels = [
        ("minimum_percent", _("Mínimo participativo (%)")),
        ("weight_population", _("Peso: población")),
        ("weight_needs", _("Peso: necesidades básicas insatisfechas")),
        ("weight_density", _("Peso: densidad")),
        ("weight_infrastructure", _("Peso: necesidad de infraestructura")),
    ]
    return _version(old, new, _("Reglas del año"), labels)


def _of_phase(old, new, gone=False) -> Version:
    labels = [("starts", _("Desde")), ("ends", _("Hasta"))]
    changed = old.note != new.note
    return _version(old, new, str(new.get_phase_display()), labels, new.note if changed else "")


def _of_zone(old, new, gone=False) -> Version:
    labels = [
        ("investment", _("Presupuesto de inversión (USD)")),
        ("participatory", _("Parte participativa (USD)")),
        ("minimum_percent", _("Mínimo (%)")),
        ("source", _("Fuente")),
    ]
    return _version(old, new, _("Zona %(zone)s") % {"zone": new.zone}, labels)


def _of_parish(old, new, gone=False) -> Version:
    labels = [("amount", _("Asignado (USD)"))]
    return _version(old, new, str(new.parish), labels, new.reason if new.by_hand else "", gone)
