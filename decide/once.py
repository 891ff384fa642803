"""A form that is sent twice (a slow line, a double tap, a retried upload) is stored once."""

import uuid

from django import forms
from django.db import models


class OnceOnly(models.Model):
    """What a form creates carries the form's once-only key: a second copy meets the unique constraint."""

    once_key = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class OnceForm(forms.Form):
    """Adds the hidden key to a form: made new for each empty form, kept when the form comes back with errors."""

    once_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
