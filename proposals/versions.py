"""What an author changed in a proposal since there were supports, for everybody to read."""

from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from decide.versions import Budget, Version, changes_between, changes_of
from proposals.models import Proposal
from proposals.services.authoring import PUBLIC_VERSIONS


def public_versions(proposal: Proposal, number=1) -> tuple:
    """(page, versions): a page of the changes made since there were supports, the newest first. Two queries."""
    page, changes = changes_of(proposal, PUBLIC_VERSIONS, number, related=["category"])
    budget, shown = Budget(), f"{proposal.title}\n{proposal.summary}\n{proposal.body}"
    return page, [_version(old, new, budget, shown) for old, new in changes]


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
