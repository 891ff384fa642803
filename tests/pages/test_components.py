"""The components that every room includes: names, errors, states, never without their words."""

import re
from datetime import date

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from decide.fields import LineField
from decide.steps import Step, story
from votes.models import SupportBox


class Form(forms.Form):
    title = LineField(label="Título", help_text="Una línea.")
    kind = forms.ChoiceField(label="Tipo", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    note = LineField(label="Nota", required=False)
    agree = forms.BooleanField(label="Acepto")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def render(source: str, **context) -> str:
    request = context.pop("request", None)
    template = Template(source)
    html = template.render(RequestContext(request, context) if request else Context(context))
    return " ".join(html.split())


def test_errors_link_to_their_fields():
    form = Form({"title": ""})
    form.add_error(None, "<b>Todo mal</b>")
    html = render('{% include "components/_errors.html" %}', form=form)
    assert 'href="#id_title"' in html
    assert 'href="#id_kind"' in html
    assert 'href="#id_agree"' in html
    assert "&lt;b&gt;Todo mal&lt;/b&gt;" in html
    assert "Hay un problema" in html


def test_errors_of_a_label_that_is_a_sentence_say_only_what_is_wrong():
    class Consent(forms.Form):
        agree = forms.BooleanField(label="Acepto las condiciones.", error_messages={"required": "Hay que aceptarlas."})

    html = render('{% include "components/_errors.html" %}', form=Consent({}))
    assert '<a href="#id_agree">Hay que aceptarlas.</a>' in html


def test_errors_absent_without_errors():
    assert render('{% include "components/_errors.html" %}', form=Form()).strip() == ""


def test_field_names_hint_and_error():
    html = render('{% include "components/_field.html" with field=form.title %}', form=Form({"title": ""}))
    assert '<label for="id_title">' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_field_keeps_the_input():
    html = render('{% include "components/_field.html" with field=form.title %}', form=Form({"title": '"><script>'}))
    assert 'value="&quot;&gt;&lt;script&gt;"' in html


@pytest.mark.parametrize(
    ("name", "has"),
    [("kind", "<fieldset"), ("kind", "<legend>"), ("note", "(opcional)"), ("agree", "field--check")],
)
def test_field_kinds(name, has):
    form = Form()
    assert has in render('{% include "components/_field.html" with field=field %}', field=form[name])


def test_meter_says_both_figures_and_is_live():
    box = SupportBox(pk=1234, threshold=143, supports=20, counted=12)
    html = render('{% include "components/_meter.html" %}', box=box)
    live = re.findall(r'data-live="(support:\d+)"\s+data-live-field="(\w+)"[^>]*>([^<]*)<', html)
    assert live == [
        ("support:1234", "supports", "20"),
        ("support:1234", "counted", "12"),
        ("support:1234", "counted", "8 %"),
    ]
    assert 'max="143" value="12"' in html
    assert "meter--reached" not in html


def test_meter_with_thousands_keeps_plain_attributes():
    box = SupportBox(pk=1, threshold=5598, supports=6000, counted=5598)
    html = render('{% include "components/_meter.html" %}', box=box)
    assert 'max="5598" value="5598"' in html
    assert ">6.000<" in html
    assert "meter--reached" in html


def test_pagination_keeps_the_filters():
    request = RequestFactory().get("/propuestas/?q=parque&pagina=2")
    request.user, request.session = AnonymousUser(), {}
    page = Paginator(range(60), 20).page(2)
    html = render('{% include "components/_pagination.html" %}', page=page, request=request)
    assert 'href="?q=parque&amp;pagina=1"' in html
    assert 'href="?q=parque&amp;pagina=3"' in html
    assert "Página 2 de 3" in html


def test_pagination_absent_on_a_single_page():
    page = Paginator(range(3), 20).page(1)
    assert render('{% include "components/_pagination.html" %}', page=page).strip() == ""


def test_steps_say_their_state_in_words():
    steps = [
        Step("Publicada", at=date(2026, 3, 1)),
        Step("En apoyos", at=date(2026, 3, 2), note="<script>1</script>"),
        Step("Respuesta", at=date(2026, 5, 2), state="late", who="Debe responder: <b>X</b>"),
        Step("Hecha", state="next"),
    ]
    html = render('{% include "components/_steps.html" %}', story=story(steps))
    assert "(hecho)" in html
    assert "(falta)" in html
    assert "Atrasado" in html
    assert html.count('aria-current="step"') == 1
    assert "<script>" not in html
    assert "<b>" not in html


def test_steps_of_long_ago_are_folded():
    steps = [Step(f"Paso {n}", at=date(2026, 3, n)) for n in range(1, 11)]
    html = render('{% include "components/_steps.html" %}', story=story(steps))
    folded, shown = html.split("</details>")
    assert "6 pasos anteriores" in folded
    assert folded.count("<li") == 6
    assert 'start="7"' in shown
    assert shown.count("<li") == 4
