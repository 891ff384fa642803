import hashlib
import json

import pytest

from budgets.counting.ties import draw_order
from tests.budgets.counting.test_rules import VECTORS


@pytest.mark.parametrize("draw", json.loads(VECTORS.read_text())["draws"], ids=lambda draw: draw["seed"] or "empty")
def test_order_is_the_vectors(draw):
    assert draw_order(draw["seed"], draw["ids"]) == draw["order"]


def test_order_is_that_of_the_hashes_and_not_of_the_list():
    ids = ["a", "b", "c", "ñ"]
    by_hand = sorted(ids, key=lambda one: hashlib.sha256(b"seed\n" + one.encode()).hexdigest())

    assert draw_order("seed", ids) == draw_order("seed", ids[::-1]) == by_hand


def test_order_of_two_does_not_change_when_another_comes():
    ids = [str(n) for n in range(30)]

    assert [one for one in draw_order("s", ids) if one != "7"] == draw_order("s", [one for one in ids if one != "7"])


def test_id_that_is_there_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        draw_order("s", ["a", "a"])
