"""What an author changed in a proposal since there were supports, for everybody to read."""

from django.core.paginator import Paginator
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from decide.versions import PER_PAGE, Budget, Version, changes_between
from proposals.models import Proposal
from proposals.services.authoring import PUBLIC_VERSIONS


def public_versions(proposal: Proposal, number=1) -> tuple:
    """(page, versions): a page of the changes made since there were supports, the newest first. Two queries."""
    rows = list(proposal.history.order_by("pk").values_list("pk", "history_change_reason"))
    before = {pk: rows[i - 1][0] for i, (pk, reason) in enumerate(rows) if i and reason in PUBLIC_VERSIONS}
    page = Paginator(sorted(before, reverse=True), PER_PAGE).get_page(number)
    wanted = {*page, *(before[pk] for pk in page)}
    held = {row.pk: row for row in proposal.history.filter(pk__in=wanted).select_related("category")}
    budget, shown = Budget(), f"{proposal.title}\n{proposal.summary}\n{proposal.body}"
    return page, [_version(held[before[pk]], held[pk], budget, shown) for pk in page]


def _version(old, new, budget: Budget, shown: str) -> Version:
    labels = [
        ("title", _("Título")),
        ("summary", _("Resumen")),
        ("body", _("Propuesta")),
        ("category", _("Tema")),
        ("neighbourhood", _("Barrio o comuna")),
        ("street", _("Calle o cruce")),
        ("reference", _("Referencia")),
    ]
    changes = changes_between(old, new, labels, budget, shown)
    if (old.lat, old.lon) != (new.lat, new.lon):
        changes.append((_("Ubicación en el mapa"), mark_safe(escape(_("cambió")))))
    if not changes:
        changes.append((_("Etiquetas"), mark_safe(escape(_("cambiaron")))))
    return Version(new.history_date, changes, id=str(new.pk))
