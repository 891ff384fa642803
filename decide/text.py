"""The one place where citizens' text is cleaned.

Lines and texts are normalised (NFC) and freed of what cannot be seen but can deceive: control characters,
zero-width characters, and the bidirectional overrides of "Trojan Source" (CVE-2021-42574). Markdown becomes HTML
through bleach and then nh3, the last gate.
"""

import re
import unicodedata
from functools import lru_cache

import bleach
import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

# C0 and C1 controls but tab and line feed, soft hyphen, zero-width, bidirectional marks, overrides and isolates,
# invisible operators, the byte order mark, interlinear annotations, and tag characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# Whatever combines with the letter before it, in any script (also what only becomes such a mark in NFKD).
_MARKS = "".join(
    c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(unicodedata.normalize("NFKD", c)[0])
)
# More than four on one letter hide the lines above and below.
_STACKED = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
# Sorting the marks of one letter takes time by the square of their number: cut before, as UAX #15 does ("stream-safe").
_ENDLESS = re.compile(f"([{_MARKS}]{{30}})[{_MARKS}]+")

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "h3", "h4", "hr", "code", "pre"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")


def clean_text(value: str) -> str:
    """A text of several lines, without what cannot be seen. Raises ValidationError for lone surrogates."""
    if _SURROGATE.search(value):
        raise ValidationError(_("El texto contiene caracteres que no son válidos. Escríbalo de nuevo."))
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = unicodedata.normalize("NFC", _ENDLESS.sub(r"\1", _UNSEEN.sub("", value)))
    return _STACKED.sub(r"\1", value).strip()


def clean_line(value: str) -> str:
    """One line: as `clean_text`, with every run of white space made one space."""
    return " ".join(clean_text(value).split())


@lru_cache(maxsize=256)  # a long text may take a second: once, not for every reader
def render_markdown(value: str) -> SafeString:
    """HTML that is safe to show anywhere, from a citizen's Markdown. Headings begin at h3; images are not allowed."""
    html = _markdown.render(value)
    html = re.sub(r"<(/?)h[12]>", r"<\1h3>", html)
    html = re.sub(r"<(/?)h[56]>", r"<\1h4>", html)
    html = bleach.clean(html, tags=TAGS, attributes={k: list(v) for k, v in ATTRIBUTES.items()}, protocols=SCHEMES)
    html = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow ugc noopener")
    return mark_safe(html)  # nh3 is the gate


def plain(value: str) -> str:
    """Lower case without accents: `Ñuñoa` → `nunoa`. What the searches compare."""
    decomposed = unicodedata.normalize("NFKD", value.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
