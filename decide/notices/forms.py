from django import forms
from django.utils.translation import gettext_lazy as _

from decide.notices.groups import GROUPS, Frequency, Group


class PreferencesForm(forms.Form):
    """One choice for each group that a person may choose for."""

    def __init__(self, *args, groups, **kwargs):
        super().__init__(*args, **kwargs)
        for group in groups:
            self.fields[group.value] = forms.ChoiceField(
                label=group.label,
                help_text=GROUPS[group].hint,
                choices=Frequency.choices,
                error_messages={"invalid_choice": _("Elija de la lista con qué frecuencia quiere los correos.")},
            )


class FilterForm(forms.Form):
    """The filters of the inbox; what is not on the list filters nothing."""

    estado = forms.ChoiceField(
        label=_("Mostrar"), required=False, choices=[("", _("Todos")), ("sin-leer", _("Sin leer"))]
    )
    tipo = forms.ChoiceField(label=_("De"), required=False, choices=[("", _("Todo")), *Group.choices])

    def apply(self, notices):
        self.is_valid()
        wanted = self.cleaned_data
        if wanted.get("estado"):
            notices = notices.unread()
        return notices.filter(group=wanted["tipo"]) if wanted.get("tipo") else notices
