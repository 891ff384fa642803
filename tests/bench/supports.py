"""1,000 residents support one proposal, each with a POST of their own, while 200 pages watch: one process for all."""

import asyncio

from decide.territory.models import Parish
from proposals.models import Proposal
from tests.bench import row
from tests.live.crowd import Seen, Served, sessions_of_residents, support_and_watch

PEOPLE, SOCKETS = 1000, 200


def rows() -> list[dict]:
    proposal = Proposal.objects.open().select_related("box").order_by("-box__threshold", "pk").first()
    proposal.box.threshold = 10**6  # the crossing itself, which tells thousands of supporters, is another matter
    proposal.box.save()
    before = proposal.box.supports
    sessions = sessions_of_residents(PEOPLE, Parish.objects.first())
    with Served() as server:
        asyncio.run(support_and_watch(server.host, proposal, sessions[:50], 1, last=before + 50))  # warm
        began = server.cpu()
        seen = asyncio.run(support_and_watch(server.host, proposal, sessions[50:], SOCKETS, last=before + PEOPLE))
        cpu = server.cpu() - began
    assert set(seen.statuses) == {303}
    return _rows(seen, cpu)


def _rows(seen: Seen, cpu: float) -> list[dict]:
    posts = len(seen.statuses)
    most = max(len(got) / max(got[-1][0] - got[0][0], 0.2) for got in seen.messages)
    return [
        row(f"live: {posts} supports by POST, seen by {SOCKETS} sockets", seen.seconds, "s"),
        row("live: of these, processor time of a support", cpu / posts * 1000, "ms"),
        row("live: last count everywhere, after the last answer", seen.last_everywhere * 1000, "ms", bar=1000),
        row("live: messages a second to one socket, at most", most, "1/s", bar=5.5),
    ]
