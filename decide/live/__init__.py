"""The push channel: `changed("proposal:42")` after a write, and every open page that shows it is told.

How one change travels (CONTRACTS.md "Live", SPEED.md):

    service → publisher.changed → on commit → the hub of this process, or a courier thread where there is none
            → line (the channel layer) → the hubs of the other processes
            → states (the newest state, read from the database) → consumer → live.js

Only the names of topics travel between processes. Each hub reads what it shows itself, so that a message which is
lost, late, doubled or out of order can never show a wrong count.
"""

from decide.live.publisher import changed

__all__ = ["changed"]
