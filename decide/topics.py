"""Which topic shows what: the one table of the push channel.

Each entry reads many ids at once and returns `{id: (version, state)}` for those that are public; what is absent
is gone.
"""

from decide.comments.live import thread_states
from proposals.live import proposal_states
from votes.live import box_states, poll_states

TOPICS = {
    "proposal": proposal_states,
    "thread": thread_states,
    "support": box_states,
    "poll": poll_states,
}
