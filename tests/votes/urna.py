"""What the tests of the ballot box share: an open poll, ballots, and what a verifier says of its export."""

import random
from contextlib import contextmanager
from datetime import timedelta

from tests.factories import make_parish, make_poll, make_residence
from votes import clock, services, verificar
from votes.models import Poll

_chance = random.Random(4)


def open_poll(**fields) -> Poll:
    """A poll that is open now; its scope has parishes, so that people of them may vote."""
    make_parish()
    return services.open_poll(poll=make_poll(**fields))


def any_choices(poll, chance=_chance) -> dict[str, list[str]]:
    """Valid choices drawn at random, blanks among them; at most one project of a budget question."""
    choices = {}
    for question in poll.questions.prefetch_related("options"):
        options = [str(option.key) for option in question.options.all()]
        most = {"approval": 2}.get(question.method, 1)
        choices[str(question.key)] = chance.sample(options, chance.randint(0, most))
    return choices


def choose(poll, *positions) -> dict[str, list[str]]:
    """Choices by position, a tuple for each question: `choose(poll, (1,), ())`; the others are blank."""
    choices = {}
    for number, question in enumerate(poll.questions.prefetch_related("options")):
        wanted = positions[number] if number < len(positions) else ()
        choices[str(question.key)] = [str(o.key) for o in question.options.all() if o.position in wanted]
    return choices


def cast(poll, residence=None, choices=None, word=None):
    return services.cast_ballot(
        poll=poll,
        residence=residence or make_residence(make_parish()),
        choices=any_choices(poll) if choices is None else choices,
        word=word or services.draw_word(),
    )


def cast_many(poll, count, parish=None) -> list:
    """So many ballots of different people; `[(residence, receipt)]`."""
    people = [make_residence(parish or make_parish()) for _n in range(count)]
    return [(residence, cast(poll, residence)) for residence in people]


@contextmanager
def after_the_close(poll):
    with clock.pretend(poll.closes_at + timedelta(seconds=1)):
        yield


def close(poll) -> Poll:
    with after_the_close(poll):
        return services.close_poll(poll=poll)


def export(poll) -> dict[str, bytes]:
    poll.refresh_from_db()
    return {name: b"".join(pieces) for name, pieces in services.export_files(poll).items()}


def verdict(poll, **options) -> dict:
    return verificar.verify(export(poll), **options)
