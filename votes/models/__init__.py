"""How anything is decided: supports, polls, and the ballot box."""

from votes.models.supports import Intention, Support, SupportBox

__all__ = ["Intention", "Support", "SupportBox"]
