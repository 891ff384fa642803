"""What the officers write: refused with a sentence, their words kept."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from decide import review
from decide.answers.deadlines import end_of_day_after
from decide.answers.models import OUTCOMES, Answer, Milestone
from decide.answers.services import TRANSITIONS
from decide.fields import LineField, TextField, YearField, need_text
from decide.images import clean_photo
from decide.once import OnceForm
from decide.territory.models import Agency
from decide.text import plain

LONGEST_TEXT = 20_000
SHORTEST_ANSWER = 120
SHORTEST_REASON = 20
PUBLIC_REASON = _("Su razón será pública.")
MARKDOWN = _("Puede usar **negrita**, listas con guion y enlaces.")
DAYS = ["%Y-%m-%d", "%d/%m/%Y"]


def _long_enough(least: int, sentence):
    return [need_text, MinLengthValidator(least, sentence)]


def _reason(label, **kwargs):
    return TextField(
        label=label,
        help_text=PUBLIC_REASON,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=_long_enough(SHORTEST_REASON, _("Explique la razón con una frase completa.")),
        **kwargs,
    )


def _answer_text():
    return TextField(
        label=_("Respuesta"),
        help_text=format_lazy(
            "{} {} {}",
            _("Diga qué se decidió, por qué, y qué sigue, en palabras sencillas."),
            format_lazy(_("Al menos {} letras."), SHORTEST_ANSWER),
            MARKDOWN,
        ),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        validators=_long_enough(
            SHORTEST_ANSWER, _("Es muy corta para ser una respuesta: escriba al menos %(limit_value)d letras.")
        ),
    )


class DayInput(forms.DateInput):
    """The telephone's own calendar; without one, a day is typed as 12/12/2026."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


def _day(label, **kwargs):
    return forms.DateField(label=label, input_formats=DAYS, widget=DayInput, localize=False, **kwargs)


class AnswerForm(forms.Form):
    """A form about one answer. The other forms of the page have other ids for the same names."""

    MARKDOWN = ("body", "description")

    def __init__(self, *args, answer: Answer, **kwargs):
        self.answer = answer
        super().__init__(*args, auto_id=f"{self.name}-%s", **kwargs)

    def rows(self) -> list[tuple]:
        """What will be published, to read it once more."""
        return review.rows(self)


class AgencyForm(AnswerForm):
    agency = forms.ModelChoiceField(
        label=_("Dependencia"),
        queryset=Agency.objects.filter(municipal=True, active=True),
        empty_label=_("Elija una"),
        error_messages={"invalid_choice": _("Elija una dependencia de la lista.")},
    )


class AssignForm(AgencyForm):
    name = "asignar"


class PassOnForm(AgencyForm):
    name = "pasar"
    reason = _reason(_("Por qué le corresponde a otra dependencia"))

    def __init__(self, *args, answer, **kwargs):
        super().__init__(*args, answer=answer, **kwargs)
        if not answer.passed_at:  # whoever sends it twice reads that it was passed on
            self.fields["agency"].queryset = self.fields["agency"].queryset.exclude(pk=answer.agency_id)


class ReassignForm(AgencyForm):
    name = "reasignar"
    reason = _reason(_("Por qué le corresponde a otra dependencia"))

    def __init__(self, *args, answer, **kwargs):
        super().__init__(*args, answer=answer, **kwargs)
        self.fields["agency"].queryset = self.fields["agency"].queryset.exclude(pk=answer.agency_id)


class ExtendForm(AnswerForm):
    name = "prorrogar"
    reason = _reason(_("Por qué necesita más tiempo"))

    def rows(self):
        longer = end_of_day_after(self.answer.due, settings.ANSWER_EXTENSION_DAYS)
        return [(_("Nuevo plazo"), timezone.localdate(longer)), *super().rows()]


class ElsewhereFields(forms.Form):
    """Whom to ask when the matter is another institution's."""

    institution = LineField(
        label=_("Institución a la que hay que dirigirse"),
        max_length=200,
        required=False,
        help_text=_("Solo si corresponde a otra institución."),
        widget=forms.TextInput(attrs={"list": "instituciones"}),
    )
    institution_contact = LineField(
        label=_("Cómo dirigirse a ella"),
        max_length=200,
        required=False,
        help_text=_("Teléfono, correo, página u oficina."),
    )

    def need_institution(self, data):
        """Whoever is named in our list need not be looked up again: its contact is filled in."""
        name, contact = data.get("institution", ""), data.get("institution_contact", "")
        if not name and "institution" not in self.errors:
            self.add_error("institution", _("Diga a qué institución hay que dirigirse."))
        if name and not contact:
            contact = next((a.contact for a in self.institutions if plain(a.name) == plain(name)), "")
            data["institution_contact"] = contact
        if not contact and "institution_contact" not in self.errors:
            self.add_error("institution_contact", _("Diga cómo dirigirse a esa institución."))

    @property
    def institutions(self) -> list[Agency]:
        """Other institutions that we know, to choose from while typing."""
        if not hasattr(self, "_institutions"):
            self._institutions = list(Agency.objects.filter(municipal=False, active=True))
        return self._institutions


class GiveForm(ElsewhereFields, AnswerForm):
    name = "responder"
    field_order = ["outcome", "body", "institution", "institution_contact"]
    outcome = forms.ChoiceField(label=_("Resultado"), choices=Answer.Outcome.choices, widget=forms.RadioSelect)
    body = _answer_text()

    def clean(self):
        data = super().clean()
        if data.get("outcome") == Answer.Outcome.OTHER_INSTITUTION:
            self.need_institution(data)
        return data


class CorrectForm(ElsewhereFields, AnswerForm):
    name = "corregir"
    field_order = ["body", "institution", "institution_contact", "reason"]
    body = _answer_text()
    reason = _reason(_("Qué corrige y por qué"))

    def __init__(self, *args, answer, initial=None, **kwargs):
        now = {k: getattr(answer, k) for k in ("body", "institution", "institution_contact")}
        super().__init__(*args, answer=answer, initial=now | (initial or {}), **kwargs)
        if answer.outcome != Answer.Outcome.OTHER_INSTITUTION:
            del self.fields["institution"], self.fields["institution_contact"]

    def clean(self):
        data = super().clean()
        if "institution" in self.fields:
            self.need_institution(data)
        return data


class MilestoneForm(OnceForm, AnswerForm):
    name = "hito"
    field_order = ["title", "planned", "description"]
    title = LineField(label=_("Qué se hará"), max_length=160, validators=[need_text])
    planned = _day(_("Para cuándo"))
    description = TextField(
        label=_("Detalle"), required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_planned(self):
        return _not_far(self.cleaned_data["planned"])


class MilestoneUpdateForm(forms.Form):
    """What became of a milestone: only the states that may follow are offered."""

    MARKDOWN = ("note",)
    state = forms.ChoiceField(label=_("Estado"), widget=forms.RadioSelect)
    planned = _day(_("Para cuándo"))
    done_on = _day(_("Fecha de cumplimiento"), required=False, help_text=_("Solo si ya se cumplió. Vacía: hoy."))
    note = TextField(
        label=_("Qué pasó"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Será público. Hace falta si cambia la fecha o se cancela."),
    )

    def __init__(self, *args, milestone: Milestone, initial=None, **kwargs):
        self.milestone = milestone
        now = {k: getattr(milestone, k) for k in ("state", "planned", "done_on", "note")}
        super().__init__(*args, auto_id="estado-%s", initial=now | (initial or {}), **kwargs)
        allowed = {milestone.state} | TRANSITIONS[milestone.state]
        self.fields["state"].choices = [(v, label) for v, label in Milestone.State.choices if v in allowed]
        if not TRANSITIONS[milestone.state]:
            self.fields["planned"].disabled = self.fields["done_on"].disabled = True

    @property
    def ends(self) -> bool:
        """Whether this is the last that happens to it: done, or cancelled."""
        return self.cleaned_data["state"] != self.milestone.state and not TRANSITIONS[self.cleaned_data["state"]]

    def clean_planned(self):
        planned = self.cleaned_data["planned"]
        return planned if planned == self.milestone.planned else _not_far(planned)

    def clean_done_on(self):
        done_on = self.cleaned_data["done_on"]
        if done_on and done_on > timezone.localdate():
            raise ValidationError(_("La fecha de cumplimiento no puede ser futura."))
        return done_on


class PhotoForm(OnceForm):
    image = forms.FileField(
        label=_("Foto"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("JPG, PNG o WebP. Se quitan los datos ocultos, como el lugar donde se tomó."),
    )
    alt = LineField(
        label=_("Qué se ve en la foto"),
        max_length=200,
        validators=[need_text],
        help_text=_("Para quien no puede verla."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="foto-%s", **kwargs)

    def clean_image(self):
        return clean_photo(self.cleaned_data["image"])


UNASSIGNED = "sin-asignar"


class AgencyOrNone(forms.ModelChoiceField):
    """An agency by its slug, or `UNASSIGNED`: what no agency has yet."""

    class iterator(ModelChoiceIterator):
        def __iter__(self):
            yield from super().__iter__()
            yield UNASSIGNED, _("Sin asignar")

    def to_python(self, value):
        return value if value == UNASSIGNED else super().to_python(value)


class FilterForm(forms.Form):
    """The filters of the public list; they live in the address. What is not valid is as if it were not there."""

    q = LineField(label=_("Buscar"), required=False, max_length=100)
    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        choices=[
            ("", _("Todas")),
            ("pendientes", _("Pendientes a tiempo")),
            ("atrasadas", _("Atrasadas")),
            ("respondidas", _("Respondidas")),
            ("a-tiempo", _("Respondidas a tiempo")),
            ("con-atraso", _("Respondidas con atraso")),
            *((word, Answer.Outcome(outcome).label) for word, outcome in OUTCOMES.items()),
            ("cumplidas", _("Cumplidas")),
        ],
    )
    anio = YearField(label=_("Preguntadas en el año"))
    dependencia = AgencyOrNone(
        label=_("Dependencia"),
        required=False,
        queryset=Agency.objects.filter(answers__isnull=False).distinct(),
        to_field_name="slug",
        empty_label=_("Todas"),
    )


def _not_far(day):
    today = timezone.localdate()
    if abs((day - today).days) > 3660:
        raise ValidationError(_("Escriba una fecha de los próximos diez años."))
    return day
