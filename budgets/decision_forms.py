"""Forms of the decision: the session, the rules, the advisory poll, the file without internet, a recount."""

from django import forms
from django.utils.translation import gettext_lazy as _

from budgets.counting.rules import RULES
from budgets.models import Decision
from budgets.offline_reading import MAX_BYTES
from budgets.recount import MAX_BYTES as MOST_PABULIB
from budgets.services.deciding import MOST_VOTES
from decide.assemblies.models import Item, Session
from decide.fields import LineField, MomentField, QuickSelect, need_text
from decide.once import OnceForm
from decide.templatetags.decide import fecha
from decide.territory.models import Agency


class SessionChoice(forms.ModelChoiceField):
    def label_from_instance(self, session):
        return f"{fecha(session.starts_at)}, {session.place}"


class SessionForm(forms.Form):
    """Which of the parish's budget sessions decides."""

    session = SessionChoice(Session.objects.none(), label=_("Sesión de la asamblea"), empty_label=None)

    def __init__(self, *args, sessions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = sessions


class RulesForm(forms.Form):
    """Rule, minimum, marks, and for each request of the matrix how it is voted (`way-<number of the request>`)."""

    rule = forms.ChoiceField(label=_("Regla"), choices=Decision.Rule.choices, widget=forms.RadioSelect)
    minimum_votes = forms.IntegerField(
        label=_("Votos mínimos"),
        min_value=0,
        max_value=MOST_VOTES,
        help_text=_("0: sin mínimo, basta un voto. Lo que no llega al mínimo no entra ni queda en reserva."),
    )
    most_marks = forms.IntegerField(
        label=_("Cuántas solicitudes puede votar cada delegación"),
        min_value=1,
        max_value=100,
        help_text=_("Con el teléfono la plataforma lo cuida; a mano alzada lo cuida la mesa."),
    )

    def __init__(self, *args, decision, candidates, **kwargs):
        initial = {
            "rule": decision.rule,
            "minimum_votes": decision.minimum_votes,
            "most_marks": decision.session.most_marks,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.candidates = candidates
        for candidate in candidates:
            self.fields[f"way-{candidate.request_id}"] = forms.ChoiceField(
                label=candidate.request.title,
                choices=Item.Way.choices,
                initial=candidate.way,
                widget=QuickSelect(attrs={"aria-label": candidate.request.title}),
            )

    @property
    def ways(self) -> dict[int, str]:
        return {c.request_id: self.cleaned_data[f"way-{c.request_id}"] for c in self.candidates}

    def rows(self):
        """Each candidate beside its field."""
        return [(c, self[f"way-{c.request_id}"]) for c in self.candidates]

    def shared(self):
        return [self[name] for name in ("rule", "minimum_votes", "most_marks")]


class AdvisoryPollForm(OnceForm):
    opens_at = MomentField(label=_("Se abre"), help_text=_("Día y hora de Quito. Se abre sola."))
    closes_at = MomentField(label=_("Se cierra"), help_text=_("Antes de la asamblea."))
    answers_for = forms.ModelChoiceField(
        Agency.objects.filter(active=True, municipal=True),
        label=_("¿Qué dependencia responde por la consulta?"),
        empty_label=_("Elija una dependencia"),
    )


class UploadForm(forms.Form):
    """One file, of at most so many bytes."""

    most, too_large = MAX_BYTES, _("El archivo es demasiado grande para ser de una asamblea.")
    file = forms.FileField(
        label=_("Archivo"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        help_text=_("El que guardó la página sin internet, tal como está."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > self.most:
            raise forms.ValidationError(self.too_large)
        return file


class RecountForm(UploadForm):
    most, too_large = MOST_PABULIB, _("El archivo es demasiado grande: hasta 5 MB.")
    file = forms.FileField(
        label=_("Archivo .pb o .json"),
        widget=forms.FileInput(attrs={"accept": ".pb,.json,text/plain,application/json"}),
        help_text=_("En formato Pabulib, o el .json de una asamblea de esta plataforma. Hasta 5 MB."),
    )
    rule = forms.ChoiceField(
        label=_("Regla"),
        choices=[
            (RULES[0], _("Por votos; lo que no alcanza se salta")),
            (RULES[1], _("Por votos; al primero que no alcanza se detiene")),
            (RULES[2], _("Método de Partes Iguales (Equal Shares)")),
        ],
        initial=RULES[0],
        widget=forms.RadioSelect,
    )


class PaperForm(forms.Form):
    """What the signed paper says of one count."""

    candidate = forms.ModelChoiceField(None, label=_("Solicitud"), empty_label=_("Elija una solicitud"))
    votes = forms.IntegerField(label=_("Votos en el acta firmada"), min_value=0, max_value=MOST_VOTES)
    reason = LineField(label=_("Por qué"), max_length=300, validators=[need_text])

    def __init__(self, *args, candidates, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["candidate"]
        field.queryset = candidates
        field.label_from_instance = lambda c: f"{c.number}. {c.request.title}"
