"""What a person types: a comment, an office to speak for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from decide.comments.services import LONGEST
from decide.fields import ReadByAll, TextField, need_text
from decide.once import OnceForm


class BodyForm(ReadByAll):
    read_by_all = ("body",)

    body = TextField(
        label=_("Su comentario"),
        max_length=LONGEST,
        validators=[need_text],
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Escriba su comentario."),
            "max_length": _("El comentario es demasiado largo: escriba hasta 3.000 caracteres."),
        },
    )

    def clean(self):
        cleaned = super().clean()
        self.point_out_numbers([self.initial.get("body", "")])
        return cleaned


class CommentForm(OnceForm, BodyForm):
    """A new comment. Whoever holds an office may say that they speak for it; foreign ids are refused by the choice."""

    appointment = forms.TypedChoiceField(
        label=_("Hablar como"), required=False, coerce=int, empty_value=None, choices=[("", _("A título personal"))]
    )

    field_order = ["body", "appointment", "once_key"]

    def __init__(self, *args, user, **kwargs):
        kwargs.setdefault("auto_id", "comentario_%s")
        super().__init__(*args, **kwargs)
        self.held = {a.pk: a for a in user.appointments} if user.is_authenticated else {}
        if self.held:
            field = self.fields["appointment"]
            field.choices = [*field.choices, *((pk, str(a)) for pk, a in self.held.items())]
        else:
            del self.fields["appointment"]

    def written(self) -> dict:
        """What `add_comment` needs."""
        data = self.cleaned_data
        office = self.held.get(data.get("appointment"))
        return {"body": data["body"], "appointment": office, "once_key": data["once_key"]}
