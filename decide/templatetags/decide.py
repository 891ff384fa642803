"""What every template may use (a builtin library)."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import dateformat, formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from decide.territory.hexagons import hexagon_map
from decide.text import render_markdown

register = template.Library()

DAY_PATTERNS = {"es": (r"l j \d\e F", r"l j \d\e F \d\e Y"), "en": ("l j F", "l j F Y")}

register.filter("markdown", render_markdown)


@register.filter
def number(value):
    """1234 → `1.234` (in English `1,234`); what is not a number stays as it is."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return formats.number_format(value, use_l10n=True, force_grouping=True)
    return value


@register.filter
def usd(amount):
    """86400 → `USD 86.400`; cents only where there are some. Nothing for None."""
    if amount is None or amount == "":
        return ""
    amount = Decimal(amount)
    places = 0 if amount == amount.to_integral_value() else 2
    return f"USD {formats.number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)}"


@register.filter
def fecha(value):
    """`viernes 12 de diciembre, 17:00` on the clock of Quito; the year only where it is another; a date has no hour."""
    if not isinstance(value, date):
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    this_year, other_year = DAY_PATTERNS["en" if (get_language() or "").startswith("en") else "es"]
    day = dateformat.format(value, this_year if value.year == timezone.localdate().year else other_year)
    return f"{day}, {value:%H:%M}" if isinstance(value, datetime) else day


@register.simple_tag(takes_context=True)
def page_address(context, number, name=""):
    """The address of this page with another number in it, under `name` (`pagina`); the filters stay."""
    query = context["request"].GET.copy()
    query[name or "pagina"] = number
    return f"?{query.urlencode()}"


@register.inclusion_tag("components/_hexmap.html")
def hexmap(values=None, label="", unit="", here=None, parishes=None, none="0", addresses=None):
    """The 65 parishes as hexagons, each a link to its page (or to where `addresses`, {parish pk: address}, says).

    `values`: {parish pk: number}, shown in the hexagon and by classes of colour; without it the zones are coloured.
    `label`: what the map shows, for those who hear it. `unit`: what the numbers count. `here`: the parish to mark, or
    its pk. `parishes`: rows already read (`hexagons.parish_rows`), or one query. `none`: said of a parish without a
    value. Show the same figures as a table.
    """
    label = label or _("Mapa de las parroquias de Quito")
    here = getattr(here, "pk", here)
    return hexagon_map(values=values, label=label, unit=unit, here=here, rows=parishes, none=none, addresses=addresses)
