"""The only writes of what the city owes.

Every service locks the answer's row first (SQLite serialises whole transactions instead), asks the rule again with
what it then reads, writes, tells the officers concerned, and sends `answer_changed` in the same transaction. Of two
officers at once, one wins and the other is told what happened (409).
"""

from decide.answers.services.answering import (
    assign_answer,
    correct_answer,
    extend_answer,
    give_answer,
    hide_answer,
    owe_answer,
    pass_on_answer,
    reassign_answer,
)
from decide.answers.services.milestones import TRANSITIONS, add_milestone, add_photo, update_milestone
from decide.answers.services.own_data import erase_own, export_own
from decide.answers.services.reminding import remind

__all__ = [
    "TRANSITIONS",
    "add_milestone",
    "add_photo",
    "assign_answer",
    "correct_answer",
    "erase_own",
    "export_own",
    "extend_answer",
    "give_answer",
    "hide_answer",
    "owe_answer",
    "pass_on_answer",
    "reassign_answer",
    "remind",
    "update_milestone",
]
