"""The only writes of the budgets. Locks are taken in one order everywhere: box, request, thread."""

from budgets.services.advising import make_advisory_poll
from budgets.services.authoring import (
    EditedMeanwhile,
    add_photo,
    delete_draft,
    draft_request,
    edit_request,
    remove_photo,
)
from budgets.services.catalogue import load_catalogue
from budgets.services.deciding import (
    confirm_from_paper,
    correct_from_paper,
    decide_result,
    fix_rules,
    prepare_decision,
    refresh_matrix,
    set_rules,
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
from budgets.services.offline import apply_offline, receive_offline
from budgets.services.own_data import erase_own, export_own
from budgets.services.reconsidering import ask_reconsideration, reply_reconsideration
from budgets.services.reminding import remind_of_studies
from budgets.services.reviewing import (
    admit_request,
    admit_requests,
    link_duplicate,
    record_cabildo_agreement,
    refer_request,
    reopen_request,
    return_request,
)
from budgets.services.studying import (
    correct_opinion,
    discard_correction,
    follow_conditions,
    issue_opinion,
    issue_opinions,
    meet_condition,
    save_opinion,
    take_over_opinion,
)
from budgets.services.supporting import support_request, withdraw_support
from budgets.services.visiting import record_visit

__all__ = [
    "EditedMeanwhile",
    "add_photo",
    "admit_request",
    "admit_requests",
    "apply_offline",
    "ask_reconsideration",
    "change_status",
    "confirm_from_paper",
    "correct_from_paper",
    "correct_opinion",
    "decide_result",
    "delete_draft",
    "discard_correction",
    "draft_request",
    "edit_request",
    "erase_own",
    "export_own",
    "file_at_desk",
    "file_request",
    "fix_rules",
    "follow_conditions",
    "follow_list",
    "follow_period",
    "issue_opinion",
    "issue_opinions",
    "link_duplicate",
    "load_catalogue",
    "lock_request",
    "make_advisory_poll",
    "meet_condition",
    "place_recent_files",
    "prepare_decision",
    "receive_offline",
    "record_cabildo_agreement",
    "record_visit",
    "refer_request",
    "refresh_matrix",
    "remind_of_studies",
    "remove_photo",
    "reopen_request",
    "reply_reconsideration",
    "request_from_proposal",
    "return_request",
    "save_opinion",
    "set_rules",
    "support_at_desk",
    "support_request",
    "take_over_opinion",
    "tell_followers",
    "withdraw_request",
    "withdraw_support",
]
