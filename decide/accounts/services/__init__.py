"""The only writes about people: verification, offices, consents and own data."""

from decide.accounts.services.appointments import (
    appoint,
    check_claim,
    claim_appointment,
    confirm_claim,
    end_appointment,
    issue_credential,
    reject_claim,
)
from decide.accounts.services.own_data import (
    drop_unconfirmed_accounts,
    erase_account,
    erase_own,
    export_all,
    export_own,
    give_consent,
    save_profile,
    withdraw_consent,
)
from decide.accounts.services.verification import (
    add_document,
    change_parish,
    drop_old_attempts,
    find_residence,
    link_account,
    merge_residences,
    participates_from,
    verify_at_desk,
    verify_by_register,
)

__all__ = [
    "add_document",
    "appoint",
    "change_parish",
    "check_claim",
    "claim_appointment",
    "confirm_claim",
    "drop_old_attempts",
    "drop_unconfirmed_accounts",
    "end_appointment",
    "erase_account",
    "erase_own",
    "export_all",
    "export_own",
    "find_residence",
    "give_consent",
    "issue_credential",
    "link_account",
    "merge_residences",
    "participates_from",
    "reject_claim",
    "save_profile",
    "verify_at_desk",
    "verify_by_register",
    "withdraw_consent",
]
