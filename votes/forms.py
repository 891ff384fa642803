"""What officers write of a poll, and what the list of polls is filtered by. The ballot itself is votes.ballot."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts.models import Appointment
from decide.accounts.rules import has_office
from decide.fields import LineField, MomentField, TextField, YearField, in_year, need_text
from decide.images import clean_document, clean_photo
from decide.once import OnceForm
from decide.territory.models import Agency, Parish, Zone
from decide.text import plain
from votes.models import Option, Poll, Question

MONEY = {
    "max_digits": 14,
    "decimal_places": 2,
    "validators": [MinValueValidator(1, _("Escriba un monto mayor que 0."))],
}
TEXT_ROWS = forms.Textarea(attrs={"rows": 4})


class Several(forms.ModelMultipleChoiceField):
    """Rows by their numbers; what is no number of a row is an unknown choice, before the database is asked."""

    def _check_values(self, value):
        wrong = [each for each in value if not (str(each).isascii() and str(each).isdecimal() and len(str(each)) < 16)]
        if wrong:
            raise ValidationError(_("Elija de la lista."), code="invalid_choice")
        return super()._check_values(value)


class PollForm(OnceForm):
    """Everything of a poll but its questions, its documents and what happens to it."""

    PLACES = [("distrito", _("Todo el Distrito")), ("zonas", _("Una o más zonas")), ("parroquias", _("Parroquias"))]

    title = LineField(
        label=_("Título"), max_length=160, validators=[need_text], help_text=_("En una línea, lo que se decide.")
    )
    summary = TextField(
        label=_("¿Por qué se vota?"),
        max_length=5000,
        validators=[need_text],
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Qué cambia según lo que se elija. Frases cortas. Puede usar **negrita**, listas con - y enlaces."),
    )
    decided_by_text = LineField(
        label=_("¿Quién decidió que se vote?"),
        max_length=300,
        validators=[need_text],
        help_text=_("Por ejemplo: el Concejo Metropolitano, en su resolución 012-2026."),
    )
    effect = forms.ChoiceField(
        label=_("¿Qué efecto tiene el resultado?"),
        choices=[
            (Poll.Effect.BINDING, _("Obliga: el Municipio hace lo que se decida.")),
            (Poll.Effect.RECOMMENDATION, _("Recomienda: el Municipio responde si lo hace y por qué.")),
            (Poll.Effect.INFORMATION, _("Informa: sirve para conocer qué piensa la gente.")),
        ],
        widget=forms.RadioSelect,
    )
    answers_for = forms.ModelChoiceField(
        Agency.objects.filter(active=True, municipal=True),
        label=_("¿Qué dependencia responde después?"),
        empty_label=_("Elija una dependencia"),
    )
    place = forms.ChoiceField(label=_("¿Quiénes votan?"), choices=PLACES, widget=forms.RadioSelect, initial="distrito")
    zones = Several(Zone.objects.none(), label=_("Zonas"), required=False, widget=forms.CheckboxSelectMultiple)
    parishes = Several(
        Parish.objects.order_by("name"),
        label=_("Parroquias"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Para marcar varias en una computadora, mantenga presionada la tecla Ctrl."),
    )
    opens_at = MomentField(label=_("Se abre"), help_text=_("Día y hora de Quito. Se abre sola."))
    closes_at = MomentField(label=_("Se cierra"), help_text=_("A esa hora exacta ya no se recibe ningún voto."))
    level = forms.ChoiceField(
        label=_("¿Qué verificación pide?"),
        required=False,
        choices=[
            ("", _("La de su efecto: en ventanilla si obliga; por el registro si no.")),
            (Poll.Level.REGISTER, _("Por el registro: basta la cédula y la fecha de nacimiento.")),
            (Poll.Level.DESK, _("En ventanilla: una persona vio el documento.")),
        ],
        widget=forms.RadioSelect,
    )
    running_totals = forms.ChoiceField(
        label=_("¿Cuándo se ven los totales?"),
        choices=[
            (Poll.RunningTotals.LIVE, _("Mientras se vota, en pasos de diez personas o más.")),
            (Poll.RunningTotals.AT_CLOSE, _("Solo al cierre. La participación se ve siempre.")),
        ],
        widget=forms.RadioSelect,
        initial=Poll.RunningTotals.LIVE,
    )

    def __init__(self, *args, officer, instance: Poll | None = None, initial=None, **kwargs):
        if instance:
            initial = self.initial_of(instance) | (initial or {})
        super().__init__(*args, initial=initial, **kwargs)
        zones = Zone.objects.current().with_parishes()
        if not has_office(officer, Appointment.Office.PARTICIPATION):
            own = [a.zone_id for a in officer.appointments if a.office == Appointment.Office.ZONAL]
            zones = zones.filter(pk__in=own)
            self.fields["parishes"].queryset = Parish.objects.filter(zone__in=own).order_by("name")
            self.fields["place"].choices = self.PLACES[1:]
            if not instance:
                self.initial.setdefault("place", "zonas")
        self.fields["zones"].queryset = zones.order_by("short_name")

    @staticmethod
    def initial_of(poll: Poll) -> dict:
        names = ("title", "summary", "decided_by_text", "effect", "answers_for", "opens_at", "closes_at", "level")
        zones, parishes = list(poll.zones.all()), list(poll.parishes.all())
        return {
            **{name: getattr(poll, name) for name in (*names, "running_totals")},
            "answers_for": poll.answers_for_id,
            "zones": [zone.pk for zone in zones],
            "parishes": [parish.pk for parish in parishes],
            "place": "zonas" if zones else "parroquias" if parishes else "distrito",
        }

    def clean(self):
        got = super().clean()
        place = got.get("place")
        if place == "zonas" and not got.get("zones"):
            self.add_error("zones", _("Elija al menos una zona."))
        if place == "parroquias" and not got.get("parishes"):
            self.add_error("parishes", _("Elija al menos una parroquia."))
        opens, closes = got.get("opens_at"), got.get("closes_at")
        if opens and opens <= timezone.now():
            self.add_error("opens_at", _("La apertura debe estar en el futuro."))
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("El cierre debe venir después de la apertura."))
        return got

    @property
    def values(self) -> dict:
        """What services.authoring takes."""
        got = self.cleaned_data
        names = ("title", "summary", "decided_by_text", "effect", "answers_for", "opens_at", "closes_at", "level")
        return {
            **{name: got[name] for name in (*names, "running_totals")},
            "zones": list(got["zones"]) if got["place"] == "zonas" else [],
            "parishes": list(got["parishes"]) if got["place"] == "parroquias" else [],
        }


class QuestionForm(forms.Form):
    text = LineField(label=_("Pregunta"), max_length=300, validators=[need_text])
    help = TextField(
        label=_("Ayuda"), max_length=1000, required=False, widget=TEXT_ROWS, help_text=_("Lo que hace falta saber.")
    )
    method = forms.ChoiceField(
        label=_("¿Cómo se responde?"),
        choices=[
            (Question.Method.SINGLE, _("Se elige una sola opción.")),
            (Question.Method.APPROVAL, _("Se marcan varias opciones, hasta un número.")),
            (Question.Method.BUDGET, _("Se eligen proyectos que juntos no pasen de un monto.")),
        ],
        widget=forms.RadioSelect,
        initial=Question.Method.SINGLE,
    )
    max_choices = forms.IntegerField(
        label=_("¿Cuántas opciones como máximo?"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("Solo si se marcan varias opciones."),
    )
    amount = forms.DecimalField(
        label=_("Monto en dólares"), required=False, help_text=_("Solo si se eligen proyectos."), **MONEY
    )

    def clean(self):
        got = super().clean()
        if got.get("method") == Question.Method.APPROVAL and "max_choices" in got and not got["max_choices"]:
            self.add_error("max_choices", _("Diga cuántas opciones se pueden marcar."))
        if got.get("method") == Question.Method.BUDGET and "amount" in got and not got["amount"]:
            self.add_error("amount", _("Diga cuánto dinero se reparte."))
        return got


class OptionForm(forms.Form):
    """One option; in a budget question it has a cost. `instance` fills it."""

    text = LineField(label=_("Opción"), max_length=200, validators=[need_text])
    description = TextField(label=_("Detalle"), max_length=2000, required=False, widget=TEXT_ROWS)
    cost = forms.DecimalField(label=_("Costo en dólares"), **MONEY)
    link = forms.URLField(label=_("Enlace con más información"), required=False, max_length=200, assume_scheme="https")
    image = forms.FileField(
        label=_("Imagen"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = LineField(
        label=_("Qué se ve en la imagen"),
        max_length=200,
        required=False,
        help_text=_("Para quien no puede ver la imagen."),
    )
    drop_image = forms.BooleanField(label=_("Quitar la imagen"), required=False)

    def __init__(self, *args, question: Question, instance: Option | None = None, **kwargs):
        self.question, self.instance = question, instance
        if instance:
            names = ("text", "description", "cost", "link", "alt")
            kwargs["initial"] = {name: getattr(instance, name) for name in names}
        super().__init__(*args, **kwargs)
        if question.method != Question.Method.BUDGET:
            del self.fields["cost"]
        if not (instance and instance.image):
            del self.fields["drop_image"]

    def clean_image(self):
        image = self.cleaned_data["image"]
        return clean_photo(image) if image else None

    def clean(self):
        got = super().clean()
        pictured = got.get("image") or (self.instance and self.instance.image and not got.get("drop_image"))
        if pictured and not got.get("alt") and "image" not in self.errors:
            self.add_error("alt", _("Diga qué se ve en la imagen: hay quien no puede verla."))
        return got


class DocumentForm(OnceForm):
    title = LineField(label=_("Título del documento"), max_length=120, validators=[need_text])
    file = forms.FileField(label=_("PDF"), widget=forms.FileInput(attrs={"accept": "application/pdf"}))

    def clean_file(self):
        return clean_document(self.cleaned_data["file"])


def _reason(label, help_text):
    return TextField(
        label=label, max_length=2000, min_length=20, validators=[need_text], help_text=help_text, widget=TEXT_ROWS
    )


class ReturnForm(forms.Form):
    reason = _reason(_("¿Por qué no se aprueba?"), _("La leerá quien la escribió."))


class AnnulForm(forms.Form):
    reason = _reason(_("¿Por qué se anula?"), _("Será pública, para siempre."))


class FilterForm(forms.Form):
    """The search and the filters of the list, all of them in the address."""

    STATES = {
        "abiertas": (Poll.Status.OPEN, _("Abiertas")),
        "anunciadas": (Poll.Status.APPROVED, _("Por abrir")),
        "cerradas": (Poll.Status.CLOSED, _("Cerradas")),
        "anuladas": (Poll.Status.ANNULLED, _("Anuladas")),
    }

    q = LineField(label=_("Buscar"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"}))
    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        choices=[("", _("Todas")), *((k, label) for k, (_s, label) in STATES.items())],
    )
    parroquia = forms.ChoiceField(label=_("Parroquia"), required=False)
    anio = YearField(label=_("Abiertas en el año"))

    def __init__(self, data):
        super().__init__(data, auto_id="f_%s")
        self.parishes = list(Parish.objects.order_by("name").values_list("slug", "name", "pk", "zone_id"))
        self.fields["parroquia"].choices = [("", _("Todas")), *((slug, name) for slug, name, *_ids in self.parishes)]

    def apply(self, polls):
        got = self.cleaned_data
        for word in plain(got.get("q", "")).split()[:8]:
            polls = polls.filter(search_text__contains=word)
        if got.get("estado"):
            polls = polls.filter(status=self.STATES[got["estado"]][0])
        if got.get("anio"):
            polls = polls.filter(opens_at__range=in_year(got["anio"]))
        if got.get("parroquia"):
            pk, zone = next((pk, zone) for slug, _name, pk, zone in self.parishes if slug == got["parroquia"])
            polls = polls.of_parish(pk, zone)
        return polls

    @property
    def chips(self) -> list[dict]:
        got, chips = self.cleaned_data, []
        for name in ("q", "estado", "parroquia", "anio"):
            if got.get(name):
                value = got[name] if name in ("q", "anio") else dict(self.fields[name].choices)[got[name]]
                chips.append({"name": name, "label": self[name].label, "value": value})
        return chips


class FoundForm(forms.Form):
    """A receipt or a head that somebody kept: one line, however it was copied."""

    LONGEST = 2000
    kept = TextField(
        label=_("Código del comprobante, o cabeza guardada"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Péguelo como está impreso. No se guarda ni queda en la dirección."),
    )

    def clean_kept(self):
        kept = self.cleaned_data["kept"]
        if not kept:
            raise ValidationError(_("Pegue un código."))
        return kept


class TakeBackForm(forms.Form):
    password = forms.CharField(
        label=_("Contraseña de quien atiende"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
