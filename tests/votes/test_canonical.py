"""One value, one text: RFC 8785 for what the ballot box writes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votes import canonical, verificar

VALUES = st.recursive(
    st.none() | st.integers(0, canonical.LARGEST) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_names_are_sorted_as_utf_16_and_strings_escaped_as_the_rfc_says():
    # RFC 8785, 3.2.3: U+1F600 comes before U+FB33, whatever their code points.
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7, "s": '€$\x0f\nA\'B"\\"/'}
    text = canonical.dumps(value).decode()
    assert text == ('{"\\r":2,"1":4,"s":"€$\\u000f\\nA\'B\\"\\\\\\"/","\x80":6,"ö":7,"€":1,"\U0001f600":5,"\ufb33":3}')


@settings(deadline=None, max_examples=300)
@given(VALUES)
def test_what_is_written_is_read_again_by_both_programs(value):
    text = canonical.dumps(value)
    assert canonical.loads(text) == verificar.parse(text) == value
    assert verificar.canonical(value) == text


@pytest.mark.parametrize(
    "text",
    [
        b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1.0}', b'{"a":1e2}',
        b"[1,]", b'"\\u00f1"', b'"\\/"', b"-0",
        b'\xef\xbb\xbf{"a":1}', b'"\xff"', b'"\\ud800"', b"9007199254740992", b"NaN", b"Infinity", b'{"a":1}\n',
        b"", b"[" * 100_000, b"true", b'{"a":false}', b"[true]", b"-1", b"[" * 17 + b"]" * 17,
    ],
)  # fmt: skip
def test_what_is_not_canonical_is_refused_by_both_programs(text):
    with pytest.raises(ValueError):  # noqa: PT011  each has its own words
        canonical.loads(text)
    with pytest.raises(ValueError):  # noqa: PT011
        verificar.parse(text)


@pytest.mark.parametrize("value", [1.5, 2**53, -1, True, {"a": [False]}, {1: 2}, b"x", {"a": {3}}])
def test_what_json_cannot_say_exactly_is_not_written(value):
    with pytest.raises(ValueError, match=r"whole numbers|names are strings|no JSON"):
        canonical.dumps(value)


def test_sixteen_levels_are_written_and_read_and_seventeen_are_not():
    value = deepest = []
    for _level in range(canonical.DEEPEST - 1):
        deepest.append([])
        deepest = deepest[0]
    assert canonical.loads(canonical.dumps(value)) == verificar.parse(canonical.dumps(value)) == value
    deepest.append({})
    with pytest.raises(ValueError, match="too deep"):
        canonical.dumps(value)
