"""What an assembly decides with its money: the matrix, the rules fixed before the vote, the result.

Locks: decision, session, and then box and request of each candidate, in the order of the requests.
"""

import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from budgets import decision_rules as rules
from budgets.counting.ties import draw_order
from budgets.matrix import is_current, requests_of
from budgets.models import Candidate, Decision, ParishAllocation, Request
from budgets.outcomes import sentence
from budgets.services.lifecycle import NEXT, lock_request, move
from budgets.services.money import lock_allocation
from budgets.tally import dollars, project_id, result_of
from decide.assemblies import services as assemblies
from decide.assemblies import session_rules
from decide.assemblies.models import Item, Session
from decide.assemblies.services.calling import tell_all_concerned
from decide.assemblies.services.hall import lock_session
from decide.errors import Refused
from decide.templatetags.decide import usd
from proposals.services.lifecycle import in_spanish

Status, Outcome = Decision.Status, Candidate.Outcome
BECOMES = {
    Outcome.FUNDED: Request.Status.PRIORITISED,
    Outcome.RESERVE: Request.Status.RESERVE,
    Outcome.NOT_FUNDED: Request.Status.NOT_FUNDED,
}
MOST_VOTES = 10_000


def lock_decision(pk: int) -> Decision:
    """The decision as it is now, locked until the transaction ends."""
    return (
        Decision.objects.select_for_update(of=("self",), no_key=True)
        .select_related("year", "parish__zone", "session__assembly__parish")
        .get(pk=pk)
    )


def _save(decision: Decision, officer) -> None:
    decision._history_user = officer
    decision.save()


# --- the matrix ------------------------------------------------------------------------------------------------


@transaction.atomic
def prepare_decision(*, year, session: Session, officer) -> Decision:
    """The decision of a parish's budget session, with its matrix. Prepared twice it is one.

    While it is being prepared it may move to another session; once its rules are fixed, only from one that was
    cancelled, with the same rules and order of ties. Raises Refused: 403 (who), 409.
    """
    session = Session.objects.select_related("assembly__parish__zone").get(pk=session.pk)
    if not rules.is_budget_session(session):
        raise Refused(_("Elija una sesión de presupuestos participativos de una parroquia."), status=400)
    parish = session.assembly.parish
    rules.refuse_unless_prepares(officer, parish)
    made = Decision.objects.filter(year=year, parish=parish).first()
    if made is not None:
        return _follow_session(lock_decision(made.pk), session, officer)
    _refuse_session(session)
    try:
        with transaction.atomic():
            decision = Decision(year=year, parish=parish, session=session)
            _save(decision, officer)
    except IntegrityError:
        raise Refused(_("Esa sesión o esa parroquia ya tiene su decisión en preparación."), status=409) from None
    _fill(decision)
    return decision


def _refuse_session(session: Session) -> None:
    if session.status not in rules.BEFORE_THE_VOTE:
        raise Refused(_("Esa sesión ya terminó o se canceló: convoque otra."), status=409)


def _follow_session(decision: Decision, session: Session, officer) -> Decision:
    if decision.session_id == session.pk:
        return decision
    before = decision.session.status
    if decision.status == Status.DECIDED or (decision.status == Status.FIXED and before != Session.Status.CANCELLED):
        raise Refused(_("Las reglas de esta parroquia ya están fijadas para otra sesión."), status=409)
    _refuse_session(session)
    decision.session = session
    _save(decision, officer)
    if decision.status == Status.FIXED:
        _make_items(decision, decision.candidates.select_related("request"))
    return decision


def _fill(decision: Decision) -> None:
    """The matrix as it may be listed now; how each is voted stays as it was chosen."""
    ways = dict(decision.candidates.values_list("request", "way"))
    decision.candidates.all().delete()
    Candidate.objects.bulk_create(
        Candidate(decision=decision, request=asked, number=n, cost=cost, way=ways.get(asked.pk, Item.Way.HANDS))
        for n, (asked, cost) in enumerate(requests_of(decision.year, decision.parish), 1)
    )


def _preparing(decision: Decision, officer) -> Decision:
    locked = lock_decision(decision.pk)
    rules.refuse_unless_prepares(officer, locked.parish)
    rules.refuse_unless_preparing(locked)
    return locked


@transaction.atomic
def refresh_matrix(*, decision: Decision, officer) -> Decision:
    """Number again what may be listed now, with its costs. Raises Refused (403, 409)."""
    locked = _preparing(decision, officer)
    _fill(locked)
    return locked


@transaction.atomic
def set_rules(
    *, decision: Decision, officer, rule: str, minimum_votes: int, most_marks: int, ways: dict[int, str]
) -> Decision:
    """The rule, the minimum (0: none), how many items each may mark by phone, and how each request is voted
    (`ways`: {request pk: way}; all of the matrix). Raises Refused: 403, 409 (fixed; the matrix is another one), 400."""
    locked = _preparing(decision, officer)
    if rule not in Decision.Rule.values or not 0 <= minimum_votes <= MOST_VOTES:
        raise Refused(_("Elija la regla y un mínimo de votos."), status=400)
    candidates = {c.request_id: c for c in locked.candidates.all()}
    if ways.keys() != candidates.keys():
        raise Refused(_("La matriz cambió mientras usted escribía. Revísela y guarde de nuevo."), status=409)
    if not set(ways.values()) <= set(Item.Way.values):
        raise Refused(_("Elija cómo se vota cada solicitud."), status=400)
    for pk, candidate in candidates.items():
        candidate.way = ways[pk]
    Candidate.objects.bulk_update(candidates.values(), ["way"])
    session = lock_session(locked.session_id)
    if session.most_marks != most_marks:
        assemblies.set_hall(session=session, officer=officer, most_marks=most_marks, counts_shown=session.counts_shown)
    locked.rule, locked.minimum_votes = rule, minimum_votes
    _save(locked, officer)
    return locked


# --- before the vote -------------------------------------------------------------------------------------------


def what_is_missing(decision: Decision) -> list[str]:
    """What keeps the rules from being fixed, each in a sentence; empty when nothing does."""
    missing = []
    if decision.year.phase not in rules.FIXING:
        missing.append(_("El año todavía no está en las reuniones informativas ni en las asambleas, o ya pasó."))
    if not _allocated(decision):
        missing.append(_("La parroquia todavía no tiene su asignación."))
    if not decision.candidates.exists():
        missing.append(_("No hay solicitudes factibles en la matriz."))
    if not is_current(decision):
        missing.append(_("Las solicitudes factibles o sus costos cambiaron: actualice la matriz y revísela."))
    if decision.session.status not in rules.BEFORE_THE_VOTE:
        missing.append(_("La sesión ya terminó o se canceló: elija otra."))
    return missing


def _allocated(decision: Decision):
    amount = ParishAllocation.objects.filter(year=decision.year, parish=decision.parish).values_list(
        "amount", flat=True
    )
    return amount.first() or 0


@transaction.atomic
@in_spanish()
def fix_rules(*, decision: Decision, officer) -> Decision:
    """Publish the amount, the matrix, the rule, and the seed that orders ties, before the vote; from then on nothing
    of it changes. Each candidate becomes an item of the session. Fixed twice it is fixed once.

    Raises Refused: 403, 409 (with everything that is missing).
    """
    locked = lock_decision(decision.pk)
    rules.refuse_unless_prepares(officer, locked.parish)
    if locked.status != Status.PREPARING:
        return locked
    locked.session = lock_session(locked.session_id)
    lock_allocation(locked.year, locked.parish)  # nobody gives the parish another amount meanwhile
    if missing := what_is_missing(locked):
        raise Refused(" ".join(missing), status=409)
    locked.budget, locked.seed = _allocated(locked), secrets.token_hex(16)
    locked.status, locked.fixed_at = Status.FIXED, timezone.now()
    candidates = list(locked.candidates.select_related("request"))
    place = {one: n for n, one in enumerate(draw_order(locked.seed, map(project_id, candidates)), 1)}
    for candidate in candidates:
        candidate.tie_position = place[project_id(candidate)]
        candidate.save(update_fields=["tie_position"])
    _make_items(locked, candidates)
    _save(locked, officer)
    _tell(
        locked,
        "budget-fixed",
        gettext_lazy("Reglas de la asamblea: %(parish)s"),
        gettext_lazy(
            "Ya se puede leer cuánto dinero hay, qué se vota, con qué regla se decide y en qué orden se resuelven los "
            "empates. Nada de esto cambia después."
        ),
    )
    return locked


def _make_items(decision: Decision, candidates) -> None:
    for candidate in candidates:
        asked = candidate.request
        candidate.item = assemblies.add_item(
            session=decision.session,
            title=asked.title,
            detail=_("Solicitud %(number)s · %(kind)s · %(cost)s")
            % {"number": asked.pk, "kind": asked.get_kind_display(), "cost": usd(candidate.cost)},
            way=candidate.way,
        )
        candidate.save(update_fields=["item"])


def _tell(decision: Decision, event: str, subject, body) -> None:
    words = {"parish": decision.parish.name}
    tell_all_concerned(
        decision.session,
        event=event,
        subject=str(subject) % words,
        body=str(body) % words,
        path=rules.page_of(decision),
    )


# --- the result ------------------------------------------------------------------------------------------------


@transaction.atomic
@in_spanish()
def decide_result(*, decision: Decision, officer) -> Decision:
    """Count by the rule that was fixed, once every item is closed, or the session is: what was not voted then has no
    votes. Asked again it stays as it is. Raises Refused: 403 (who), 409 (not fixed, still voted on)."""
    locked = lock_decision(decision.pk)
    locked.session = session = lock_session(locked.session_id)
    session_rules.refuse_unless_conducts(officer, session)
    if locked.status == Status.DECIDED:
        return locked
    rules.refuse_unless_fixed(locked)
    waiting = locked.candidates.exclude(item__status=Item.Status.CLOSED).count()
    if waiting and session.status != Session.Status.HELD:
        raise Refused(
            ngettext(
                "Falta votar %(n)s solicitud. Vótela, o clausure la sesión.",
                "Falta votar %(n)s solicitudes. Vótelas, o clausure la sesión.",
                waiting,
            )
            % {"n": waiting},
            status=409,
        )
    if session.status not in (Session.Status.OPEN, Session.Status.HELD):
        raise Refused(_("La sesión todavía no se instala."), status=409)
    write_result(locked, officer)
    _tell(
        locked,
        "budget-decided",
        gettext_lazy("La asamblea decidió: %(parish)s"),
        gettext_lazy("Ya se puede leer qué se hará con el presupuesto de %(parish)s, con cuántos votos y por qué."),
    )
    return locked


def write_result(locked: Decision, officer) -> None:
    """Count and store what follows for every candidate and its request; `locked` by `lock_decision`, and its session.

    Counted again after a correction, only what turned out otherwise changes.
    """
    candidates = list(locked.candidates.select_related("item"))
    outcome, locked.result = result_of(locked, candidates)
    places = {one: n for group in (outcome.winners, outcome.reserve) for n, one in enumerate(group, 1)}
    won, reserved = set(outcome.winners), set(outcome.reserve)
    for candidate in candidates:
        one = project_id(candidate)
        reason = outcome.reasons[one]
        candidate.outcome = Outcome.FUNDED if one in won else Outcome.RESERVE if one in reserved else Outcome.NOT_FUNDED
        candidate.reason_code, candidate.left, candidate.place = reason.code, dollars(reason.left), places.get(one)
    Candidate.objects.bulk_update(candidates, ["outcome", "reason_code", "left", "place"])
    locked.status, locked.decided_at = Status.DECIDED, locked.decided_at or timezone.now()
    _save(locked, officer)
    for candidate in sorted(candidates, key=lambda c: c.request_id):
        asked, wanted = lock_request(candidate.request_id), BECOMES[candidate.outcome]
        if asked.status != wanted and wanted in NEXT[asked.status]:
            move(asked, wanted, reason=sentence(candidate), by=officer)


# --- what the signed paper says otherwise ----------------------------------------------------------------------


def _paper(decision: Decision, candidate: Candidate, officer) -> tuple[Decision, Candidate]:
    locked = lock_decision(decision.pk)
    session = lock_session(locked.session_id)
    session_rules.refuse_unless_conducts(officer, session)
    if locked.status != Status.DECIDED:
        raise Refused(_("Todavía no hay un resultado que corregir."), status=409)
    minutes = getattr(session, "minutes", None)
    if minutes is None or not minutes.scan:
        raise Refused(_("Suba primero el acta firmada: es la que corrige el resultado."), status=409)
    candidate = locked.candidates.select_related("item").get(pk=candidate.pk)
    if candidate.item is None or candidate.item.way != Item.Way.HANDS:
        raise Refused(_("Los votos con el teléfono constan por nombre: el papel no los cambia."), status=409)
    return locked, candidate


@transaction.atomic
def correct_from_paper(*, decision: Decision, candidate: Candidate, votes: int, reason: str, officer) -> None:
    """The signed paper prevails: another count of hands, with its reason, waits for a second person. Raises Refused."""
    _locked, candidate = _paper(decision, candidate, officer)
    assemblies.correct_hand_count(item=candidate.item, votes=votes, reason=reason, officer=officer, paper=True)


@transaction.atomic
@in_spanish()
def confirm_from_paper(*, decision: Decision, candidate: Candidate, officer) -> Decision:
    """A second person read the same on the paper: the count stands, and the result is counted again, visibly."""
    locked, candidate = _paper(decision, candidate, officer)
    before = candidate.item.votes
    assemblies.confirm_hand_count(item=candidate.item, officer=officer, paper=True)
    write_result(locked, officer)
    change = candidate.item.hand_count.changes.last()
    minutes = locked.session.minutes
    if change and minutes.is_locked and candidate.item.hand_count.votes != before:
        text = _("«%(title)s»: el acta firmada dice %(after)s votos; antes constaban %(before)s.") % {
            "title": candidate.item.title,
            "after": change.after,
            "before": before,
        }
        assemblies.correct_minutes(session=locked.session, officer=officer, text=text, reason=change.reason)
    return locked
