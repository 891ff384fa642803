"""What a person writes about a request, checked with sentences."""

from django import forms
from django.utils.translation import gettext_lazy as _

from budgets import request_rules as rules
from budgets.models import BudgetYear, Request
from decide.fields import LineField, QuickSelect, ReadByAll, TextField, YearField, need_text
from decide.once import OnceForm
from decide.territory.models import Parish, Zone
from proposals import search
from proposals.desk_forms import PresentForm
from proposals.form_parts import PhotosForm, PlaceForm

MOST_PEOPLE = 3_000_000  # more than live in the District


def kind_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("¿Qué es?"), choices=[("", _("Elija el tipo")), *Request.Kind.choices], widget=QuickSelect
    )


class WrittenForm(forms.Form):
    """What is asked for, where, for whom: the same words on a phone and at a desk."""

    title = LineField(
        label=_("Título"),
        max_length=100,
        validators=[need_text],
        help_text=_("Diga en una línea qué se pide y dónde. Hasta 100 letras."),
        widget=forms.TextInput(
            attrs={"data-similar": "", "data-similar-with": "parish", "data-count": "100", "autocomplete": "off"}
        ),
    )
    body = TextField(
        label=_("Qué se pide y por qué"),
        max_length=10_000,
        validators=[need_text],
        help_text=_("Qué pasa hoy, qué hace falta y para qué servirá."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    beneficiaries = forms.IntegerField(
        label=_("¿A cuántas personas sirve?"),
        required=False,
        min_value=1,
        max_value=MOST_PEOPLE,
        help_text=_("Un cálculo aproximado, en número."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    beneficiaries_note = LineField(
        label=_("¿Quiénes son?"),
        max_length=200,
        required=False,
        help_text=_("Por ejemplo: 120 niñas y niños de la escuela, vecinos de la calle."),
    )
    communal_land = forms.BooleanField(
        label=_("Está en territorio de una comuna"),
        required=False,
        help_text=_("Entonces también debe estar de acuerdo su cabildo."),
    )
    ABOUT = ("title", "body", "beneficiaries", "beneficiaries_note", "communal_land")


class RequestForm(ReadByAll, WrittenForm, PlaceForm, PhotosForm, OnceForm):
    """Everything of a request, the photos that travel with it, and which of its own it loses.

    `instance` fills it, and adds `version`, so that a change made meanwhile is noticed. A draft needs no text yet.
    `user`: who writes; the assemblies in whose name they may file are offered.
    """

    kind = kind_field()
    parish = forms.ModelChoiceField(
        Parish.objects.order_by("name"),
        label=_("¿Para qué parroquia es?"),
        empty_label=_("Elija la parroquia"),
        widget=QuickSelect,
        help_text=_("La asamblea de esa parroquia decidirá."),
    )
    TEXTS = ("title", "body", "beneficiaries_note", "neighbourhood", "street", "reference")
    FIELDS = ["kind", "parish", *WrittenForm.ABOUT, *PlaceForm.PLACE]
    field_order = ["assembly", *FIELDS]

    def __init__(self, data=None, files=None, *, instance: Request | None = None, user=None, draft=False, **kwargs):
        if instance is not None:
            kwargs["initial"] = self.initial_of(instance) | (kwargs.get("initial") or {})
        super().__init__(data, files, **kwargs)
        self.draft = draft
        self.fields["body"].required = not draft
        room = rules.MAX_PHOTOS
        if instance is not None:
            room -= self._add_fields_of(instance)
        elif user is not None and (own := rules.assemblies_of(user)):
            self.fields["assembly"] = forms.ModelChoiceField(
                own, label=_("¿En nombre de quién?"), required=False, empty_label=_("En mi nombre")
            )
            self.order_fields(self.field_order)
        self.add_photo_fields(room)
        beside = [f"alt{n}" for n in range(1, self.photo_room + 1)]
        self.read_by_all = (*self.TEXTS, *beside)
        self.public_texts = texts_of(instance) if instance is not None and instance.is_public else []

    @classmethod
    def initial_of(cls, request: Request) -> dict:
        initial = {name: getattr(request, name) for name in cls.FIELDS}
        if request.case and request.case.pending_edit:  # what its author wrote last, which waits for a moderator
            initial |= request.case.pending_edit
        return initial | {"version": request.version}

    def _add_fields_of(self, request: Request) -> int:
        """Adds what only a stored request needs, and returns how many photos it has."""
        photos = request.photos.all()
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**62)
        self.can_remove_files = not rules.is_settled(request)
        # Another request's photo is not among the choices, and none is once people supported what they saw.
        removable = photos if self.can_remove_files else photos.none()
        self.fields["remove_photos"] = forms.ModelMultipleChoiceField(removable, required=False)
        if rules.is_settled(request) or request.assembly_id:
            self.fields["parish"].disabled = True
            self.fields["parish"].help_text = _("Esto ya no se puede cambiar.")
        return len(photos)

    def clean(self):
        cleaned = super().clean()
        if not self.draft:
            self.point_out_numbers(self.public_texts)
        if not self.errors:  # only then is it worth opening files
            self.clean_photos(cleaned)
        return cleaned

    @property
    def values(self) -> dict:
        """What the services take: every field of the request."""
        return {name: self.cleaned_data[name] for name in self.FIELDS}


def texts_of(request: Request) -> list[str]:
    """What everybody reads of a filed request."""
    return [*(getattr(request, name) for name in RequestForm.TEXTS), *(photo.alt for photo in request.photos.all())]


class DeskRequestForm(ReadByAll, WrittenForm, OnceForm, PresentForm):
    """The paper form, typed by an officer for a person who is present. `what` is the kind of request: `kind` is the
    document's."""

    read_by_all = ("title", "body", "beneficiaries_note", "neighbourhood", "street", "reference")

    what = kind_field()
    parish = forms.ModelChoiceField(
        Parish.objects.order_by("name"),
        label=_("¿Para qué parroquia es?"),
        empty_label=_("Elija la parroquia"),
        widget=QuickSelect,
    )
    neighbourhood = PlaceForm.base_fields["neighbourhood"]
    street = PlaceForm.base_fields["street"]
    reference = PlaceForm.base_fields["reference"]
    WRITTEN = ("parish", *WrittenForm.ABOUT, "neighbourhood", "street", "reference")
    field_order = ["what", *WRITTEN, *PresentForm.field_order]

    def clean(self):
        cleaned = super().clean()
        self.point_out_numbers()
        return cleaned

    @property
    def written(self):
        """The fields of the request."""
        return [self[name] for name in ("what", *self.WRITTEN)]

    @property
    def values(self) -> dict:
        """What `draft_request` takes."""
        got = self.cleaned_data
        return {name: got[name] for name in (*self.WRITTEN, "once_key")} | {"kind": got["what"]}


class KindForm(forms.Form):
    """What a proposal does not say: which kind of request it is."""

    kind = forms.ChoiceField(label=_("¿Qué es?"), choices=Request.Kind.choices, widget=forms.RadioSelect)


class WithdrawForm(forms.Form):
    reason = LineField(
        label=_("¿Por qué la retira?"),
        max_length=300,
        validators=[need_text],
        help_text=_("La leerán todos."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FilterForm(forms.Form):
    """The search and the filters of the list, all of them in the address. Three queries for its choices."""

    ORDERS = [
        ("nuevas", _("Más nuevas")),
        ("apoyadas", _("Más apoyadas")),
        ("comentadas", _("Más comentadas")),
    ]
    KINDS = {
        "vialidad": Request.Kind.ROADS,
        "espacio-publico": Request.Kind.PUBLIC_SPACE,
        "infraestructura": Request.Kind.INFRASTRUCTURE,
        "proyecto-social": Request.Kind.SOCIAL,
    }
    STATES = {
        "ingresadas": Request.Status.FILED,
        "devueltas": Request.Status.RETURNED,
        "repetidas": Request.Status.DUPLICATE,
        "remitidas": Request.Status.REFERRED,
        "en-estudios": Request.Status.STUDY,
        "factibles": Request.Status.FEASIBLE,
        "con-condicion": Request.Status.CONDITIONAL,
        "no-factibles": Request.Status.NOT_FEASIBLE,
        "priorizadas": Request.Status.PRIORITISED,
        "en-reserva": Request.Status.RESERVE,
        "sin-presupuesto": Request.Status.NOT_FUNDED,
        "retiradas": Request.Status.WITHDRAWN,
    }
    WHERE = {"parroquia": "parish__slug", "zona": "parish__zone__slug"}

    q = LineField(
        label=_("Buscar"), required=False, max_length=search.MAX_QUERY, widget=forms.TextInput(attrs={"type": "search"})
    )
    anio = YearField(label=_("Presupuesto del año"))
    zona = forms.ChoiceField(label=_("Zona"), required=False, widget=QuickSelect)
    parroquia = forms.ChoiceField(label=_("Parroquia"), required=False, widget=QuickSelect)
    tipo = forms.ChoiceField(
        label=_("Tipo"),
        required=False,
        widget=QuickSelect,
        choices=[("", _("Todos")), *((word, kind.label) for word, kind in KINDS.items())],
    )
    estado = forms.ChoiceField(
        label=_("Estado"),
        required=False,
        widget=QuickSelect,
        choices=[("", _("Todos")), *((word, status.label) for word, status in STATES.items())],
    )
    orden = forms.ChoiceField(label=_("Orden"), required=False, widget=QuickSelect)

    def __init__(self, data):
        super().__init__(data, auto_id="f_%s")
        years = BudgetYear.objects.public().newest().values_list("year", flat=True)
        self.fields["anio"].widget = QuickSelect(choices=[("", _("Todos")), *((y, str(y)) for y in years)])
        choices = {
            "parroquia": Parish.objects.order_by("name").values_list("slug", "name"),
            "zona": Zone.objects.with_parishes().values_list("slug", "short_name"),
        }
        for name, rows in choices.items():
            self.fields[name].choices = [("", _("Todas")), *rows]
        # What is looked for comes by how well it fits, unless another order is asked for.
        best = [("", _("Las que mejor coinciden"))] if data.get("q", "").strip() else []
        self.fields["orden"].choices = [*best, *self.ORDERS]

    def apply(self, requests):
        """Those that pass every valid filter, in the order asked for."""
        got = self.cleaned_data
        requests = requests.filter(**{path: got[name] for name, path in self.WHERE.items() if got.get(name)})
        if got.get("anio"):
            requests = requests.filter(year__year=got["anio"])
        if got.get("tipo"):
            requests = requests.filter(kind=self.KINDS[got["tipo"]])
        if got.get("estado"):
            requests = requests.filter(status=self.STATES[got["estado"]])
        if got.get("q"):
            requests = search.matching(requests, got["q"])
        return _ORDERS[got.get("orden") or ("afines" if got.get("q") else "nuevas")](requests)

    @property
    def chips(self) -> list[dict]:
        """What is applied: the filter's name, its value in words."""
        got = self.cleaned_data
        typed = [name for name in ("q", "anio") if got.get(name)]
        chips = [{"name": name, "label": self[name].label, "value": str(got[name])} for name in typed]
        for name in ("zona", "parroquia", "tipo", "estado"):
            if got.get(name):
                value = dict(self.fields[name].choices)[got[name]]
                chips.append({"name": name, "label": self[name].label, "value": value})
        return chips


# By the words of the address.
_ORDERS = {
    "afines": lambda requests: requests.order_by("-rank", "-filed_at", "-pk"),
    "nuevas": lambda requests: requests.newest(),
    "apoyadas": lambda requests: requests.most_supported(),
    "comentadas": lambda requests: requests.order_by("-thread__comments", "-pk"),
}
