"""The clock that decides: the database's, the same for every process whatever its own says.

On PostgreSQL `clock_timestamp()`: now, and not the start of the transaction, which may have waited for a lock. SQLite
has no server and no clock: it asks the operating system's, once the transaction holds the lock.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.db import connection

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def database_clock() -> datetime:
    """Now, by the database."""
    if pretended := _pretended.get():
        return pretended
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
            return cursor.fetchone()[0]
        cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)


@contextmanager
def pretend(moment: datetime):
    """The demo city and tests: whatever is done inside is done at that moment. No request ever comes here."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)


def stamp(moment: datetime) -> str:
    """As it is written in rules and heads: UTC with milliseconds, `2026-11-22T23:30:00.123Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text)
