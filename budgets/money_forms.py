"""Filters of the pages of the money, and what officers write: dates, rules, a zone's money, a parish's by hand."""

from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from budgets.indicators import MAX_BYTES
from budgets.models import BudgetYear, Phase
from budgets.money_rules import ORDER
from budgets.services.money import fingerprint
from budgets.services.year import WEIGHTS, usual_dates, usual_minimum
from decide.fields import LineField, MoneyField, TextField, need_text
from decide.text import plain

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class FilterForm(forms.Form):
    """The parishes of a year (`YearFigures.rows`), as the address says it."""

    q = LineField(
        label=_("Buscar una parroquia"), required=False, max_length=80, widget=forms.TextInput({"type": "search"})
    )
    zona = forms.ChoiceField(label=_("Zona"), required=False)
    parroquia = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    orden = forms.ChoiceField(
        label=_("Orden"),
        required=False,
        choices=[
            ("", _("Por nombre")),
            ("monto", _("Más dinero primero")),
            ("por-persona", _("Más dinero por persona primero")),
            ("solicitudes", _("Más solicitudes primero")),
        ],
    )
    KEYS = {
        "": lambda row: plain(row["name"]),
        "monto": lambda row: (-(row["amount"] or 0), plain(row["name"])),
        "por-persona": lambda row: (-(row["each"] or 0), plain(row["name"])),
        "solicitudes": lambda row: (-row["requests"], plain(row["name"])),
    }

    def __init__(self, *args, rows: list[dict], **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = rows
        zones = sorted({(row["zone_slug"], row["zone_name"]) for row in rows}, key=lambda zone: plain(zone[1]))
        self.fields["zona"].choices = [("", _("Todas las zonas")), *zones]
        self.fields["parroquia"].choices = [("", ""), *((row["slug"], row["name"]) for row in rows)]

    def found(self) -> list[dict]:
        """The rows that match, in order. None where the form is wrong."""
        if not self.is_valid():
            return []
        words, zone, parish = (self.cleaned_data[name] for name in ("q", "zona", "parroquia"))
        wanted = plain(words).split()
        found = [
            row
            for row in self.rows
            if all(word in plain(f"{row['name']} {row['zone_name']} {row['code']}") for word in wanted)
            and zone in ("", row["zone_slug"])
            and parish in ("", row["slug"])
        ]
        return sorted(found, key=self.KEYS[self.cleaned_data["orden"]])


class DatesForm(forms.Form):
    """The first and the last day of each of the eight phases; a reason where they change."""

    def __init__(self, *args, year: int, rows=(), **kwargs):
        dates = usual_dates(year) | {row.phase: (row.starts, row.ends) for row in rows}
        begun = {row.phase for row in rows if row.entered_at}
        super().__init__(*args, **kwargs)
        for phase in ORDER:
            for name, label, day in zip(
                ("starts", "ends"), (_("Desde"), _("Hasta (inclusive)")), dates[phase], strict=True
            ):
                fixed = phase in begun and name == "starts"
                self.fields[f"{phase}_{name}"] = forms.DateField(
                    label=label, initial=day, widget=DATE, localize=False, disabled=fixed
                )
        if rows:
            self.fields["reason"] = LineField(
                label=_("Por qué cambian"),
                max_length=300,
                validators=[need_text],
                help_text=_("Queda a la vista de todos, junto a las fechas anteriores."),
            )

    @property
    def phases(self) -> list[tuple]:
        return [(Phase(p).label, self[f"{p}_starts"], self[f"{p}_ends"]) for p in ORDER]

    @property
    def dates(self) -> dict[str, tuple[date, date]]:
        return {p: (self.cleaned_data[f"{p}_starts"], self.cleaned_data[f"{p}_ends"]) for p in ORDER}


class OpenYearForm(forms.Form):
    year = forms.IntegerField(
        label=_("Año en que se gasta el dinero"),
        min_value=2017,
        max_value=2199,
        help_text=_("Las solicitudes se reciben y se deciden en el año anterior. Las fechas se ajustan después."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        newest = BudgetYear.objects.newest().filter(phases__isnull=False).first()
        if newest:
            self.initial.setdefault("year", newest.year + 1)


class AdvanceForm(forms.Form):
    to = forms.ChoiceField(choices=Phase.choices, widget=forms.HiddenInput)
    reason = LineField(
        label=_("Por qué empieza ahora"),
        max_length=300,
        validators=[need_text],
        help_text=_("Queda a la vista de todos, en los pasos del año. Una fase no retrocede."),
    )


class RulesForm(forms.Form):
    minimum_percent = forms.DecimalField(
        label=_("Mínimo participativo (% de la inversión de cada zona)"),
        min_value=60,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("La ordenanza exige al menos 60 %. Desde 2022 la ciudad usa 70 %."),
    )
    weight_population = forms.IntegerField(label=_("Peso de la población"), min_value=0, max_value=100)
    weight_needs = forms.IntegerField(
        label=_("Peso de las necesidades básicas insatisfechas"), min_value=0, max_value=100
    )
    weight_density = forms.IntegerField(label=_("Peso de la densidad"), min_value=0, max_value=100)
    weight_infrastructure = forms.IntegerField(
        label=_("Peso de la necesidad de infraestructura"), min_value=0, max_value=100
    )

    def __init__(self, *args, year: BudgetYear, frozen: bool, **kwargs):
        kwargs["initial"] = {"minimum_percent": year.minimum_percent or usual_minimum()}
        kwargs["initial"] |= {name: getattr(year, name) for name in WEIGHTS}
        super().__init__(*args, **kwargs)
        if frozen:
            for name in WEIGHTS:
                self.fields[name].disabled = True

    def clean(self):
        if not self.errors and sum(self.cleaned_data[name] for name in WEIGHTS) != 100:
            self.add_error(None, _("Los cuatro pesos deben sumar 100."))
        return self.cleaned_data

    @property
    def weights(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in WEIGHTS}


class SeenForm(forms.Form):
    """What the officer saw when the form was opened: another one's change meanwhile is not written over."""

    seen = LineField(required=False, max_length=16, widget=forms.HiddenInput)


class ZoneBudgetForm(SeenForm):
    investment = MoneyField(label=_("Presupuesto de inversión de la zona (USD)"))
    participatory = MoneyField(label=_("Parte participativa (USD)"))
    source = LineField(
        label=_("Fuente"),
        required=False,
        max_length=300,
        help_text=_("De dónde sale la cifra: el oficio, el POA, la página donde está publicada."),
    )

    def __init__(self, *args, zone_budget=None, **kwargs):
        if zone_budget is not None:
            names = ("investment", "participatory", "source")
            kwargs["initial"] = {name: getattr(zone_budget, name) for name in names}
            kwargs["initial"]["seen"] = fingerprint(zone_budget)
        super().__init__(*args, **kwargs)


class AllocationsForm(SeenForm):
    """For each parish of a zone: nothing (the formula), or an amount by hand with its reason."""

    def __init__(self, *args, zone_budget, parishes, allocations, **kwargs):
        kwargs["initial"] = {"seen": fingerprint(zone_budget, list(allocations.values()))}
        super().__init__(*args, auto_id="a_%s", **kwargs)
        self.parishes = parishes
        for parish in parishes:
            row = allocations.get(parish.pk)
            hand = row if row is not None and row.by_hand else None
            self.fields[f"amount_{parish.code}"] = MoneyField(
                label=_("%(parish)s: monto a mano") % {"parish": parish.name},
                required=False,
                initial=hand.amount if hand else None,
            )
            self.fields[f"reason_{parish.code}"] = LineField(
                label=_("%(parish)s: razón") % {"parish": parish.name},
                required=False,
                max_length=500,
                initial=hand.reason if hand else "",
            )

    def rows(self, allocations) -> list[dict]:
        return [
            {
                "parish": parish,
                "allocation": allocations.get(parish.pk),
                "amount": self[f"amount_{parish.code}"],
                "reason": self[f"reason_{parish.code}"],
            }
            for parish in self.parishes
        ]

    def clean(self):
        for parish in self.parishes:
            amount = self.cleaned_data.get(f"amount_{parish.code}")
            reason = self.cleaned_data.get(f"reason_{parish.code}", "")
            if amount is not None and not any(c.isalnum() for c in reason):
                self.add_error(f"reason_{parish.code}", _("Escriba la razón: la leerán todos."))
            if amount is None and reason and f"amount_{parish.code}" not in self.errors:
                self.add_error(f"amount_{parish.code}", _("Hay una razón y falta el monto."))
        return self.cleaned_data

    @property
    def by_hand(self) -> dict[int, tuple[Decimal, str]]:
        data = self.cleaned_data
        return {
            parish.pk: (data[f"amount_{parish.code}"], data[f"reason_{parish.code}"])
            for parish in self.parishes
            if data[f"amount_{parish.code}"] is not None
        }


class IndicatorsForm(forms.Form):
    """A CSV, chosen as a file; it comes back as `content` with what was read, to be looked at and stored."""

    file = forms.FileField(
        label=_("Archivo CSV"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("Columnas: parish_code,population,unmet_needs,density,infrastructure. Una línea por parroquia."),
    )
    content = TextField(required=False, max_length=MAX_BYTES, widget=forms.HiddenInput, strip=False)

    def clean(self):
        file, content = self.cleaned_data.get("file"), self.cleaned_data.get("content")
        if file is not None and file.size > MAX_BYTES:
            self.add_error("file", _("El archivo es demasiado grande: una línea por parroquia basta."))
        elif file is None and not content:
            raise ValidationError(_("Elija el archivo."))
        else:
            self.data_bytes = file.read() if file is not None else content.encode()
        return self.cleaned_data
