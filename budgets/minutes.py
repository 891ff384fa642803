"""What only the budget knows of a session's minutes: read by decide.assemblies.minutes when they are drawn up."""

from django.utils.translation import gettext as _

from budgets.decision_exports import candidates_of
from budgets.models import Candidate, Decision, Request
from budgets.outcomes import cost_of, sentence, votes_of
from budgets.tally import minimum_of
from decide.templatetags.decide import usd

Outcome = Candidate.Outcome
COMMITTEE = 5


def sections(session) -> dict:
    """As decide.assemblies.minutes describes it; {} for a session without a decision whose rules are fixed."""
    found = Decision.objects.filter(session=session).exclude(status=Decision.Status.PREPARING)
    decision = found.select_related("year", "parish", "session").first()
    if decision is None:
        return {}
    candidates = candidates_of(decision)
    known = {
        "amount": usd(decision.budget),
        "matrix": _matrix(candidates),
        "committee": ["______________________________"] * COMMITTEE,
        "notes": _notes(decision, candidates),
    }
    if decision.status != Decision.Status.DECIDED:
        return known
    funded = sorted((c for c in candidates if c.outcome == Outcome.FUNDED), key=lambda c: c.place)
    social = [c for c in funded if c.request.kind == Request.Kind.SOCIAL]
    reserve = sorted((c for c in candidates if c.outcome == Outcome.RESERVE), key=lambda c: c.place)
    return known | {
        "works": _amounts([c for c in funded if c not in social]),
        "projects": _amounts(social),
        "balance": usd(decision.budget - cost_of(candidates)),
        "reserve": _amounts(reserve),
    }


def _title(candidate: Candidate) -> str:
    """What moderators hid is not named in minutes that are drawn up afterwards."""
    return _("Solicitud oculta por moderación") if candidate.request.hidden else candidate.request.title


def _matrix(candidates) -> dict:
    return {
        "head": [_("N.º"), _("Solicitud"), _("Tipo"), _("Costo"), _("Votos"), _("Resultado")],
        "rows": [
            [
                str(c.number),
                f"{_title(c)} ({c.request_id})",
                str(c.request.get_kind_display()),
                usd(c.cost),
                "" if votes_of(c) is None else str(votes_of(c)),
                f"{c.get_outcome_display()}. {sentence(c)}" if c.outcome else "",
            ]
            for c in candidates
        ],
    }


def _amounts(candidates) -> dict:
    return {
        "head": [_("Puesto"), _("Obra o proyecto"), _("Votos"), _("Monto")],
        "rows": [[str(c.place), _title(c), str(votes_of(c) or 0), usd(c.cost)] for c in candidates],
    }


def _notes(decision: Decision, candidates) -> list[str]:
    order = ", ".join(str(c.number) for c in sorted(candidates, key=lambda c: c.tie_position or 0))
    return [
        _("Regla: %(rule)s. Votos mínimos: %(minimum)s.")
        % {"rule": decision.get_rule_display(), "minimum": minimum_of(decision)},
        _("Orden en caso de empate, sorteado antes con la semilla %(seed)s: %(order)s.")
        % {"seed": decision.seed, "order": order},
    ]
