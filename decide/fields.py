"""Form fields for what citizens write: cleaned in one place, refused with a sentence."""

import re
from datetime import datetime
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from decide.text import PersonalNumber, clean_line, clean_text, personal_numbers


class LineField(forms.CharField):
    """One line of text, cleaned by `decide.text.clean_line`."""

    def to_python(self, value):
        return clean_line(super().to_python(value))


class TextField(forms.CharField):
    """Several lines of text, cleaned by `decide.text.clean_text`."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 6}))
        super().__init__(**kwargs)

    def to_python(self, value):
        return clean_text(super().to_python(value))


class QuickSelect(forms.Select):
    """A select of 65 parishes without a template for each option: a tenth of the time."""

    def render(self, name, value, attrs=None, renderer=None):
        context = self.get_context(name, value, attrs)["widget"]
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (option["value"], mark_safe(" selected") if option["selected"] else "", option["label"])
                for _group, choices, _index in context["optgroups"]
                for option in choices
            ),
        )
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(context["attrs"]), options)


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock, on the hour of Quito."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A day and an hour, as browsers send them and as people write them."""

    widget = MomentInput

    def __init__(self, **kwargs):
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"]
        super().__init__(**{"input_formats": formats, "localize": False, **kwargs})


class YearField(forms.IntegerField):
    """A year, as in the addresses of lists (`?anio=2026`)."""

    def __init__(self, **kwargs):
        super().__init__(**{"min_value": 2000, "max_value": 2200, "required": False, "label": _("Año"), **kwargs})


class MoneyField(forms.Field):
    """USD as people write them: `1.234,50`, `1234.50`, `USD 86.400`; a Decimal with two places, below 10**12."""

    MOST = Decimal(10) ** 12
    default_error_messages = {
        "invalid": _("Escriba un monto en dólares, con dos decimales como máximo. Por ejemplo: 86.400,50.")
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value):
        """An amount of ours as it is written in Quito; what was typed stays as it was typed."""
        if isinstance(value, Decimal):
            return number_format(value, decimal_pos=2, use_l10n=True, force_grouping=True)
        return value

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        typed = re.sub(r"\s|USD|\$", "", clean_line(str(value)[:100]), flags=re.IGNORECASE)
        # A comma or a point with one or two digits after it begins the cents; in threes they part thousands.
        found = re.fullmatch(r"([0-9]+|[0-9]{1,3}(?:([.,])[0-9]{3})(?:\2[0-9]{3})*)(?:([.,])([0-9]{1,2}))?", typed)
        if not found or (found[2] and found[2] == found[3]):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        amount = Decimal(f"{re.sub('[.,]', '', found[1])}.{(found[4] or '0'):0<2}")
        if amount >= self.MOST:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return amount


def in_year(year: int) -> tuple[datetime, datetime]:
    """The first moment of a year in Quito and its last one, for `__range`."""
    first, after = (timezone.make_aware(datetime(y, 1, 1)) for y in (year, year + 1))
    return first, after - datetime.resolution


# Django refuses NUL bytes by itself, before our cleaning and with words for programmers; ours strips them.
for field in (LineField, TextField):
    field.default_validators = [v for v in forms.CharField.default_validators if "Null" not in type(v).__name__]


def need_text(value: str) -> None:
    """A validator: at least one letter or digit."""
    if not any(c.isalnum() for c in value):
        raise ValidationError(_("Escriba al menos una palabra."))


class ReadByAll(forms.Form):
    """A form whose text everybody will read: telephone numbers and cédulas in it are pointed out before.

    The form comes back with `numbers` and a box to publish it nevertheless (`components/_numbers.html`), whose value
    is the digits that were pointed out: another number that is typed meanwhile is pointed out again.
    """

    read_by_all: tuple[str, ...] = ()  # names of fields
    SEEN = "numeros"
    numbers: tuple[PersonalNumber, ...] | list[PersonalNumber] = ()

    def point_out_numbers(self, already=()) -> None:
        """Call it in `clean`, where the text is about to be published. `already`: texts that everybody reads now."""
        seen = {number.digits for number in numbers_in(already)}
        texts = [self.cleaned_data.get(name) or "" for name in self.read_by_all]
        self.numbers = [number for number in numbers_in(texts) if number.digits not in seen]
        if {number.digits for number in self.numbers} - set(self.data.get(self.SEEN, "").split()):
            self.add_error(None, _("Su texto tiene un número de teléfono o de cédula, y todos podrán leerlo."))

    @property
    def numbers_seen(self) -> str:
        return digits_of(self.numbers)


def numbers_in(texts) -> list[PersonalNumber]:
    return [number for text in texts for number in personal_numbers(text)]


def digits_of(numbers) -> str:
    """The value of the box: each number's digits once."""
    return " ".join(sorted({number.digits for number in numbers}))
