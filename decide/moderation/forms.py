"""What people report and appeal, and what moderators decide. A mistake brings the words back."""

from django import forms
from django.core.validators import MinLengthValidator
from django.utils.translation import gettext_lazy as _

from decide.fields import LineField, TextField, need_text
from decide.moderation import rules
from decide.moderation.models import KINDS, Appeal, Decision, Reason, Sanction
from decide.moderation.services.appeals import LONGEST_APPEAL
from decide.moderation.services.cases import LONGEST_NOTE, LONGEST_REASON, NEEDS_REASON
from decide.once import OnceForm

Action = Decision.Action
SHORTEST_REASON = 20
ACTION_LABELS = {
    Action.KEEP: _("Mantener: no rompe las reglas"),
    Action.HIDE: _("Ocultar"),
    Action.RESTORE: _("Volver a mostrar"),
    Action.APPROVE_EDIT: _("Publicar el cambio"),
    Action.REJECT_EDIT: _("No publicar el cambio"),
}
_LONG_ENOUGH = [need_text, MinLengthValidator(SHORTEST_REASON, _("Explique la razón con una frase completa."))]


def _words(label, most, rows=4, **kwargs):
    return TextField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class ReportForm(forms.Form):
    reason = forms.ChoiceField(label=_("Qué pasa"), choices=Reason.choices, widget=forms.RadioSelect)
    note = _words(
        _("Cuéntenos más"),
        LONGEST_NOTE,
        required=False,
        help_text=_("Solo lo lee moderación. Su nombre no se muestra a nadie."),
    )

    def clean(self):
        data = super().clean()
        if data.get("reason") == Reason.OTHER and not any(c.isalnum() for c in data.get("note", "")):
            self.add_error("note", _("Cuente en una frase qué pasa."))
        return data


class DecideForm(forms.Form):
    """Only what can be decided now is offered; `version` is what the moderator saw."""

    action = forms.ChoiceField(label=_("Decisión"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Regla que no se cumple"),
        required=False,
        choices=[("", _("Ninguna")), *Reason.choices],
        help_text=_("Hace falta para ocultar y para no publicar un cambio. Sale en el registro público."),
    )
    reason_text = _words(
        _("Explicación para el autor"),
        LONGEST_REASON,
        required=False,
        help_text=_("La recibe con la decisión. No nombre a quien reportó."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)

    def __init__(self, *args, case, **kwargs):
        kwargs.setdefault("initial", {"version": case.version})
        super().__init__(*args, auto_id="decidir-%s", **kwargs)
        self.fields["action"].choices = [(action, ACTION_LABELS[action]) for action in rules.actions(case)]

    def clean(self):
        data = super().clean()
        action, text = data.get("action"), data.get("reason_text", "")
        if action in NEEDS_REASON and not data.get("reason"):
            self.add_error("reason", _("Elija la regla que no se cumple."))
        if (
            action in (*NEEDS_REASON, Action.RESTORE)
            and len(text) < SHORTEST_REASON
            and "reason_text" not in self.errors
        ):
            self.add_error("reason_text", _("Explique al autor por qué, con una frase completa."))
        if action in (Action.KEEP, Action.RESTORE, Action.APPROVE_EDIT):
            data["reason"] = ""  # nothing was against the rules
        return data

    def decided(self) -> dict:
        data = self.cleaned_data
        return {k: data[k] for k in ("action", "reason", "reason_text")} | {"seen_version": data["version"]}


class SanctionForm(OnceForm):
    kind = forms.ChoiceField(label=_("Sanción"), choices=Sanction.Kind.choices, widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Regla que no se cumple"), choices=[("", _("Elija una")), *Reason.choices])
    reason_text = _words(
        _("Explicación para la persona"),
        LONGEST_REASON,
        validators=_LONG_ENOUGH,
        help_text=_("La recibe con la sanción. No nombre a quien reportó."),
    )

    field_order = ["kind", "reason", "reason_text", "once_key"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="sancion-%s", **kwargs)


class AppealForm(forms.Form):
    text = _words(
        _("Por qué no está de acuerdo"),
        LONGEST_APPEAL,
        rows=6,
        validators=_LONG_ENOUGH,
        help_text=_("Lo lee otra persona de moderación, que no tuvo parte en la decisión."),
    )


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Resultado"), choices=Appeal.Outcome.choices, widget=forms.RadioSelect)
    reason_text = _words(
        _("Explicación para quien apela"),
        LONGEST_REASON,
        validators=_LONG_ENOUGH,
        help_text=_("La recibe con el resultado, que es definitivo."),
    )


EVERYTHING = _("Todo")


def _choice(label, choices, every=EVERYTHING):
    return forms.ChoiceField(label=label, required=False, choices=[("", every), *choices])


_KINDS = [(kind, label) for kind, label in KINDS.items() if kind != "account"]


class QueueForm(forms.Form):
    """The filters of the queue; they live in the address. What is not valid is as if it were not there."""

    q = LineField(label=_("Buscar en el texto"), required=False, max_length=100)
    tipo = _choice(
        _("Qué"),
        [
            *_KINDS,
            ("imagenes", _("Imágenes que esperan")),
            ("cambios", _("Cambios por revisar")),
            ("apelaciones", _("Apelaciones")),
            ("cierres", _("Cierres por confirmar")),
        ],
    )
    estado = _choice(
        _("Estado"),
        [("atrasados", _("Fuera de plazo")), ("ocultos", _("Ocultos")), ("mantenidos", _("Mantenidos"))],
        _("En la cola"),
    )


class LogForm(forms.Form):
    """The filters of the public log."""

    tipo = _choice(_("Qué"), list(KINDS.items()))
    decision = _choice(_("Decisión"), Decision.Action.choices)
    razon = _choice(_("Razón"), Reason.choices)
    anio = forms.TypedChoiceField(label=_("Año"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["anio"].choices = [("", _("Todos")), *((str(year), str(year)) for year in years)]
