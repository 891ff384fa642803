"""Who comes first when votes are equal: an order drawn from a seed that is published before the vote.

The order is a function of the seed and the ids alone, so that anyone can draw it again. In JavaScript:

    async function drawOrder(seed, ids) {
      const hex = async (id) => [...new Uint8Array(await crypto.subtle.digest(
        "SHA-256", new TextEncoder().encode(seed + "\\n" + id)))].map((b) => b.toString(16).padStart(2, "0")).join("");
      const drawn = await Promise.all(ids.map(async (id) => [await hex(id), id]));
      return drawn.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0)).map(([, id]) => id);
    }
"""

from collections.abc import Iterable
from hashlib import sha256


def draw_order(seed: str, ids: Iterable[str]) -> list[str]:
    """The ids by the hexadecimal SHA-256 of `seed`, a line feed and the id, all in UTF-8; the smallest comes first.

    Whoever fixes the seed before the items are known, and publishes it, cannot choose the order. The order of two
    items does not change when others come or go. ValueError for an id that is there twice.
    """
    ids = list(ids)
    if len(set(ids)) != len(ids):
        raise ValueError("an id is there twice")
    return sorted(ids, key=lambda one: sha256(f"{seed}\n{one}".encode()).hexdigest())
