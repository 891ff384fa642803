"""The ballot box at the size of a city: 100,000 ballots cast, closed, exported, verified; 10,000 tampered bytes.

`python -m tests.bench ballots`; on SQLite, as the other rows. The ballots are written as casting writes them (the same
rows, in bulk), except for a sample that is really cast. Alone, on any engine, without the city:
`DJANGO_SETTINGS_MODULE=tests.settings DATABASE_URL=… python -c "from tests.bench import ballots; ballots.alone()"`.
"""

import gzip
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from tests.bench import row

BALLOTS = 100_000
CHUNK = 5000


def rows(ballots: int = BALLOTS) -> list[dict]:
    from tests.votes import exports
    from tests.votes.test_verifier import tamper_at_random
    from votes import keys, services

    table = []
    poll, residences = _poll(ballots)
    sample = residences[-200:]
    start = time.perf_counter()
    for residence in sample:
        services.cast_ballot(poll=poll, residence=residence, choices=_choices(poll), word=services.draw_word())
    table.append(row("a ballot cast", (time.perf_counter() - start) * 1000 / len(sample), "ms", bar=50))
    _cast_in_bulk(poll, residences[:-200])
    table.append(row("a batch of 100,000 leaves", _timed(lambda: services.sequence(poll=poll)), "s", bar=60))
    table.append(row("a poll of 100,000 ballots closed", _timed(lambda: _close(poll)), "s", bar=120))
    poll.refresh_from_db()
    assert poll.totals["ballots"] == ballots, poll.totals["ballots"]
    with tempfile.TemporaryDirectory() as folder:
        table.append(row("its export written", _timed(lambda: services.write_export(poll, Path(folder))), "s", bar=60))
        sizes = {path.name: len(gzip.compress(path.read_bytes(), 6)) for path in Path(folder).iterdir()}
        table.append(row("its export, gzipped", sum(sizes.values()) / 1e6, "MB", bar=25))
        command = [sys.executable, "votes/verificar.py", folder, "--key", keys.fingerprint()]
        done, seconds = None, 0.0
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        assert done.returncode == 0, done.stdout + done.stderr
        table.append(row("its export verified, from start to end", seconds, "s", bar=10))
    closed = next(case["all"] for case in exports.read() if case["name"] == "closed")
    missed = tamper_at_random(closed, 10_000, seed="bench")
    table.append(row("single-byte changes of 10,000 not detected", len(missed), "", bar=0))
    return table


def _timed(act) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _poll(voters: int):
    from django.utils import timezone

    from decide.accounts.models import Residence
    from decide.territory.models import Parish
    from tests.factories import make_parish, make_poll
    from votes import services

    parishes = list(Parish.objects.all()) or [make_parish(f"Parroquia {n}") for n in range(65)]
    first = Residence.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    day = timezone.localdate() - timedelta(days=1)
    spread = itertools.cycle(parishes)
    Residence.objects.bulk_create(
        [Residence(parish=next(spread), participates_from=day, level="register") for _n in range(voters)],
        batch_size=CHUNK,
    )
    questions = (("single", 3), ("approval", 6), ("budget", 7))
    poll = services.open_poll(poll=make_poll(questions=questions))
    return poll, list(Residence.objects.select_related("parish").filter(pk__gt=first).order_by("pk"))


def _choices(poll, chance=random.Random(1)) -> dict:  # noqa: B008
    if not hasattr(poll, "asked"):
        poll.asked = [(str(q.key), q.method, [str(o.key) for o in q.options.all()]) for q in poll.questions.all()]
    most = {"single": 1, "approval": 2, "budget": 1}
    return {key: sorted(chance.sample(options, chance.randint(0, most[method]))) for key, method, options in poll.asked}


def _cast_in_bulk(poll, residences) -> None:
    """The rows that so many casts leave."""
    from django.db import transaction

    from votes import canonical, frozen, services
    from votes.models import DailyTurnout, LiveBallot, Participation, PendingLeaf, Poll
    from votes.opening import Opening
    from votes.services.casting import _change

    asked = frozen.rules_of(poll)
    for start in range(0, len(residences), CHUNK):
        people, ballots, leaves = [], [], []
        for residence in residences[start : start + CHUNK]:
            person, choices = Participation(poll=poll, residence=residence), _choices(poll)
            opening = Opening.new(choices, services.draw_word(), residence.parish.code)
            c = opening.commitment(poll.key)
            people.append(person)
            sealed = opening.sealed(poll.key.bytes + person.pk.bytes)
            ballots.append(LiveBallot(participation=person, commitment=c, opening=sealed))
            body = canonical.dumps({"type": "cast", "c": c, "replaces": None})
            leaves.append(
                PendingLeaf(poll=poll, body=body, first=True, change=_change(poll, asked, add=choices, take=None))
            )
        with transaction.atomic():
            Participation.objects.bulk_create(people)
            LiveBallot.objects.bulk_create(ballots)
            PendingLeaf.objects.bulk_create(leaves)
            Poll.objects.filter(pk=poll.pk).update(turnout=Participation.objects.filter(poll=poll).count())
            DailyTurnout.objects.filter(poll=poll).update(voters=Participation.objects.filter(poll=poll).count())


def _close(poll) -> None:
    from votes import clock, services

    with clock.pretend(poll.closes_at + timedelta(seconds=1)):
        services.close_poll(poll=poll)


def alone(ballots: int = BALLOTS) -> None:
    """The rows on the engine that the environment names, in a test database of its own."""
    import django

    django.setup()
    from django.db import connection

    from tests.bench.__main__ import show

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        table = rows(ballots)
        show(table)
        print(json.dumps({"engine": connection.vendor, "ok": all(r["ok"] for r in table)}))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
