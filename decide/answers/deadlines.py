"""Dates of what is owed: whole days in Quito, each until its last microsecond."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import dateformat, timezone, translation

# Reminders when at most so many days are left; on the last day and the one before it, the last.
REMINDERS = (1, 5, 10)


def end_of(day: date) -> datetime:
    """The end of a day in Quito (America/Guayaquil), with its zone."""
    return timezone.make_aware(datetime.combine(day, time.max))


def end_of_day_after(moment: datetime, days: int) -> datetime:
    """The end of the day that comes `days` days after the day of `moment` in Quito."""
    return end_of(timezone.localdate(moment) + timedelta(days=days))


def reminder_at(days_left: int) -> str:
    """The one reminder that is due with so many days left: "10", "5", "1", "late", or "" for none yet.

    Whatever was missed while nothing ran is not made up for: only the newest counts.
    """
    if days_left < 0:
        return "late"
    return next((str(days) for days in REMINDERS if days_left <= days), "")


def in_words(day: date) -> str:
    """`viernes 12 de diciembre de 2026`, for mails: they are read long afterwards, so the year is always there."""
    with translation.override(settings.LANGUAGE_CODE):
        return dateformat.format(day, r"l j \d\e F \d\e Y")
