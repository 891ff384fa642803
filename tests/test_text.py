"""Citizens' text is cleaned in one place, and is inert wherever it is shown."""

import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from decide.text import clean_line, clean_text, personal_numbers, plain, render_markdown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Parque   de\tla\nmujer ", "Parque de la mujer"),
        ("Ca\x00lle\x07", "Calle"),
        ("pay\u200bpal \u202etxt.exe\u202c", "paypal txt.exe"),
        ("\ufeffNin\u0303o", "Niño"),
        ("a\u00adb\u2066c\u2069", "abc"),
        ("\U000e0041\U000e0042tags", "tags"),
        ("Z" + "\u0301" * 40 + "a", "Ź" + "\u0301" * 4 + "a"),
        ("Íñigo 😀 & <b>", "Íñigo 😀 & <b>"),
    ],
    ids=["spaces", "controls", "zero width and right to left", "NFC", "soft hyphen", "tags", "stacked", "ordinary"],
)
def test_line_loses_what_cannot_be_seen(typed, kept):
    assert clean_line(typed) == kept


def test_text_keeps_its_lines():
    assert clean_text("uno\r\ndos\rtres\x0b") == "uno\ndos\ntres"


def test_text_with_a_lone_surrogate_is_refused():
    with pytest.raises(ValidationError, match="no son válidos"):
        clean_text("hola \ud800")


@pytest.mark.parametrize(
    "pair", ["\u0315\u0300", "\u05b0\u0591", "\u0f73", "\uff9e\u0300"], ids=["latin", "hebrew", "tibetan", "half width"]
)
def test_marks_without_end_cost_no_more_than_letters(pair):
    """NFC and NFKD sort the marks of one letter by insertion: 1 MB of them would hold a process for minutes."""
    began = time.process_time()

    kept = clean_text("a" + pair * (500_000 // len(pair)))
    plain(kept)

    assert time.process_time() - began < 1
    assert len(kept) < 10


@given(st.text())
def test_cleaning_twice_changes_nothing_more(typed):
    try:
        once = clean_text(typed)
    except ValidationError:
        return
    assert clean_text(once) == once
    assert "\x00" not in once


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://example.org/pixel.gif)",
        "<img src=x onerror=alert(1)>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "[x](vbscript:a)",
        '[x](https://a.b "onmouseover=alert(1)")',
        "<svg/onload=alert(1)>",
        "</p></div><iframe srcdoc='x'>",
        "<style>*{display:none}</style>",
        "`<script>`\n\n    <script>",
    ],
)
def test_markdown_is_inert(attack):
    html = str(render_markdown(attack)).lower()

    for live in ("<script", "<img", "<svg", "<iframe", "<style", 'href="javascript', 'href="data', 'href="vbscript'):
        assert live not in html


def test_markdown_keeps_what_people_write():
    html = render_markdown("# Plan\n\n**Uno** < dos\n- a\n- b\n\n[sitio](https://quito.gob.ec)")

    assert html == (
        "<h3>Plan</h3>\n<p><strong>Uno</strong> &lt; dos</p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"
        '<p><a href="https://quito.gob.ec" rel="nofollow ugc noopener">sitio</a></p>\n'
    )


@pytest.mark.parametrize(
    "hard", ["[" * 20_000, "*a" * 10_000, "> " * 10_000, "`" * 20_000, "<" * 20_000, "![](" * 5_000]
)
def test_markdown_of_20_kb_made_to_be_slow_is_rendered_at_once(hard):
    began = time.process_time()

    render_markdown(hard[:20_000])

    assert time.process_time() - began < 1


def test_markdown_that_is_read_often_is_rendered_once():
    text = "> - > - > - a\n" * 1400
    first = render_markdown(text)

    assert render_markdown(text) is first


def test_plain_ignores_accents_and_case():
    assert plain("Ñuñoa, ÍÑIGO Güija") == "nunoa, inigo guija"


# --- numbers that tell who somebody is --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("Llame al 0991234567.", ["0991234567"]),
        ("099 123 4567", ["0991234567"]),
        ("099-123-4567 o (02) 245-6789", ["0991234567", "022456789"]),
        ("+593 99 123 4567", ["593991234567"]),
        ("+593 (0) 99 123 45 67", ["5930991234567"]),
        ("https://wa.me/593991234567", ["593991234567"]),
        ("Mi cédula: 171003406-5", ["1710034065"]),
        ("cédula1710034065", ["1710034065"]),
        ("1 7 1 0 0 3 4 0 6 5", ["1710034065"]),
        ("RUC 1710034065001", ["1710034065001"]),
        ("Calle 12, 0991234567", ["0991234567"]),
        ("Piso 3 099 123 4567", ["0991234567"]),
        ("０９９１２３４５６７", ["0991234567"]),
        ("1710034066", []),  # its check digit is wrong
        ("$ 2.000.000.000 para 2.781.641 personas", []),
        ("El 02-10-2024 a las 15:30, y el 2024-11-22", []),
        ("1800 266 822", []),  # of the city
        ("099 123", []),
        ("", []),
    ],
)
def test_personal_numbers_are_found_however_they_are_written(text, digits):
    assert [number.digits for number in personal_numbers(text)] == digits


def test_personal_number_comes_with_the_words_around_it():
    [number] = personal_numbers("Escriba al 099 123 4567, de tarde")

    assert (number.before, number.typed, number.after) == ("Escriba al ", "099 123 4567", ", de tarde")


@pytest.mark.parametrize("text", ["1 " * 10_000, "0" * 20_000, "09 " * 7_000, "099 123 4567 " * 1_500])
def test_personal_numbers_take_time_by_the_length_of_the_text(text):
    began = time.process_time()
    personal_numbers(text)

    assert time.process_time() - began < 1
