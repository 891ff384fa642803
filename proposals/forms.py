"""What a person writes about a proposal, checked with sentences."""

import re
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from decide.fields import LineField, QuickSelect, ReadByAll, TextField, YearField, in_year, need_text
from decide.images import clean_document, clean_photo
from decide.once import OnceForm
from decide.territory.models import Parish, Zone
from proposals import rules, search
from proposals.form_parts import PhotosForm, PlaceForm
from proposals.models import Category, Proposal


class ProposalForm(ReadByAll, PlaceForm, PhotosForm, OnceForm):
    """Everything of a proposal, the photos and documents that travel with it, and which of its own it loses.

    `instance` fills it, and adds `version`, so that a change made meanwhile is noticed. A draft needs no summary yet.
    """

    title = LineField(
        label=_("Título"),
        max_length=100,
        validators=[need_text],
        help_text=_("Diga en una línea qué quiere lograr. Hasta 100 letras."),
        widget=forms.TextInput(attrs={"data-similar": "", "data-count": "100", "autocomplete": "off"}),
    )
    summary = LineField(
        label=_("Resumen"),
        max_length=200,
        validators=[need_text],
        help_text=_("Lo esencial en una o dos frases. Es lo primero que se lee. Hasta 200 letras."),
        widget=forms.Textarea(attrs={"rows": 3, "data-count": "200"}),
    )
    body = TextField(
        label=_("Propuesta"),
        max_length=20_000,
        required=False,
        help_text=_(
            "Qué pasa hoy, qué propone y a quién le sirve. Puede usar **negrita**, una línea que empiece con - para "
            "hacer una lista, y enlaces que empiecen con https://."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
    )
    category = forms.ModelChoiceField(
        Category.objects, label=_("Tema"), empty_label=_("Elija un tema"), widget=QuickSelect
    )
    tags = LineField(
        label=_("Etiquetas"),
        max_length=250,
        required=False,
        help_text=_("Hasta 5, separadas por comas. Por ejemplo: veredas, adultos mayores."),
    )
    parish = forms.ModelChoiceField(
        Parish.objects,
        label=_("¿Para quién es?"),
        required=False,
        empty_label=_("Todo el Distrito"),
        widget=QuickSelect,
        help_text=_("Si es para una parroquia, necesita menos apoyos y cuentan los de quienes viven en ella."),
    )
    TEXTS = ("title", "summary", "body", "neighbourhood", "street", "reference")
    FIELDS = ["title", "summary", "body", "category", "parish", *PlaceForm.PLACE]
    field_order = ["title", "summary", "body", "category", "tags", "parish", *PlaceForm.PLACE]

    def __init__(self, data=None, files=None, *, instance: Proposal | None = None, draft=False, **kwargs):
        if instance is not None:
            kwargs["initial"] = self.initial_of(instance) | (kwargs.get("initial") or {})
        super().__init__(data, files, **kwargs)
        self.fields["summary"].required = not draft
        self.draft = draft
        self.photo_room, self.document_room = rules.MAX_PHOTOS, rules.MAX_DOCUMENTS
        if instance is not None:
            self._add_fields_of(instance)
        self._add_files()
        beside = [name for name in self.fields if re.fullmatch(r"(alt|name)\d", name)]
        self.read_by_all = (*self.TEXTS, *beside)
        self.public_texts = texts_of(instance) if instance is not None and rules.is_public(instance) else []

    @classmethod
    def initial_of(cls, proposal: Proposal) -> dict:
        initial = {name: getattr(proposal, name) for name in cls.FIELDS}
        initial["tags"] = ", ".join(tag.name for tag in proposal.tags.all())
        if proposal.case and proposal.case.pending_edit:  # what its author wrote last, which waits for a moderator
            waiting = proposal.case.pending_edit
            initial |= waiting | ({"tags": ", ".join(waiting["tags"])} if "tags" in waiting else {})
        return initial | {"version": proposal.version}

    def _add_fields_of(self, proposal: Proposal) -> None:
        photos, documents = proposal.photos.all(), proposal.documents.all()
        self.photo_room -= len(photos)
        self.document_room -= len(documents)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
        # Another proposal's photo is not among the choices, and none is once people supported what they saw.
        self.can_remove_files = rules.can_remove_files(proposal)
        removable = [files if self.can_remove_files else files.none() for files in (photos, documents)]
        self.fields["remove_photos"] = forms.ModelMultipleChoiceField(removable[0], required=False)
        self.fields["remove_documents"] = forms.ModelMultipleChoiceField(removable[1], required=False)
        if not rules.can_change_scope(proposal):
            self.fields["parish"].disabled = True
            self.fields["parish"].help_text = _("Ya hay apoyos: esto no se puede cambiar.")

    def _add_files(self) -> None:
        """A place for each file there is room for; each with a once-only key: sent again, it is stored once."""
        self.add_photo_fields(self.photo_room)
        for n in range(1, self.document_room + 1):
            self.fields[f"document{n}"] = forms.FileField(
                label=_("Documento %(n)s") % {"n": n},
                required=False,
                widget=forms.FileInput(attrs={"accept": "application/pdf"}),
            )
            self.fields[f"name{n}"] = LineField(
                label=_("Título del documento %(n)s") % {"n": n}, max_length=120, required=False
            )
            self.fields[f"dockey{n}"] = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean_tags(self) -> list[str]:
        names = [name.strip(" #") for name in self.cleaned_data["tags"].split(",")]
        names = list({name.lower(): name for name in names if re.search(r"\w", name)}.values())
        if len(names) > rules.MAX_TAGS:
            raise ValidationError(_("Escriba hasta 5 etiquetas."))
        if any(len(name) > 40 for name in names):
            raise ValidationError(_("Cada etiqueta puede tener hasta 40 letras."))
        return names

    def clean(self):
        cleaned = super().clean()
        if not self.draft:
            self.point_out_numbers(self.public_texts)
        if not self.errors:  # only then is it worth opening files
            self.clean_photos(cleaned)
            self.clean_files(cleaned, "document", self.document_room, clean_document)
        return cleaned

    @property
    def values(self) -> dict:
        """What the services take: every field of the proposal, and the names of its tags."""
        return {name: self.cleaned_data[name] for name in [*self.FIELDS, "tags"]}

    @property
    def documents(self) -> list[dict]:
        """What `services.add_document` takes, for each document that was sent."""
        got, numbers = self.cleaned_data, range(1, self.document_room + 1)
        return [
            {
                "file": got[f"document{n}"],
                "title": got[f"name{n}"] or gettext("Documento %(n)s") % {"n": n},
                "once_key": got[f"dockey{n}"],
            }
            for n in numbers
            if got.get(f"document{n}")
        ]

    @property
    def document_rows(self):
        return [(self[f"document{n}"], self[f"name{n}"], self[f"dockey{n}"]) for n in range(1, self.document_room + 1)]


def texts_of(proposal: Proposal) -> list[str]:
    """What everybody reads of a published proposal, but its tags."""
    beside = [photo.alt for photo in proposal.photos.all()] + [each.title for each in proposal.documents.all()]
    return [*(getattr(proposal, name) for name in ProposalForm.TEXTS), *beside]


class PhotoForm(OnceForm):
    """One photo sent by itself, made small on the phone."""

    image = forms.FileField()
    alt = LineField(max_length=200, required=False)

    def clean_image(self):
        return clean_photo(self.cleaned_data["image"])


class WithdrawForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("¿Por qué la retira?"), choices=Proposal.Withdrawal.choices, widget=forms.RadioSelect
    )
    note = LineField(
        label=_("Explicación"),
        max_length=250,
        required=False,
        help_text=_("La leerán quienes la apoyaron."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FilterForm(forms.Form):
    """The search and the filters of the list, all of them in the address. Three queries for its choices."""

    ORDERS = [
        ("nuevas", _("Más nuevas")),
        ("apoyadas", _("Más apoyadas")),
        ("comentadas", _("Más comentadas")),
        ("por-vencer", _("Por vencer")),
    ]
    STATES = {
        "en-apoyos": Proposal.Status.OPEN,
        "con-sus-apoyos": Proposal.Status.REACHED,
        "en-revision": Proposal.Status.REVIEW,
        "en-votacion": Proposal.Status.VOTING,
        "respondidas": Proposal.Status.ANSWERED,
        "en-ejecucion": Proposal.Status.EXECUTION,
        "hechas": Proposal.Status.DONE,
        "retiradas": Proposal.Status.WITHDRAWN,
        "archivadas": Proposal.Status.ARCHIVED,
    }
    WHERE = {"parroquia": "parish__slug", "zona": "parish__zone__slug", "tema": "category__slug"}

    q = LineField(
        label=_("Buscar"), required=False, max_length=search.MAX_QUERY, widget=forms.TextInput(attrs={"type": "search"})
    )
    parroquia = forms.ChoiceField(label=_("Parroquia"), required=False, widget=QuickSelect)
    zona = forms.ChoiceField(label=_("Zona"), required=False, widget=QuickSelect)
    tema = forms.ChoiceField(label=_("Tema"), required=False, widget=QuickSelect)
    estado = forms.ChoiceField(
        label=_("Estado"),
        choices=[("", _("Todos")), *((word, status.label) for word, status in STATES.items())],
        required=False,
        widget=QuickSelect,
    )
    anio = YearField(label=_("Publicadas en el año"))
    orden = forms.ChoiceField(label=_("Orden"), required=False, widget=QuickSelect)

    def __init__(self, data):
        super().__init__(data, auto_id="f_%s")
        choices = {
            "parroquia": (_("Todas"), Parish.objects.order_by("name").values_list("slug", "name")),
            "zona": (_("Todas"), Zone.objects.with_parishes().values_list("slug", "short_name")),
            "tema": (_("Todos"), Category.objects.values_list("slug", "name")),
        }
        for name, (every, rows) in choices.items():
            self.fields[name].choices = [("", every), *rows]
        # What is looked for comes by how well it fits, unless another order is asked for.
        best = [("", _("Las que mejor coinciden"))] if data.get("q", "").strip() else []
        self.fields["orden"].choices = [*best, *self.ORDERS]

    def apply(self, proposals):
        """Those that pass every valid filter, in the order asked for."""
        got = self.cleaned_data
        proposals = proposals.filter(**{path: got[name] for name, path in self.WHERE.items() if got.get(name)})
        if got.get("estado"):
            proposals = proposals.filter(status=self.STATES[got["estado"]])
        if got.get("anio"):
            proposals = proposals.filter(published_at__range=in_year(got["anio"]))
        if got.get("q"):
            proposals = search.matching(proposals, got["q"])
        order = got.get("orden") or ("afines" if got.get("q") else "nuevas")
        return search.ORDERS[order](proposals)

    @property
    def chips(self) -> list[dict]:
        """What is applied: the filter's name, its value in words."""
        got = self.cleaned_data
        chips = [{"name": "q", "label": self["q"].label, "value": got["q"]}] if got.get("q") else []
        for name in (*self.WHERE, "estado"):
            if got.get(name):
                value = dict(self.fields[name].choices)[got[name]]
                chips.append({"name": name, "label": self[name].label, "value": value})
        if got.get("anio"):
            chips.append({"name": "anio", "label": self["anio"].label, "value": got["anio"]})
        return chips
