from datetime import date

import pytest

from decide.accounts import keys
from decide.accounts.models import RegisterEntry

CEDULA = "1700000019"
OTHER_CEDULA = "0100000025"
BORN = date(1968, 5, 17)


@pytest.fixture
def register():
    """`register(cedula, born, parish)`: one person of the imported register."""

    def add(cedula=CEDULA, born=BORN, parish=None):
        from tests.factories import make_parish

        return RegisterEntry.objects.create(
            document_key=keys.document_keys("cedula", "EC", cedula)[0],
            person_key=keys.person_keys(cedula, born)[0],
            parish=parish or make_parish(),
        )

    return add
