"""The only writes of the room: supports, polls, and the ballot box."""

from votes.opening import draw_word
from votes.services.aftermath import remind_of_close
from votes.services.casting import cast_ballot, has_voted, merge_participations
from votes.services.closing import annul_poll, close_poll, follow_polls
from votes.services.desk import drop_old_turns
from votes.services.exporting import export_files, write_export
from votes.services.sequencing import declare_fork, open_poll, sequence
from votes.services.supports import (
    add_support,
    close_box,
    drop_intentions,
    drop_old_intentions,
    erase_own,
    export_own,
    hide_box,
    keep_intention,
    keep_intentions,
    lock_open_box,
    merge_supports,
    open_box,
    threshold_for,
    withdraw_support,
)

__all__ = [
    "add_support",
    "annul_poll",
    "cast_ballot",
    "close_box",
    "close_poll",
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
