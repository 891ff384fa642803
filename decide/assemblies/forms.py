"""What people write about an assembly, checked with sentences."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts.forms import DateInput
from decide.assemblies.models import Assembly, BoardMember, Session
from decide.assemblies.models.assemblies import place_key
from decide.assemblies.services import Member, Person
from decide.assemblies.services.seats import HELD
from decide.fields import LineField, QuickSelect, ReadByAll, TextField, need_text
from decide.images import clean_document, clean_photo
from decide.once import OnceForm
from decide.territory.models import Neighbourhood, Parish, Zone

Office = BoardMember.Office
OTHER_ROLES = 4
PAPER = "application/pdf,image/jpeg,image/png,image/webp"


def day_field(**kwargs) -> forms.DateField:
    return forms.DateField(widget=DateInput, input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"], **kwargs)


def _plausible(value: date) -> None:
    if not date(1900, 1, 1) <= value <= timezone.localdate():
        raise ValidationError(_("Revise el año y el día: no puede ser una fecha futura."))


def clean_paper(upload):
    """A PDF or a photograph of a paper, whatever it says it is."""
    upload.seek(0)
    is_pdf = b"%PDF-" in upload.read(1024)
    upload.seek(0)
    return clean_document(upload) if is_pdf else clean_photo(upload)


class RegistrationForm(ReadByAll, OnceForm):
    """Everything of a registration. `instance`: one that was returned, whose files stay unless others are sent."""

    read_by_all = ("name", "neighbourhood_name", "extent")

    level = forms.ChoiceField(
        label=_("¿Qué registra?"),
        choices=[(level.value, level.label) for level in Assembly.REGISTERING],
        initial=Assembly.Level.NEIGHBOURHOOD,
        widget=forms.RadioSelect,
    )
    name = LineField(
        label=_("Nombre de la asamblea"),
        max_length=120,
        validators=[need_text],
        help_text=_("Por ejemplo: Asamblea barrial de La Argelia Alta."),
    )
    parish = forms.ModelChoiceField(
        Parish.objects.order_by("name").defer("boundary"),
        label=_("Parroquia"),
        empty_label=_("Elija la parroquia"),
        widget=QuickSelect,
    )
    neighbourhood_name = LineField(
        label=_("Barrio o comuna"),
        max_length=100,
        validators=[need_text],
        help_text=_("Como lo conocen quienes viven allí. Un barrio tiene una sola asamblea registrada."),
        widget=forms.TextInput(attrs={"list": "barrios-conocidos", "autocomplete": "off"}),
    )
    extent = TextField(
        label=_("Hasta dónde llega"),
        max_length=2000,
        validators=[need_text],
        help_text=_("Con palabras: calles, quebradas o barrios vecinos que lo limitan."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    founded_on = day_field(label=_("Fecha de constitución"), validators=[_plausible])
    minutes = forms.FileField(
        label=_("Acta de constitución"),
        help_text=_("PDF o foto. Será pública: tape los números de cédula y los teléfonos."),
        widget=forms.FileInput(attrs={"accept": PAPER}),
    )
    president = LineField(label=_("Preside"), max_length=120, validators=[need_text])
    secretary = LineField(label=_("Lleva la secretaría"), max_length=120, validators=[need_text])
    applicant_is = forms.ChoiceField(
        label=_("¿Quién es usted?"),
        choices=[
            ("", _("Otra persona")),
            ("president", _("Quien preside")),
            ("secretary", _("Quien lleva la secretaría")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    attendance = forms.FileField(
        label=_("Lista de asistencia"),
        required=False,
        help_text=_("PDF o foto. Es reservada: solo la ven usted y la Administración Zonal."),
        widget=forms.FileInput(attrs={"accept": PAPER}),
    )
    attendance_names = TextField(
        label=_("O escriba quiénes asistieron"),
        max_length=20_000,
        required=False,
        help_text=_("Un nombre en cada línea. También es reservado."),
    )
    WHAT = ("level", "name", "parish", "neighbourhood_name", "extent", "founded_on")

    def __init__(self, data=None, files=None, *, instance: Assembly | None = None, on_paper=False, **kwargs):
        if instance is not None:
            kwargs["initial"] = self.initial_of(instance) | (kwargs.get("initial") or {})
        super().__init__(data, files, **kwargs)
        self.kept_files = instance is not None
        if self.kept_files:
            self.fields["minutes"].required = False
            for name in ("minutes", "attendance"):
                self.fields[name].help_text = _("Si no envía otro archivo, queda el que ya envió.")
        if on_paper:
            del self.fields["applicant_is"]
        for n in range(1, OTHER_ROLES + 1):
            self.fields[f"role{n}"] = LineField(label=_("Cargo %(n)s") % {"n": n}, max_length=60, required=False)
            self.fields[f"name{n}"] = LineField(label=_("Nombre %(n)s") % {"n": n}, max_length=120, required=False)
        self.read_by_all = (*self.read_by_all, "president", "secretary", *self._others())

    def _others(self) -> list[str]:
        return [f"{part}{n}" for n in range(1, OTHER_ROLES + 1) for part in ("role", "name")]

    @classmethod
    def initial_of(cls, assembly: Assembly) -> dict:
        initial = {name: getattr(assembly, name) for name in cls.WHAT}
        board = list(assembly.board.all())
        others = [member for member in board if not member.office]
        for member in board:
            if member.office:
                initial[member.office] = member.name
                if member.account_id:
                    initial["applicant_is"] = member.office
        for n, member in enumerate(others[:OTHER_ROLES], 1):
            initial |= {f"role{n}": member.role, f"name{n}": member.name}
        return initial

    def clean(self):
        cleaned = super().clean()
        for n in range(1, OTHER_ROLES + 1):
            if bool(cleaned.get(f"role{n}")) != bool(cleaned.get(f"name{n}")):
                self.add_error(f"name{n}", _("Escriba el cargo y el nombre, o deje los dos en blanco."))
        if not (cleaned.get("attendance") or cleaned.get("attendance_names") or self.kept_files):
            self.add_error("attendance", _("Adjunte la lista de asistencia, o escriba los nombres."))
        self.point_out_numbers()
        if not self.errors:  # only then is it worth opening files
            for name in ("minutes", "attendance"):
                if cleaned.get(name):
                    try:
                        cleaned[name] = clean_paper(cleaned[name])
                    except ValidationError as error:
                        self.add_error(name, error)
        return cleaned

    @property
    def board(self) -> list[Member]:
        got = self.cleaned_data
        mine = got.get("applicant_is")
        board = [Member(got[office.value], str(office.label), office.value, office.value == mine) for office in Office]
        others = [(got[f"name{n}"], got[f"role{n}"]) for n in range(1, OTHER_ROLES + 1)]
        return board + [Member(name, role) for name, role in others if name]

    @property
    def values(self) -> dict:
        """What `apply_for_registration` and `correct_registration` take."""
        got = self.cleaned_data
        values = {name: got[name] for name in self.WHAT} | {"neighbourhood": self._known_neighbourhood()}
        files = {name: got.get(name) or None for name in ("minutes", "attendance")}
        return values | files | {"board": self.board, "attendance_names": got["attendance_names"]}

    def _known_neighbourhood(self) -> Neighbourhood | None:
        """The one of that name in the parish, if it is known."""
        key = place_key(self.cleaned_data["neighbourhood_name"])
        known = Neighbourhood.objects.filter(parish=self.cleaned_data["parish"]).order_by("pk")
        return next((each for each in known if place_key(each.name) == key), None)

    @property
    def others(self):
        """(role, name) of the others of the board, for the template."""
        return [(self[f"role{n}"], self[f"name{n}"]) for n in range(1, OTHER_ROLES + 1)]


class ObjectionForm(ReadByAll, OnceForm):
    read_by_all = ("objection",)

    objection = TextField(
        label=_("Su objeción"),
        max_length=3000,
        validators=[need_text],
        help_text=_("Diga por qué no debe registrarse. Todos la leerán, con su nombre público."),
    )

    def clean(self):
        cleaned = super().clean()
        self.point_out_numbers()
        return cleaned


class DecisionForm(forms.Form):
    """What the officer decides: `action` is one of those that are possible now; a reply for each public objection."""

    action = forms.ChoiceField(label=_("Qué decide"), widget=forms.RadioSelect)
    reason = TextField(
        label=_("Razón"),
        max_length=2000,
        required=False,
        help_text=_("La leen quien la presentó y, cuando es pública, todos. Obligatoria salvo para abrir o registrar."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    LABELS = {
        "open": _("Los papeles están en orden: abrirla a objeciones"),
        "return": _("Falta algo: devolverla para corregir"),
        "refuse": _("No registrarla"),
        "register": _("Registrarla"),
        "end": _("Terminarla: ya no existe o dejó de reunirse"),
    }

    def __init__(self, data=None, *, actions=(), objections=(), claimant="", **kwargs):
        super().__init__(data, **kwargs)
        self.fields["action"].choices = [(action, self.LABELS[action]) for action in actions]
        self.objections = list(objections)
        for objection in self.objections:
            self.fields[f"reply{objection.pk}"] = TextField(
                label=_("Respuesta a la objeción"),
                max_length=3000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        if "register" in actions and claimant:
            self.fields["accounts_seen"] = forms.BooleanField(
                label=_("Vi el documento de quien tiene la cuenta «%(name)s», y es quien dice ser")
                % {"name": claimant},
                required=False,
                help_text=_("Sin esto recibe una credencial impresa, y se comprueba en ventanilla."),
            )

    def clean(self):
        cleaned = super().clean()
        action = cleaned.get("action")
        if action in ("return", "refuse", "end") and not any(c.isalnum() for c in cleaned.get("reason", "")):
            self.add_error("reason", _("Explique la razón con una frase completa."))
        if action == "register":
            for name in (f"reply{objection.pk}" for objection in self.objections):
                if not any(c.isalnum() for c in cleaned.get(name, "")):
                    self.add_error(name, _("Responda a esta objeción."))
        return cleaned

    @property
    def replies(self) -> dict[int, str]:
        return {each.pk: self.cleaned_data[f"reply{each.pk}"] for each in self.objections}

    @property
    def objection_rows(self):
        """(objection, field of its reply), for the template."""
        return [(each, self[f"reply{each.pk}"]) for each in self.objections]


class ElectionForm(OnceForm):
    """Whom a session elected: a row for each seat that is free."""

    session = forms.ModelChoiceField(
        Session.objects.none(),
        label=_("Sesión en la que se eligió"),
        empty_label=_("Elija la sesión"),
        widget=QuickSelect,
    )
    starts = day_field(
        label=_("Desde cuándo representan"),
        required=False,
        help_text=_("Si lo deja en blanco, desde el día de la sesión. El período dura un año."),
    )
    namesakes = forms.BooleanField(
        label=_("Comprobé que quien se llama igual que otro representante es otra persona"), required=False
    )

    def __init__(self, data=None, *, assembly: Assembly, rows: int, officer: bool, **kwargs):
        super().__init__(data, **kwargs)
        self.rows = rows
        sessions = Session.objects.filter(assembly=assembly, status__in=HELD).order_by("-starts_at")
        self.fields["session"].queryset = sessions.select_related("assembly")
        if not officer:
            del self.fields["namesakes"]
        for n in range(1, rows + 1):
            self.fields[f"principal{n}"] = LineField(
                label=_("Principal %(n)s") % {"n": n}, max_length=120, required=False
            )
            self.fields[f"alternate{n}"] = LineField(
                label=_("Suplente %(n)s") % {"n": n}, max_length=120, required=False
            )

    def clean(self):
        cleaned = super().clean()
        for n in range(1, self.rows + 1):
            if cleaned.get(f"alternate{n}") and not cleaned.get(f"principal{n}"):
                self.add_error(f"principal{n}", _("Escriba también a quién suple."))
        if not self.errors and not self.elected:
            raise ValidationError(_("Escriba al menos a una persona elegida."))
        return cleaned

    @property
    def elected(self) -> list[tuple[Person, Person | None]]:
        got = self.cleaned_data
        pairs = [(got.get(f"principal{n}"), got.get(f"alternate{n}")) for n in range(1, self.rows + 1)]
        return [(Person(one), Person(other) if other else None) for one, other in pairs if one]

    @property
    def pair_rows(self):
        return [(n, self[f"principal{n}"], self[f"alternate{n}"]) for n in range(1, self.rows + 1)]


class LeaveForm(forms.Form):
    who = forms.ChoiceField(label=_("¿Quién deja el puesto?"), widget=forms.RadioSelect)
    reason = LineField(
        label=_("Por qué"),
        max_length=300,
        validators=[need_text],
        help_text=_("Se publica. Por ejemplo: renunció por trabajo. No escriba datos de salud."),
    )

    def __init__(self, data=None, *, choices, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["who"].choices = choices
        self.fields["who"].initial = choices[0][0]


class FilterForm(forms.Form):
    """The search and the filters of the list, all of them in the address."""

    STATES = {
        "registradas": Assembly.Status.REGISTERED,
        "con-objeciones": Assembly.Status.OBJECTIONS,
        "no-registradas": Assembly.Status.REFUSED,
        "terminadas": Assembly.Status.ENDED,
    }
    LEVELS = {
        "barrial": Assembly.Level.NEIGHBOURHOOD,
        "comuna": Assembly.Level.COMMUNE,
        "parroquial": Assembly.Level.PARISH,
        "zonal": Assembly.Level.ZONE,
        "distrital": Assembly.Level.DISTRICT,
    }

    q = LineField(label=_("Buscar"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"}))
    zona = forms.ChoiceField(label=_("Zona"), required=False, widget=QuickSelect)
    parroquia = forms.ChoiceField(label=_("Parroquia"), required=False, widget=QuickSelect)
    nivel = forms.ChoiceField(
        label=_("Nivel"),
        choices=[("", _("Todos")), *((word, level.label) for word, level in LEVELS.items())],
        required=False,
        widget=QuickSelect,
    )
    estado = forms.ChoiceField(
        label=_("Estado"),
        choices=[("", _("Todos")), *((word, status.label) for word, status in STATES.items())],
        required=False,
        widget=QuickSelect,
    )

    def __init__(self, data, parishes=None):
        """`parishes`: rows of `hexagons.parish_rows` that were read already."""
        super().__init__(data, auto_id="f_%s")
        rows = Parish.objects.order_by("name").values("slug", "name") if parishes is None else parishes
        self.fields["parroquia"].choices = [("", _("Todas")), *((row["slug"], row["name"]) for row in rows)]
        if parishes is None:
            zones = list(Zone.objects.with_parishes().values_list("slug", "short_name"))
        else:
            zones = sorted({(r["zone__slug"], r["zone__short_name"]) for r in rows}, key=lambda zone: zone[1])
        self.fields["zona"].choices = [("", _("Todas")), *zones]

    def apply(self, assemblies):
        got = self.cleaned_data
        if got.get("zona"):
            assemblies = assemblies.filter(zone__slug=got["zona"]) | assemblies.filter(parish__zone__slug=got["zona"])
        if got.get("parroquia"):
            assemblies = assemblies.filter(parish__slug=got["parroquia"])
        if got.get("nivel"):
            assemblies = assemblies.of_level(self.LEVELS[got["nivel"]])
        if got.get("estado"):
            assemblies = assemblies.filter(status=self.STATES[got["estado"]])
        return assemblies.search(got["q"]) if got.get("q") else assemblies

    @property
    def chips(self) -> list[dict]:
        """What is applied: the filter's name, its value in words."""
        got = self.cleaned_data
        chips = [{"name": "q", "label": self["q"].label, "value": got["q"]}] if got.get("q") else []
        for name in ("zona", "parroquia", "nivel", "estado"):
            if got.get(name):
                value = dict(self.fields[name].choices)[got[name]]
                chips.append({"name": name, "label": self[name].label, "value": value})
        return chips
