"""What changed, readable and within a fixed effort."""

import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decide.versions import EFFORT, Budget, diff_html


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
