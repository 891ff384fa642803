"""Reading official boundaries: GeoJSON in WGS 84, checked feature by feature before anything is stored."""

import json
import math
import re

from django.utils.translation import gettext as _

MAX_BYTES = 64_000_000
MAX_ERRORS = 50
# Names under which offices publish INEC's parish code, compared without case and underscores.
CODE_NAMES = {
    "dpaparroq", "dpaparroquia", "dpaparr", "coddpa", "codigodpa", "dpa", "codparroq", "codparroquia", "codpar",
    "parroquiacodigo", "codigoinec", "codinec", "inec", "codigo", "code", "parishcode", "cod",
}  # fmt: skip
CRS_NAMES = re.compile(r"(CRS84|EPSG:{1,2}4326)$", re.IGNORECASE)
# The District with a wide margin, in degrees: what lies outside has its axes swapped, or is another place.
WEST, EAST, SOUTH, NORTH = -79.6, -77.6, -1.3, 1.1


class FileRefused(Exception):
    """An import refused as a whole; `problems` are sentences, one for each feature or line."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))
        self.problems = problems


class _Unusable(Exception):
    pass


def _code(properties) -> str:
    """The six digits of INEC's code in a feature's properties, or nothing."""
    for name, value in properties.items():
        if re.sub(r"[\W_]", "", str(name)).lower() in CODE_NAMES and not isinstance(value, bool):
            digits = re.fullmatch(r"(?:EC)?(\d{6})(?:\.0+)?", str(value).strip())
            if digits:
                return digits[1]
    return ""


def _position(position) -> list[float]:
    if not isinstance(position, list) or len(position) < 2:
        raise _Unusable(_("un punto no tiene longitud y latitud"))
    lon, lat = position[:2]
    if any(isinstance(n, bool) or not isinstance(n, int | float) or not math.isfinite(n) for n in (lon, lat)):
        raise _Unusable(_("una coordenada no es un número"))
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise _Unusable(_("las coordenadas no son grados WGS 84 (¿están en UTM?); conviértalas a EPSG:4326"))
    if not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        raise _Unusable(_("está fuera del Distrito (¿latitud y longitud al revés?)"))
    return [round(lon, 6), round(lat, 6)]


def _polygon(rings) -> list:
    if not isinstance(rings, list) or not rings:
        raise _Unusable(_("el polígono está vacío"))
    clean = []
    for ring in rings:
        if not isinstance(ring, list) or len(ring) < 4:
            raise _Unusable(_("un anillo tiene menos de cuatro puntos"))
        points = [_position(p) for p in ring]
        if points[0] != points[-1]:
            raise _Unusable(_("un anillo no está cerrado"))
        clean.append(points)
    return clean


def _geometry(geometry) -> dict:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if kind else None
    if kind == "Polygon":
        return {"type": kind, "coordinates": _polygon(coordinates)}
    if kind == "MultiPolygon" and isinstance(coordinates, list) and coordinates:
        return {"type": kind, "coordinates": [_polygon(p) for p in coordinates]}
    raise _Unusable(_("la geometría no es un polígono"))


def _features(data: bytes) -> list:
    if len(data) > MAX_BYTES:
        raise FileRefused([_("El archivo pasa de %(size)d MB.") % {"size": MAX_BYTES // 1_000_000}])
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileRefused([_("El archivo no es JSON válido.")]) from error
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise FileRefused([_("El archivo no es una FeatureCollection de GeoJSON.")])
    crs = document.get("crs")
    if crs is not None:
        properties = crs.get("properties") if isinstance(crs, dict) else None
        name = properties.get("name") if isinstance(properties, dict) else None
        if not CRS_NAMES.search(str(name)):
            raise FileRefused([_("El archivo no está en WGS 84 (EPSG:4326). Conviértalo antes de importarlo.")])
    features = document.get("features")
    if not isinstance(features, list):
        raise FileRefused([_("El archivo no tiene la lista «features».")])
    return features


def read_boundaries(data: bytes, codes: set[str]) -> tuple[dict[str, dict], list[str]]:
    """({INEC code: geometry} of the parishes in `codes`, the codes that are not ours). Raises FileRefused."""
    found, unmatched, problems = {}, [], []
    for i, feature in enumerate(_features(data), start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        code = _code(properties) if isinstance(properties, dict) else ""
        if code and code not in codes:
            unmatched.append(code)
            continue
        try:
            if not code:
                raise _Unusable(_("no tiene el código del INEC (por ejemplo DPA_PARROQ)"))
            if code in found:
                raise _Unusable(_("el código %(code)s ya está en el archivo") % {"code": code})
            found[code] = _geometry(feature.get("geometry"))
        except _Unusable as problem:
            problems.append(_("Elemento %(n)d: %(problem)s.") % {"n": i, "problem": problem})
            if len(problems) >= MAX_ERRORS:
                break
    if problems:
        raise FileRefused(problems)
    if not found:
        raise FileRefused([_("Ningún elemento corresponde a una parroquia de Quito.")])
    return found, unmatched
