"""Telling people: written in the transaction of what happened, sent by a worker or `tick` afterwards.

`tell` writes one row per person and key; the unique constraints make "nothing twice" true whoever calls it again.
`tell_followers` does so for everybody who follows something. `send_due` sends the mails.
"""

from decide.notices.services.digests import drop_old, gather_digests
from decide.notices.services.following import (
    follow,
    follow_many,
    list_of_parish,
    make_list,
    parish_list,
    rename_list,
    unfollow,
)
from decide.notices.services.own_data import erase_own, export_own
from decide.notices.services.preferences import preferences_of, set_preferences
from decide.notices.services.reading import mark_all_read, mark_read
from decide.notices.services.sending import retry_failed, send_due
from decide.notices.services.telling import Message, tell, tell_all, tell_followers, write_announcements

__all__ = [
    "Message",
    "drop_old",
    "erase_own",
    "export_own",
    "follow",
    "follow_many",
    "gather_digests",
    "list_of_parish",
    "make_list",
    "mark_all_read",
    "mark_read",
    "parish_list",
    "preferences_of",
    "rename_list",
    "retry_failed",
    "send_due",
    "set_preferences",
    "tell",
    "tell_all",
    "tell_followers",
    "unfollow",
    "write_announcements",
]
