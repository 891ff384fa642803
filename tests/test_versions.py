"""What changed, readable and within a fixed effort."""

import random
import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decide.versions import EFFORT, Budget, changes_between, diff_html, without_numbers


def sides(html: str) -> tuple[str, str]:
    """The old and the new text of a diff (without what only screen readers hear)."""
    html = re.sub(r'<span class="visually-hidden">.*?</span>', "", html)
    old = re.sub(r"<ins>.*?</ins>|</?del>", "", html, flags=re.DOTALL)
    new = re.sub(r"<del>.*?</del>|</?ins>", "", html, flags=re.DOTALL)
    return old, new


def test_diff_marks_only_the_words_that_changed():
    html = re.sub(
        r'<span class="visually-hidden">.*?</span>', "", diff_html("Más veredas en Nono", "Más parques en Nono")
    )
    assert html == "Más <del>veredas </del><ins>parques </ins>en Nono"


def test_diff_escapes():
    html = diff_html("<b>a</b>", '<script>alert("1")</script>')
    assert "<script" not in html
    assert "&lt;script&gt;" in html


class Row:
    """A row of a history, as far as it is read."""

    def __init__(self, state="", planned=None, body=""):
        self.state, self.planned, self.body = state, planned, body

    def get_state_display(self):
        return {"a": "Previsto", "b": "En <marcha>"}.get(self.state, "")


def test_a_day_and_a_choice_are_replaced_as_a_whole():
    old, new = Row("a", date(2026, 8, 19)), Row("b", date(2026, 9, 19))
    changes = changes_between(old, new, [("state", "Estado"), ("planned", "Para cuándo"), ("body", "Texto")], Budget())
    plain = [(label, re.sub(r'<span class="visually-hidden">.*?</span>', "", html)) for label, html in changes]
    assert plain == [
        ("Estado", "<del>Previsto</del> <ins>En &lt;marcha&gt;</ins>"),
        ("Para cuándo", "<del>19 de agosto de 2026</del> <ins>19 de septiembre de 2026</ins>"),
    ]
    [(_label, html)] = changes_between(Row(), Row(planned=date(2026, 9, 19)), [("planned", "Día")], Budget())
    assert "<del>" not in html


@pytest.mark.parametrize(
    ("shown", "left"),
    [("", "Mi número: [número retirado]."), ("Es el 099 123 4567, de noche.", "Mi número: 099 123 4567.")],
)
def test_numbers_that_are_shown_no_more_stay_away(shown, left):
    assert without_numbers("Mi número: 099 123 4567.", shown) == left


words = st.text(alphabet="ab \n", max_size=60)


@given(words, words)
@settings(max_examples=200, deadline=None)
def test_diff_holds_both_texts_whole(old, new):
    assert sides(diff_html(old, new)) == (old, new)


@given(words, words)
@settings(max_examples=50, deadline=None)
def test_diff_without_effort_holds_both_texts_whole(old, new):
    assert sides(diff_html(old, new, Budget(0))) == (old, new)


def _words(seed, n, of):
    chooser = random.Random(seed)
    return " ".join(chooser.choice(of) for _ in range(n))


HOSTILE = {
    "one word": ("a " * 10_000, "a " * 9_999 + "b"),
    "one word between": ("b " + "a " * 9_998, "a " * 9_998 + "c"),
    "two words": (_words(1, 10_000, "ab"), _words(2, 10_000, "ab")),
    "few words": (_words(1, 10_000, "abcdefghij"), _words(2, 10_000, "abcdefghij")),
    "120 words": (_words(1, 5_000, [f"p{n}" for n in range(120)]), _words(2, 5_000, [f"p{n}" for n in range(120)])),
    "lines": ("\n" * 20_000, "a\n" * 10_000),
    "one long word": ("a" * 20_000, "b" * 20_000),
    "reversed": (" ".join(map(str, range(3_500))), " ".join(map(str, reversed(range(3_500))))),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_diff_of_hostile_texts_is_quick(name):
    old, new = HOSTILE[name]
    started = time.process_time()
    html = diff_html(old, new)
    took = time.process_time() - started
    assert sides(html) == (old, new)
    assert took < 0.4, f"{took:.3f} s"  # 0.2 s alone; this machine is shared


def test_budget_is_shared_by_a_page():
    budget = Budget()
    diff_html(*HOSTILE["few words"], budget)
    assert 0 <= budget.left < EFFORT
