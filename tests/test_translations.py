"""What people read is in Spanish in the source, and complete in English beside it."""

import re

import polib
import pytest
from django.conf import settings

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?\w+")
CATALOGUE = polib.pofile(str(settings.LOCALE_PATHS[0] / "en" / "LC_MESSAGES" / "django.po"))


def test_every_sentence_has_its_english():
    missing = [entry.msgid for entry in CATALOGUE if not entry.obsolete and (not entry.translated() or entry.fuzzy)]

    assert missing == []


def test_placeholders_are_the_same_in_both():
    different = []
    for entry in CATALOGUE:
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            source = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural)}
            if not set(PLACEHOLDER.findall(text)) <= source:
                different.append(entry.msgid)

    assert different == []


@pytest.mark.django_db
def test_catalogue_knows_every_sentence_of_the_templates():
    """A sentence that nobody gave to the translator is not in the catalogue at all."""
    known = {entry.msgid for entry in CATALOGUE}
    used = set()
    for template in (settings.BASE_DIR / "templates").rglob("*.html"):
        used |= set(re.findall(r'{%\s*translate\s+"((?:[^"\\]|\\.)*)"', template.read_text()))

    assert {text.replace('\\"', '"').replace("%", "%%") for text in used} - {
        k.replace("%%", "%").replace("%", "%%") for k in known
    } == set()
