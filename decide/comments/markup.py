"""One comment as HTML, from `comments/_comment.html`.

A page shows up to 300 comments, and rendering the template for each of them took most of the page's time. So it is
rendered once for each shape of a comment (edited or not, with a badge or not …) and language, with marks where the
values go; a comment fills the marks of its shape with strings that are already escaped.
"""

import re
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

TEMPLATE = "comments/_comment.html"
# What the template writes …
SLOTS = ("id", "root", "address", "name", "office", "when", "iso", "answers", "answered", "html", "if_useful")
SLOTS += ("report", "useful_label", "if_not_useful", "not_useful_label", "replies", "more_label")
# … and what it asks.
FLAGS = (
    "root",
    "office",
    "answers",
    "more_label",
    "deleted_at",
    "hidden",
    "by_owner",
    "edited_at",
    "own",
    "editable",
    "rated",
)


def render(row: dict, *, can_write: bool) -> SafeString:
    """`row` as `reading.for_reader` leaves it; `can_write`: whether it can be answered."""
    shape = _shape if not settings.DEBUG else _shape.__wrapped__
    parts = list(shape(tuple(bool(row[flag]) for flag in FLAGS), can_write, translation.get_language()))
    parts[1::2] = [row[slot] for slot in parts[1::2]]
    return SafeString("".join(parts))


@lru_cache(maxsize=2048)
def _shape(flags: tuple[bool, ...], can_write: bool, language: str) -> tuple[str, ...]:
    """Text, slot, text, slot, …, text."""
    c = {slot: SafeString(f"\x02{slot}\x03") for slot in SLOTS}
    c |= {flag: on for flag, on in zip(FLAGS, flags, strict=True) if not on or flag not in SLOTS}
    with translation.override(language):
        html = render_to_string(TEMPLATE, {"c": c, "can_write": can_write})
    return tuple(re.split("\x02(\\w+)\x03", re.sub(r"\s*\n\s*", "\n", html.strip()) + "\n"))
