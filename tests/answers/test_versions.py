"""What officers changed, for everybody to read: escaped, without their names."""

import pytest
from django.urls import reverse

from decide.answers import services
from decide.answers.models import Answer
from decide.answers.versions import public_versions
from tests.answers.tools import LONG, Clock, at, make_officer, owe_assigned
from tests.factories import make_agency, make_user

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("1")</script>'


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch, "2026-11-02 09:00")


def answered(officer_name="Nombre Del Funcionario"):
    agency = make_agency(name="EPMMOP")
    officer = make_officer(agency, holder=make_user(display_name=officer_name))
    answer = owe_assigned(agency)
    services.give_answer(answer=answer, officer=officer, outcome="accepted", body=LONG)
    return answer, officer


def page(client, answer) -> str:
    response = client.get(reverse("answers:versions", args=[answer.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_nothing_changed_says_so(client):
    answer, _officer = answered()
    assert "Nada ha cambiado desde que se respondió." in page(client, answer)


def test_corrections_and_updates_are_told_the_newest_first(client, clock):
    answer, officer = answered()
    step = services.add_milestone(answer=answer, officer=officer, title="Postes", planned=at("2026-12-20").date())
    clock.move("2026-11-05 09:00")
    services.correct_answer(answer=answer, officer=officer, body=LONG + " Uno.", reason="Faltaba algo.")
    clock.move("2026-11-06 09:00")
    services.correct_answer(answer=answer, officer=officer, body=LONG + " Dos.", reason="Era dos.")
    clock.move("2026-11-07 09:00")
    services.update_milestone(milestone=step, officer=officer, planned=at("2027-01-10").date(), note="Llovió.")
    services.update_milestone(milestone=step, officer=officer)  # says nothing new
    _page, versions = public_versions(Answer.objects.get(pk=answer.pk))
    assert [(v.title, v.reason, [label for label, _html in v.changes]) for v in versions] == [
        ("Hito: Postes", "", ["Para cuándo", "Qué pasó"]),
        ("Respuesta del Municipio", "Era dos.", ["Respuesta"]),
        ("Respuesta del Municipio", "Faltaba algo.", ["Respuesta"]),
    ]
    assert "Uno." in versions[1].changes[0][1]
    html = page(client, answer)
    assert "enero" in html
    assert "<ins>" in html


def test_scripts_are_inert_and_officers_are_not_named(client, clock):
    answer, officer = answered()
    step = services.add_milestone(answer=answer, officer=officer, title=EVIL, planned=at("2026-12-20").date())
    clock.move("2026-11-05 09:00")
    services.correct_answer(answer=answer, officer=officer, body=f"{LONG} {EVIL}", reason=EVIL)
    services.update_milestone(milestone=step, officer=officer, state="ongoing", note=EVIL)
    html = page(client, answer)
    assert "alert(" in html
    assert EVIL not in html
    assert officer.display_name not in html


def test_versions_cost_the_same_for_1_and_30(clock, django_assert_max_num_queries):
    answer, officer = answered()
    step = services.add_milestone(answer=answer, officer=officer, title="Postes", planned=at("2026-12-20").date())
    for n in range(30):
        clock.move(f"2026-11-03 09:{n:02}")
        services.correct_answer(answer=answer, officer=officer, body=f"{LONG} {n}", reason="Otra vez.")
        services.update_milestone(milestone=step, officer=officer, note=f"Nota {n}")
        if n in (0, 29):
            fresh = Answer.objects.get(pk=answer.pk)
            with django_assert_max_num_queries(4):
                shown, versions = public_versions(fresh)
            assert len(versions) == min(10, 2 * (n + 1))
    assert shown.paginator.count == 60
