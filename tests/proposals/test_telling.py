"""The steps of a proposal: told to its author, to followers, an answer to supporters too, and nothing twice."""

from datetime import date, timedelta

import pytest

from decide.answers import services as answers
from decide.images import clean_photo
from decide.notices import services as notices
from decide.notices.models import Notice
from decide.templatetags.decide import fecha
from proposals import services
from proposals.models import Proposal
from tests.answers.tools import LONG, REASON, make_office, make_officer, picture
from tests.factories import make_agency, make_parish, make_proposal, make_residence, make_support, make_user
from tests.votes import urna
from tests.votes.test_voting_proposals import announce
from votes import clock
from votes import services as votes

pytestmark = pytest.mark.django_db


@pytest.fixture
def street():
    """A proposal one support short, its author and its followers."""
    return make_proposal(title="Luz al 100% en la S37", threshold=1, parish=make_parish())


def follower_of(proposal, parish=False):
    user = make_user()
    found = notices.list_of_parish(proposal.parish) if parish else services.follow_list(proposal)
    notices.follow(user=user, list=found)
    return user


def told(user) -> list[tuple[str, str]]:
    """(kind, group) of what a person was told, in order."""
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", "group"))


def reach(proposal):
    services.support_proposal(proposal=proposal, residence=make_residence(proposal.parish))
    return Proposal.objects.get(pk=proposal.pk).answer


def test_the_whole_way_is_told_once_to_each(street):
    services.follow_list(street)
    follower, neighbour = follower_of(street), follower_of(street, parish=True)
    both = make_user(verified=True, parish=street.parish)
    notices.follow(user=both, list=services.follow_list(street))
    notices.follow(user=both, list=notices.list_of_parish(street.parish))
    notices.follow(user=street.author, list=notices.list_of_parish(street.parish))
    answer = reach(street)
    first, second = make_agency(), make_agency(name="EPMMOP")
    officer = make_officer(second)
    answers.assign_answer(answer=answer, officer=make_office(), agency=first)
    answers.pass_on_answer(answer=answer, officer=make_officer(first), agency=second, reason=REASON)
    answers.extend_answer(answer=answer, officer=officer, reason="Falta el estudio del suelo.")
    answers.give_answer(answer=answer, officer=officer, outcome="accepted", body=LONG)
    answers.correct_answer(answer=answer, officer=officer, body=LONG + " Y más.", reason="Faltaba una frase.")
    step = answers.add_milestone(answer=answer, officer=officer, title="5 postes al 50%", planned=date(2027, 3, 1))
    answers.update_milestone(milestone=step, officer=officer, state="ongoing")
    answers.update_milestone(milestone=step, officer=officer, note="Sin novedad.")  # no step
    answers.add_photo(milestone=step, officer=officer, image=clean_photo(picture()), alt="Un poste.")  # no step
    answers.update_milestone(milestone=step, officer=officer, state="done")
    way = ["reached", "assigned", "passed", "extended", "answered", "corrected", *["milestone"] * 3]
    kinds = [f"proposal-{event}" for event in way]
    assert told(street.author) == [(kind, "own") for kind in kinds]
    assert told(follower) == told(both) == [(kind, "following") for kind in kinds]
    assert told(neighbour) == [("proposal-reached", "parish"), ("proposal-answered", "parish")]
    last = Notice.objects.filter(recipient=follower).latest("pk")
    assert last.subject == "Está hecha: Luz al 100% en la S37"
    assert "«5 postes al 50%»" in last.body
    assert "EPMMOP" in last.body
    assert last.path.endswith(f"#hito-{step.pk}")


def test_supporters_are_told_the_answer_and_followers_not_again(street):
    supporter = make_user(verified=True, parish=street.parish)
    make_support(street.box, supporter.residence)
    follower = make_user(verified=True, parish=street.parish)
    make_support(street.box, follower.residence)
    notices.follow(user=follower, list=services.follow_list(street))
    street.box.threshold = 3
    street.box.save()
    answer = reach(street)
    officer = make_officer(agency := make_agency())
    answers.assign_answer(answer=answer, officer=make_office(), agency=agency)
    answers.give_answer(answer=answer, officer=officer, outcome="rejected", body=LONG)
    assert told(supporter) == [("proposal-reached", "supported"), ("proposal-answered", "supported")]
    assert [kind for kind, _group in told(follower)] == ["proposal-reached", "proposal-assigned", "proposal-answered"]
    notice = Notice.objects.get(recipient=supporter, kind="proposal-answered")
    assert "no aceptada" in notice.body
    assert notice.path.endswith("#respuesta")


def test_a_new_date_of_a_milestone_is_told(street):
    follower = follower_of(street)
    answer = reach(street)
    officer = make_officer(agency := make_agency())
    answers.assign_answer(answer=answer, officer=make_office(), agency=agency)
    answers.give_answer(answer=answer, officer=officer, outcome="accepted", body=LONG)
    step = answers.add_milestone(answer=answer, officer=officer, title="Postes", planned=date(2027, 3, 1))
    answers.update_milestone(milestone=step, officer=officer, planned=date(2027, 4, 1), note="Llovió.")
    bodies = Notice.objects.filter(recipient=follower, kind="proposal-milestone").values_list("body", flat=True)
    assert ["marzo" in body for body in bodies.order_by("pk")] == [True, False]
    assert "abril" in fecha(date(2027, 4, 1))


def test_a_vote_is_told_once_to_whoever_follows_the_proposal_and_its_parish(settings):
    settings.SECOND_FACTOR_REQUIRED = False
    proposal = make_proposal(status="review", parish=make_parish())
    services.follow_list(proposal)
    follower = follower_of(proposal)
    notices.follow(user=follower, list=notices.list_of_parish(proposal.parish))
    poll = announce(proposal, make_office())
    with clock.pretend(poll.opens_at + timedelta(minutes=1)):
        votes.open_poll(poll=poll)
    poll.refresh_from_db()
    urna.close(poll)
    kinds = ["poll-approved", "poll-opened", "poll-closed"]
    assert [kind for kind, _group in told(follower)] == kinds
    assert told(proposal.author) == [(kind, "own") for kind in kinds]


def test_withdrawing_is_told_to_supporters_and_followers_once():
    proposal = make_proposal()
    supporter = make_user(verified=True)
    make_support(proposal.box, supporter.residence)
    notices.follow(user=supporter, list=services.follow_list(proposal))
    follower = follower_of(proposal)
    services.withdraw_proposal(proposal=proposal, reason="other", note="Ya no hace falta.")
    assert told(supporter) == [("proposal-withdrawn", "supported")]
    assert told(follower) == [("proposal-withdrawn", "following")]
    assert told(proposal.author) == []


def test_a_changed_text_is_told_once_a_day():
    proposal = make_proposal()
    supporter = make_user(verified=True)
    make_support(proposal.box, supporter.residence)
    notices.follow(user=supporter, list=services.follow_list(proposal))
    follower = follower_of(proposal)
    for n in range(3):
        version = Proposal.objects.get(pk=proposal.pk).version
        services.edit_proposal(proposal=proposal, editor=proposal.author, version=version, body=f"Texto {n}")
    assert told(supporter) == [("proposal-changed", "supported")]
    assert told(follower) == [("proposal-changed", "following")]
    assert told(proposal.author) == []
