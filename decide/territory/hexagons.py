"""The schematic map: one pointy-top hexagon for each parish, odd rows shifted right by half.

Units are those of the SVG: a hexagon is 40 wide, rows are 35 apart. Zones are told apart by a thick outline and a
short name in every hexagon; colour is never the only sign.
"""

from itertools import pairwise

from django.urls import reverse
from django.utils.formats import number_format

from decide.territory.models import Parish

HALF = 20
ROW = 35
TIP, SHOULDER = 23, 12  # from the centre to the upper point, and to the corners beside it
CORNERS = [(0, -TIP), (HALF, -SHOULDER), (HALF, SHOULDER), (0, TIP), (-HALF, SHOULDER), (-HALF, -SHOULDER)]
HEXAGON = f"M0-{TIP} {HALF}-{SHOULDER}V{SHOULDER}L0 {TIP}-{HALF} {SHOULDER}V-{SHOULDER}z"
CLASSES = 4


def centre(column: int, row: int) -> tuple[int, int]:
    return column * 2 * HALF + (HALF if row % 2 else 0), row * ROW


def neighbours(column: int, row: int) -> list[tuple[int, int]]:
    """The six cells around one, in the order of the edges that begin at each of `CORNERS`."""
    right = row % 2
    return [
        (column + right, row - 1),
        (column + 1, row),
        (column + right, row + 1),
        (column - 1 + right, row + 1),
        (column - 1, row),
        (column - 1 + right, row - 1),
    ]


def parish_rows() -> list[dict]:
    """Every parish with its hexagon and its zone of today, by name: one query."""
    return list(
        Parish.objects.order_by("name").values(
            "pk", "slug", "name", "official_name", "code", "kind", "hex_column", "hex_row", "zone_id",
            "zone__slug", "zone__short_name", "zone__abbreviation", "population_2010", "population_2022", "area_km2",
        )
    )  # fmt: skip


def borders(cells: dict[tuple[int, int], int]) -> str:
    """The path of every edge between two zones, and around the whole; `cells` is {(column, row): zone}."""
    path = []
    for (column, row), zone in cells.items():
        x, y = centre(column, row)
        for i, other in enumerate(neighbours(column, row)):
            if other in cells and (cells[other] == zone or i > 2):  # an edge between two zones is drawn once
                continue
            (ax, ay), (bx, by) = CORNERS[i], CORNERS[(i + 1) % 6]
            path.append(f"M{x + ax} {y + ay}l{bx - ax} {by - ay}")
    return "".join(path)


def classes(values, step=1) -> list[tuple[int, int]]:
    """Up to four classes (from, to) of the values above zero, with as many different values in each.

    `step`: what two neighbouring values differ by at least (1, or 0.01 for shares with two places).
    """
    some = sorted({v for v in values if v > 0})
    if not some:
        return []
    lows = sorted({some[len(some) * i // CLASSES] for i in range(CLASSES)})
    return [(low, round(above - step, 2)) for low, above in pairwise([*lows, some[-1] + step])]


def legend(limits: list[tuple[int, int]], none="0") -> list[str]:
    said = [(number_format(low), number_format(high)) for low, high in limits]
    return [none, *(low if low == high else f"{low}–{high}" for low, high in said)]


def hexagon_map(*, values, label, unit="", here=None, rows=None, none="0", addresses=None) -> dict:
    """What `components/_hexmap.html` draws. `values` is {parish pk: number} or None; `here` a pk.

    `none`: what is said of a parish without a value. `addresses`: {parish pk: where its hexagon leads}.
    """
    rows = parish_rows() if rows is None else rows
    whole = values is None or all(isinstance(value, int) for value in values.values())
    limits = classes(values.values(), 1 if whole else 0.01) if values is not None else []
    zones = {r["zone_id"]: {"name": r["zone__short_name"], "abbreviation": r["zone__abbreviation"]} for r in rows}
    ordered = sorted(zones, key=lambda pk: zones[pk]["name"])
    colour = {pk: f"z{i % 8 + 1}" for i, pk in enumerate(ordered)}
    parishes, here_at = [], ""
    for r in sorted(rows, key=lambda r: (r["hex_row"], r["hex_column"])):
        x, y = centre(r["hex_column"], r["hex_row"])
        css, title, value = colour[r["zone_id"]], f"{r['name']} ({r['zone__short_name']})", 0
        if values is not None:
            value = values.get(r["pk"], 0)
            css = f"q{sum(value >= low for low, _high in limits) if value else 0}"
            said = number_format(value) if value else none
            title = f"{title}, {unit}: {said}" if unit else f"{title}: {said}"
        parishes.append(
            {
                "address": addresses[r["pk"]] if addresses else reverse("pages:parish", args=[r["slug"]]),
                "css": css,
                "title": title,
                "value": value,
                "wide": len(number_format(value)) > 4,
                "zone": r["zone__abbreviation"],
                "x": x,
                "y": y,
                "y_value": y + 3,
                "y_zone": y + (14 if value else 3),
            }
        )
        if r["pk"] == here:
            here_at = f"{x} {y}"
    return {
        "label": label,
        "box": view_box(parishes),
        "hexagon": HEXAGON,
        "parishes": parishes,
        "borders": borders({(r["hex_column"], r["hex_row"]): r["zone_id"] for r in rows}),
        "here": here_at,
        "classes": legend(limits, none) if values is not None else [],
        "zones": [zones[pk] for pk in ordered],
        "after": "despues-del-mapa",
    }


def view_box(parishes: list[dict]) -> str:
    xs, ys = [p["x"] for p in parishes] or [0], [p["y"] for p in parishes] or [0]
    left, top = min(xs) - HALF - 2, min(ys) - TIP - 2
    return f"{left} {top} {max(xs) + HALF + 2 - left} {max(ys) + TIP + 2 - top}"
