"""The tests' database: made from the models in a second, and emptied in milliseconds.

Playing every migration takes ten times as long in each process, and longer with each new one. `test_migrations.py`
plays them once for each engine and compares the two.
"""

from importlib import import_module

from django.apps import apps
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# The migrations that write rows which everybody may count on.
ROWS_OF_THE_FIRST_DAY = ["proposals.migrations.0002_categories"]
# What `migrate` writes for all models and no test changes.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def complete() -> None:
    """What `migrate` would have left beside the tables: its rows, and its own record."""
    for name in ROWS_OF_THE_FIRST_DAY:
        import_module(name).add(apps, None)
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    for app, name in set(MigrationLoader(None).disk_migrations) - set(recorder.applied_migrations()):
        recorder.record_applied(app, name)


def empty(_test_case=None) -> None:
    """Delete all rows of all tables that hold some; Django's `flush` truncates every table and announces all models.

    Constraints wait for the end of the transaction, so that any order will do.
    """
    names = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        asked = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in sorted(names - KEPT)]
        cursor.execute(" UNION ALL ".join(asked))
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quote(name)}")
