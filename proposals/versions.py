"""What changed between two versions of a text, word by word, within a fixed effort.

difflib is quadratic on hostile texts (20,000 times the same word). So equal beginnings and endings are set aside
first, and the search for what is equal between them spends from a `Budget`: when that is gone, the rest is shown as
replaced. What it costs is known before it is spent, so that the same texts always give the same page.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import accumulate

from django.core.paginator import Paginator
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from proposals.models import Proposal
from proposals.services.authoring import PUBLIC_VERSION

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
    """One public change: when, and the fields that it changed as (label, safe HTML of what changed)."""

    at: datetime
    changes: list[tuple[str, SafeString]]


def public_versions(proposal: Proposal, number=1) -> tuple:
    """(page, versions): a page of the changes made since there were supports, the newest first. Two queries."""
    rows = list(proposal.history.order_by("pk").values_list("pk", "history_change_reason"))
    before = {pk: rows[i - 1][0] for i, (pk, reason) in enumerate(rows) if i and reason == PUBLIC_VERSION}
    page = Paginator(sorted(before, reverse=True), PER_PAGE).get_page(number)
    wanted = {*page, *(before[pk] for pk in page)}
    held = {row.pk: row for row in proposal.history.filter(pk__in=wanted).select_related("category")}
    budget = Budget()
    return page, [_version(held[before[pk]], held[pk], budget) for pk in page]


def _version(old, new, budget: Budget) -> Version:
    labels = [
        ("title", _("Título")),
        ("summary", _("Resumen")),
        ("body", _("Propuesta")),
        ("category", _("Tema")),
        ("neighbourhood", _("Barrio o comuna")),
        ("street", _("Calle o cruce")),
        ("reference", _("Referencia")),
    ]
    changes = []
    for name, label in labels:
        was, became = str(getattr(old, name)), str(getattr(new, name))
        if was != became:
            changes.append((label, diff_html(was, became, budget)))
    if (old.lat, old.lon) != (new.lat, new.lon):
        changes.append((_("Ubicación en el mapa"), mark_safe(escape(_("cambió")))))
    if not changes:
        changes.append((_("Etiquetas"), mark_safe(escape(_("cambiaron")))))
    return Version(new.history_date, changes)


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
