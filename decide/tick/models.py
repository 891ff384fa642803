"""When what is due was last done: `/salud/` shows its age."""

from django.db import models


class TickRun(models.Model):
    """One row (pk 1): the last run of `manage.py tick`."""

    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
