"""`manage.py worker` as real processes: each mail once, whoever is killed, and a clean end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from decide.notices import services, worker
from decide.notices.models import Notice
from decide.notices.services import sending
from tests.factories import make_user

BASE = Path(__file__).resolve().parents[2]


@pytest.fixture
def start(tmp_path):
    """`start(dies_after=0)`: one more worker, sending into `start.mails`."""
    running = []

    def start_one(dies_after=0):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=BASE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.notices.worker_settings",
                "WORKER_DATABASE": str(connection.settings_dict["NAME"]),
                "WORKER_MAILS": str(start_one.mails),
                "WORKER_DIES_AFTER": str(dies_after),
            },
        )
        running.append(process)
        return process

    start_one.mails = tmp_path / "mails"
    start_one.mails.touch()
    yield start_one
    for process in running:
        process.kill()
        process.communicate()


def until(true, seconds=240):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def write(many: int) -> None:
    people = [make_user() for _n in range(50)]
    words = {"kind": "prueba", "subject": "Hola", "body": "Texto."}
    Notice.objects.bulk_create([Notice(recipient=people[n % 50], key=f"{n}", **words) for n in range(many)])


@pytest.mark.django_db(transaction=True)
def test_ten_thousand_mails_with_two_of_three_workers_killed(start):
    """One is killed between "accepted" and its note, one from outside at any moment; the third goes on."""
    write(10_000)
    doomed, victim, survivor = start(dies_after=1_000), start(), start()
    until(lambda: start.mails.read_bytes().count(b"\n") >= 4_000)
    victim.kill()
    until(lambda: not Notice.objects.to_mail(timezone.now()).exists())
    assert doomed.wait(30) == victim.wait(30) == -signal.SIGKILL
    left = Notice.objects.filter(mail="waiting")
    assert 1 <= left.count() <= 2 * sending.BATCH
    assert not left.filter(claim=None).exists()

    left.update(next_try=timezone.now())  # ten minutes later their claims end
    until(lambda: not Notice.objects.filter(mail="waiting").exists())
    survivor.terminate()
    assert survivor.wait(30) == 0

    accepted = Counter(start.mails.read_text().splitlines())
    assert {line.split()[0] for line in accepted} == {sending.message_id(n) for n in Notice.objects.all()}
    twice = {line: times for line, times in accepted.items() if times > 1}
    # The one in flight in each that was killed: once more, with the Message-ID by which mail programs know it.
    assert 1 <= len(twice) <= 2
    assert set(twice.values()) == {2}
    assert Notice.objects.filter(mail="sent", claim=None).count() == 10_000


@pytest.mark.django_db(transaction=True)
def test_worker_sends_within_about_a_second_and_ends_cleanly(start):
    process = start()
    assert process.stdout.readline() == "worker: ready\n"
    services.tell(kind="prueba", key="1", subject="Hola", body="Texto.", recipients=[make_user()])
    told = time.monotonic()
    until(lambda: start.mails.read_bytes())
    assert time.monotonic() - told < 10  # about one second, on a machine that does nothing else
    process.terminate()
    assert (process.wait(30), process.stdout.read()) == (0, "worker: 1 sent\n")


@pytest.mark.django_db(transaction=True)
def test_worker_that_is_told_to_end_gives_back_what_it_did_not_send():
    write(20)
    answers = iter([False] * 5)  # before the run, and before each of the first mails
    assert services.send_due(timezone.now(), lambda: next(answers, True)) == 4
    assert len(mail.outbox) == 4
    assert Notice.objects.to_mail(timezone.now() + timedelta(seconds=1)).filter(claim=None).count() == 16


@pytest.mark.django_db
def test_claim_is_renewed_while_the_server_takes_its_time(monkeypatch):
    write(3)
    now = timezone.now()
    clock = iter(range(0, 10_000, 61))
    monkeypatch.setattr(sending.time, "monotonic", lambda: next(clock))
    claim = sending.claim_due(now)
    ends = []
    monkeypatch.setattr(
        sending, "_send", lambda notice, *_: ends.append(Notice.objects.get(pk=notice.pk).next_try) or True
    )
    sending._send_claimed(claim, now, lambda: False)
    assert ends == [now + sending.CLAIM + timedelta(seconds=61 * n) for n in (1, 2, 3)]


@pytest.mark.django_db
def test_run_whose_claim_another_took_over_stops(monkeypatch):
    write(3)
    now = timezone.now()
    claim = sending.claim_due(now)
    lease = sending._Lease(claim, now)
    monkeypatch.setattr(sending, "CLAIM", timedelta(0))
    assert lease.holds()
    sending.claim_due(now + timedelta(hours=1))
    assert not lease.holds()


@pytest.mark.django_db(transaction=True)
def test_worker_goes_on_after_the_database_failed(monkeypatch):
    stop, runs = threading.Event(), []

    def fail(*_):
        runs.append(1)
        if len(runs) == 3:
            stop.set()
        raise RuntimeError("the database is away")

    monkeypatch.setattr(services, "send_due", fail)
    monkeypatch.setattr(worker, "REST_SECONDS", 0.01)
    thread = threading.Thread(target=worker.run_forever, args=(stop,))
    thread.start()
    thread.join(10)
    assert (thread.is_alive(), len(runs)) == (False, 3)
    assert sending.CLAIM.total_seconds() * 0.9 > settings.EMAIL_TIMEOUT * 6  # one mail never outlasts its claim
