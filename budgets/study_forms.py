"""What officers write: opinions, one by one and in batches."""

import re
from datetime import timedelta
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from budgets.models import Guideline, Opinion, ReusableReason, UnitPrice
from budgets.request_forms import FilterForm as RequestFilter
from budgets.services.studying import MOST
from decide.accounts.forms import DateInput
from decide.fields import LineField, MoneyField, QuickSelect, TextField
from decide.territory.models import Parish
from proposals import search

Kind, Verdict = Opinion.Kind, Opinion.Verdict
MOST_LINES = 8
DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]


def day_field(**kwargs) -> forms.DateField:
    return forms.DateField(widget=DateInput, input_formats=DAYS, localize=False, **kwargs)


class CostField(MoneyField):
    """An estimate: more than nothing, and less than any work of the participatory budget has cost."""

    def to_python(self, value):
        amount = super().to_python(value)
        if amount is not None and not 0 < amount < MOST:
            raise ValidationError(_("El costo debe ser mayor que cero y menor que diez millones de dólares."))
        return amount


class QuantityField(forms.Field):
    """How many units, as people write them: `12`, `12,5`, `12.50`; below a million."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        typed = str(value).strip()
        if not re.fullmatch(r"[0-9]{1,6}([.,][0-9]{1,2})?", typed) or not Decimal(typed.replace(",", ".")):
            raise ValidationError(_("Escriba una cantidad mayor que cero, con dos decimales como máximo."))
        return Decimal(typed.replace(",", "."))


class VerdictForm(forms.Form):
    """What one opinion and many at once have in common. `issuing`: nothing that everybody must read may be missing."""

    verdict = forms.ChoiceField(label=_("Resultado"), choices=Verdict.choices, widget=forms.RadioSelect, required=False)
    reason = TextField(
        label=_("Por qué, en palabras sencillas"),
        max_length=3000,
        required=False,
        help_text=_("Lo leerá quien la pidió. Sin siglas ni números de artículo sueltos."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    guideline = forms.ModelChoiceField(
        Guideline.objects.filter(active=True),
        label=_("Lineamiento del PMDOT al que sirve"),
        required=False,
        empty_label=_("Elija uno"),
        widget=QuickSelect,
        help_text=_("Hace falta si es factible, con o sin condición."),
    )
    condition = LineField(label=_("Qué debe cumplirse"), max_length=300, required=False)
    condition_by = LineField(label=_("Quién debe hacerlo"), max_length=160, required=False)
    condition_due = day_field(label=_("Hasta cuándo"), required=False)

    CONDITION = ("condition", "condition_by", "condition_due")
    WRITTEN = ("verdict", "reason", "guideline", *CONDITION)

    def show_needed(self, *names: str) -> None:
        """A draft may lack them; what is issued may not: they are not shown as optional."""
        for name in names:
            self.fields[name].required = True

    def need_all(self, cleaned: dict) -> None:
        """What must not be missing in what is issued, each beside its field."""
        if not cleaned.get("verdict") and "verdict" not in self.errors:
            self.add_error("verdict", _("Elija el resultado del dictamen."))
        if not any(c.isalnum() for c in cleaned.get("reason") or "") and "reason" not in self.errors:
            self.add_error("reason", _("Escriba por qué, en palabras sencillas: lo leerán todos."))
        feasible = cleaned.get("verdict") in (Verdict.FEASIBLE, Verdict.CONDITIONAL)
        if feasible and cleaned.get("guideline") is None and "guideline" not in self.errors:
            self.add_error("guideline", _("Elija el lineamiento del PMDOT al que sirve."))
        if cleaned.get("verdict") == Verdict.CONDITIONAL:
            for name in self.CONDITION:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Diga qué debe cumplirse, quién debe hacerlo y hasta cuándo."))

    @property
    def values(self) -> dict:
        return {name: self.cleaned_data.get(name) for name in self.WRITTEN}

    @property
    def conditions(self):
        return [self[name] for name in self.CONDITION]


class OpinionForm(VerdictForm):
    """One opinion; the technical one with its cost and how that is added up."""

    def __init__(self, data=None, *, opinion: Opinion, issuing=False, **kwargs):
        kwargs["initial"] = self.initial_of(opinion) | (kwargs.get("initial") or {})
        super().__init__(data, **kwargs)
        self.opinion, self.issuing = opinion, issuing
        self.technical = opinion.kind == Kind.TECHNICAL
        if data is None or issuing:
            self.show_needed("verdict", "reason")
        self.lines = 0
        if self.technical:
            self.fields["cost"] = CostField(
                label=_("Costo estimado (USD)"),
                required=False,
                help_text=_("Escríbalo, o súmelo con los precios unitarios."),
            )
            self._add_lines(data)

    @classmethod
    def initial_of(cls, opinion: Opinion) -> dict:
        initial = {name: getattr(opinion, name) for name in (*cls.WRITTEN, "cost")}
        for n, line in enumerate(opinion.cost_lines[:MOST_LINES], 1):
            initial |= {f"price{n}": line.get("price"), f"quantity{n}": line.get("quantity")}
        return initial

    def _add_lines(self, data) -> None:
        """A place for each line that there is, and for three more."""
        given = data if data is not None else self.initial
        filled = [n for n in range(1, MOST_LINES + 1) if given.get(f"price{n}") or given.get(f"quantity{n}")]
        self.lines = min(MOST_LINES, max(filled, default=0) + 3)
        prices = list(UnitPrice.objects.filter(active=True))
        self.prices = {str(price.pk): price for price in prices}
        choices = [
            ("", "–"),
            *((pk, f"{p.name} ({p.unit}): {MoneyField().prepare_value(p.price)}") for pk, p in self.prices.items()),
        ]
        for n in range(1, self.lines + 1):
            self.fields[f"price{n}"] = forms.ChoiceField(
                label=_("Rubro %(n)s") % {"n": n}, choices=choices, required=False, widget=QuickSelect
            )
            self.fields[f"quantity{n}"] = QuantityField(label=_("Cantidad %(n)s") % {"n": n}, required=False)

    @property
    def rows(self):
        return [(self[f"price{n}"], self[f"quantity{n}"]) for n in range(1, self.lines + 1)]

    def clean(self):
        cleaned = super().clean()
        if self.technical:
            self._add_up(cleaned)
        if self.issuing:
            self.need_all(cleaned)
            feasible = cleaned.get("verdict") in (Verdict.FEASIBLE, Verdict.CONDITIONAL)
            if self.technical and feasible and cleaned.get("cost") is None and "cost" not in self.errors:
                self.add_error("cost", _("Escriba el costo estimado: la asamblea lo necesita."))
        return cleaned

    def _add_up(self, cleaned: dict) -> None:
        cleaned["cost_lines"], self.total = [], Decimal(0)
        for n in range(1, self.lines + 1):
            price, quantity = self.prices.get(cleaned.get(f"price{n}") or ""), cleaned.get(f"quantity{n}")
            if f"quantity{n}" in self.errors or f"price{n}" in self.errors or (price is None and quantity is None):
                continue
            if price is None or quantity is None:
                self.add_error(f"quantity{n}", _("Elija el rubro y escriba la cantidad."))
                continue
            amount = (price.price * quantity).quantize(Decimal("0.01"))
            self.total += amount
            line = {"price": price.pk, "name": price.name, "unit": price.unit, "quantity": str(quantity)}
            cleaned["cost_lines"].append(line | {"unit_price": str(price.price), "amount": str(amount)})
        if not cleaned["cost_lines"] or "cost" in self.errors:
            return
        if self.total >= MOST:
            self.add_error("cost", _("El costo debe ser mayor que cero y menor que diez millones de dólares."))
        elif cleaned.get("cost") is None:
            cleaned["cost"] = self.total
        elif self.issuing and cleaned["cost"] != self.total:
            self.add_error(
                "cost", _("Los rubros suman %(total)s: calcule el costo de nuevo o quítelos.") % {"total": self.total}
            )

    @property
    def values(self) -> dict:
        values = super().values
        if self.technical:
            values |= {"cost": self.cleaned_data.get("cost"), "cost_lines": self.cleaned_data["cost_lines"]}
        return values


class BatchForm(VerdictForm):
    """The same verdict and words for those that were ticked, each with its own cost (`cost_<id>`)."""

    reusable = forms.ModelChoiceField(
        ReusableReason.objects.filter(active=True),
        label=_("Razón reutilizable"),
        required=False,
        empty_label=_("Ninguna"),
        widget=QuickSelect,
        help_text=_("Va antes de lo que escriba abajo."),
    )
    field_order = ["verdict", "reusable", *VerdictForm.WRITTEN[1:]]

    def __init__(self, data=None, *, kinds=(), rows=(), **kwargs):
        super().__init__(data, **kwargs)
        self.show_needed("verdict")
        self.fields["reusable"].queryset = ReusableReason.objects.filter(active=True, kind__in=kinds)
        self.chosen, self.costs = [], {}
        self.rows = rows
        ticked = set(data.getlist("dictamen_id")) if data is not None else set()
        for row in rows:
            row.ticked = str(row.pk) in ticked
            row.typed = (data.get(f"cost_{row.pk}", "") if data is not None else "") or row.cost or ""

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("reusable"):
            cleaned["reason"] = "\n\n".join(filter(None, [cleaned["reusable"].text, cleaned.get("reason")]))[:3000]
        self.need_all(cleaned)
        self.chosen = [row for row in self.rows if row.ticked]
        if not self.chosen:
            raise ValidationError(_("Marque al menos una solicitud."))
        feasible = cleaned.get("verdict") in (Verdict.FEASIBLE, Verdict.CONDITIONAL)
        for row in self.chosen:
            if row.kind == Kind.TECHNICAL:
                self._clean_cost(row, feasible)
        return cleaned

    def _clean_cost(self, row, feasible) -> None:
        try:
            cost = CostField(required=False).clean(row.typed)
        except ValidationError as error:
            row.error = error.messages[0]
        else:
            row.error = _("Escriba el costo estimado.") if feasible and cost is None else ""
            self.costs[row.pk] = cost
        if row.error:
            self.add_error(None, f"{row.request.title}: {row.error}")


class OpinionFilter(forms.Form):
    """The filters of the desk, all of them in the address. One query for its choices."""

    STATES = [
        ("", _("Por emitir")),
        ("sin-empezar", _("Sin empezar")),
        ("borradores", _("Mis borradores")),
        ("emitidos", _("Emitidos")),
    ]
    DUE = [("", _("Cualquiera")), ("atrasados", _("Atrasados")), ("5", _("En 5 días")), ("10", _("En 10 días"))]

    q = LineField(
        label=_("Buscar"), required=False, max_length=search.MAX_QUERY, widget=forms.TextInput(attrs={"type": "search"})
    )
    dictamen = forms.ChoiceField(
        label=_("Dictamen"), required=False, widget=QuickSelect, choices=[("", _("Todos")), *Kind.choices]
    )
    parroquia = forms.ChoiceField(label=_("Parroquia"), required=False, widget=QuickSelect)
    tipo = forms.ChoiceField(
        label=_("Tipo"),
        required=False,
        widget=QuickSelect,
        choices=[("", _("Todos")), *((word, kind.label) for word, kind in RequestFilter.KINDS.items())],
    )
    estado = forms.ChoiceField(label=_("Estado"), required=False, widget=QuickSelect, choices=STATES)
    plazo = forms.ChoiceField(label=_("Plazo"), required=False, widget=QuickSelect, choices=DUE)

    def __init__(self, data, *, user):
        super().__init__(data, auto_id="f_%s")
        self.user = user
        zones = {a.zone_id for a in user.appointments}
        parishes = Parish.objects.order_by("name")
        if None not in zones:
            parishes = parishes.filter(zone__in=zones)
        self.fields["parroquia"].choices = [("", _("Todas")), *parishes.values_list("slug", "name")]

    def apply(self, opinions):
        got, now = self.cleaned_data, timezone.now()
        state = got.get("estado")
        opinions = opinions.filter(issued_at__isnull=state != "emitidos")
        if state == "sin-empezar":
            opinions = opinions.filter(officer=None)
        elif state == "borradores":
            opinions = opinions.filter(officer=self.user)
        if got.get("plazo") == "atrasados":
            opinions = opinions.filter(due__lt=now)
        elif got.get("plazo"):
            opinions = opinions.filter(due__range=(now, now + timedelta(days=int(got["plazo"]))))
        if got.get("dictamen"):
            opinions = opinions.filter(kind=got["dictamen"])
        if got.get("parroquia"):
            opinions = opinions.filter(request__parish__slug=got["parroquia"])
        if got.get("tipo"):
            opinions = opinions.filter(request__kind=RequestFilter.KINDS[got["tipo"]])
        for word in search.words_of(got.get("q") or ""):
            opinions = opinions.filter(request__search_text__contains=word)
        order = ("-issued_at", "pk") if state == "emitidos" else ("due", "request", "kind")
        return opinions.order_by(*order)

    @property
    def refined(self) -> bool:
        return any(self.cleaned_data.values()) if self.is_valid() else True
