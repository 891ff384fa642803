"""The public log: opened with a poll, grown in batches, signed at each step, and never behind its own last word.

Lock order: the poll's row. Casting holds it FOR KEY SHARE, sequencing and closing FOR UPDATE, so that a batch takes
every pending leaf there is, and a cast sees either all of a batch or nothing of it.
"""

import fcntl
import json
import logging
import os
import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide import live
from decide.accounts.rules import has_office
from decide.errors import Refused
from votes import canonical, clock, frozen, keys, officers
from votes.merkle import Tree
from votes.models import BallotBox, ForkDeclaration, Head, LogEntry, PendingLeaf, Poll
from votes.signals import poll_changed

log = logging.getLogger(__name__)
_random = secrets.SystemRandom()
Status = Poll.Status


# --- opening -----------------------------------------------------------------------------------------------


@transaction.atomic
def open_poll(*, poll: Poll) -> Poll:
    """Approved → open: the rules are frozen, hashed and become the first leaf. Opening twice changes nothing.

    Raises Refused (409) before its hour by the database's clock, after its close, or where it was not approved.
    """
    poll = lock_poll(poll)
    if poll.status == Status.OPEN:
        return poll
    if poll.status != Status.APPROVED:
        raise Refused(_("Solo se abre una votación aprobada."))
    now = clock.database_clock()
    if not poll.opens_at <= now < poll.closes_at:
        raise Refused(_("Esta votación se abre y se cierra en sus fechas."))
    poll.rules_json = frozen.freeze(poll)
    poll.rules_hash = sha256(poll.rules_json.encode()).hexdigest()
    rules = frozen.rules_of(poll)
    if not rules.questions or not all(q[3] for q in rules.questions.values()) or not rules.parishes:
        raise Refused(_("A esta votación le faltan preguntas u opciones."))
    poll.status, poll.opened_at, poll.eligible = Status.OPEN, now, rules.population
    poll.totals = {"ballots": 0, "questions": rules.empty_totals(), "parishes": {}} if rules.live_totals else None
    poll.version += 1
    poll.save()
    BallotBox.objects.create(poll=poll)
    append(poll, [leaf({"type": "open", "poll": str(poll.key), "rules": poll.rules_hash})])
    announce(poll, "opened")
    return poll


# --- the log -----------------------------------------------------------------------------------------------


def leaf(value: dict) -> bytes:
    return canonical.dumps(value)


def head_line(head: Head) -> bytes:
    """A head as it is published: one line without its newline."""
    return canonical.dumps({**_unsigned(head), "signature": head.signature})


def _unsigned(head: Head) -> dict:
    return {
        "poll": str(head.poll.key),
        "previous": head.previous or None,
        "root": head.root,
        "size": head.size,
        "time": head.time,
    }


def append(poll: Poll, bodies: list[bytes]) -> Head:
    """Append leaves to the log of a locked poll and sign the head, which is kept outside the database too."""
    if keys.public_key() != frozen.rules_of(poll).public_key:
        raise Refused(_("La clave de firma no es la de esta votación. Avise a quien opera la plataforma."), status=503)
    box = BallotBox.objects.get(poll=poll)
    tree = Tree(box.size, [bytes.fromhex(peak) for peak in box.peaks])
    LogEntry.objects.bulk_create(
        [LogEntry(poll_id=poll.pk, index=box.size + i, body=body) for i, body in enumerate(bodies)], batch_size=2000
    )
    for body in bodies:
        tree.append(body)
    last = Head.objects.select_related("poll").filter(poll=poll).order_by("-size").first()
    now = clock.stamp(clock.database_clock())
    head = Head(
        poll=poll,
        size=tree.size,
        root=tree.root.hex(),
        previous=sha256(head_line(last)).hexdigest() if last else "",
        # Times never go back, whatever a corrected clock says.
        time=max(now, last.time) if last else now,
    )
    head.signature = keys.sign(b"decide-head-v1" + canonical.dumps(_unsigned(head))).hex()
    head.save(force_insert=True)
    box.size, box.peaks = tree.size, [peak.hex() for peak in tree.peaks]
    box.save(update_fields=["size", "peaks"])
    line = head_line(head)
    transaction.on_commit(lambda: keep_head(poll, line), robust=True)
    return head


def sequence(*, poll: Poll) -> int:
    """Move what is pending into the log, shuffled; returns how many leaves (0 when there is no batch yet).

    A batch needs the first casts of at least `batch` different people; changes ride along. One transaction.
    """
    with transaction.atomic():
        poll = lock_poll(poll)
        if poll.status != Status.OPEN or is_halted(poll):
            return 0
        rules = frozen.rules_of(poll)
        # From its close on, what is pending belongs to the close.
        if clock.database_clock() >= rules.closes_at:
            return 0
        if PendingLeaf.objects.filter(poll=poll, first=True).count() < rules.batch:
            return 0
        bodies = take_pending(poll, rules)
        append(poll, bodies)
        live.changed(f"poll:{poll.pk}", f"tally:{poll.pk}")
        return len(bodies)


def take_pending(poll: Poll, rules) -> list[bytes]:
    """Delete the pending leaves of a locked poll and return them shuffled; running totals move by one step."""
    pending = list(PendingLeaf.objects.filter(poll=poll))
    if not pending:
        return []
    PendingLeaf.objects.filter(poll=poll).delete()
    if rules.live_totals and poll.totals:
        totals = poll.totals
        for each in pending:
            change = json.loads(keys.unseal(each.change, poll.key.bytes))
            for choices, by in ((change["add"], 1), (change["take"], -1)):
                if choices is not None:
                    frozen.count(totals["questions"], choices, by)
                    totals["ballots"] += by
        poll.totals = totals
        poll.version += 1
        Poll.objects.filter(pk=poll.pk).update(totals=totals, version=poll.version)
    return shuffled([bytes(each.body) for each in pending])


def shuffled(bodies: list[bytes]) -> list[bytes]:
    """In random order, except that what a leaf replaces or withdraws comes before it, as the format wants."""
    leaves = [(body, json.loads(body)) for body in bodies]
    _random.shuffle(leaves)
    waiting = {value["c"]: (body, value) for body, value in leaves if value["type"] == "cast"}
    done: list[bytes] = []

    def put(body, value):
        chain = []
        while True:
            chain.append(body)
            before = value["replaces"] if value["type"] == "cast" else value["c"]
            if before not in waiting:
                break
            body, value = waiting.pop(before)
        done.extend(reversed(chain))

    for body, value in leaves:
        if value["type"] != "cast" or waiting.pop(value["c"], None):
            put(body, value)
    return done


def lock_poll(poll: Poll) -> Poll:
    """The poll as it is now; nobody casts, sequences or closes until the transaction ends."""
    return Poll.objects.select_for_update(of=("self",)).select_related("answers_for").get(pk=poll.pk)


def announce(poll: Poll, event: str) -> None:
    live.changed(f"poll:{poll.pk}", f"tally:{poll.pk}")
    poll_changed.send(sender=Poll, poll=poll, event=event)


# --- the head outside the database ---------------------------------------------------------------------------


def _heads_file(poll: Poll) -> Path:
    folder = Path(settings.HEADS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{poll.key}.json"


def kept_head(poll: Poll) -> bytes | None:
    """The newest head that was kept outside the database."""
    try:
        return _heads_file(poll).read_bytes().strip() or None
    except FileNotFoundError:
        return None


def keep_head(poll: Poll, line: bytes, force: bool = False) -> None:
    """Keep a head in its file, unless a newer one is there; the file is whole at every moment."""
    path = _heads_file(poll)
    with open(path.with_suffix(".lock"), "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        old = kept_head(poll)
        if old and not force and json.loads(old)["size"] >= json.loads(line)["size"]:
            return
        new = path.with_suffix(".new")
        with open(new, "wb") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)


def is_halted(poll: Poll) -> bool:
    """Whether a locked poll must not go on: the kept head is not in the database. Notes it the first time."""
    box = BallotBox.objects.get(poll=poll)
    kept = kept_head(poll)
    if kept is None:
        return box.halted_at is not None
    size = json.loads(kept)["size"]
    here = Head.objects.select_related("poll").filter(poll=poll, size=size).first()
    if here and head_line(here) == kept:
        return box.halted_at is not None
    lost = sha256(kept).hexdigest()
    if ForkDeclaration.objects.filter(poll=poll, lost_hash=lost, done=True).exists():
        return False  # declared; only the file was not written any more
    if box.halted_at is None or box.lost_head != kept.decode():
        box.halted_at, box.lost_head = timezone.now(), kept.decode()
        box.save(update_fields=["halted_at", "lost_head"])
        log.error("poll %s: the kept head of size %s is not in the database; sequencing halts", poll.pk, size)
        live.changed(f"poll:{poll.pk}", f"tally:{poll.pk}")
    return True


@transaction.atomic
def declare_fork(*, poll: Poll, officer, reason: str) -> bool:
    """Declare in public that the log goes on from an earlier state. True once a second officer has declared it.

    Then the log gets a leaf that names the lost head, with the first officer's reason, and sequencing resumes.
    Raises Refused: 403 without the office, 409 where nothing is halted, 400 without a reason.
    """
    if not has_office(officer, *officers.OFFICES):
        raise Refused(_("Lo declaran dos personas con cargo en participación ciudadana."), status=403)
    poll = lock_poll(poll)
    if poll.status != Status.OPEN or not is_halted(poll):
        raise Refused(_("El registro de esta votación no está detenido."))
    if not reason.strip():
        raise Refused(_("Escriba qué pasó: la razón es pública."), status=400)
    box = BallotBox.objects.get(poll=poll)
    lost = json.loads(box.lost_head)
    lost_hash = sha256(box.lost_head.encode()).hexdigest()
    declarations = ForkDeclaration.objects.filter(poll=poll, lost_hash=lost_hash)
    if not declarations.filter(officer=officer).exists():
        ForkDeclaration.objects.create(
            poll=poll, lost_head=box.lost_head, lost_hash=lost_hash, officer=officer, reason=reason.strip()
        )
    if declarations.values("officer").distinct().count() < 2:
        return False
    first = declarations.order_by("at", "pk").first()
    BallotBox.objects.filter(poll=poll).update(halted_at=None, lost_head="")
    declarations.update(done=True)
    head = append(
        poll,
        [
            leaf(
                {
                    "type": "fork",
                    "head": lost_hash,
                    "reason": first.reason,
                    "root": lost["root"],
                    "size": lost["size"],
                }
            )
        ],
    )
    line = head_line(head)
    transaction.on_commit(lambda: keep_head(poll, line, force=True), robust=True)
    live.changed(f"poll:{poll.pk}", f"tally:{poll.pk}")
    return True
