"""The look, computed: contrast of the tokens in both modes, and what the style sheet promises."""

import gzip
import re
from itertools import product
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

CSS = Path(finders.find("decide/app.css")).read_text(encoding="utf-8")


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def blocks() -> dict[str, dict[str, str]]:
    layer = CSS[CSS.index("@layer tokens {") : CSS.index("@layer reset {")]
    light, dark = layer.split("@media (prefers-color-scheme: dark)")
    return {"light": tokens(light), "dark": tokens(light) | tokens(dark)}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's ratio, from 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("paper", "surface", "sunken")
TEXT = [
    *product(("ink", "ink-soft", "action", "action-strong", "red"), GROUNDS),
    ("on-action", "action"),
    ("on-action", "action-strong"),
    *((c, f"{c}-wash") for c in ("action", "red", "green", "amber")),
    *((c, f"{w}-wash") for c, w in product(("ink", "action"), ("action", "red", "green", "amber"))),
    ("ink-soft", "action-wash"),
    ("action-strong", "action-wash"),
    ("paper", "ink"),
    *(("on-q", q) for q in ("q0", "q1", "q2")),
    *(("on-q-strong", q) for q in ("q3", "q4")),
    *(("on-q", f"z{n}") for n in range(1, 9)),
]
SHAPES = [
    *product(("line-strong", "action", "red"), GROUNDS),
    ("green", "surface"),
    ("amber", "surface"),
    ("red", "q0"),
    ("ink", "q0"),
]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_contrast(mode, text, ground):
    colours = blocks()[mode]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shape_contrast(mode, shape, ground):
    colours = blocks()[mode]
    assert contrast(colours[shape], colours[ground]) >= 3


def test_contrast_agrees_with_the_norm():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_dark_mode_replaces_every_colour():
    layer = CSS[CSS.index("@layer tokens {") : CSS.index("@layer reset {")]
    light, dark = layer.split("@media (prefers-color-scheme: dark)")
    assert set(tokens(light)) == set(tokens(dark))


def test_colours_only_in_tokens_and_print():
    middle = CSS[CSS.index("@layer reset {") : CSS.index("@layer print {")]
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", middle) == []


def test_every_token_used_is_defined():
    used = set(re.findall(r"var\(--([\w-]+)", CSS))
    defined = set(re.findall(r"--([\w-]+):", CSS))
    assert used - defined == set()


def test_style_sheet_weight():
    assert len(gzip.compress(CSS.encode(), 9)) < 15_000


def test_nothing_is_fetched_from_elsewhere():
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "@font-face" not in CSS


@pytest.mark.parametrize(
    "promise", ["prefers-color-scheme: dark", "prefers-reduced-motion: reduce", "forced-colors: active", "@media print"]
)
def test_style_sheet_heeds(promise):
    assert promise in CSS
