"""What the table, the door and the officers type about a session."""

from django import forms
from django.utils.translation import gettext_lazy as _

from decide.assemblies.models import Item, Session
from decide.fields import LineField, MomentField, TextField, need_text
from decide.once import OnceForm

MOST_HANDS = 100_000


class CallForm(OnceForm):
    kind = forms.ChoiceField(label=_("Tipo de sesión"), choices=Session.Kind.choices)
    starts_at = MomentField(label=_("Fecha y hora"), help_text=_("Día y hora de Quito."))
    place = LineField(label=_("Lugar"), max_length=200, validators=[need_text], help_text=_("Con la dirección."))
    agenda = TextField(
        label=_("Orden del día"),
        max_length=5000,
        validators=[need_text],
        help_text=_("Un punto por línea: qué se informa y qué se decide."),
    )

    field_order = ["kind", "starts_at", "place", "agenda"]


class ReasonForm(forms.Form):
    reason = LineField(
        label=_("Por qué"),
        max_length=300,
        validators=[need_text],
        help_text=_("Lo leerán todas las personas convocadas."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MoveForm(ReasonForm):
    starts_at = MomentField(label=_("Nueva fecha y hora"), help_text=_("Día y hora de Quito."))
    place = LineField(label=_("Lugar"), max_length=200, validators=[need_text])

    field_order = ["starts_at", "place", "reason"]


class ItemForm(forms.Form):
    """`position` is where the form found the end of the list: sent twice, the second one finds the place taken."""

    title = LineField(label=_("Qué se vota"), max_length=200, validators=[need_text])
    detail = LineField(label=_("Detalle"), max_length=300, required=False)
    way = forms.ChoiceField(label=_("Cómo se vota"), choices=Item.Way.choices)
    position = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=30_000, required=False)

    def __init__(self, *args, hands_only=False, **kwargs):
        super().__init__(*args, **kwargs)
        if hands_only:
            self.fields["way"].choices = [choice for choice in Item.Way.choices if choice[0] == Item.Way.HANDS]


class HallForm(forms.Form):
    most_marks = forms.IntegerField(
        label=_("Cuántos puntos puede votar cada quien con el teléfono"), min_value=1, max_value=100
    )
    counts_shown = forms.ChoiceField(label=_("Cuándo se ven los votos"), choices=Session.Counts.choices)


class CountForm(forms.Form):
    votes = forms.IntegerField(
        label=_("Manos contadas"),
        min_value=0,
        max_value=MOST_HANDS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class CorrectForm(CountForm):
    reason = LineField(label=_("Por qué se corrige"), max_length=300, validators=[need_text])


class GuestForm(forms.Form):
    name = LineField(label=_("Nombre"), max_length=120, validators=[need_text])
    neighbourhood = LineField(label=_("Barrio"), max_length=120, required=False)


class ObservationsForm(forms.Form):
    text = TextField(label=_("Observaciones"), max_length=5000, required=False)


class ScanForm(forms.Form):
    scan = forms.FileField(
        label=_("Acta firmada"),
        help_text=_("Un PDF de hasta 5 MB, o una foto nítida de la hoja."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
    )


class CorrectionForm(forms.Form):
    text = TextField(label=_("Cómo debe leerse"), max_length=3000, validators=[need_text])
    reason = TextField(
        label=_("Por qué"), max_length=1000, validators=[need_text], widget=forms.Textarea(attrs={"rows": 3})
    )
