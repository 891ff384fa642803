"""Dates, money and numbers as people in Quito write them, and in English."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from decide.templatetags.decide import fecha, number, usd

THIS_YEAR = timezone.localdate().year


@pytest.mark.parametrize(
    ("value", "es", "en"),
    [
        (
            datetime(2025, 12, 12, 22, 0, tzinfo=UTC),
            "viernes 12 de diciembre de 2025, 17:00",
            "Friday 12 December 2025, 17:00",
        ),
        (date(2025, 3, 1), "sábado 1 de marzo de 2025", "Saturday 1 March 2025"),
        (
            datetime(2025, 3, 1, 4, 59, tzinfo=UTC),
            "viernes 28 de febrero de 2025, 23:59",
            "Friday 28 February 2025, 23:59",
        ),
        (None, "", ""),
        ("mañana", "", ""),
    ],
)
def test_fecha(value, es, en):
    assert fecha(value) == es
    with translation.override("en"):
        assert fecha(value) == en


@pytest.mark.parametrize(("language", "day"), [("es", "7 de diciembre de 2025"), ("en", "7 December 2025")])
def test_short_day_is_written_alike(language, day):
    with translation.override(language):
        assert Template('{{ d|date:"DATE_FORMAT" }}').render(Context({"d": date(2025, 12, 7)})) == day


def test_fecha_of_this_year_leaves_the_year_out():
    assert fecha(date(THIS_YEAR, 12, 1)).endswith(" 1 de diciembre")
    with translation.override("en"):
        assert fecha(date(THIS_YEAR, 12, 1)).endswith(" 1 December")


@pytest.mark.parametrize(
    ("amount", "es", "en"),
    [
        (86400, "USD 86.400", "USD 86,400"),
        (Decimal("86400.00"), "USD 86.400", "USD 86,400"),
        (Decimal("1234.50"), "USD 1.234,50", "USD 1,234.50"),
        ("0.10", "USD 0,10", "USD 0.10"),
        (0, "USD 0", "USD 0"),
        (None, "", ""),
    ],
)
def test_usd(amount, es, en):
    assert usd(amount) == es
    with translation.override("en"):
        assert usd(amount) == en


@pytest.mark.parametrize(
    ("value", "es"), [(1234, "1.234"), (0.25, "0,25"), (2233491, "2.233.491"), ("x", "x"), (True, True), (None, None)]
)
def test_number(value, es):
    assert number(value) == es


def test_numbers_in_templates_have_points():
    assert Template("{{ n }}").render(Context({"n": 86400})) == "86.400"
