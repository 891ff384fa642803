"""The story of a proposal: what happened, where it stands, who owes what comes next."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from proposals import services
from proposals.models import DuplicateLink, Proposal
from proposals.steps import story_of
from tests.factories import make_agency, make_answer, make_milestone, make_proposal, make_support, make_user

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("1")</script>'


def fresh(proposal) -> Proposal:
    return Proposal.objects.select_related("box", "answer__agency", "thread").get(pk=proposal.pk)


def told(proposal) -> list[str]:
    shown = story_of(fresh(proposal))
    return [step.label for step in [*shown["earlier"], *shown["steps"]]]


CASES = {
    "open": ["Publicada", "Alcanza su umbral", "Respuesta del Municipio", "Hecha, si se acepta"],
    "reached": [
        "Publicada",
        "Alcanzó su umbral",
        "Asignación a una dependencia",
        "Respuesta del Municipio",
        "Hecha, si se acepta",
    ],
    "review": ["Publicada", "Alcanzó su umbral", "Se asignó a DEP", "Respuesta del Municipio", "Hecha, si se acepta"],
    "answered": ["Publicada", "Alcanzó su umbral", "Se asignó a DEP", "Respondida: Aceptada", "Plan con fechas"],
    "withdrawn": ["Publicada", "Retirada"],
    "archived": ["Publicada", "Archivada"],
}


@pytest.mark.parametrize("status", CASES)
def test_each_state_tells_its_way_and_what_comes(status):
    answer = None
    asked = timezone.now() - timedelta(days=5)
    if status in ("review", "answered"):
        answer = make_answer(asked_at=asked, agency=make_agency("DEP"), outcome="accepted" * (status == "answered"))
    assert told(make_proposal(status=status, answer=answer)) == CASES[status]


@pytest.mark.parametrize("outcome", ["rejected", "elsewhere"])
def test_nothing_more_comes_after_a_no(outcome):
    proposal = make_proposal(status="answered", answer=make_answer(outcome=outcome))
    assert told(proposal)[-1].startswith("Respondida: ")


def test_milestones_are_told_with_the_execution():
    answer = make_answer(asked_at=timezone.now() - timedelta(days=40), outcome="accepted")
    proposal = make_proposal(status="execution", answer=answer)
    done = timezone.localdate() - timedelta(days=3)
    make_milestone(answer, title="Postes", state="done", planned=done, done_on=done)
    make_milestone(answer, title="Luz", planned=timezone.localdate() - timedelta(days=2))
    assert told(proposal)[-3:] == ["Cumplido: Postes", "Previsto: Luz", "Hecha"]
    assert story_of(fresh(proposal))["steps"][-2].state == "late"


def test_changes_of_the_text_are_told_by_day_with_their_difference(client):
    proposal = make_proposal()
    make_support(proposal.box)
    for n in range(3):
        services.edit_proposal(
            proposal=proposal, editor=proposal.author, version=fresh(proposal).version, body=f"Texto {n}"
        )
    services.edit_proposal(proposal=proposal, editor=proposal.author, version=fresh(proposal).version, street="Calle")
    [step] = [step for step in story_of(fresh(proposal))["steps"] if step.label == "Cambió su texto 3 veces"]
    page, _hash, anchor = step.link.partition("#")
    assert f'id="{anchor}"' in client.get(page).content.decode()


def test_many_days_of_changes_are_told_together():
    proposal = make_proposal()
    make_support(proposal.box)
    rows = []
    for n in range(12):
        services.edit_proposal(
            proposal=proposal, editor=proposal.author, version=fresh(proposal).version, body=f"Texto {n}"
        )
        rows.append(Proposal.history.filter(id=proposal.pk).latest("history_id"))
    for n, row in enumerate(rows):
        row.history_date = timezone.now() - timedelta(days=12 - n)
        row.save()
    labels = [label for label in told(proposal) if label.startswith("Cambió")]
    assert labels == ["Cambió su texto 9 veces", "Cambió su texto", "Cambió su texto", "Cambió su texto"]
    shown = story_of(fresh(proposal))
    [step] = [step for step in [*shown["earlier"], *shown["steps"]] if "9" in step.label]
    assert "#version-" in step.link
    first = Proposal.history.filter(id=proposal.pk, body="Texto 0").get()
    assert f"#version-{first.pk}" not in step.link


def test_a_link_and_its_end_are_told():
    proposal, other = make_proposal(), make_proposal(title="La otra")
    link = services.link_duplicate(proposal=proposal, original=other, by=proposal.author)
    services.unlink_duplicate(link=link, by=proposal.author, reason="No es lo mismo.")
    steps = {step.label: step for step in story_of(fresh(proposal))["steps"]}
    assert steps["Se enlazó con la que repite"].note == "La otra"
    assert steps["Se quitó el enlace"].note == "No es lo mismo."
    Proposal.objects.filter(pk=other.pk).update(hidden=True)
    assert {step.note for step in story_of(fresh(proposal))["steps"] if step.label.startswith("Se enlazó")} == {""}


def test_the_story_is_told_in_english_to_whoever_reads_english():
    proposal = make_proposal(status="archived")
    with translation.override("en"):
        steps = story_of(fresh(proposal))["steps"]
    assert steps[-1].note == "Its time ended with 0 of 25 supports."


def test_scripts_are_inert(client):
    asked = timezone.now() - timedelta(days=5)
    agency = make_agency(name=EVIL)
    answer = make_answer(asked_at=asked, agency=agency, outcome="accepted")
    answer.passed_from, answer.passed_at, answer.pass_reason = make_agency(name=EVIL), asked, EVIL
    answer.extended_at, answer.extension_reason = asked, EVIL
    answer.save()
    make_milestone(answer, title=EVIL, note=EVIL)
    proposal = make_proposal(status="execution", title=EVIL, answer=answer)
    other = make_proposal(title=EVIL)
    link = DuplicateLink.objects.create(proposal=proposal, original=other)
    link.undone_at, link.undone_reason = timezone.now(), EVIL
    link.save()
    html = client.get(proposal.get_absolute_url()).content.decode()
    assert "alert(" in html
    assert EVIL not in html


def test_a_story_costs_the_same_for_1_and_20_steps(django_assert_num_queries):
    answer = make_answer(outcome="accepted")
    proposal = make_proposal(status="execution", answer=answer)
    make_support(proposal.box)
    author = make_user()
    for n in (1, 20):
        for _more in range(n):
            make_milestone(answer)
            DuplicateLink.objects.create(
                proposal=proposal, original=make_proposal(author=author), undone_at=timezone.now(), undone_reason="No."
            )
        row = fresh(proposal)
        with django_assert_num_queries(5):
            story_of(row)
