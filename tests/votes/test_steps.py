"""The story of a poll: from its announcement to the answer, who owes what comes next until when, and the evidence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.answers.deadlines import end_of_day_after
from decide.templatetags.decide import fecha
from tests.factories import make_agency, make_poll
from tests.votes import urna
from votes.steps import story_of

pytestmark = pytest.mark.django_db


def told(poll) -> list[tuple[str, str]]:
    poll.refresh_from_db()
    return [(step.label, step.state) for part in story_of(poll).values() for step in part]


def step_of(poll, label):
    return next(step for part in story_of(poll).values() for step in part if step.label == label)


def test_an_announced_poll_says_when_it_opens_and_closes_and_who_answers_until_when(settings):
    poll = make_poll(opens_at=timezone.now() + timedelta(days=1), closes_at=timezone.now() + timedelta(days=4),
                     answers_for=make_agency("EPMMOP"))  # fmt: skip
    assert told(poll) == [
        ("Se anunció", "now"),
        ("Se abre", "next"),
        ("Se cierra y se cuenta", "next"),
        ("Respuesta del Municipio", "next"),
    ]
    due = end_of_day_after(poll.closes_at, settings.ANSWER_DAYS)
    owed = step_of(poll, "Respuesta del Municipio")
    assert owed.at == due
    assert owed.who == f"Debe responder: EPMMOP, hasta el {fecha(timezone.localdate(due))}."
    assert step_of(poll, "Se cierra y se cuenta").who == f"Se puede votar hasta el {fecha(poll.closes_at)}."


def test_the_whole_way_is_told_and_each_step_that_happened_opens_its_evidence(client):
    poll = urna.open_poll()
    urna.cast_many(poll, 2)
    assert told(poll)[:3] == [("Se anunció", "done"), ("Se abrió", "now"), ("Se cierra y se cuenta", "next")]

    urna.close(poll)
    assigned = f"Se asignó a {poll.answers_for.acronym}"
    # It is closed before its time here: its own moment is still to come.
    assert {label for label, _state in told(poll)} == {
        "Se anunció", "Se abrió", "Se cerró", assigned, "Respuesta del Municipio",
    }  # fmt: skip
    assert told(poll)[-1] == ("Respuesta del Municipio", "next")
    assert poll.answers_for.acronym in step_of(poll, "Respuesta del Municipio").who
    assert step_of(poll, "Se cerró").note == "Votaron 2 personas."
    for label in ("Se anunció", "Se abrió", "Se cerró", "Respuesta del Municipio"):
        page, _hash, place = step_of(poll, label).link.partition("#")
        html = client.get(page).content.decode()
        assert not place or f'id="{place}"' in html, label


def test_an_annulled_poll_owes_nothing_and_says_why():
    poll = make_poll(status="annulled", annulled_at=timezone.now(), annul_reason="Faltaba una opción.")
    assert told(poll)[-1] == ("Se anuló", "now")
    assert step_of(poll, "Se anuló").note == "Faltaba una opción."
