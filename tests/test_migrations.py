"""The other tests' database is made from the models: this one plays the migrations and compares."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from proposals.models import Category
from tests import database

LOOK = """
from django.conf import settings
options = settings.DATABASES["default"]["OPTIONS"]
if "options" in options:  # PostgreSQL: a schema of its own in the same database
    options["options"] += " -c search_path=migrated"
import django; django.setup()
from tests.test_migrations import portrait
from django.core.management import call_command
call_command("migrate", verbosity=0)
from proposals.models import Category
print(repr((portrait(), sorted(Category.objects.values_list("slug", "name")))))
"""


def portrait() -> dict:
    """{table: (its columns, its constraints and indexes without their names)} of the default database."""
    tables = {}
    with connection.cursor() as cursor:
        look = connection.introspection
        # Django's own table between groups and permissions: its migration has an id of 32 bits, its models one of 64.
        for table in sorted({*look.table_names(cursor)} - {"auth_group_permissions"}):
            columns = sorted(
                (c.name, str(c.type_code), bool(c.null_ok), c.internal_size if connection.vendor == "sqlite" else None)
                for c in look.get_table_description(cursor, table)
            )
            constraints = sorted(
                repr(
                    (sorted(map(str, c["columns"] or [])), c["unique"], c["primary_key"], c["foreign_key"], c["check"])
                )
                for c in look.get_constraints(cursor, table).values()
            )
            tables[table] = (columns, constraints)
    return tables


@pytest.fixture
def empty_database(tmp_path, transactional_db):
    """The address of an empty database on the engine of this run."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/migrated.sqlite3"
        return
    own = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA migrated")
    yield f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT'] or 5432}/{own['NAME']}"
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA migrated CASCADE")


def test_migrations_lead_to_the_tables_of_the_models_and_their_rows(empty_database):
    database.complete()  # an earlier test's emptying took the rows
    environment = os.environ | {"DATABASE_URL": empty_database, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    migrated, categories = eval(done.stdout, {"__builtins__": {}})
    assert migrated == portrait()
    assert categories == sorted(Category.objects.values_list("slug", "name")) != []
