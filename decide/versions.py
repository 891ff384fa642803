"""What changed between two versions of a text, word by word, within a fixed effort.

difflib is quadratic on hostile texts (20,000 times the same word). So equal beginnings and endings are set aside
first, and the search for what is equal between them spends from a `Budget`: when that is gone, the rest is shown as
replaced. What it costs is known before it is spent, so that the same texts always give the same page.

Whoever keeps a history shows it so: a function that returns a page and its `Version`s, and the template part
`components/_versions.html`. A version names nobody.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import accumulate

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from decide.text import personal_numbers

PER_PAGE = 10
EFFORT = 400_000  # comparisons of a whole page, well below 200 ms


@dataclass
class Budget:
    left: int = EFFORT

    def spend(self, cost: int) -> bool:
        if cost > self.left:
            return False
        self.left -= cost
        return True


@dataclass(frozen=True)
class Version:
    """One public change: when, what it changed as (label, safe HTML), and in words of the writer why.

    `id` makes its address on the page (`#version-<id>`); `title` says what was changed where a page tells of several
    things.
    """

    at: datetime
    changes: list[tuple[str, SafeString]]
    id: str = ""
    title: str = ""
    reason: str = ""


def changes_of(thing, reasons, number=1, related=()) -> tuple:
    """(page, [(row before, row after)]): a page of those changes in a history whose `history_change_reason` is among
    `reasons`, the newest first. Two queries."""
    rows = list(thing.history.order_by("pk").values_list("pk", "history_change_reason"))
    before = {pk: rows[i - 1][0] for i, (pk, reason) in enumerate(rows) if i and reason in reasons}
    page = Paginator(sorted(before, reverse=True), PER_PAGE).get_page(number)
    wanted = {*page, *(before[pk] for pk in page)}
    held = {row.pk: row for row in thing.history.filter(pk__in=wanted).select_related(*related)}
    return page, [(held[before[pk]], held[pk]) for pk in page]


def changes_between(
    old, new, labels: list[tuple[str, str]], budget: Budget, shown: str | None = None
) -> list[tuple[str, SafeString]]:
    """The fields (name, label) that differ in two rows of one model, each as (label, safe HTML of what changed).

    `shown` is what a citizen's text says now: telephone numbers and cédulas that stand in it no more stay away.
    """
    changes = []
    for name, label in labels:
        was, became = _shown(old, name), _shown(new, name)
        if was != became:
            if shown is not None:
                was, became = without_numbers(was, shown), without_numbers(became, shown)
            text = isinstance(getattr(new, name), str) and not hasattr(new, f"get_{name}_display")
            changes.append((label, diff_html(was, became, budget) if text else replaced_html(was, became)))
    return changes


def replaced_html(old: str, new: str) -> SafeString:
    """A day or a choice is another one as a whole, not word by word."""
    return mark_safe(" ".join(filter(None, [_marked([old] if old else [], []), _marked([], [new] if new else [])])))


def without_numbers(text: str, shown: str) -> str:
    """The text without the personal numbers that `shown` does not have: taken out, they should not live on here."""
    for number in personal_numbers(text):
        if number.typed not in shown:
            text = text.replace(number.typed, _("[número retirado]"))
    return text


def _shown(row, name: str) -> str:
    """A field as people read it: a choice by its name, a day in words."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return number_format(value, use_l10n=True, force_grouping=True)
    return "" if value is None else str(value)


def diff_html(old: str, new: str, budget: Budget | None = None) -> SafeString:
    """What was taken away in <del>, what was put in <ins>, everything escaped."""
    a, b = (re.findall(r"\S+\s*|\s+", text) for text in (old, new))
    parts, i, j = [], 0, 0
    for start_a, start_b, size in _equal_runs(a, b, budget or Budget()):
        parts += [_marked(a[i:start_a], b[j:start_b]), escape("".join(a[start_a : start_a + size]))]
        i, j = start_a + size, start_b + size
    parts.append(_marked(a[i:], b[j:]))
    return mark_safe("".join(parts))


def _marked(gone: list[str], put: list[str]) -> str:
    html = ""
    if gone:
        html += format_html('<del><span class="visually-hidden">{} </span>{}</del>', _("[se quitó:]"), "".join(gone))
    if put:
        html += format_html('<ins><span class="visually-hidden">{} </span>{}</ins>', _("[se añadió:]"), "".join(put))
    return html


def _equal_runs(a: list[str], b: list[str], budget: Budget) -> list[tuple[int, int, int]]:
    """(place in a, place in b, length) of the runs of words that stayed, in order."""
    short = min(len(a), len(b))
    head = next((i for i in range(short) if a[i] != b[i]), short)
    tail = next((i for i in range(short - head) if a[-1 - i] != b[-1 - i]), short - head)
    runs = [(0, 0, head), (len(a) - tail, len(b) - tail, tail)]
    middle_a, middle_b = a[head : len(a) - tail], b[head : len(b) - tail]
    matcher = SequenceMatcher(None, middle_a, middle_b)
    # What looking at the words before each place costs: one step, and one for every place where b has the same word.
    cost = [0, *accumulate(1 + len(matcher.b2j.get(word, ())) for word in middle_a)]
    waiting = [(0, len(middle_a), 0, len(middle_b))]
    while waiting:
        low_a, high_a, low_b, high_b = waiting.pop()
        if low_a == high_a or low_b == high_b or not budget.spend(cost[high_a] - cost[low_a]):
            continue
        at_a, at_b, size = matcher.find_longest_match(low_a, high_a, low_b, high_b)
        if size:
            runs.append((head + at_a, head + at_b, size))
            waiting += [(low_a, at_a, low_b, at_b), (at_a + size, high_a, at_b + size, high_b)]
    return sorted(run for run in runs if run[2])
