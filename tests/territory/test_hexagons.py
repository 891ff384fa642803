"""The schematic map: one piece, one hexagon each, zones outlined, names escaped, values in classes."""

import re

import pytest
from django.template import Context, Template

from decide.territory.hexagons import borders, classes, legend, neighbours, parish_rows
from decide.territory.models import Parish
from decide.territory.services import load_territory
from tests.factories import make_parish

pytestmark = pytest.mark.django_db


def draw(**context) -> str:
    return Template("{% hexmap values=values here=here unit=unit %}").render(Context({"values": None, **context}))


def test_hexagons_are_65_in_one_connected_piece():
    load_territory()
    cells = set(Parish.objects.values_list("hex_column", "hex_row"))
    reached, waiting = set(), [min(cells)]
    while waiting:
        cell = waiting.pop()
        if cell not in reached:
            reached.add(cell)
            waiting += [n for n in neighbours(*cell) if n in cells]
    assert len(cells) == 65
    assert reached == cells


def test_neighbours_are_mutual():
    for cell in [(3, 4), (3, 5)]:
        assert all(cell in neighbours(*other) for other in neighbours(*cell))
        assert len(set(neighbours(*cell))) == 6


def test_border_between_two_zones_drawn_once():
    edges = re.findall(r"M-?\d+ -?\d+l-?\d+ -?\d+", borders({(0, 0): 1, (1, 0): 2}))
    assert len(edges) == 11
    assert len(re.findall("M", borders({(0, 0): 1, (1, 0): 1}))) == 10


def test_map_links_every_parish_with_its_name():
    load_territory()
    html = draw()
    names = dict(re.findall(r'<a href="/parroquias/([a-z-]+)/" class="z\d"><title>([^<]*)</title>', html))
    assert len(names) == 65
    assert names["la-argelia"] == "La Argelia (Eloy Alfaro)"


def test_map_with_values_says_them_and_marks_one():
    load_territory()
    argelia = Parish.objects.get(slug="la-argelia")
    html = draw(values={argelia.pk: 3}, here=argelia, unit="propuestas")
    assert '<a href="/parroquias/la-argelia/" class="q1"><title>La Argelia (Eloy Alfaro), propuestas: 3</title>' in html
    assert "Lloa (Eloy Alfaro), propuestas: 0" in html
    assert html.count('class="here"') == 1


def test_map_needs_one_query(django_assert_num_queries):
    load_territory()
    with django_assert_num_queries(1):
        draw()


def test_map_follows_the_territory_at_once():
    parish = make_parish("Antes")
    assert "Antes" in draw()
    parish.name = "Después"
    parish.save()
    assert "Después" in draw()


def test_map_escapes_names():
    make_parish('<em>"x"</em>', slug="x")
    html = draw(unit="<i>", values={})
    assert "<em>" not in html
    assert "<i>" not in html
    assert "&lt;em&gt;" in html


@pytest.mark.parametrize(
    ("values", "limits", "words"),
    [
        ([], [], ["0"]),
        ([0, 0], [], ["0"]),
        ([1, 1, 2], [(1, 1), (2, 2)], ["0", "1", "2"]),
        ([1, 5], [(1, 4), (5, 5)], ["0", "1–4", "5"]),
        (range(1, 101), [(1, 25), (26, 50), (51, 75), (76, 100)], ["0", "1–25", "26–50", "51–75", "76–100"]),
        ([1] * 50 + [2, 3, 4, 9], [(1, 1), (2, 2), (3, 3), (4, 9)], ["0", "1", "2", "3", "4–9"]),
    ],
)
def test_classes_cover_every_value(values, limits, words):
    assert classes(values) == limits
    assert legend(limits) == words
    assert all(sum(low <= v <= high for low, high in limits) == 1 for v in values if v)


def test_map_of_nothing():
    assert parish_rows() == []
    assert "<svg" in draw()
    assert "<svg" in draw(values={})
