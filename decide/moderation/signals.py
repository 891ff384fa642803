"""What a decision means for whoever owns the thing, in the same transaction. Owners find theirs by `case`."""

from django.dispatch import Signal

# Sent as `visibility_changed.send(sender=ModerationCase, case=case, hidden=bool)`. The owner writes its own column
# `hidden`, corrects its counts, and calls `live.changed`. Sent only where it changed.
visibility_changed = Signal()

# Sent as `edit_decided.send(sender=ModerationCase, case=case, fields=dict, approved=bool)`: what the owner gave to
# `services.keep_edit` was looked at. The owner applies `fields` if `approved`, and forgets them otherwise.
edit_decided = Signal()
