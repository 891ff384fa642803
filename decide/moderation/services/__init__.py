"""The only writes of moderation.

Order of locks: the owner's row (only while its case is made), the case, the appeal or the sanction, the account. What
a decision means for the thing itself goes out as a signal in the same transaction (`moderation.signals`).
"""

from decide.moderation.services.appeals import appeal, decide_appeal
from decide.moderation.services.cases import (
    case_of,
    close_gone,
    decide,
    keep_edit,
    open_case,
    refresh_case,
    report,
    report_thing,
    show_expired_images,
)
from decide.moderation.services.links import appeal_token, read_appeal_token
from decide.moderation.services.own_data import erase_own, export_own
from decide.moderation.services.reminding import remind
from decide.moderation.services.sanctions import confirm_closing, drop_closing, end_suspensions, sanction

__all__ = [
    "appeal",
    "appeal_token",
    "case_of",
    "close_gone",
    "confirm_closing",
    "decide",
    "decide_appeal",
    "drop_closing",
    "end_suspensions",
    "erase_own",
    "export_own",
    "keep_edit",
    "open_case",
    "read_appeal_token",
    "refresh_case",
    "remind",
    "report",
    "report_thing",
    "sanction",
    "show_expired_images",
]
