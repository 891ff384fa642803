"""Assemblies, the people they send, their sessions and minutes."""

from decide.assemblies.models.assemblies import (
    Assembly,
    BoardMember,
    FoundingFile,
    Objection,
    QuorumRule,
    StatusChange,
)
from decide.assemblies.models.seats import Seat, SeatChange
from decide.assemblies.models.sessions import (
    Attendance,
    Correction,
    CountChange,
    HandCount,
    Item,
    Mark,
    Minutes,
    QuorumCheck,
    Session,
)

__all__ = [
    "Assembly",
    "Attendance",
    "BoardMember",
    "Correction",
    "CountChange",
    "FoundingFile",
    "HandCount",
    "Item",
    "Mark",
    "Minutes",
    "Objection",
    "QuorumCheck",
    "QuorumRule",
    "Seat",
    "SeatChange",
    "Session",
    "StatusChange",
]
