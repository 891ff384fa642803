"""What happens to an answer, for whoever owns it (a proposal, a request, a neighbour's report)."""

from django.dispatch import Signal

# Sent as `answer_changed.send(sender=Answer, answer=answer, event=event)`, in the transaction of what happened;
# event is "assigned", "passed", "extended", "answered", "corrected" or "milestone".
answer_changed = Signal()
