"""Which topic shows what: the one table of the push channel.

Each entry reads many ids at once and returns `{id: (version, state)}` for those that are public; what is absent
is gone. `support`, `tally`, `hall` and `removed` stand beside the topics of the contract, which hold exactly what it
names.
"""

from budgets.live import request_states
from decide.assemblies.live import hall_states, session_states
from decide.comments.live import removed_states, thread_states
from proposals.live import proposal_states
from votes.live import box_states, poll_states, tally_states

TOPICS = {
    "proposal": proposal_states,
    "request": request_states,
    "thread": thread_states,
    "removed": removed_states,
    "support": box_states,
    "poll": poll_states,
    "tally": tally_states,
    "assembly": session_states,
    "hall": hall_states,
}
