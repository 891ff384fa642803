"""The real table at the roof: each topic shows exactly what the contract names."""

import pytest

from decide.live import states
from decide.topics import TOPICS
from tests import factories

pytestmark = pytest.mark.django_db

FIELDS = {
    "proposal": {"supports", "threshold", "status", "comments"},
    "thread": {"count", "latest"},
    "support": {"supports", "counted", "threshold"},
    "poll": {"status", "turnout", "options"},
    "assembly": {"status", "present", "quorum", "items"},
    # Beside the contract's: what open pages take away, what the bars of a poll and a hall need, a request's figures.
    "removed": {"comments"},
    "tally": {"options", "counted", "blank"},
    "request": {"supports", "status", "comments"},
    "hall": {
        *("status", "present", "entitled", "quorum", "reached", "count", "open", "waiting", "closed", "pending"),
        *("votes", "idle", "phones", "voted", "arriving"),
    },
}


def topic_ids(proposal):
    draft = proposal.status == "draft"
    poll = factories.make_poll(status="draft" if draft else "approved")
    session = factories.make_session(status="draft" if draft else "called")
    return {
        "proposal": proposal.pk,
        "thread": proposal.thread_id,
        "removed": proposal.thread_id,
        "support": proposal.box_id,
        "poll": poll.pk,
        "tally": poll.pk,
        "request": factories.make_request(status="draft" if draft else "filed").pk,
        "assembly": session.pk,
        "hall": session.pk,
    }


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
