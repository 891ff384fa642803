"""The only writes of the proposals. Locks are taken in one order everywhere: box, proposal, thread."""

from proposals.services.authoring import (
    EditedMeanwhile,
    add_document,
    add_photo,
    delete_draft,
    draft_proposal,
    edit_proposal,
    remove_document,
    remove_photo,
)
from proposals.services.files import place_recent_files
from proposals.services.filing import file_proposal, file_support
from proposals.services.following import follow_list, tell_followers
from proposals.services.lifecycle import (
    archive_expired,
    change_status,
    follow_answer,
    lock_proposal,
    publish_proposal,
    reach_threshold,
    withdraw_proposal,
)
from proposals.services.linking import link_duplicate, unlink_duplicate
from proposals.services.own_data import erase_own, export_own
from proposals.services.supporting import (
    follow_boxes,
    support_proposal,
    withdraw_support,
)

__all__ = [
    "EditedMeanwhile",
    "add_document",
    "add_photo",
    "archive_expired",
    "change_status",
    "delete_draft",
    "draft_proposal",
    "edit_proposal",
    "erase_own",
    "export_own",
    "file_proposal",
    "file_support",
    "follow_answer",
    "follow_boxes",
    "follow_list",
    "link_duplicate",
    "lock_proposal",
    "place_recent_files",
    "publish_proposal",
    "reach_threshold",
    "remove_document",
    "remove_photo",
    "support_proposal",
    "tell_followers",
    "unlink_duplicate",
    "withdraw_proposal",
    "withdraw_support",
]
