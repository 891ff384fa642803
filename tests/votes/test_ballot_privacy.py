"""After the close: whoever holds the database, its engine's own columns, the logs and the sessions learns no choice."""

import logging
import random
from collections import Counter
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from decide.accounts.models import AccountSession, Residence
from tests.factories import make_parish, make_residence, make_user
from tests.votes import urna
from votes import services
from votes.models import (
    BallotBox,
    DailyTurnout,
    LiveBallot,
    LogEntry,
    Participation,
    PendingLeaf,
    Poll,
    PublishedBallot,
)

pytestmark = pytest.mark.django_db(transaction=True)
VOTERS = 60
PLACE = "ctid" if connection.vendor == "postgresql" else "rowid"


def raw(sql, *values) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def in_file_order(model: type[Model], *columns) -> list[tuple]:
    """The rows as they lie in the file, each with whatever the engine knows about its writing."""
    engine = "xmin::text, cmin::text" if connection.vendor == "postgresql" else "0, 0"
    table = model._meta.db_table
    return raw(f"SELECT {engine}, {', '.join(columns)} FROM {table} ORDER BY {PLACE}")


@pytest.fixture
def election():
    """Votes of people one after the other, batches between them, some changes; then the close, by the tick."""
    poll = urna.open_poll(questions=(("approval", 6),), running_totals="live")
    chance, voted = random.Random(3), []
    for n in range(VOTERS):
        residence = make_residence(make_parish())
        voted.append([residence.pk, urna.cast(poll, residence).commitment])
        if n % 12 == 11:
            services.sequence(poll=poll)
        if n % 5 == 4:
            own = chance.choice(voted)
            own[1] = urna.cast(poll, type(residence)(pk=own[0])).commitment
    before = {
        "keys": set(Participation.objects.values_list("pk", flat=True)),
        "ids": {row[0] for row in in_file_order(Participation, "id")},
        "held": lockers() if connection.vendor == "postgresql" else None,
        "sealed": sealed_in_the_files() if connection.vendor == "sqlite" else None,
    }
    with urna.after_the_close(poll):
        services.follow_polls(timezone.now())
    poll.refresh_from_db()
    poll.truth, poll.before = dict(voted), before
    return poll


def test_rows_left_behind_tell_nothing(election):
    assert (LiveBallot.objects.count(), PendingLeaf.objects.count()) == (0, 0)
    assert BallotBox.objects.get().swept
    check_participations_are_new_rows_of_one_transaction_with_new_keys(election)
    check_guessing_by_any_order_gets_no_more_right_than_chance(election)
    check_the_batch_of_a_participation_is_nowhere(election)
    check_no_table_holds_a_commitment_beside_a_person(election)
    check_bytes_of_the_deleted_rows_are_gone_from_the_file(election)


def check_participations_are_new_rows_of_one_transaction_with_new_keys(election):
    rows = in_file_order(Participation, "id", "residence_id")
    assert len(rows) == VOTERS
    assert election.before["keys"].isdisjoint(Participation.objects.values_list("pk", flat=True))
    if connection.vendor == "postgresql":
        written = {row[0] for row in rows}
        assert len(written) == 1
        assert written.isdisjoint(election.before["ids"])
        # The daily counter and the published ballots say no more.
        assert {row[0] for row in in_file_order(DailyTurnout, "id")} == written
        assert {row[0] for row in in_file_order(PublishedBallot, "commitment")} == written
        # Nor does the residence: the close itself held it last, where before each cast had left its own number.
        assert len(election.before["held"]) > VOTERS // 2
        assert lockers() == written


def guesses(election) -> dict[str, int]:
    """How many of the voters each way of guessing gets right: residences and ballots, paired by some order."""
    people = [row[2] for row in in_file_order(Participation, "residence_id")]
    by_key = [row[2] for row in sorted(in_file_order(Participation, "residence_id", "id"), key=lambda r: str(r[3]))]
    in_order = sorted(election.truth)  # as they were verified, and here as they voted
    published = [row[2] for row in in_file_order(PublishedBallot, "commitment")]
    published_by_key = [
        row[2] for row in sorted(in_file_order(PublishedBallot, "commitment", "id"), key=lambda r: str(r[3]))
    ]
    opened = set(published)
    log = [bytes(body) for body in LogEntry.objects.order_by("index").values_list("body", flat=True)]
    logged = [c for c in (body[6:70].decode() for body in log) if c in opened]

    def right(order, ballots):
        return sum(election.truth[who] == c for who, c in zip(order, ballots, strict=True))

    return {
        f"{who} / {what}": right(order, ballots)
        for who, order in {"file": people, "keys": by_key, "verified": in_order}.items()
        for what, ballots in {"file": published, "keys": published_by_key, "log": logged}.items()
    }


def lockers() -> set[str]:
    """The transactions that last held each residence, which PostgreSQL writes into its row: casting holds it."""
    return {row[0] for row in raw(f"SELECT xmax::text FROM {Residence._meta.db_table}")}


def check_guessing_by_any_order_gets_no_more_right_than_chance(election):
    """One in the number of ballots is right by chance: 1 of 60 expected, and 8 would happen once in 100,000."""
    found = guesses(election)
    assert all(hits < 8 for hits in found.values()), found


def test_control_while_the_poll_is_open_the_rows_tell():
    """What the close takes away: before it, the row of a ballot points to its participation."""
    poll = urna.open_poll()
    truth = {residence.pk: receipt.commitment for residence, receipt in urna.cast_many(poll, 12)}
    joined = dict(LiveBallot.objects.values_list("participation__residence", "commitment"))
    assert joined == truth


def check_the_batch_of_a_participation_is_nowhere(election):
    """Not even a batch: rows in file order are no closer to the order of voting than a shuffle is."""
    people = [row[2] for row in in_file_order(Participation, "residence_id")]
    voted = {residence: n // 12 for n, residence in enumerate(election.truth)}
    quarters = [Counter(voted[r] for r in people[i : i + 12]) for i in range(0, VOTERS, 12)]
    assert all(max(each.values()) < 10 for each in quarters), quarters


def check_no_table_holds_a_commitment_beside_a_person(election):
    """Every text of every table: commitments stand in the log and among the published, and nowhere else."""
    commitments = set(election.truth.values())
    where = Counter()
    for table in connection.introspection.table_names():
        for row in raw(f'SELECT * FROM "{table}"'):
            text = " ".join(
                bytes(v).decode(errors="replace") if isinstance(v, bytes | memoryview) else str(v) for v in row
            )
            where[table] += any(c in text for c in commitments)
    assert {table for table, hits in where.items() if hits} == {LogEntry._meta.db_table, PublishedBallot._meta.db_table}


def check_bytes_of_the_deleted_rows_are_gone_from_the_file(election):
    if connection.vendor == "postgresql":
        dead = raw("SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'votes_liveballot'")
        assert dead[0][0] in (0, None) or dead[0][0] < VOTERS
        assert raw("SELECT pg_relation_size('votes_liveballot')") == [(0,)]
        return
    assert raw("PRAGMA secure_delete") == [(1,)]
    assert election.before["sealed"] > 0
    assert sealed_in_the_files() == 0


def sealed_in_the_files() -> int:
    """How many sealed things lie in SQLite's file and journal, deleted or not."""
    path = connection.settings_dict["NAME"]
    files = [Path(path), Path(f"{path}-wal")]
    stored = b"".join(file.read_bytes() for file in files if file.exists())
    return stored.replace(b"v1:test-", b"").count(b"v1:")


def test_sessions_cache_history_and_logs_hold_nothing_of_a_ballot(caplog):
    """A vote in a request of an account: no session, cache, log line or history has its commitment or its word."""
    caplog.set_level(logging.DEBUG)
    user = make_user(verified=True, parish=make_parish())
    poll = urna.open_poll()
    urna.cast_many(poll, 10)
    client = Client()
    client.force_login(user)
    said = len(caplog.records)
    receipt = urna.cast(poll, user.residence, word="424242")
    services.sequence(poll=poll)
    urna.close(poll)
    found = [str(session.get_decoded()) for model in (AccountSession, Session) for session in _all(model)]
    found += cached()
    found += [record.getMessage() for record in caplog.records[said:] if not record.name.startswith("django.db")]
    found += [str(vars(row)) for row in Poll.history.all()]
    assert not any(receipt.commitment in text or "424242" in text for text in found)


def cached() -> list[str]:
    """Everything in the cache, in memory or in Redis."""
    if isinstance(cache._cache, dict):
        return [str(value) for value in cache._cache.values()]
    client = cache._cache.get_client()
    return [str(client.dump(key)) for key in client.keys("*")]


def _all(model):
    return model.objects.all() if model._meta.db_table in connection.introspection.table_names() else []
