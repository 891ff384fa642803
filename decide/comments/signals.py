"""What the owners of threads may want to know. Sent inside the transaction, after the write."""

from django.dispatch import Signal

# Sent with `thread` (its counters already raised), `comment`, and `what`: "added", "edited" or "deleted".
thread_changed = Signal()
