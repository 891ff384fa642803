"""A proposal that reached its threshold goes to a vote in one step, and says so."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.errors import Refused
from proposals.models import Proposal
from proposals.services.voting import make_poll
from proposals.steps import story_of
from tests.factories import make_agency, make_appointment, make_parish, make_proposal, make_user
from tests.votes import urna
from votes import clock, services
from votes.models import Poll
from votes.services import authoring

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def officer():
    return make_appointment().holder


@pytest.fixture
def proposal():
    parish = make_parish()
    make_proposal(parish=parish)
    return make_proposal(status="review", parish=parish)


def facts(proposal, **changes) -> dict:
    now = timezone.now()
    return {
        "title": proposal.title,
        "summary": proposal.summary,
        "decided_by_text": "El Concejo",
        "effect": "recommendation",
        "answers_for": proposal.answer.agency or make_agency(),
        "opens_at": now + timedelta(hours=1),
        "closes_at": now + timedelta(days=5),
        "level": "",
        "running_totals": "live",
        "parishes": [proposal.parish],
        **changes,
    }


def announce(proposal, officer) -> Poll:
    poll = make_poll(proposal=proposal, officer=officer, **facts(proposal))
    authoring.submit_poll(poll=poll, officer=officer)
    return authoring.approve_poll(poll=poll, officer=make_appointment().holder)


def test_one_step_makes_a_poll_with_a_question_of_yes_or_no(proposal, officer):
    poll = make_poll(proposal=proposal, officer=officer, **facts(proposal))

    question = poll.questions.get()
    assert (poll.status, question.method) == ("draft", "single")
    assert [option.text for option in question.options.all()] == ["Sí", "No"]
    assert proposal.title in question.text
    assert authoring.what_is_missing(poll) == []
    proposal.refresh_from_db()
    assert (proposal.poll, proposal.status) == (poll, "review")


def test_two_officers_make_one_poll(proposal, officer):
    first = make_poll(proposal=proposal, officer=officer, **facts(proposal))
    again = make_poll(proposal=proposal, officer=officer, **facts(proposal))
    with pytest.raises(Refused) as refused:
        make_poll(proposal=proposal, officer=make_appointment().holder, **facts(proposal))

    assert first == again
    assert refused.value.status == 409
    assert Poll.objects.count() == 1


@pytest.mark.parametrize("status", ["open", "answered", "withdrawn", "archived", "done"])
def test_only_what_reached_its_threshold_and_has_no_answer_is_voted(status, officer):
    proposal = make_proposal(status=status, parish=make_parish())
    with pytest.raises(Refused) as refused:
        make_poll(
            proposal=proposal,
            officer=officer,
            **{**facts(make_proposal(status="review", parish=make_parish())), "parishes": [make_parish()]},
        )
    assert refused.value.status == 409
    assert not Poll.objects.exists()


def test_proposal_says_en_votacion_from_the_announcement_to_the_close(proposal, officer):
    poll = announce(proposal, officer)
    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.VOTING
    assert proposal.box.open

    with clock.pretend(poll.opens_at + timedelta(minutes=1)):
        services.open_poll(poll=poll)
    poll.refresh_from_db()
    urna.close(poll)

    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.REVIEW
    labels = [step.label for part in story_of(proposal).values() for step in part]
    assert "En votación" in labels
    assert "Terminó la votación" in labels


def test_answer_given_while_voting_counts_once_it_is_over(proposal, officer):
    poll = announce(proposal, officer)
    answer = proposal.answer
    answer.outcome, answer.body, answer.answered_at = "accepted", "Se hará.", timezone.now()
    answer.save()
    services.annul_poll(poll=poll, officer=officer, reason="Se anunció con la parroquia equivocada.")

    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.ANSWERED


def test_deleting_the_draft_lets_another_be_made(proposal, officer):
    poll = make_poll(proposal=proposal, officer=officer, **facts(proposal))
    authoring.delete_draft(poll=poll, officer=officer)
    proposal.refresh_from_db()

    assert proposal.poll is None
    assert make_poll(proposal=proposal, officer=officer, **facts(proposal)).status == "draft"


def test_page_of_the_proposal_leads_to_its_vote(client, proposal, officer):
    client.force_login(officer)
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert f"/propuestas/{proposal.pk}/votacion/" in page

    poll = announce(proposal, officer)
    client.logout()
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert poll.get_absolute_url() in page
    assert "En votación" in page


def test_form_is_filled_in_from_the_proposal_and_makes_the_draft(client, proposal, officer):
    client.force_login(officer)
    address = f"/propuestas/{proposal.pk}/votacion/"
    form = client.get(address).context["form"]
    assert form.initial["title"] == proposal.title
    opens = timezone.localtime() + timedelta(days=3)
    sent = {
        **{name: form.initial[name] for name in ("title", "summary", "effect", "running_totals")},
        "decided_by_text": "La oficina de participación",
        "answers_for": proposal.answer.agency_id,
        "place": "parroquias",
        "parishes": [proposal.parish_id],
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + timedelta(days=9):%Y-%m-%dT%H:%M}",
        "level": "",
    }
    made = client.post(address, sent)

    poll = Poll.objects.get()
    assert made.headers["Location"] == f"/votaciones/{poll.pk}/editar/"
    assert poll.proposal == proposal
    assert client.get(address).status_code == 302


def test_resident_makes_no_poll(client, proposal):
    client.force_login(make_user(verified=True))
    assert client.get(f"/propuestas/{proposal.pk}/votacion/").status_code == 403
    assert client.post(f"/propuestas/{proposal.pk}/votacion/", {}).status_code == 403
    assert not Poll.objects.exists()
