"""What anyone needs to count an assembly again (docs/decision-format.md): only fixed rules and closed items."""

import json
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from budgets.counting import pabulib
from budgets.models import Candidate, Decision
from budgets.outcomes import sentence, votes_of
from budgets.tally import ballots_of, minimum_of, project_id, tie_order
from decide.assemblies.models import Mark

FORMAT = "decide-decision-1"


def candidates_of(decision: Decision) -> list[Candidate]:
    return list(decision.candidates.select_related("request", "item__hand_count").order_by("number"))


def _title(candidate: Candidate) -> str:
    """What moderators hid is not read here either."""
    return candidate.request.title if not candidate.request.hidden else ""


def name_of(decision: Decision) -> str:
    return f"asamblea-{decision.year.year}-{decision.parish.slug}"


COLUMNS = (
    *("numero", "solicitud", "titulo", "costo_usd", "como_se_voto", "votos", "presentes", "orden_en_empate"),
    *("resultado", "puesto", "codigo", "quedaba_usd", "explicacion"),
)


def rows_of(decision: Decision) -> Iterator[tuple]:
    for c in candidates_of(decision):
        item, votes = c.item, votes_of(c)
        yield (
            c.number,
            c.request_id,
            _title(c),
            c.cost,
            str(item.get_way_display()) if item else "",
            votes,
            item.present if votes is not None else None,
            c.tie_position,
            str(c.get_outcome_display()) if c.outcome else "",
            c.place,
            c.reason_code,
            c.left,
            sentence(c),
        )


MARK_COLUMNS = ("solicitud", "puesto", "barrio", "nombre")


def marks_of(decision: Decision) -> Iterator[tuple]:
    """The votes by phone, which stand by name in the minutes: of closed items only."""
    names = dict(decision.session.attendances.filter(seat__isnull=False).values_list("seat", "name"))
    marks = Mark.objects.filter(item__candidate__decision=decision, item__status="closed")
    marks = marks.select_related("seat__sent_by", "item__candidate").order_by("item__position", "seat")
    for mark in marks:
        place = mark.seat.sent_by.neighbourhood_name or mark.seat.sent_by.name
        yield mark.item.candidate.request_id, mark.seat_id, place, names.get(mark.seat_id, "")


def as_json(decision: Decision) -> str:
    """Rule, seed, order of ties, projects with their votes, and the result: whole amounts in cents."""
    candidates = candidates_of(decision)
    content = {
        "format": FORMAT,
        "year": decision.year.year,
        "parish": {"code": decision.parish.code, "name": decision.parish.name},
        "rule": decision.rule,
        "minimum_votes": minimum_of(decision),
        "budget_cents": int(decision.budget * 100),
        "seed": decision.seed,
        "tie_order": tie_order(candidates),
        "fixed_at": decision.fixed_at.isoformat(timespec="seconds"),
        "projects": [
            {
                "id": project_id(c),
                "number": c.number,
                "title": _title(c),
                "cost_cents": int(c.cost * 100),
                "way": c.item.way if c.item else None,
                "votes": votes_of(c),
                "present": c.item.present if votes_of(c) is not None else None,
            }
            for c in candidates
        ],
        "result": decision.result,
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def as_pabulib(decision: Decision) -> str | None:
    """Approval ballots by phone; None where something was counted by hands. Projects stand in the order of ties, which
    is how whoever counts the file again resolves them."""
    candidates = sorted(candidates_of(decision), key=lambda c: c.tie_position)
    ballots = ballots_of(candidates)
    if not ballots or decision.status != Decision.Status.DECIDED:
        return None
    won = set(decision.result["winners"])
    day = f"{timezone.localtime(decision.decided_at):%d.%m.%Y}"
    meta = {
        "description": f"Asamblea de presupuestos participativos de {decision.parish.name}, {decision.year.year}",
        "country": "Ecuador",
        "unit": "Quito",
        "subunit": decision.parish.name,
        "instance": str(decision.year.year),
        "num_projects": str(len(candidates)),
        "num_votes": str(len(ballots)),
        "budget": f"{decision.budget:.2f}",
        "vote_type": "approval",
        "rule": decision.rule,
        "date_begin": day,
        "date_end": day,
        "max_length": str(decision.session.most_marks),
        "min_project_score_threshold": str(minimum_of(decision)),
        "currency": "USD",
        "seed": decision.seed,
        "source": f"{settings.SITE_URL}/presupuestos/{decision.year.year}/{decision.parish.slug}/asamblea/",
    }
    file = pabulib.Pabulib(
        meta=meta,
        project_columns=["project_id", "cost", "votes", "name", "selected"],
        projects=[
            [project_id(c), f"{c.cost:.2f}", str(votes_of(c)), _title(c), "1" if project_id(c) in won else "0"]
            for c in candidates
        ],
        vote_columns=["voter_id", "vote"],
        votes=[[str(seat), ",".join(ids)] for seat, ids in ballots.items()],
    )
    return pabulib.write(file)
