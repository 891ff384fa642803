"""A parish supports one proposal within seconds, over real HTTP, and everybody who looks at it sees the last count."""

import pytest

from tests.factories import make_parish, make_proposal
from tests.live.crowd import Served, sessions_of_residents, support_and_watch
from tests.live.tools import in_thread
from votes.models import Support

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow_race]


PEOPLE = 300  # `make bench ARGS=supports` plays it with 1,000


async def test_hundreds_of_posted_supports_are_seen_by_200_sockets_coalesced_and_right():
    def prepare():
        parish = make_parish()
        return make_proposal(parish=parish, threshold=5000), sessions_of_residents(PEOPLE, parish)

    proposal, sessions = await in_thread(prepare)
    with Served() as server:
        before = server.cpu()
        seen = await support_and_watch(server.host, proposal, sessions, sockets=200)
        cpu = server.cpu() - before
    assert seen.statuses == [303] * PEOPLE
    assert await in_thread(lambda: Support.objects.filter(box=proposal.box_id).count()) == PEOPLE
    await in_thread(proposal.box.refresh_from_db)
    assert (proposal.box.supports, proposal.box.counted, proposal.box.version) == (PEOPLE, PEOPLE, PEOPLE)
    assert len(seen.messages) == 200
    for got in seen.messages:
        versions = [message["version"] for _at, message in got]
        assert versions == sorted(set(versions))
        # Both clocks jitter: over the whole time, at most 5 a second and one to begin with.
        assert len(got) <= 5 * (got[-1][0] - got[0][0]) + 1
        assert got[-1][1]["state"]["supports"] == PEOPLE
    assert seen.last_everywhere < 1.0
    print(
        f"{PEOPLE} POSTs in {seen.seconds:.1f} s; last count everywhere {seen.last_everywhere * 1000:.0f} ms after the "
        f"last answer; at most {max(map(len, seen.messages))} messages a socket; {cpu:.1f} s of the server's processor"
    )
