"""The end of a poll: closed and counted, or annulled. One transaction each, so that a killed one never was.

After it nothing in the database joins a residence with a ballot: the openings are published sorted by commitment, the
live ballots are gone, and the participations are written anew in random order with new keys, all of them by one
transaction. (Rewriting the files with VACUUM FULL instead keeps both the order and PostgreSQL's transaction ids.)
"""

import logging
import secrets
from hashlib import sha256

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts.models import Residence
from decide.errors import Refused
from votes import clock, frozen, officers
from votes.models import (
    BallotBox,
    DailyTurnout,
    LiveBallot,
    Participation,
    PendingLeaf,
    Poll,
    PublishedBallot,
)
from votes.opening import Opening
from votes.services.sequencing import announce, append, is_halted, leaf, lock_poll, open_poll, sequence, take_pending

log = logging.getLogger(__name__)
_random = secrets.SystemRandom()
CHUNK = 2000
Status = Poll.Status


@transaction.atomic
def close_poll(*, poll: Poll) -> Poll:
    """Close a poll whose hour has come: last batch, close leaf, openings, final head. Closing twice changes nothing.

    Raises Refused (409) before its hour by the database's clock, or while its log is halted.
    """
    poll = lock_poll(poll)
    if poll.status == Status.CLOSED:
        return poll
    if poll.status != Status.OPEN:
        raise Refused(_("Esta votación no está abierta."))
    rules, now = frozen.rules_of(poll), clock.database_clock()
    if now < rules.closes_at:
        raise Refused(_("Esta votación todavía no se cierra."))
    if is_halted(poll):
        raise Refused(_("El registro de esta votación está detenido."))
    bodies = take_pending(poll, rules)
    openings = _openings(poll)
    rows = published(poll, rules, openings)
    lines = [ballot_line(row) for row in rows]
    totals = tally(rules, openings, rows) if rows else None
    bodies.append(
        leaf(
            {
                "type": "close",
                "participants": Participation.objects.filter(poll=poll).count(),
                "ballots": len(openings),
                "openings": sha256(b"".join(lines)).hexdigest() if rows else None,
                "tally": totals,
            }
        )
    )
    PublishedBallot.objects.bulk_create(rows, batch_size=CHUNK)
    _forget_who(poll)
    append(poll, bodies)
    poll.status, poll.closed_at, poll.totals = Status.CLOSED, now, totals
    poll.verified = _could_have_voted(rules)
    poll.version += 1
    poll.save(update_fields=["status", "closed_at", "totals", "verified", "version"])
    announce(poll, "closed")
    return poll


@transaction.atomic
def annul_poll(*, poll: Poll, officer, reason: str) -> Poll:
    """Annul a poll in public: its ballots are destroyed unopened, its log stays and says why.

    Raises Refused: 403 without the office, 409 where it is over or was never announced, 400 without a reason.
    """
    poll = lock_poll(poll)
    if not officers.is_in_charge(officer, poll):
        raise Refused(_("Su cargo no le permite anular esta votación."), status=403)
    if poll.status not in (Status.APPROVED, Status.OPEN):
        raise Refused(_("Solo se anula una votación anunciada o abierta."))
    reason = reason.strip()
    if not reason:
        raise Refused(_("Escriba por qué se anula: la razón es pública."), status=400)
    if poll.status == Status.OPEN:
        if is_halted(poll):
            raise Refused(_("El registro de esta votación está detenido."))
        bodies = take_pending(poll, frozen.rules_of(poll))
        count = Participation.objects.filter(poll=poll).count()
        bodies.append(leaf({"type": "annul", "participants": count, "reason": reason}))
        _forget_who(poll)
        append(poll, bodies)
    poll.status, poll.annulled_at, poll.annulled_by = Status.ANNULLED, timezone.now(), officer
    poll.annul_reason, poll.totals = reason, None
    poll.version += 1
    poll._history_user = officer
    poll.save(update_fields=["status", "annulled_at", "annulled_by", "annul_reason", "totals", "version"])
    announce(poll, "annulled")
    return poll


def _openings(poll: Poll) -> list[tuple[str, Opening]]:
    """Every live ballot opened, sorted by commitment; a ballot that is not its commitment stops the close."""
    found = []
    ballots = LiveBallot.objects.filter(participation__poll=poll)
    for pk, commitment, sealed in ballots.values_list("pk", "commitment", "opening").iterator(CHUNK):
        opening = Opening.unsealed(sealed, poll.key.bytes + pk.bytes)
        if opening.commitment(poll.key) != commitment:
            raise ValueError(f"a ballot of poll {poll.pk} is not its commitment")
        found.append((commitment, opening))
    return sorted(found, key=lambda pair: pair[0])


def published(poll: Poll, rules, openings) -> list[PublishedBallot]:
    """The rows to publish, sorted by commitment; none in a poll with too few ballots."""
    if len(openings) < rules.publish:
        return []
    shown = opened_parishes([opening.parish for _c, opening in openings], rules.publish)
    rows = []
    for commitment, opening in openings:
        row = PublishedBallot(
            poll_id=poll.pk,
            commitment=commitment,
            choices=opening.text.decode(),
            word=opening.word,
            nonce=opening.nonce.hex(),
        )
        if opening.parish in shown:
            row.parish, row.parish_nonce = opening.parish, opening.parish_nonce.hex()
        else:
            row.p = opening.p.hex()
        rows.append(row)
    return rows


def opened_parishes(parishes: list[str], least: int) -> set[str]:
    """Whose results may be opened: those with `least` ballots; never all but one, which subtraction would open."""
    counts: dict[str, int] = {}
    for parish in parishes:
        counts[parish] = counts.get(parish, 0) + 1
    by_size = sorted(counts, key=lambda code: (counts[code], code))
    shown = [code for code in by_size if counts[code] >= least]
    if len(by_size) - len(shown) == 1:
        shown = shown[1:]
    return set(shown)


def tally(rules, openings, rows: list[PublishedBallot]) -> dict:
    """The result: of all ballots by question, and of the parishes that are opened."""
    questions, parishes = rules.empty_totals(), {}
    for (_commitment, opening), row in zip(openings, rows, strict=True):
        frozen.count(questions, opening.choices)
        if row.parish:
            own = parishes.setdefault(row.parish, {"ballots": 0, "questions": rules.empty_totals()})
            own["ballots"] += 1
            frozen.count(own["questions"], opening.choices)
    return {"ballots": len(openings), "questions": questions, "parishes": parishes}


def ballot_line(row: PublishedBallot) -> bytes:
    """One line of ballots.jsonl, with its newline. Written by hand: its members are already canonical."""
    if row.parish:
        rest = f'"parish":"{row.parish}","parish_nonce":"{row.parish_nonce}","word":"{row.word}"}}\n'
    else:
        rest = f'"p":"{row.p}","word":"{row.word}"}}\n'
    return f'{{"c":"{row.commitment}","choices":{row.choices},"nonce":"{row.nonce}",{rest}'.encode()


def _forget_who(poll: Poll) -> None:
    """Delete the live ballots; write participations (in random order, with new keys) and daily counters anew."""
    residences = list(Participation.objects.filter(poll=poll).order_by().values_list("residence_id", flat=True))
    days = list(DailyTurnout.objects.filter(poll=poll).values_list("day", "voters"))
    ballots = LiveBallot.objects.filter(participation__poll=poll)
    ballots._raw_delete(ballots.db)
    for rows in (Participation.objects.filter(poll=poll), DailyTurnout.objects.filter(poll=poll)):
        rows._raw_delete(rows.db)
    PendingLeaf.objects.filter(poll=poll).delete()
    _random.shuffle(residences)
    Participation.objects.bulk_create(
        [Participation(poll_id=poll.pk, residence_id=residence) for residence in residences], batch_size=CHUNK
    )
    DailyTurnout.objects.bulk_create([DailyTurnout(poll=poll, day=day, voters=voters) for day, voters in days])
    BallotBox.objects.filter(poll=poll).update(swept=False)


def _could_have_voted(rules) -> int:
    """Verified residences that the rules would have let vote on the day of the close."""
    able = Residence.objects.filter(
        parish__code__in=rules.parishes, participates_from__lte=timezone.localdate(rules.closes_at)
    )
    if rules.level == Residence.Level.DESK:
        able = able.filter(level=Residence.Level.DESK)
    return able.count()


# --- what remains in the files ---------------------------------------------------------------------------------


def sweep() -> int:
    """Let the engine write over the rows that the ends of polls deleted; returns for how many polls.

    PostgreSQL: plain VACUUM. SQLite: its pages are already overwritten (`secure_delete`), and here its journal goes.
    """
    due = list(BallotBox.objects.filter(swept=False).values_list("pk", flat=True))
    if not due:
        return 0
    if connection.in_atomic_block:
        raise RuntimeError("VACUUM has no place in a transaction")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for model in (Participation, LiveBallot, PendingLeaf, DailyTurnout):
                cursor.execute(f"VACUUM {model._meta.db_table}")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return BallotBox.objects.filter(pk__in=due).update(swept=True)


# --- the clock ---------------------------------------------------------------------------------------------------


def follow_polls(now) -> int:
    """The tick: opens, sequences, closes and sweeps what is due, and goes on with a close that was killed.

    One poll that fails does not keep the others; the failure is raised at the end, so that /salud/ shows it. A log that
    is halted is such a failure from the first tick on, and not only at the close.
    `now` only chooses whom to ask: each service asks the database's clock.
    """
    done, failures = 0, []
    at = clock.database_clock()
    due = [
        (open_poll, Poll.objects.filter(status=Status.APPROVED, opens_at__lte=at, closes_at__gt=at)),
        (sequence, Poll.objects.filter(status=Status.OPEN)),
        (close_poll, Poll.objects.filter(status=Status.OPEN, closes_at__lte=at)),
    ]
    for act, polls in due:
        for poll in polls.order_by("pk"):
            try:
                done += bool(act(poll=poll))
            except Exception as failure:
                log.exception("polls: %s of poll %s failed", act.__name__, poll.pk)
                failures.append(failure)
    if not failures and Poll.objects.filter(status=Status.OPEN, box__halted_at__isnull=False).exists():
        failures.append(Refused(_("El registro de esta votación está detenido.")))
    done += sweep()
    if failures:
        raise failures[0]
    return done
