"""One ballot of one residence: cast, or put in the place of the one before.

The order of what happens in the transaction is the promise. The poll's row is held FOR KEY SHARE (the sequencer takes
all of it); the participation is inserted, on conflict nothing, and locked; and **only then** are the old ballot and the
clock read. Whoever reads before the lock lets two changes both claim to replace the same ballot, and takes votes after
the close from whoever waited. No choice, commitment or word is in any log line, session, mail, task or history.
"""

import json
import uuid
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide import live
from decide.accounts.models import Residence
from decide.errors import Refused
from votes import canonical, clock, frozen, keys, rules
from votes.frozen import Choices
from votes.models import LiveBallot, Participation, PendingLeaf, Poll
from votes.opening import WORD, Opening, Receipt

# What a receipt promises: a batch that is full goes with the next tick, what is left goes with the close.
NEXT_BATCH = timedelta(minutes=15)
AFTER_CLOSE = timedelta(minutes=10)


@transaction.atomic(savepoint=False)
def cast_ballot(*, poll: Poll, residence: Residence | None, choices: Choices, word: str) -> Receipt:
    """Cast the ballot of a residence, or change it; whoever sends the same choices and word again changes nothing.

    `choices`: `{question key: [option keys]}`, both as strings, every question named, an empty list is blank. `word`:
    the six digits of `draw_word()` that the form carries. Raises Refused: 400 (not valid under the frozen rules), 403
    (who: residence, level, parish, age), 409 (not open by the database's clock), 404 (a poll that nobody may see).
    """
    _hold_residence(residence)
    status, asked = _hold_poll(poll)
    if status not in Poll.PUBLIC:
        raise Refused(_("Esta votación no existe."), status=404)
    if status != Poll.Status.OPEN:
        raise rules.not_open(poll, status)
    if not isinstance(word, str) or not WORD.fullmatch(word):
        raise Refused(_("Falta la palabra clave de seis cifras. Vuelva a abrir la página."), status=400)
    choices = asked.canonical_choices(choices)
    if residence is None:
        raise rules.poll_obstacle(asked, None)
    participation, first = _take_participation(poll, residence)
    # From here on this residence's ballot is nobody else's to change: now it may be read, and the clock.
    old = None if first else LiveBallot.objects.filter(participation_id=participation).first()
    now = clock.database_clock()
    if not asked.opens_at <= now < asked.closes_at:
        raise rules.not_open(poll, status, after=now >= asked.closes_at)
    residence = Residence.objects.select_related("parish").get(pk=residence.pk)
    if refusal := rules.poll_obstacle(asked, residence):
        raise refusal
    place = poll.key.bytes + participation.bytes
    before = Opening.unsealed(old.opening, place) if old else None
    if before and before.choices == choices and before.word == word:
        return Receipt(poll.key, old.commitment, _include_by(poll, asked, now), again=True)
    opening = Opening.new(choices, word, residence.parish.code)
    commitment = opening.commitment(poll.key)
    sealed = opening.sealed(place)
    if old:
        LiveBallot.objects.filter(pk=old.pk).update(commitment=commitment, opening=sealed)
    else:
        LiveBallot.objects.create(participation_id=participation, commitment=commitment, opening=sealed)
    PendingLeaf.objects.create(
        poll=poll,
        body=canonical.dumps({"type": "cast", "c": commitment, "replaces": old and old.commitment}),
        first=first,
        change=_change(poll, asked, add=choices, take=before and before.choices),
    )
    include_by = _include_by(poll, asked, now)
    if first:
        _count_voter(poll, now)
    return Receipt(poll.key, commitment, include_by, first=first)


def _hold_residence(residence: Residence | None) -> None:
    """The residence stays until the transaction ends. Raises Refused (409) if it was merged into another just now.

    PostgreSQL asks for this lock by itself, but at the commit: after the participation, for which a merge (which holds
    both residences) waits.
    """
    if residence is not None:
        lock = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {Residence._meta.db_table} WHERE id = %s{lock}", [residence.pk])
            if not cursor.fetchone():
                raise _verified_anew()


def _verified_anew() -> Refused:
    return Refused(_("Su verificación cambió en este momento. Inténtelo otra vez."), status=409)


def _hold_poll(poll: Poll) -> tuple[str, frozen.Rules | None]:
    """The status and frozen rules of a poll, which is neither sequenced nor closed until the transaction ends."""
    lock = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT status, rules_hash FROM {Poll._meta.db_table} WHERE id = %s{lock}", [poll.pk])
        found = cursor.fetchone()
    if found is None:
        raise Refused(_("Esta votación no existe."), status=404)
    status, rules_hash = found
    if status == Poll.Status.OPEN and poll.rules_hash != rules_hash:
        poll.refresh_from_db(fields=["rules_json", "rules_hash", "key"])
    return status, frozen.rules_of(poll) if status == Poll.Status.OPEN else None


def _take_participation(poll: Poll, residence: Residence) -> tuple[uuid.UUID, bool]:
    """The participation of a residence, locked, and whether this made it. Two statements at most.

    Who inserts a row that somebody else is inserting waits for them; then it is a conflict, and theirs is locked.
    """
    new = uuid.uuid4()
    if _insert_participation(new, poll, residence):
        return new, True
    found = Participation.objects.select_for_update(no_key=True).filter(poll=poll, residence=residence).first()
    if found is None:  # two verifications were united this very moment
        raise _verified_anew()
    return found.pk, False


def _insert_participation(new: uuid.UUID, poll: Poll, residence: Residence) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Participation._meta.db_table} (id, poll_id, residence_id) VALUES (%s, %s, %s) "
            "ON CONFLICT (poll_id, residence_id) DO NOTHING",
            [Participation._meta.pk.get_db_prep_value(new, connection), poll.pk, residence.pk],
        )
        return cursor.rowcount == 1


def _change(poll: Poll, asked: frozen.Rules, *, add, take) -> bytes:
    """What the leaf does to the running totals, sealed; nothing at all where they are shown at the close only."""
    if not asked.live_totals:
        return b""
    return keys.seal(json.dumps({"add": add, "take": take}).encode(), poll.key.bytes)


def _include_by(poll: Poll, asked: frozen.Rules, now):
    """By when the leaf is in the log. With a full batch pending the next one takes it; nobody empties it meanwhile."""
    full = PendingLeaf.objects.filter(poll=poll, first=True).count() >= asked.batch
    latest = asked.closes_at + AFTER_CLOSE
    return min(now + NEXT_BATCH, latest) if full else latest


def _count_voter(poll: Poll, now) -> None:
    """The two counters of turnout: the poll's, and the day's in Quito. The hot row is the last that is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO votes_dailyturnout (poll_id, day, voters) VALUES (%s, %s, 1) "
            "ON CONFLICT (poll_id, day) DO UPDATE SET voters = votes_dailyturnout.voters + 1",
            [poll.pk, timezone.localdate(now).isoformat()],
        )
        cursor.execute(
            f"UPDATE {Poll._meta.db_table} SET turnout = turnout + 1, version = version + 1 WHERE id = %s", [poll.pk]
        )
    live.changed(f"poll:{poll.pk}")


def has_voted(poll: Poll, residence: Residence | None) -> bool:
    """Whether this residence appears as having voted: what each person may ask about themselves."""
    return residence is not None and Participation.objects.filter(poll=poll, residence=residence).exists()


def merge_participations(sender, keep: Residence, drop: Residence, **kwargs) -> None:
    """Two residences are one person. Where both voted, the kept residence's ballot stays and the other is withdrawn.

    In an open poll the log says so ("withdraw", "duplicate") and the ballot is destroyed; after a close nobody knows
    which ballot it was, and only the second mark of participation goes.
    """
    for own in Participation.objects.filter(residence=drop).select_related("poll").order_by("poll_id"):
        status, asked = _hold_poll(own.poll)
        mine = Participation.objects.select_for_update(no_key=True).get(pk=own.pk)
        if not Participation.objects.filter(poll=own.poll, residence=keep).exists():
            Participation.objects.filter(pk=mine.pk).update(residence=keep)
            continue
        ballot = LiveBallot.objects.filter(participation=mine).first()
        if ballot and status == Poll.Status.OPEN:
            _withdraw(own.poll, asked, mine, ballot)
        mine.delete()


def _withdraw(poll: Poll, asked: frozen.Rules, participation: Participation, ballot: LiveBallot) -> None:
    opening = Opening.unsealed(ballot.opening, poll.key.bytes + participation.pk.bytes)
    PendingLeaf.objects.create(
        poll=poll,
        body=canonical.dumps({"type": "withdraw", "c": ballot.commitment, "reason": "duplicate"}),
        first=False,
        change=_change(poll, asked, add=None, take=opening.choices),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Poll._meta.db_table} SET turnout = turnout - 1, version = version + 1 WHERE id = %s", [poll.pk]
        )
    live.changed(f"poll:{poll.pk}")
