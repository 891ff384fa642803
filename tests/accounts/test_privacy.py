"""The number of a document reaches nothing that stays: looked for everywhere."""

import logging

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test import Client

from decide.accounts import services
from decide.accounts.models import AccountSession, Residence
from tests.accounts.conftest import BORN, CEDULA, OTHER_CEDULA
from tests.factories import make_appointment, make_parish, make_service_point, make_user

pytestmark = pytest.mark.django_db
PASSPORT = "ZQ9988776"


def everything_in_the_database() -> str:
    """Every cell of every table, and the sessions decoded."""
    cells = []
    for model in apps.get_models(include_auto_created=True):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            cells += [str(cell) for row in cursor.fetchall() for cell in row]
    cells += [str(session.get_decoded()) for session in AccountSession.objects.all()]
    return "\n".join(cells)


@pytest.fixture
def records():
    """Every log record of every logger, whole."""
    kept = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(f"{record.getMessage()} {record.args} {record.__dict__}")

    handler, root = Keep(level=0), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(0)
    yield kept
    root.removeHandler(handler)
    root.setLevel(level)


def test_the_search_can_fail():
    make_user("rosa@example.org", display_name=f"Soy {CEDULA}")
    assert CEDULA in everything_in_the_database()


def test_number_is_nowhere(client, register, records, tmp_path, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    make_service_point()
    register()
    user, officer = make_user(), make_appointment(office="desk").holder
    parish = make_parish()
    client.force_login(user)
    pages, addresses = [], []

    def post(browser, path, **typed):
        answer = browser.post(path, typed, follow=True)
        pages.append(answer.content.decode())
        addresses.extend(str(step) for step in answer.redirect_chain)

    # Wrong date, wrong number, not in the register, right; without a session; at the desk, right and wrong.
    post(client, "/mi/residencia/", cedula=CEDULA, birth_date="1999-01-01")
    post(client, "/mi/residencia/", cedula=CEDULA[:-1] + "8", birth_date=BORN.isoformat())
    post(client, "/mi/residencia/", cedula=OTHER_CEDULA, birth_date=BORN.isoformat())
    post(client, "/mi/residencia/", cedula=CEDULA, birth_date="no es una fecha")
    post(client, "/mi/residencia/", cedula=CEDULA, birth_date=BORN.isoformat())
    post(Client(), "/mi/residencia/", cedula=CEDULA, birth_date=BORN.isoformat())
    desk = Client()
    desk.force_login(officer)
    seen = {"parish": parish.pk, "birth_date": BORN.isoformat(), "seen": "on"}
    post(desk, "/mostrador/verificar/", kind="passport", country="CO", number=PASSPORT, **seen)
    post(desk, "/mostrador/verificar/", kind="passport", country="", number=PASSPORT, **seen)
    post(desk, "/mostrador/verificar/", kind="cedula", number=OTHER_CEDULA, **{**seen, "seen": ""})
    post(desk, "/mostrador/verificar/", kind="cedula", number=OTHER_CEDULA, email="nadie@example.org", **seen)
    post(desk, "/mostrador/buscar/", kind="cedula", number=OTHER_CEDULA)
    post(desk, "/mostrador/buscar/", kind="passport", country="CO", number=PASSPORT)
    assert Residence.objects.count() == 2
    kept = "\n".join(
        [
            everything_in_the_database(),
            "\n".join(records),
            "\n".join(f"{m.subject} {m.body}" for m in mail.outbox),
            "\n".join(addresses),
            "\n".join(pages),
            str(services.export_own(user)),
            *(file.read_text(errors="replace") for file in tmp_path.rglob("*") if file.is_file()),
        ]
    )
    for number in (CEDULA, CEDULA[:-1] + "8", OTHER_CEDULA, PASSPORT):
        assert number not in kept
    assert "1968" not in everything_in_the_database()
    assert "Hay un problema" in "".join(pages)


def test_server_error_report_hides_the_number(client, monkeypatch, records, settings):
    """Even a fault of ours in the middle of verification writes the number into no log and no error mail."""
    settings.ADMINS = [("Soporte", "soporte@example.org")]
    monkeypatch.setattr(services.verification, "_count_try", lambda *a: 1 / 0)
    user = make_user()
    client.force_login(user)
    client.raise_request_exception = False
    answer = client.post("/mi/residencia/", {"cedula": CEDULA, "birth_date": BORN.isoformat()})
    assert answer.status_code == 500
    written = "\n".join(records) + "".join(m.body for m in mail.outbox) + answer.content.decode()
    assert "ZeroDivisionError" in written
    assert CEDULA not in written
