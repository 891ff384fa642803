"""The only writes of moderation.

Order of locks: the owner's row (only while its case is made), the case, the appeal or the sanction, the account. What
a decision means for the thing itself goes out as a signal in the same transaction (`moderation.signals`).
"""

from decide.moderation.services.cases import (
    case_of,
    close_gone,
    decide,
    keep_edit,
    open_case,
    refresh_case,
    report,
    show_expired_images,
)

__all__ = [
    "case_of",
    "close_gone",
    "decide",
    "keep_edit",
    "open_case",
    "refresh_case",
    "report",
    "show_expired_images",
]
