"""Who represents whom: a seat in an assembly, held by a representative with an alternate, for a year."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts.models import Appointment
from decide.assemblies.models.assemblies import Assembly


class SeatQuerySet(models.QuerySet):
    def current(self, on=None):
        on = on or timezone.localdate()
        return self.filter(starts__lte=on, ends__gte=on)


class Seat(models.Model):
    """One vote in `assembly`, sent by `sent_by` (a neighbourhood assembly, a commune, a parish assembly).

    `principal` and `alternate` are appointments (office delegate, body of `assembly`), which may precede their
    accounts; permissions ask the appointments, the seat says that both share one vote. `term`: 1, or 2 after the one
    re-election (OM 102; facts `asamblea_barrial`).
    """

    assembly = models.ForeignKey(Assembly, models.PROTECT, related_name="seats", verbose_name=_("asamblea"))
    sent_by = models.ForeignKey(Assembly, models.PROTECT, related_name="sent_seats", verbose_name=_("enviada por"))
    elected_in = models.ForeignKey(
        "assemblies.Session", models.PROTECT, null=True, blank=True, related_name="elected_seats"
    )
    number = models.PositiveSmallIntegerField(_("puesto"))
    starts = models.DateField(_("desde"))
    ends = models.DateField(_("hasta (inclusive)"))
    principal = models.OneToOneField(Appointment, models.PROTECT, related_name="seat_as_principal")
    alternate = models.OneToOneField(
        Appointment, models.PROTECT, null=True, blank=True, related_name="seat_as_alternate"
    )
    term = models.PositiveSmallIntegerField(_("período"), default=1)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("representación"), _("representaciones")
        ordering = ["sent_by", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["assembly", "sent_by", "number", "starts"], name="a_seat_is_filled_once_for_a_period"
            ),
            models.CheckConstraint(condition=Q(ends__gte=models.F("starts")), name="a_seat_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(term__gte=1, term__lte=2), name="one_re_election"),
        ]


class SeatChange(models.Model):
    """Who left a seat, when and why; whoever follows stands on the seat. Shown on the assembly's page, only added."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="changes")
    left = models.ForeignKey(Appointment, models.PROTECT, related_name="+")
    # The alternate who took over; nobody where the alternate left, or the seat stays empty.
    took_over = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("por qué"), max_length=300)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("cambio de representante"), _("cambios de representantes")
        ordering = ["at", "pk"]
