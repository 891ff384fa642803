"""What other rooms hear from this one, in the same transaction."""

from django.dispatch import Signal

# boxes: the ids of the boxes whose counts changed without their owner's service (an erased account, a merged
# residence). Owners tell the watchers of what they own.
boxes_changed = Signal()

# poll, event: "approved", "opened", "closed", "annulled", or "deleted" (a draft, just before it goes); in the
# transaction of what happened.
poll_changed = Signal()
