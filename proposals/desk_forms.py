"""What an officer types for a person who is present."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from decide.accounts import services as accounts
from decide.accounts.forms import DocumentForm, birth_date_field
from decide.fields import LineField, ReadByAll, TextField, need_text
from decide.once import OnceForm
from decide.territory.models import Parish
from proposals.forms import QuickSelect
from proposals.models import Category
from votes import codes


class PresentForm(DocumentForm):
    """Who is present, by a document; whoever is not verified yet is verified in the same act."""

    birth_date = birth_date_field()
    home = forms.ModelChoiceField(
        Parish.objects.order_by("name"),
        label=_("Parroquia donde vive"),
        required=False,
        empty_label=_("Elija la parroquia"),
        widget=QuickSelect,
    )
    seen = forms.BooleanField(label=_("La persona está presente, vi su documento y me lo pide"))

    DOCUMENT, NEW = ["kind", "country", "number", "seen"], ["birth_date", "home"]
    field_order = [*DOCUMENT, *NEW]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["birth_date"].required = False
        self.fields["birth_date"].help_text = ""

    @property
    def document(self):
        """The fields that are asked of everybody."""
        return [self[name] for name in self.DOCUMENT]

    @property
    def new(self):
        """The fields for whoever is not verified yet."""
        return [self[name] for name in self.NEW]

    def residence(self, officer):
        """The person's residence. Raises ValidationError where they must be verified first, or Refused."""
        document = {name: self.cleaned_data[name] for name in ("kind", "country", "number")}
        known = accounts.find_residence(**document)
        if known:
            return known
        birth_date, home = self.cleaned_data["birth_date"], self.cleaned_data["home"]
        if not (birth_date and home):
            raise ValidationError(
                _(
                    "Esta persona todavía no está verificada. Complete también su fecha de nacimiento y la parroquia "
                    "donde vive, y escriba otra vez el número."
                )
            )
        return accounts.verify_at_desk(officer=officer, birth_date=birth_date, parish=home, **document)


class DeskProposalForm(ReadByAll, OnceForm, PresentForm):
    """The short form of a proposal."""

    read_by_all = ("title", "summary", "body")

    title = LineField(label=_("Título"), max_length=100, validators=[need_text])
    summary = LineField(
        label=_("Resumen"),
        max_length=200,
        validators=[need_text],
        help_text=_("Lo esencial, con las palabras de la persona. Hasta 200 letras."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    body = TextField(label=_("Propuesta"), max_length=20_000, required=False)
    category = forms.ModelChoiceField(
        Category.objects, label=_("Tema"), empty_label=_("Elija un tema"), widget=QuickSelect
    )
    scope = forms.ModelChoiceField(
        Parish.objects.order_by("name"),
        label=_("¿Para quién es?"),
        required=False,
        empty_label=_("Todo el Distrito"),
        widget=QuickSelect,
    )

    field_order = ["title", "summary", "body", "category", "scope", *PresentForm.field_order]

    def clean(self):
        cleaned = super().clean()
        self.point_out_numbers()
        return cleaned

    @property
    def written(self):
        """The fields of the proposal."""
        return [self[name] for name in ("title", "summary", "body", "category", "scope")]

    @property
    def values(self) -> dict:
        """What `draft_proposal` takes."""
        typed = self.cleaned_data
        return {name: typed[name] for name in ("title", "summary", "body", "category", "once_key")} | {
            "parish": typed["scope"]
        }


class FollowForm(forms.Form):
    code = LineField(
        label=_("Código de su comprobante"),
        max_length=40,
        help_text=_("Doce letras y números, en tres grupos. Da igual si escribe mayúsculas o guiones."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The digest of what was typed."""
        return codes.digest(self.cleaned_data["code"])
