"""What cannot be undone asks once: the form comes back as it will be published, to confirm or to write on.

It is a page of its own and needs no JavaScript. A view asks it between a valid form and its service:

    if review.needed(request):
        return review.page(request, title=_("¿Publicar la respuesta?"), rows=review.rows(form), button=_("Publicar"))
"""

from datetime import date

from django import forms
from django.shortcuts import render
from django.utils.html import linebreaks
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from decide.fields import TextField
from decide.text import render_markdown

ANSWER, YES, BACK = "seguro", "si", "volver"


def needed(request) -> bool:
    """Whether the person has not yet seen what will happen."""
    return request.POST.get(ANSWER) != YES


def wants_back(request) -> bool:
    """Whether the person saw it and goes on writing: the form is shown again as it was sent."""
    return request.POST.get(ANSWER) == BACK


def page(request, *, title, rows, button, follows="", danger=False, back=""):
    """The question, with everything that was sent hidden in it. `back`: an address, where there is no form to write in.

    `rows`: [(label, value)]; a date is shown in words, safe HTML as it is.
    """
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "title": title,
        "rows": [(label, value, isinstance(value, date)) for label, value in rows],
        "button": button,
        "follows": follows,
        "danger": danger,
        "back": back,
        "sent": [(name, value) for name, value in sent if name not in ("csrfmiddlewaretoken", ANSWER)],
    }
    return render(request, "review.html", context)


def rows(form) -> list[tuple]:
    """The fields that were filled in, as they will be read. `form.MARKDOWN` names those that are shown as Markdown."""
    filled = [(field, form.cleaned_data.get(field.name)) for field in form.visible_fields()]
    return [(field.label, _shown(form, field, value)) for field, value in filled if value not in (None, "")]


def _shown(form, field, value):
    if field.name in getattr(form, "MARKDOWN", ()):
        return render_markdown(value)
    if isinstance(field.field, TextField):
        return mark_safe(linebreaks(value, autoescape=True))
    if isinstance(field.field, forms.ChoiceField) and not isinstance(field.field, forms.ModelChoiceField):
        return dict(field.field.choices)[value]
    if isinstance(field.field, forms.BooleanField):
        return _("sí") if value else _("no")
    return value
