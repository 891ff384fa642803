"""The push channel: `changed("proposal:42")` after a write; the hub of each process tells its watchers."""

from decide.live.publisher import changed

__all__ = ["changed"]
