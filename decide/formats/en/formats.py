"""Dates in English as the rest of the pages write them: the day first, the month in full."""

DATE_FORMAT = "j F Y"
