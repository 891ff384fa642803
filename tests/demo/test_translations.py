"""The catalogues: made where they are not, and read by who made them or found them made."""

from pathlib import Path

import polib
import pytest
from django.utils.translation import gettext, override

from decide.demo.translations import compile_translations

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "A word of these tests"
msgstr "%s"
"""


@pytest.fixture
def catalogue(settings, tmp_path) -> Path:
    """The source of a Spanish catalogue that nobody compiled, in a process that has read Spanish before."""
    source = tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO % "Una palabra de estas pruebas")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    assert gettext("A word of these tests") == "A word of these tests"
    return source


def test_a_process_that_has_read_spanish_reads_what_it_compiles(catalogue):
    assert compile_translations() == [catalogue.with_suffix(".mo")]

    assert gettext("A word of these tests") == "Una palabra de estas pruebas"
    with override("es"):
        assert gettext("A word of these tests") == "Una palabra de estas pruebas"


def test_what_another_process_compiled_meanwhile_is_read_too(catalogue):
    polib.pofile(str(catalogue)).save_as_mofile(str(catalogue.with_suffix(".mo")))
    assert gettext("A word of these tests") == "A word of these tests"

    assert compile_translations() == []
    assert gettext("A word of these tests") == "Una palabra de estas pruebas"
