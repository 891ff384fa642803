"""Official boundaries and lists of neighbourhoods: good files, and hostile ones. All or nothing."""

import json
import time

import pytest
from django.core.management import CommandError, call_command

from decide.territory.geojson import FileRefused
from decide.territory.models import Neighbourhood, Parish
from decide.territory.services import import_boundaries, import_neighbourhoods
from tests.factories import make_parish

pytestmark = pytest.mark.django_db

SQUARE = [[-78.53, -0.29], [-78.52, -0.29], [-78.52, -0.28], [-78.53, -0.28], [-78.53, -0.29]]


@pytest.fixture(autouse=True)
def argelia():
    return make_parish("La Argelia", code="170116")


def feature(code="170116", name="DPA_PARROQ", geometry=None):
    return {
        "type": "Feature",
        "properties": {name: code, "DPA_DESPAR": "LA ARGELIA"},
        "geometry": geometry or {"type": "Polygon", "coordinates": [SQUARE]},
    }


def collection(*features, **more) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


@pytest.mark.parametrize("name", ["DPA_PARROQ", "codigo", "code", "COD_PARROQ", "codigo_inec", "parish_code"])
@pytest.mark.parametrize("code", ["170116", 170116, "EC170116", "170116.0", 170116.0])
def test_boundary_matched_by_code(argelia, name, code):
    report = import_boundaries(data=collection(feature(code, name)))
    assert (report.matched, report.unmatched, report.missing) == (["170116"], [], [])
    argelia.refresh_from_db()
    assert argelia.boundary == {"type": "Polygon", "coordinates": [SQUARE]}


def test_multipolygon_with_heights_and_a_byte_order_mark(argelia):
    high = [[*point, 2800.0] for point in SQUARE]
    data = b"\xef\xbb\xbf" + collection(feature(geometry={"type": "MultiPolygon", "coordinates": [[high], [high]]}))
    import_boundaries(data=data)
    argelia.refresh_from_db()
    assert argelia.boundary == {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}


def test_unmatched_and_missing_reported():
    make_parish("Lloa", code="170166")
    report = import_boundaries(data=collection(feature(), feature("090150")))
    assert (report.matched, report.unmatched, report.missing) == (["170116"], ["090150"], ["170166 Lloa"])


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"])
def test_declared_wgs84_accepted(name):
    assert import_boundaries(data=collection(feature(), crs={"type": "name", "properties": {"name": name}})).matched


def polygon(*points):
    return {"type": "Polygon", "coordinates": [list(points)]}


UTM = [[775900.0, 9968700.0], [776900.0, 9968700.0], [776900.0, 9969700.0], [775900.0, 9968700.0]]
SWAPPED = [[lat, lon] for lon, lat in SQUARE]
HOSTILE = {
    "broken JSON": (b'{"type": "FeatureCollection", "features": [', "no es JSON válido"),
    "not UTF-8": (b"\xff\xfe\x00", "no es JSON válido"),
    "empty": (b"", "no es JSON válido"),
    "nested too deep": (b"[" * 200_000, "no es JSON válido"),
    "a list": (b"[]", "no es una FeatureCollection"),
    "a lone feature": (json.dumps(feature()).encode(), "no es una FeatureCollection"),
    "features missing": (b'{"type": "FeatureCollection"}', "no tiene la lista"),
    "other system declared": (
        collection(feature(), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32717"}}),
        "no está en WGS 84",
    ),
    "odd system declared": (collection(feature(), crs="EPSG:4326"), "no está en WGS 84"),
    "metres": (collection(feature(geometry=polygon(*UTM))), "Elemento 1: las coordenadas no son grados WGS 84"),
    "axes swapped": (collection(feature(geometry=polygon(*SWAPPED))), "fuera del Distrito"),
    "code missing": (collection(feature(name="NOMBRE")), "no tiene el código del INEC"),
    "code twice": (collection(feature(), feature()), "Elemento 2: el código 170116 ya está"),
    "a point": (collection(feature(geometry={"type": "Point", "coordinates": [-78.5, -0.2]})), "no es un polígono"),
    "a feature that is null": (collection(None), "no tiene el código"),
    "ring open": (collection(feature(geometry=polygon(*SQUARE[:4]))), "no está cerrado"),
    "ring short": (collection(feature(geometry=polygon(*SQUARE[:3]))), "menos de cuatro puntos"),
    "no rings": (collection(feature(geometry={"type": "Polygon", "coordinates": []})), "está vacío"),
    "words as numbers": (
        collection(feature(geometry=polygon(["a", "b"], *SQUARE[1:4], ["a", "b"]))),
        "no es un número",
    ),
    "not a number": (
        collection(feature(geometry=polygon([float("nan"), 0.0], *SQUARE[1:4], [float("nan"), 0.0]))),
        "no es un número",
    ),
    "booleans": (collection(feature(geometry=polygon([True, False], *SQUARE[1:4], [True, False]))), "no es un número"),
    "nothing of ours": (collection(feature("090150")), "Ningún elemento corresponde"),
}


@pytest.mark.parametrize(("data", "says"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_boundaries_refused_in_words(argelia, data, says):
    with pytest.raises(FileRefused, match=says):
        import_boundaries(data=data)
    argelia.refresh_from_db()
    assert argelia.boundary is None


def test_one_bad_feature_and_nothing_is_stored(argelia):
    make_parish("Lloa", code="170166")
    with pytest.raises(FileRefused) as refusal:
        import_boundaries(data=collection(feature(), feature("170166", geometry=polygon(*UTM))))
    assert len(refusal.value.problems) == 1
    assert set(Parish.objects.values_list("boundary", flat=True)) == {None}


def test_ten_megabytes_are_read_in_a_few_seconds(argelia):
    ring = [[-78.53 + (i % 1000) / 1e5, -0.29 + (i % 997) / 1e5] for i in range(420_000)]
    data = collection(feature(geometry=polygon(*ring, ring[0])))
    assert len(data) > 10_000_000
    started = time.perf_counter()
    import_boundaries(data=data)
    assert time.perf_counter() - started < 20


def test_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("decide.territory.geojson.MAX_BYTES", 1_000_000)
    with pytest.raises(FileRefused, match="pasa de 1 MB"):
        import_boundaries(data=b"x" * 1_000_001)


def test_boundaries_command_reports(tmp_path, capsys):
    make_parish("Lloa", code="170166")
    (tmp_path / "good.geojson").write_bytes(collection(feature(), feature("090150")))
    call_command("import_boundaries", str(tmp_path / "good.geojson"))
    assert capsys.readouterr().out.splitlines() == [
        "1 parroquias con límite.",
        "1 códigos que no son de Quito: 090150",
        "Sin límite en el archivo: 170166 Lloa",
    ]
    with pytest.raises(CommandError, match="No se puede leer"):
        call_command("import_boundaries", str(tmp_path / "none.geojson"))
    (tmp_path / "bad.geojson").write_bytes(b"{")
    with pytest.raises(CommandError, match="No se importó nada"):
        call_command("import_boundaries", str(tmp_path / "bad.geojson"))


def test_neighbourhoods_added_once(argelia):
    data = b"parish_code,name,kind\n170116,  El  Mirador ,barrio\n170116,Hierba Buena,comuna\n170116,EL MIRADOR,\n"
    assert import_neighbourhoods(data=data, source="Administración zonal") == (2, 1)
    assert import_neighbourhoods(data=data) == (0, 3)
    assert set(Neighbourhood.objects.values_list("parish__code", "name", "kind", "source", "invented")) == {
        ("170116", "El Mirador", "neighbourhood", "Administración zonal", False),
        ("170116", "Hierba Buena", "commune", "Administración zonal", False),
    }


def test_neighbourhoods_of_a_spreadsheet_with_semicolons():
    data = "\ufeffparish_code;name;kind\r\n170116;Ñuñoa;Barrio\r\n".encode()
    assert import_neighbourhoods(data=data) == (1, 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,kind\nEl Mirador,barrio\n", "Faltan columnas"),
        ("", "Faltan columnas"),
        ("parish_code,name,kind\n999999,El Mirador,barrio\n", "Línea 2: el código de parroquia «999999» no existe"),
        ("parish_code,name,kind\n170116,,barrio\n", "Línea 2: el nombre está vacío"),
        ("parish_code,name,kind\n170116,\u200b\u202e,barrio\n", "Línea 2: el nombre está vacío"),
        (f"parish_code,name,kind\n170116,{'x' * 101},barrio\n", "pasa de 100"),
        ("parish_code,name,kind\n170116,El Mirador,planeta\n", "«barrio» o «comuna»"),
        ("parish_code,name\n170116\n", "Línea 2: el nombre está vacío"),
        (f'parish_code,name\n170116,"{"x" * 140_000}"\n', "no se pudo leer"),
    ],
)
def test_hostile_neighbourhoods_refused_by_line(text, says):
    with pytest.raises(FileRefused, match=says):
        import_neighbourhoods(data=text.encode())


def test_one_bad_line_and_no_neighbourhood_is_stored():
    with pytest.raises(FileRefused) as refusal:
        import_neighbourhoods(data=b"parish_code,name\n170116,Uno\n1,Dos\n2,Tres\n")
    assert [p.partition(":")[0] for p in refusal.value.problems] == ["Línea 3", "Línea 4"]
    assert not Neighbourhood.objects.exists()


def test_neighbourhoods_not_utf8_refused():
    with pytest.raises(FileRefused, match="UTF-8"):
        import_neighbourhoods(data="parish_code,name\n170116,Ñuñoa\n".encode("latin-1"))


def test_neighbourhoods_command(tmp_path, capsys):
    (tmp_path / "list.csv").write_text("parish_code,name\n170116,Uno\n")
    call_command("import_neighbourhoods", str(tmp_path / "list.csv"), source="Acta")
    assert capsys.readouterr().out == "1 barrios y comunas añadidos; 0 ya estaban.\n"
    with pytest.raises(CommandError, match="No se puede leer"):
        call_command("import_neighbourhoods", str(tmp_path / "none.csv"))
