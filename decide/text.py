"""The one place where citizens' text is cleaned.

Lines and texts are normalised (NFC) and freed of what cannot be seen but can deceive: control characters,
zero-width characters, and the bidirectional overrides of "Trojan Source" (CVE-2021-42574). Markdown becomes HTML
through bleach and then nh3, the last gate.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import bleach
import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from stdnum.ec import ci

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


# --- numbers that tell who somebody is --------------------------------------------------------------------

# Groups of digits with at most two separators between them, on one line.
_DIGITS = re.compile(r"\d+(?:[ \t.\-–/()]{1,2}\d+)*")
# Of Ecuador, national or with the country's code: mobiles (09…), and lines of a province (02 2…, 02 3… in Quito).
_TELEPHONE = re.compile(r"(?:0|(?:00)?593(?:0)?)(?:9\d{8}|[2-7][2-9]\d{6})")
_SHORTEST_NUMBER, _LONGEST_NUMBER = 9, 15


@dataclass(frozen=True)
class PersonalNumber:
    """A telephone number or a cédula as it was typed, its digits, and a few words on either side."""

    digits: str
    before: str
    typed: str
    after: str


def personal_numbers(text: str) -> list[PersonalNumber]:
    """The telephone numbers of Ecuador and the valid cédulas in a text, also with spaces, dots or dashes in them.

    It may find a number that is neither: whoever writes decides. Takes time by the length of the text.
    """
    found = []
    for run in _DIGITS.finditer(text):
        groups = [(m.start() + run.start(), m.end() + run.start()) for m in re.finditer(r"\d+", run[0])]
        digits = "".join([str(unicodedata.decimal(c)) for c in run[0] if c.isdecimal()])
        ends = list(accumulate(end - start for start, end in groups))  # in `digits`, of each group
        first = 0
        while first < len(groups):
            last = _number_from(digits, ends, first)
            if last is None:
                first += 1
                continue
            start, end = groups[first][0], groups[last][1]
            number = digits[ends[first - 1] if first else 0 : ends[last]]
            before, after = text[max(0, start - 30) : start], text[end : end + 30]
            found.append(PersonalNumber(number, before, text[start:end], after))
            first = last + 1
    return found


def _number_from(digits: str, ends: list[int], first: int) -> int | None:
    """The group with which a number that begins at `first` ends; None if none begins there."""
    begins = ends[first - 1] if first else 0
    for last in range(first, len(ends)):
        length = ends[last] - begins
        if length > _LONGEST_NUMBER:
            break
        if length >= _SHORTEST_NUMBER and _tells_who(digits[begins : ends[last]]):
            return last
    return None


def _tells_who(digits: str) -> bool:
    # The third digit of a person's cédula is at most 5; of 13 digits, a person's tax number begins with their cédula.
    if len(digits) == 13 and digits.endswith("001"):
        digits = digits[:10]
    if _TELEPHONE.fullmatch(digits):
        return True
    return len(digits) == 10 and digits[0] in "0123" and digits[2] <= "5" and ci.is_valid(digits)
