"""What happens to an answer, for whoever owns it (a proposal, a request, a neighbour's report)."""

from django.dispatch import Signal

# Sent as `answer_changed.send(sender=Answer, answer=answer, event=event, milestone=milestone)`, in the transaction of
# what happened; event is "assigned", "passed", "reassigned", "extended", "answered", "corrected" or "milestone".
# `milestone` is the one that was added or changed (None for a photograph of one).
answer_changed = Signal()
