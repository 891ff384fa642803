"""The only writes of the room: supports, polls, and the ballot box."""

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
    "close_box",
    "drop_intentions",
    "drop_old_intentions",
    "erase_own",
    "export_own",
    "hide_box",
    "keep_intention",
    "keep_intentions",
    "lock_open_box",
    "merge_supports",
    "open_box",
    "threshold_for",
    "withdraw_support",
]
