"""Supports: signatures of verified residents that can be withdrawn. The count is public, the names are not."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts.models import Residence
from decide.territory.models import Parish


class SupportBox(models.Model):
    """What is supported owns one. Counts are kept in the transaction that changes them.

    `counted` are the supports of residents of the scope, which count towards `threshold`; `supports` are all.
    `version` is raised in the same UPDATE.
    """

    scope = models.ForeignKey(
        Parish, models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Vacío: todo el Distrito.")
    )
    threshold = models.PositiveIntegerField(_("umbral"))
    supports = models.PositiveIntegerField(_("apoyos"), default=0)
    counted = models.PositiveIntegerField(_("apoyos que cuentan"), default=0)
    open = models.BooleanField(_("abierta"), default=True)
    closed_at = models.DateTimeField(_("cerrada"), null=True, blank=True)
    hidden = models.BooleanField(default=False, help_text=_("Moderación ocultó lo que se apoya."))
    version = models.BigIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("apoyos"), _("apoyos")
        constraints = [
            models.CheckConstraint(condition=models.Q(counted__lte=models.F("supports")), name="counted_are_supports")
        ]

    @property
    def percent(self) -> int:
        """How far the threshold is reached, in whole per cent from 0 to 100."""
        return min(100, self.counted * 100 // self.threshold) if self.threshold else 100

    @property
    def missing(self) -> int:
        return max(0, self.threshold - self.counted)


class Support(models.Model):
    """One signature: one per residence and box. Withdrawing deletes the row."""

    box = models.ForeignKey(SupportBox, models.CASCADE, related_name="all_supports")
    residence = models.ForeignKey(Residence, models.PROTECT, related_name="supports")
    counted = models.BooleanField(help_text=_("Vivía en el ámbito al apoyar."))
    created = models.DateTimeField(default=timezone.now)
    # Filed at a desk for a person who was present; the code is on the printed receipt.
    desk_officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_desk = models.BooleanField(_("por ventanilla"), default=False)
    code = models.CharField(max_length=16, unique=True, null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("apoyo"), _("apoyos")
        constraints = [models.UniqueConstraint(fields=["box", "residence"], name="one_support_per_residence")]


class Intention(models.Model):
    """A tap of someone not yet verified: kept for 30 days, counts for nothing until confirmed."""

    box = models.ForeignKey(SupportBox, models.CASCADE, related_name="intentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="intentions")
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name, verbose_name_plural = _("intención de apoyo"), _("intenciones de apoyo")
        constraints = [models.UniqueConstraint(fields=["box", "user"], name="one_intention_per_account")]
