"""Hiding while people support: nothing is counted after, everything that was counted stays; with a control."""

import pytest

from decide.errors import Refused
from decide.moderation import services as moderation
from proposals import services
from proposals.models import Proposal
from tests.factories import make_proposal, make_residence
from tests.moderation.tools import decide, make_moderator
from tests.proposals.test_support_races import together
from tests.votes.test_services import rows
from votes import services as votes
from votes.models import Support, SupportBox

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


def supporting(proposal):
    """What a page that was opened before the decision does."""
    seen = Proposal.objects.select_related("box", "thread").get(pk=proposal.pk)
    residence = make_residence()
    return lambda: services.support_proposal(proposal=seen, residence=residence)


def test_hiding_while_people_support_keeps_counts_exact():
    proposal = make_proposal(threshold=1000)
    case, moderator = moderation.case_of(thing=proposal), make_moderator()
    acts = [supporting(proposal) for _ in range(15)]
    results = together([*acts[:8], lambda: decide(case, moderator), *acts[8:]])

    refused = [result for result in results if isinstance(result, Exception)]
    assert {(type(each), each.status) for each in refused} <= {(Refused, 404)}
    box = SupportBox.objects.get(pk=proposal.box_id)
    assert box.hidden
    assert (box.supports, box.counted) == rows(box)
    assert box.supports == 15 - len(refused)
    with pytest.raises(Refused):
        acts[0]()


def test_without_the_question_under_the_lock_a_hidden_box_takes_supports(monkeypatch):
    """The control: what the page saw before is not enough."""
    proposal = make_proposal(threshold=1000)
    late = supporting(proposal)
    monkeypatch.setattr(
        votes.supports, "lock_open_box", lambda box: SupportBox.objects.select_for_update().get(pk=box.pk)
    )
    decide(moderation.case_of(thing=proposal), make_moderator())
    late()

    assert Support.objects.filter(box=proposal.box).count() == 1
