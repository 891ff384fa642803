"""What became of a request in the assembly, in one sentence: for whoever filed it and everybody else."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.counting import rules as counting
from budgets.models import Candidate
from decide.templatetags.decide import usd

Outcome = Candidate.Outcome


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
    if candidate.outcome == Outcome.FUNDED:
        return _("Entra en el presupuesto.")
    why = _not_funded(candidate)
    if candidate.outcome == Outcome.RESERVE:
        why += " " + _reserve(candidate)
    return why.strip()


def _not_funded(candidate: Candidate) -> str:
    code = candidate.reason_code
    if code == counting.DOES_NOT_FIT and candidate.left is not None:
        return _("No alcanzó: quedaban %(left)s y cuesta %(cost)s.") % {
            "left": usd(candidate.left),
            "cost": usd(candidate.cost),
        }
    if code == counting.STOPPED:
        return _("La regla se detuvo antes, en la primera que no alcanzaba.")
    if code == counting.BELOW_MINIMUM:
        return _("Menos votos que el mínimo.")
    if code == counting.NO_VOTES:
        return _("No se votó.") if votes_of(candidate) is None else _("Nadie votó por ella.")
    return "" if candidate.outcome == Outcome.RESERVE else _("No alcanzó el dinero de la parroquia.")


def _reserve(candidate: Candidate) -> str:
    if candidate.place:
        return _("Queda en reserva, en el puesto %(place)s: se hace si sobra dinero.") % {"place": candidate.place}
    return _("Queda en reserva: se hace si sobra dinero.")


def cost_of(candidates) -> Decimal:
    """What those that were funded cost together."""
    return sum((c.cost for c in candidates if c.outcome == Outcome.FUNDED), Decimal(0))
