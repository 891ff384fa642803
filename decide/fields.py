"""Form fields for what citizens write: cleaned in one place, refused with a sentence."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from decide.text import clean_line, clean_text


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


# Django refuses NUL bytes by itself, before our cleaning and with words for programmers; ours strips them.
for field in (LineField, TextField):
    field.default_validators = [v for v in forms.CharField.default_validators if "Null" not in type(v).__name__]


def need_text(value: str) -> None:
    """A validator: at least one letter or digit."""
    if not any(c.isalnum() for c in value):
        raise ValidationError(_("Escriba al menos una palabra."))
