"""What other rooms hear from this one, in the same transaction."""

from django.dispatch import Signal

# keep, drop: two residences turned out to be one person. Whoever keeps rows of a residence moves them from `drop`
# to `keep`, one per subject, before `drop` is deleted.
residences_merged = Signal()
