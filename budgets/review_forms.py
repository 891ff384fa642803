"""What the review, visits, corrections and requests for review ask for, checked with sentences."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from budgets.models import Request
from budgets.request_forms import FilterForm as RequestFilter
from budgets.study_forms import OpinionFilter, day_field
from decide.fields import LineField, MomentField, QuickSelect, TextField, need_text
from decide.images import clean_document, clean_photo
from decide.once import OnceForm
from decide.territory.models import Agency, Parish
from proposals import search
from proposals.form_parts import PlaceForm


class ReviewFilter(forms.Form):
    """The search and the filters of the review, in the address."""

    q = OpinionFilter.base_fields["q"]
    parroquia = OpinionFilter.base_fields["parroquia"]
    tipo = OpinionFilter.base_fields["tipo"]
    STATES = {"ingresadas": [Request.Status.FILED], "devueltas": [Request.Status.RETURNED]}
    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        widget=QuickSelect,
        choices=[("", _("Todos")), ("ingresadas", _("Ingresadas")), ("devueltas", _("Devueltas"))],
    )

    def __init__(self, data):
        super().__init__(data, auto_id="f_%s")
        self.fields["parroquia"].choices = [
            ("", _("Todas")),
            *Parish.objects.order_by("name").values_list("slug", "name"),
        ]

    def apply(self, requests):
        got = self.cleaned_data
        if got.get("estado"):
            requests = requests.filter(status__in=self.STATES[got["estado"]])
        if got.get("parroquia"):
            requests = requests.filter(parish__slug=got["parroquia"])
        if got.get("tipo"):
            requests = requests.filter(kind=RequestFilter.KINDS[got["tipo"]])
        for word in search.words_of(got.get("q") or ""):
            requests = requests.filter(search_text__contains=word)
        return requests.order_by("filed_at", "pk")


class ReviewForm(forms.Form):
    """What the review decides about one request: `actions` are those that its state allows."""

    ACTIONS = {
        "admit": _("Admitir a estudios"),
        "return": _("Devolver para corregir"),
        "duplicate": _("Unir a otra que pide lo mismo"),
        "refer": _("Remitir a quien corresponde"),
        "reopen": _("Volver a revisarla"),
    }
    action = forms.ChoiceField(label=_("Qué se decide"), widget=forms.RadioSelect)
    original = forms.IntegerField(
        label=_("Número de la otra solicitud"),
        required=False,
        min_value=1,
        max_value=2**62,
        help_text=_("Está en su página, junto al título. Debe ser del mismo año."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    agency = forms.ModelChoiceField(
        Agency.objects.filter(active=True),
        label=_("A quién se remite"),
        required=False,
        empty_label=_("Elija una"),
        widget=QuickSelect,
    )
    reason = TextField(
        label=_("Razón"),
        max_length=1000,
        required=False,
        help_text=_("La leerán quien la presentó y todos. Para admitirla no hace falta."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data=None, *, actions, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["action"].choices = [(name, self.ACTIONS[name]) for name in actions]

    def clean(self):
        cleaned = super().clean()
        action = cleaned.get("action")
        if action and action != "admit" and not any(c.isalnum() for c in cleaned.get("reason") or ""):
            self.add_error("reason", _("Escriba la razón: la leerán quien la presentó y todos."))
        if action == "refer" and cleaned.get("agency") is None and "agency" not in self.errors:
            self.add_error("agency", _("Diga a qué dependencia se remite."))
        if action == "duplicate" and "original" not in self.errors:
            found = Request.objects.public().filter(pk=cleaned.get("original") or 0).first()
            if found is None:
                self.add_error("original", _("No hay una solicitud con ese número."))
            cleaned["original"] = found
        return cleaned


class ReasonForm(forms.Form):
    reason = TextField(
        label=_("Qué se corrige y por qué"),
        max_length=1000,
        validators=[need_text],
        help_text=_("Será público, junto con lo que cambie."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class MetForm(forms.Form):
    met_on = day_field(label=_("Qué día se cumplió"))


class VisitForm(PlaceForm, OnceForm):
    """A visit on a phone. The place is one line here."""

    visited_at = MomentField(label=_("Fecha y hora"))
    place = LineField(label=_("Lugar"), max_length=200, required=False)
    note = TextField(
        label=_("Qué vio"), max_length=3000, validators=[need_text], widget=forms.Textarea(attrs={"rows": 5})
    )
    image = forms.FileField(
        label=_("Foto"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
        help_text=_("Del lugar. Evite caras y placas."),
    )
    neighbourhood = street = reference = None

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("image") and not self.errors:
            try:
                cleaned["image"] = clean_photo(cleaned["image"])
            except ValidationError as error:
                self.add_error("image", error)
        return cleaned


class ReconsiderForm(OnceForm):
    body = TextField(
        label=_("¿Por qué debe revisarse?"),
        max_length=3000,
        validators=[need_text],
        help_text=_("Diga qué dato falta o qué no se tomó en cuenta. Lo lee la Administración Zonal; no se publica."),
        widget=forms.Textarea(attrs={"rows": 7}),
    )


class ReplyForm(forms.Form):
    granted = forms.TypedChoiceField(
        label=_("Decisión"),
        choices=[("si", _("Se estudia de nuevo")), ("no", _("Queda como está"))],
        coerce=lambda value: value == "si",
        widget=forms.RadioSelect,
    )
    reply = TextField(
        label=_("Respuesta"),
        max_length=3000,
        validators=[need_text],
        help_text=_("La leerán quien lo pidió y todos."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AgreementForm(forms.Form):
    agreed_on = day_field(label=_("Fecha del acuerdo"))
    document = forms.FileField(
        label=_("Acuerdo firmado (PDF)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        help_text=_("Hasta 5 MB. Todos ven la fecha; el documento, quienes estudian la solicitud y quien la presentó."),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("document") and not self.errors:
            try:
                cleaned["document"] = clean_document(cleaned["document"])
            except ValidationError as error:
                self.add_error("document", error)
        return cleaned
