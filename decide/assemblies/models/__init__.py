"""Assemblies, the people they send, their sessions and minutes."""

from decide.assemblies.models.assemblies import Assembly, BoardMember, FoundingFile, Objection, QuorumRule
from decide.assemblies.models.seats import Seat
from decide.assemblies.models.sessions import (
    Attendance,
    Correction,
    HandCount,
    Item,
    Mark,
    Minutes,
    Session,
)

__all__ = [
    "Assembly",
    "Attendance",
    "BoardMember",
    "Correction",
    "FoundingFile",
    "HandCount",
    "Item",
    "Mark",
    "Minutes",
    "Objection",
    "QuorumRule",
    "Seat",
    "Session",
]
