"""What is typed to say that a proposal repeats another."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from decide.fields import LineField, need_text
from decide.once import OnceForm
from proposals.models import Proposal

_ADDRESS = re.compile(r"(?:.*/propuestas/)?(\d{1,15})(?:[-/?#].*)?")


class LinkForm(OnceForm):
    """`found`: the proposals to choose from. Another one is named by the address of its page, or by its number."""

    other = forms.ChoiceField(label=_("¿Cuál repite?"), required=False, widget=forms.RadioSelect)
    address = LineField(
        label=_("O pegue la dirección de su página"),
        required=False,
        max_length=300,
        help_text=_("Por ejemplo: /propuestas/17/"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    withdraw = forms.BooleanField(
        label=_("Retirar también la mía"),
        required=False,
        help_text=_("No se puede deshacer. Su página y sus comentarios se seguirán pudiendo leer."),
    )

    def __init__(self, *args, found, can_withdraw, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = [(str(one.pk), _in_words(one)) for one in found]
        if not found:
            del self.fields["other"]
        if not can_withdraw:
            del self.fields["withdraw"]

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        typed = cleaned.get("address") or cleaned.get("other") or ""
        match = _ADDRESS.fullmatch(typed)
        original = Proposal.objects.public().filter(pk=int(match[1])).first() if match else None
        if not typed:
            raise ValidationError(_("Elija la otra propuesta o pegue su dirección."))
        if original is None:
            self.add_error("address" if cleaned.get("address") else None, _("No encontramos esa propuesta."))
        cleaned["original"] = original
        return cleaned


def _in_words(proposal) -> str:
    supports = proposal.box.supports
    count = ngettext("%(n)s apoyo", "%(n)s apoyos", supports) % {"n": supports}
    return f"{proposal.title} ({proposal.parish or _('Todo el Distrito')}, {count})"


class UnlinkForm(forms.Form):
    reason = LineField(
        label=_("¿Por qué quita el enlace?"),
        max_length=250,
        validators=[need_text],
        help_text=_("Su razón será pública."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
