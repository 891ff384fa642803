"""Every room that keeps something of a person, in the order in which an account is erased: the highest first.

Each module offers `export_own(user) -> dict` (ready for JSON) and `erase_own(user) -> None`.
"""

import budgets.services
import decide.accounts.services
import decide.answers.services
import decide.assemblies.services
import decide.comments.services
import decide.moderation.services
import decide.notices.services
import proposals.services
import votes.services

ROOMS = {
    "budgets": budgets.services,
    "proposals": proposals.services,
    "assemblies": decide.assemblies.services,
    "supports": votes.services,
    "comments": decide.comments.services,
    "answers": decide.answers.services,
    "moderation": decide.moderation.services,
    "notices": decide.notices.services,
    "account": decide.accounts.services,
}
