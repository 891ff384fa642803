"""What became of a request in the assembly, in one sentence: for whoever filed it and everybody else."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Candidate


def sentence(candidate: Candidate) -> str:
    """With its votes, its place and why. Nothing before the assembly has decided. `item` comes with the candidate."""
    if not candidate.outcome:
        return ""
    votes = votes_of(candidate)
    said = ""
    if votes is not None:
        said = ngettext("Obtuvo %(n)s voto.", "Obtuvo %(n)s votos.", votes) % {"n": votes}
    return f"{said} {_why(candidate)}".strip()


def votes_of(candidate: Candidate) -> int | None:
    """The votes of its item once it is closed."""
    item = candidate.item
    return item.votes if item is not None and item.status == item.Status.CLOSED else None


def _why(candidate: Candidate) -> str:
    if candidate.outcome == Candidate.Outcome.FUNDED:
        return _("Entra en el presupuesto.")
    if candidate.outcome == Candidate.Outcome.RESERVE:
        if candidate.place:
            return _("Queda en reserva, en el puesto %(place)s: se hace si sobra dinero.") % {"place": candidate.place}
        return _("Queda en reserva: se hace si sobra dinero.")
    return _("No alcanzó el dinero de la parroquia.")


def cost_of(candidates) -> Decimal:
    """What those that were funded cost together."""
    return sum((c.cost for c in candidates if c.outcome == Candidate.Outcome.FUNDED), Decimal(0))
