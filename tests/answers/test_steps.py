"""What the city did and owes, as steps: one line for each thing that happened, and who owes what until when."""

import pytest
from django.utils import translation

from decide.answers import services
from decide.answers.models import Answer
from decide.answers.steps import answer_steps
from decide.steps import story
from decide.templatetags.decide import fecha
from tests.answers.tools import LONG, REASON, Clock, at, make_office, make_officer, owe, owe_assigned
from tests.factories import make_agency, make_milestone

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch, "2026-11-02 09:00")


def told(answer) -> list[tuple[str, str]]:
    """(state, label) of each step in order."""
    shown = story(answer_steps(Answer.objects.get(pk=answer.pk)))
    return [(step.state, step.label) for step in [*shown["earlier"], *shown["steps"]]]


def owed(answer) -> list[tuple[str, str]]:
    return [(step.state, step.who) for step in answer_steps(Answer.objects.get(pk=answer.pk)) if step.who]


@pytest.mark.parametrize(
    ("now", "state", "who"),
    [
        ("2026-11-05 23:59", "next", "Debe asignarla: la oficina de participación, hasta el jueves 5 de noviembre."),
        (
            "2026-11-06 00:01",
            "late",
            "Debe asignarla: la oficina de participación, hasta el jueves 5 de noviembre. Lleva 1 día de atraso.",
        ),
        (
            "2026-11-08 08:00",
            "late",
            "Debe asignarla: la oficina de participación, hasta el jueves 5 de noviembre. Lleva 3 días de atraso.",
        ),
    ],
)
def test_whoever_must_assign_is_named_with_the_day(clock, settings, now, state, who):
    settings.ANSWER_ASSIGN_DAYS = 3
    answer = owe()
    clock.move(now)
    assert owed(answer)[0] == (state, who)


def test_the_agency_owes_until_its_day_and_then_counts_the_days(clock, settings):
    settings.ANSWER_DAYS = 40
    answer = owe_assigned(make_agency("EPMMOP"))
    assert owed(answer) == [("next", "Debe responder: EPMMOP, hasta el sábado 12 de diciembre.")]
    clock.move("2026-12-15 09:00")
    assert owed(answer) == [
        ("late", "Debe responder: EPMMOP, hasta el sábado 12 de diciembre. Lleva 3 días de atraso.")
    ]


def test_the_whole_way_is_told(clock):
    first, second = make_agency("Primera"), make_agency("Segunda")
    answer = owe_assigned(first)
    clock.move("2026-11-03 09:00")
    services.pass_on_answer(answer=answer, officer=make_officer(first), agency=second, reason=REASON)
    officer = make_officer(second)
    clock.move("2026-11-04 09:00")
    services.extend_answer(answer=answer, officer=officer, reason="Falta el estudio del suelo.")
    clock.move("2026-11-05 09:00")
    services.give_answer(answer=answer, officer=officer, outcome="accepted", body=LONG)
    assert owed(answer) == [("next", "Debe publicarlo: Segunda.")]
    stone = services.add_milestone(answer=answer, officer=officer, title="Postes", planned=at("2026-11-20").date())
    services.add_milestone(answer=answer, officer=officer, title="Luz", planned=at("2026-11-28").date())
    clock.move("2026-11-10 09:00")
    services.correct_answer(answer=answer, officer=officer, body=LONG + " Y más.", reason="Faltaba una frase.")
    clock.move("2026-11-23 09:00")
    services.update_milestone(milestone=stone, officer=officer, state="done")
    clock.move("2026-12-01 09:00")
    due = Answer.objects.get(pk=answer.pk).due_day
    assert told(answer) == [
        ("done", "Se asignó a Primera"),
        ("done", "Pasó a Segunda"),
        ("done", f"Se prorrogó el plazo hasta el {fecha(due)}"),
        ("done", "Respondida: Aceptada"),
        ("done", "Se corrigió la respuesta"),
        ("now", "Cumplido: Postes"),
        ("late", "Previsto: Luz"),
    ]
    notes = {step.label: step.note for step in answer_steps(Answer.objects.get(pk=answer.pk))}
    assert notes["Pasó a Segunda"] == REASON
    assert notes["Respondida: Aceptada"] == "A tiempo."
    assert notes["Se corrigió la respuesta"] == "Faltaba una frase."
    assert notes["Cumplido: Postes"] == "Con 3 días de atraso."


def test_each_agency_that_had_it_is_named_in_order(clock):
    first, wrong, third, last = (make_agency(name) for name in ("Primera", "Segunda", "Tercera", "Cuarta"))
    office = make_office()
    answer = owe_assigned(first, office)
    clock.move("2026-11-03 09:00")
    services.pass_on_answer(answer=answer, officer=make_officer(first), agency=wrong, reason=REASON)
    for day, agency, reason in ((4, third, "Es una quebrada."), (5, last, "Es una vía.")):
        clock.move(f"2026-11-0{day} 09:00")
        seen = Answer.objects.get(pk=answer.pk)
        services.reassign_answer(answer=seen, officer=office, agency=agency, reason=reason)
    clock.move("2026-11-06 09:00")
    services.extend_answer(answer=answer, officer=make_officer(last), reason="Falta el estudio del suelo.")
    steps = answer_steps(Answer.objects.get(pk=answer.pk))
    assert [(step.label, step.note) for step in steps[:4]] == [
        ("Se asignó a Primera", ""),
        ("Pasó a Segunda", REASON),
        ("Se reasignó a Tercera", "Es una quebrada."),
        ("Se reasignó a Cuarta", "Es una vía."),
    ]
    assert steps[-1].who.startswith("Debe responder: Cuarta")


def test_steps_are_told_in_the_readers_language(clock):
    agency = make_agency("EPMMOP")
    answer = owe_assigned(agency)
    clock.move("2027-03-01 09:00")
    with translation.override("en"):
        steps = answer_steps(Answer.objects.get(pk=answer.pk))
    assert [step.label for step in steps] == ["Assigned to EPMMOP", "Answer from the Municipality"]
    assert steps[1].who.startswith("Must answer: EPMMOP, by ")
    assert "late" in steps[1].who


def test_each_step_leads_to_its_evidence(clock):
    milestone = make_milestone()
    answer = milestone.answer
    links = [step.link for step in answer_steps(answer, "/propuestas/1-luz/")]
    assert links == [
        answer.get_absolute_url(),
        "/propuestas/1-luz/#respuesta",
        f"/propuestas/1-luz/#hito-{milestone.pk}",
    ]


def test_steps_cost_the_same_for_1_and_20_milestones(clock, django_assert_num_queries):
    answer = make_milestone().answer
    for n in (0, 19):
        for _more in range(n):
            make_milestone(answer)
        fresh = Answer.objects.with_places().get(pk=answer.pk)
        with django_assert_num_queries(2):
            answer_steps(fresh)
