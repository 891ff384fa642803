"""The only writes of the proposals. Locks are taken in one order everywhere: box, proposal, thread."""

from proposals.services.authoring import (
    add_document,
    add_photo,
    draft_proposal,
    edit_proposal,
    erase_own,
    export_own,
    remove_document,
    remove_photo,
)
from proposals.services.lifecycle import (
    archive_expired,
    change_status,
    follow_answer,
    lock_proposal,
    publish_proposal,
    reach_threshold,
    withdraw_proposal,
)

__all__ = [
    "add_document",
    "add_photo",
    "archive_expired",
    "change_status",
    "draft_proposal",
    "edit_proposal",
    "erase_own",
    "export_own",
    "follow_answer",
    "lock_proposal",
    "publish_proposal",
    "reach_threshold",
    "remove_document",
    "remove_photo",
    "withdraw_proposal",
]
