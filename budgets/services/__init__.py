"""The only writes of the budgets. Locks are taken in one order everywhere: box, request, thread."""

from budgets.services.authoring import (
    EditedMeanwhile,
    add_photo,
    delete_draft,
    draft_request,
    edit_request,
    remove_photo,
)
from budgets.services.files import place_recent_files
from budgets.services.filing import (
    file_at_desk,
    file_request,
    follow_period,
    request_from_proposal,
    support_at_desk,
    withdraw_request,
)
from budgets.services.following import follow_list, tell_followers
from budgets.services.lifecycle import change_status, lock_request
from budgets.services.own_data import erase_own, export_own
from budgets.services.supporting import support_request, withdraw_support

__all__ = [
    "EditedMeanwhile",
    "add_photo",
    "change_status",
    "delete_draft",
    "draft_request",
    "edit_request",
    "erase_own",
    "export_own",
    "file_at_desk",
    "file_request",
    "follow_list",
    "follow_period",
    "lock_request",
    "place_recent_files",
    "remove_photo",
    "request_from_proposal",
    "support_at_desk",
    "support_request",
    "tell_followers",
    "withdraw_request",
    "withdraw_support",
]
