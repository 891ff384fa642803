"""The only writes of the room: supports, polls, and the ballot box.

For the pages of a poll (each raises `Refused` with a sentence and its status):

| call | gives |
|---|---|
| `draw_word()` | six digits for the form of a voter |
| `cast_ballot(poll=, residence=, choices=, word=)` | `Receipt` (`code`, `commitment`, `include_by`, `first`, `again`) |
| `has_voted(poll, residence)` | whether this residence appears as having voted |
| `frozen.rules_of(poll)` | the frozen `Rules`; `rules.poll_obstacle(rules, residence)` is a `Refused` or None |
| `open_poll(poll=)`, `sequence(poll=)`, `close_poll(poll=)` | what the tick (`follow_polls(now)`) calls |
| `annul_poll(poll=, officer=, reason=)` | the poll; its ballots are gone, its log says why |
| `declare_fork(poll=, officer=, reason=)` | whether it is done: two officers; needed where `poll.box.halted_at` |
| `export_files(poll)` | `{name: pieces of bytes}`; `write_export(poll, folder)` writes them |
| `sequencing.head_line(head)` | a head as it is published, one line of bytes; `keys.fingerprint()` is the platform's |
| `opening.read_receipt(code, public_key)` | the `Receipt` of a signed code, or None |

The demo and tests do things at another moment inside `with clock.pretend(moment):`.
"""

from votes.opening import draw_word
from votes.services.aftermath import remind_of_close
from votes.services.casting import cast_ballot, has_voted, merge_participations
from votes.services.closing import annul_poll, close_poll, follow_polls
from votes.services.desk import drop_old_turns
from votes.services.exporting import export_files, write_export
from votes.services.intentions import confirm_intentions
from votes.services.sequencing import declare_fork, open_poll, sequence
from votes.services.supports import (
    add_support,
    boxes_of,
    close_box,
    drop_intentions,
    drop_old_intentions,
    erase_own,
    export_own,
    hide_box,
    keep_intention,
    keep_intentions,
    lock_boxes,
    lock_open_box,
    merge_supports,
    open_box,
    threshold_for,
    withdraw_support,
)

__all__ = [
    "add_support",
    "annul_poll",
    "boxes_of",
    "cast_ballot",
    "close_box",
    "close_poll",
    "confirm_intentions",
    "declare_fork",
    "draw_word",
    "drop_intentions",
    "drop_old_intentions",
    "drop_old_turns",
    "erase_own",
    "export_files",
    "export_own",
    "follow_polls",
    "has_voted",
    "hide_box",
    "keep_intention",
    "keep_intentions",
    "lock_boxes",
    "lock_open_box",
    "merge_participations",
    "merge_supports",
    "open_box",
    "open_poll",
    "remind_of_close",
    "sequence",
    "threshold_for",
    "withdraw_support",
    "write_export",
]
