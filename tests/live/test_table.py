"""The real table at the roof: each topic shows exactly what the contract names."""

import pytest

from decide.live import states
from decide.topics import TOPICS
from tests import factories

pytestmark = pytest.mark.django_db

FIELDS = {
    "proposal": {"supports", "threshold", "status", "comments"},
    # Beside the contract's two: what was hidden or deleted lately, which open pages take away.
    "thread": {"count", "latest", "removed"},
    "support": {"supports", "counted", "threshold"},
    # Beside the contract's three: how many ballots the votes are of, and the blank ones by question.
    "poll": {"status", "turnout", "options", "counted", "blank"},
}


def topic_ids(proposal):
    poll = factories.make_poll(status="draft" if proposal.status == "draft" else "approved")
    return {"proposal": proposal.pk, "thread": proposal.thread_id, "support": proposal.box_id, "poll": poll.pk}


def test_table_has_the_topics_of_the_contract():
    assert set(TOPICS) == set(FIELDS)


@pytest.mark.parametrize("kind", FIELDS)
def test_state_has_exactly_the_fields_of_the_contract(kind):
    proposal = factories.make_proposal(status="open")
    pk = topic_ids(proposal)[kind]
    ((found, (version, state)),) = TOPICS[kind]([pk, 999_999]).items()
    assert (found, set(state)) == (pk, FIELDS[kind])
    assert isinstance(version, int)


@pytest.mark.parametrize("kind", FIELDS)
def test_draft_is_gone(kind):
    proposal = factories.make_proposal(status="draft")
    topic = f"{kind}:{topic_ids(proposal)[kind]}"
    assert states.read_topics([topic]) == [{"topic": topic, "gone": True}]


@pytest.mark.parametrize("kind", FIELDS)
def test_reading_many_costs_as_many_queries_as_reading_one(kind, django_assert_max_num_queries):
    ids = [topic_ids(factories.make_proposal(status="open"))[kind] for _ in range(20)]
    with django_assert_max_num_queries(3):
        assert set(TOPICS[kind](ids)) == set(ids)
