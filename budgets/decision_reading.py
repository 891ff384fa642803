"""What the pages of a decision show. Asks, never writes; a few queries whatever the size of the matrix."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from budgets import decision_rules as rules
from budgets.decision_exports import candidates_of
from budgets.models import BudgetYear, Candidate, Decision
from budgets.outcomes import cost_of, sentence, votes_of
from budgets.tally import minimum_of, project_id
from budgets.year_reading import year_or_404
from decide.assemblies.models import Item, Session
from decide.territory.models import Parish
from votes.models import Poll
from votes.reading import results_of

Outcome = Candidate.Outcome
ORDER = {Outcome.FUNDED: 0, Outcome.RESERVE: 1, Outcome.NOT_FUNDED: 2, "": 3}


def place_or_404(user, number: int, slug: str) -> tuple[BudgetYear, Parish]:
    return year_or_404(user, number), get_object_or_404(
        Parish.objects.select_related("zone").defer("boundary"), slug=slug
    )


def decision_of(year: BudgetYear, parish: Parish) -> Decision | None:
    found = Decision.objects.select_related("session__assembly__parish__zone", "session__minutes", "poll")
    decision = found.filter(year=year, parish=parish).first()
    if decision is not None:
        decision.year, decision.parish = year, parish
    return decision


def decisions_in(year: BudgetYear, parishes: list[Parish]) -> list[tuple[Parish, Decision | None]]:
    """Each parish with its decision of that year, whatever its state: for the officers who prepare them."""
    found = Decision.objects.filter(year=year, parish__in=parishes).select_related("session").defer("result")
    made = {decision.parish_id: decision for decision in found}
    return [(parish, made.get(parish.pk)) for parish in parishes]


def fixed_or_404(user, number: int, slug: str) -> Decision:
    """A decision whose rules are published."""
    decision = decision_of(*place_or_404(user, number, slug))
    if decision is None or decision.status == Decision.Status.PREPARING:
        raise Http404
    return decision


def sessions_for(parish: Parish):
    """The budget sessions of the parish that are still to vote."""
    return Session.objects.filter(
        assembly__parish=parish,
        assembly__level="parish",
        kind=Session.Kind.BUDGET,
        status__in=rules.BEFORE_THE_VOTE,
    ).order_by("starts_at")


def by_result(candidates) -> list[Candidate]:
    """Those funded, the reserve, the others; each in its order."""
    return sorted(candidates, key=lambda c: (ORDER[c.outcome], c.place or 10_000, c.number))


def results_rows(candidates) -> list[dict]:
    """As budgets/_decision.html shows them."""
    return [
        {
            "candidate": c,
            "request": c.request,
            "votes": votes_of(c),
            "present": c.item.present if c.item is not None else None,
            "sentence": sentence(c),
        }
        for c in by_result(candidates)
    ]


def context_of(decision: Decision) -> dict:
    """For the page of a decision whose rules are fixed."""
    candidates = candidates_of(decision)
    decided = decision.status == Decision.Status.DECIDED
    items = [c.item for c in candidates if c.item is not None]
    return {
        "decision": decision,
        "session": decision.session,
        "candidates": candidates,
        "rows": results_rows(candidates),
        "by_tie": sorted(candidates, key=lambda c: c.tie_position or 0),
        "minimum": minimum_of(decision),
        "decided": decided,
        "funded": [c for c in candidates if c.outcome == Outcome.FUNDED],
        "spent": cost_of(candidates),
        "left": decision.budget - cost_of(candidates) if decided else None,
        "minutes": _minutes(decision),
        "waiting": sum(item.status != Item.Status.CLOSED for item in items),
        "by_phones": bool(items) and all(item.way == Item.Way.PHONES for item in items),
        "ties": _ties(decision, candidates),
        "equal_shares": _equal_shares(decision, candidates),
        "poll": _poll(decision),
        "pending": pending_of(candidates) if decided else [],
    }


def pending_of(candidates) -> list[Candidate]:
    """Those whose count the signed paper corrects, while a second person has not confirmed it. `item__hand_count`
    comes with them."""
    counted = [c for c in candidates if c.item is not None and hasattr(c.item, "hand_count")]
    return [c for c in counted if c.item.hand_count.confirmed_at is None]


def _minutes(decision: Decision):
    minutes = getattr(decision.session, "minutes", None)
    return minutes if minutes is not None and minutes.locked_at else None


def _ties(decision: Decision, candidates) -> list[list[Candidate]]:
    named = {project_id(c): c for c in candidates}
    return [[named[one] for one in tie] for tie in (decision.result or {}).get("ties", ())]


def _equal_shares(decision: Decision, candidates) -> dict | None:
    found = (decision.result or {}).get("equal_shares")
    if not found:
        return None
    named = {project_id(c): c for c in candidates}
    return found | {"candidates": [named[one] for one in found["winners"]]}


def _poll(decision: Decision) -> dict | None:
    """The advisory poll once everybody may see it, with its figures once it is closed."""
    poll = decision.poll
    if poll is None or poll.status not in Poll.PUBLIC:
        return None
    closed = poll.status == Poll.Status.CLOSED
    return {
        "poll": poll,
        "results": results_of(poll) if closed and poll.totals else [],
        "withheld": closed and not poll.totals,  # too few ballots to keep anybody's vote secret
        "late": poll.closes_at >= decision.session.starts_at,  # the assembly was moved after it was announced
    }
