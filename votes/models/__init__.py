"""How anything is decided: supports, polls, and the ballot box."""

from votes.models.ballots import (
    BallotBox,
    DailyTurnout,
    ForkDeclaration,
    Head,
    LiveBallot,
    LogEntry,
    Participation,
    PendingLeaf,
    PublishedBallot,
)
from votes.models.desk import DeskBallot
from votes.models.polls import Option, Poll, PollDocument, Question
from votes.models.supports import Intention, Support, SupportBox

__all__ = [
    "BallotBox",
    "DailyTurnout",
    "DeskBallot",
    "ForkDeclaration",
    "Head",
    "Intention",
    "LiveBallot",
    "LogEntry",
    "Option",
    "Participation",
    "PendingLeaf",
    "Poll",
    "PollDocument",
    "PublishedBallot",
    "Question",
    "Support",
    "SupportBox",
]
