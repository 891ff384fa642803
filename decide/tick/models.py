"""When what is due was last done: `/salud/` shows its age."""

from django.db import models


class TickRun(models.Model):
    """One row (pk 1): the last run of `manage.py tick`, and who holds the lease of the present one."""

    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # Names of the functions that failed in the last run.
    failed = models.JSONField(default=list)
    holder = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
