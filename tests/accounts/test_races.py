"""Two at once: on both engines, with controls that show that the race is there."""

import contextlib
import threading
from datetime import timedelta

import pytest
from django.db import connection, models
from django.test import Client
from django.utils import timezone

from decide.accounts import keys, services
from decide.accounts.models import DocumentKey, Residence, User, VerificationAttempt
from decide.accounts.services import verification
from decide.errors import Refused
from tests.accounts.conftest import BORN, CEDULA
from tests.factories import make_appointment, make_parish, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(tasks):
    """Run each callable in its own thread, all released together; their answers or exceptions, in order."""
    gate, answers = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(i, task):
        gate.wait()
        try:
            answers[i] = task()
        except Exception as error:
            answers[i] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i, task)) for i, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def posting(user, cedula=CEDULA):
    client = Client()
    client.force_login(user)
    return lambda: client.post("/mi/residencia/", {"cedula": cedula, "birth_date": BORN.isoformat()}).status_code


def test_eight_accounts_verify_the_same_person_at_once_one_wins(register, settings):
    settings.VERIFICATION_TRIES_PER_HOUR = 50
    register()
    statuses = at_once([posting(make_user()) for _i in range(8)])
    assert sorted(statuses) == [302] + [400] * 7
    assert Residence.objects.count() == DocumentKey.objects.count() == 1
    assert User.objects.exclude(residence=None).count() == 1


def test_one_account_taps_eight_times(register, settings):
    settings.VERIFICATION_TRIES_PER_HOUR = 50
    register()
    user = make_user()
    statuses = at_once([posting(user) for _i in range(8)])
    # A tap that comes after the others finished is told that the account is verified already.
    assert 302 in statuses
    assert set(statuses) <= {302, 409}
    assert Residence.objects.count() == 1


def test_online_and_desk_at_once(register):
    parish = register().parish
    officer, online, present = make_appointment(office="desk").holder, make_user(), make_user()
    at_once(
        [
            lambda: services.verify_by_register(user=online, cedula=CEDULA, birth_date=BORN),
            lambda: services.verify_at_desk(
                officer=officer,
                kind="cedula",
                country="EC",
                number=CEDULA,
                birth_date=BORN,
                parish=parish,
                user=present,
            ),
        ]
    )
    assert Residence.objects.count() == DocumentKey.objects.count() == 1
    assert User.objects.exclude(residence=None).count() == 1


def test_erased_residence_is_taken_up_by_one_account(register, settings):
    settings.VERIFICATION_TRIES_PER_HOUR = 50
    register()
    officer = make_appointment(office="desk").holder
    services.verify_at_desk(
        officer=officer, kind="cedula", country="EC", number=CEDULA, birth_date=BORN, parish=make_parish()
    )
    statuses = at_once([posting(make_user()) for _i in range(6)])
    assert sorted(statuses) == [302] + [400] * 5
    assert User.objects.exclude(residence=None).count() == 1


def test_control_without_the_constraint_a_person_is_verified_twice(register, monkeypatch):
    """The same race with keys that are unique by chance only: it is the constraint that holds."""
    register()
    both_looked = threading.Barrier(2)
    lookup = verification._residence_of

    def look(document):
        found = lookup(document)
        return found if found else _wait(both_looked)

    create = DocumentKey.objects.create
    monkeypatch.setattr(verification, "_residence_of", look)
    monkeypatch.setattr(verification, "_verify_by_register", verification._verify_by_register.__wrapped__)
    monkeypatch.setattr(
        type(DocumentKey.objects),
        "create",
        lambda self, **row: (
            create(**{**row, "key": f"{row['key'][:50]}{threading.get_ident()}"})
            if self.model is DocumentKey
            else models.QuerySet.create(self.get_queryset(), **row)
        ),
    )
    users = make_user(), make_user()
    at_once([lambda u=u: services.verify_by_register(user=u, cedula=CEDULA, birth_date=BORN) for u in users])
    assert User.objects.exclude(residence=None).count() == 2


def _wait(barrier):
    with contextlib.suppress(threading.BrokenBarrierError):
        barrier.wait(timeout=5)


def test_tries_at_once_never_more_than_five_pass(register):
    user = make_user()
    document = keys.document_keys("cedula", "EC", CEDULA)
    answers = at_once([lambda: verification._count_try(user, document) for _i in range(12)])
    assert {type(a) for a in answers} <= {type(None), Refused}
    assert sum(a is None for a in answers) <= 5
    assert VerificationAttempt.objects.count() == sum(a is None for a in answers)


def test_control_counting_before_writing_lets_more_than_five_pass():
    user = make_user()
    looked = threading.Barrier(8)

    def count_first():
        recent = VerificationAttempt.objects.filter(user=user, at__gt=timezone.now() - timedelta(hours=1)).count()
        looked.wait(timeout=10)
        if recent < 5:
            VerificationAttempt.objects.create(user=user, document_key="v1:x")

    at_once([count_first] * 8)
    assert VerificationAttempt.objects.count() > 5


def test_two_sign_ups_with_one_address_at_once():
    typed = {
        "email": "ana@example.org",
        "display_name": "Ana",
        "password1": "tres palabras largas",
        "terms": "on",
    }

    def sign_up():
        return Client().post("/cuentas/signup/", typed).status_code

    statuses = at_once([sign_up] * 4)
    assert 302 in statuses
    assert set(statuses) <= {302, 429}  # one mail in ten seconds to one address
    assert User.objects.filter(email="ana@example.org").count() == 1


def test_two_people_claim_one_credential_at_once():
    officer = make_appointment(office="participation").holder
    appointment = services.appoint(officer=officer, office="delegate", holder_name="Rosa Quishpe")
    code = services.issue_credential(officer=officer, appointment=appointment)
    users = [make_user() for _i in range(4)]
    answers = at_once([lambda u=u: services.claim_appointment(user=u, code=code) for u in users])
    assert sum(isinstance(a, Refused) for a in answers) == 3
    appointment.refresh_from_db()
    assert appointment.claimed_by is not None
    assert appointment.holder is None
