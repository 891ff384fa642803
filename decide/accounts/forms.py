"""What people type about themselves, and what officers type about whoever stands before them."""

from datetime import date

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from decide.accounts import keys, services
from decide.accounts.countries import COUNTRIES
from decide.accounts.models import Appointment, Body, Consent, DocumentKey, User
from decide.fields import LineField, need_text
from decide.territory.models import Agency, Parish, Zone

_html = lazy(format_html, str)


class DateInput(forms.DateInput):
    """The browser's own calendar; its value is always ISO."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class NumberInput(forms.TextInput):
    """A document number: never written back into a page, kept by no browser."""

    def __init__(self, attrs=None):
        super().__init__(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", **(attrs or {})}
        )

    def get_context(self, name, value, attrs):
        return super().get_context(name, None, attrs)


def display_name_field(**kwargs) -> LineField:
    return LineField(
        label=_("Nombre que verán los demás"),
        min_length=2,
        max_length=60,
        validators=[need_text],
        help_text=_("Aparece junto a lo que proponga o comente. Puede ser su nombre o un apodo."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        **kwargs,
    )


def home_parish_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Parish.objects.order_by("name"),
        label=_("Mi parroquia"),
        required=False,
        empty_label=_("Prefiero no decirlo"),
        help_text=_("Para mostrarle primero lo que está cerca. No sirve para votar."),
    )


def birth_date_field() -> forms.DateField:
    return forms.DateField(
        label=_("Fecha de nacimiento"),
        widget=DateInput(attrs={"autocomplete": "off", "min": "1900-01-01"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"],
        help_text=_("Día, mes y año, como están en su documento."),
        validators=[_plausible],
    )


def _plausible(value: date) -> None:
    if not date(1900, 1, 1) <= value <= timezone.localdate():
        raise ValidationError(_("Revise el año de nacimiento."))


class SignupForm(AllauthSignupForm):
    """E-mail, the name that others see, a password, and the agreement, which nobody ticks for the person.

    From 15 years on a person consents by themselves (LOPDP art. 21).
    """

    field_order = ["display_name", "email", "password1", "home_parish", "terms"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["display_name"] = display_name_field()
        self.fields["home_parish"] = home_parish_field()
        self.fields["terms"] = forms.BooleanField(
            label=_("Tengo 15 años o más, y acepto las condiciones de uso y el aviso de privacidad."),
            help_text=_html(
                '<a href="/terminos/" target="_blank">{}</a> · <a href="/privacidad/" target="_blank">{}</a>',
                _("Leer las condiciones"),
                _("Leer el aviso de privacidad"),
            ),
            error_messages={"required": _("Para tener una cuenta hay que aceptar las condiciones.")},
        )
        self.fields["email"].label = _("Correo electrónico")
        self.fields["email"].help_text = _("Le enviaremos un código de seis dígitos. Nadie más lo verá.")
        self.fields["password1"].label = _("Contraseña")
        self.fields["password1"].help_text = _("Al menos 10 caracteres. Tres palabras que recuerde sirven bien.")
        for name in ("email", "password1"):
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.order_fields(self.field_order)

    def try_save(self, request):
        """An address that has an account is answered like any other, in the same time; its owner is told by mail."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
            return super().try_save(request)
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:  # two sign-ups with one address at once
            self.account_already_exists = True
            return super().try_save(request)

    def custom_signup(self, request, user):
        services.save_profile(
            user=user,
            display_name=self.cleaned_data["display_name"],
            home_parish=self.cleaned_data["home_parish"],
        )
        services.give_consent(user=user, purpose=Consent.Purpose.TERMS)


class ProfileForm(forms.Form):
    display_name = display_name_field()
    home_parish = home_parish_field()


class ResidenceForm(forms.Form):
    """Cédula and date of birth. Neither comes back in a page, not even beside an error."""

    cedula = forms.CharField(
        label=_("Número de cédula"),
        max_length=40,
        widget=NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("Diez dígitos. No guardamos el número: solo una huella que no permite leerlo."),
    )
    birth_date = birth_date_field()

    def clean_cedula(self):
        return keys.normalise_number(DocumentKey.Kind.CEDULA, self.cleaned_data["cedula"])


class DocumentForm(forms.Form):
    """One document, seen by an officer."""

    kind = forms.ChoiceField(label=_("Documento"), choices=DocumentKey.Kind.choices)
    country = forms.ChoiceField(
        label=_("País del pasaporte"),
        choices=[("", _("Solo si es pasaporte")), *COUNTRIES],
        required=False,
    )
    number = forms.CharField(label=_("Número del documento"), max_length=40, widget=NumberInput)

    def clean(self):
        data = super().clean()
        kind, number = data.get("kind"), data.get("number")
        if kind == DocumentKey.Kind.PASSPORT and not data.get("country"):
            self.add_error("country", _("Elija el país que emitió el pasaporte."))
        if kind != DocumentKey.Kind.PASSPORT:
            data["country"] = "EC"
        if kind and number:
            try:
                data["number"] = keys.normalise_number(kind, number)
            except ValidationError as error:
                self.add_error("number", error)
        return data


class OtherDocumentForm(DocumentForm):
    """One more document of a person who is verified: two people who are one become one, for good."""

    seen = forms.BooleanField(label=_("Vi los dos documentos y son de la misma persona. No se puede deshacer."))


class DeskForm(DocumentForm):
    """Verifying a person who is present."""

    birth_date = birth_date_field()
    parish = forms.ModelChoiceField(
        Parish.objects.order_by("name"), label=_("Parroquia donde vive"), empty_label=_("Elija una parroquia")
    )
    email = forms.EmailField(
        label=_("Correo de su cuenta"),
        required=False,
        help_text=_("Solo si la persona tiene una cuenta y quiere usarla. Sin correo también se verifica."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    seen = forms.BooleanField(label=_("La persona está presente y vi su documento."))

    field_order = ["kind", "country", "number", "birth_date", "parish", "email", "seen"]

    def clean_email(self):
        """The account, or None. An officer learns only whether this address has an account with them present."""
        address = self.cleaned_data["email"]
        if not address:
            return None
        account = User.objects.filter(email__iexact=address, is_active=True).first()
        if account is None:
            raise ValidationError(_("Ninguna cuenta usa ese correo. Revíselo, o déjelo vacío."))
        return account


class ParishForm(forms.Form):
    parish = forms.ModelChoiceField(
        Parish.objects.order_by("name"), label=_("Parroquia donde vive ahora"), empty_label=_("Elija una parroquia")
    )
    seen = forms.BooleanField(label=_("La persona está presente y vi un comprobante de su domicilio."))


class ClaimForm(forms.Form):
    code = LineField(
        label=_("Código de la credencial"),
        max_length=40,
        help_text=_("Doce letras y números, en tres grupos. Da igual si escribe mayúsculas o guiones."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class EraseForm(forms.Form):
    sure = forms.BooleanField(label=_("Entiendo que mi cuenta se borra y que no se puede deshacer."))


def _place(rows, label) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(rows, label=label, required=False, empty_label=_("Ninguna"))


class AppointmentForm(forms.Form):
    """Who holds which office, where, from when until when; with an account, or only by the name on paper."""

    office = forms.ChoiceField(label=_("Cargo"), choices=Appointment.Office.choices)
    holder_name = LineField(
        label=_("Nombre en la credencial"),
        max_length=120,
        required=False,
        help_text=_("Como consta en el acta. Sirve para quien todavía no tiene cuenta."),
    )
    holder = forms.EmailField(
        label=_("Correo de su cuenta"),
        required=False,
        help_text=_("Si ya tiene cuenta. Sin ella, después podrá imprimir una credencial con un código."),
    )
    zone = _place(Zone.objects.none(), _("Zona"))
    parish = _place(Parish.objects.order_by("name"), _("Parroquia"))
    agency = _place(Agency.objects.filter(active=True), _("Dependencia"))
    body = _place(Body.objects.order_by("name"), _("Asamblea o Casa"))
    starts = forms.DateField(label=_("Desde"), widget=DateInput, initial=timezone.localdate)
    ends = forms.DateField(label=_("Hasta (ese día todavía cuenta)"), widget=DateInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zone"].queryset = Zone.objects.current()  # of today, not of the day the process started

    def clean_holder(self):
        address = self.cleaned_data["holder"]
        if not address:
            return None
        account = User.objects.filter(email__iexact=address, is_active=True).first()
        if account is None:
            raise ValidationError(_("Ninguna cuenta usa ese correo. Revíselo, o déjelo vacío."))
        return account
