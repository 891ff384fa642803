"""The only writes to the territory: loading it, moving a parish, importing boundaries and neighbourhoods."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from decide.errors import Refused
from decide.territory.geojson import MAX_ERRORS, FileRefused, read_boundaries
from decide.territory.models import Agency, Neighbourhood, Parish, Zone, ZoneMembership
from decide.text import clean_line, plain

DATA = Path(__file__).parent / "data"
ALWAYS = date(1970, 1, 1)


def _rows(name: str) -> list[dict]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_territory() -> dict[str, int]:
    """Load zones, parishes and agencies from the project's data files: how many rows of each were added.

    Safe to run again: it adds what is missing and corrects the figures of parishes; what the city changed since
    (the zone of a parish, names and contacts of zones and agencies) stays.
    """
    known = set(Zone.objects.values_list("slug", flat=True))
    zones = [Zone(**{**r, "valid_from": r["valid_from"] or None}) for r in _rows("zones.csv") if r["slug"] not in known]
    bulk_create_with_history(zones, Zone)
    zone_of = {z.slug: z for z in Zone.objects.all()}

    parishes = _load_parishes(zone_of)

    known = set(Agency.objects.values_list("slug", flat=True))
    served = set(Agency.objects.exclude(zone=None).values_list("zone__slug", flat=True))
    agencies = [
        Agency(slug=r["slug"], name=r["name"], acronym=r["acronym"], zone=zone_of.get(r["zone"]))
        for r in _rows("agencies.csv")
        if r["slug"] not in known and r["zone"] not in served
    ]
    bulk_create_with_history(agencies, Agency)
    return {"zones": len(zones), "parishes": parishes, "agencies": len(agencies)}


def _load_parishes(zone_of: dict[str, Zone]) -> int:
    known = {p.code: p for p in Parish.objects.all()}
    new = []
    for r in _rows("parishes.csv"):
        facts = {
            "name": r["name"],
            "official_name": r["official_name"],
            "kind": r["kind"],
            "lat": float(r["lat"]),
            "lon": float(r["lon"]),
            "area_km2": Decimal(r["area_km2"]),
            "population_2010": int(r["population_2010"]),
            "population_2022": int(r["population_2022"]) if r["population_2022"] else None,
            "hex_column": int(r["hex_column"]),
            "hex_row": int(r["hex_row"]),
        }
        parish = known.get(r["code"])
        if parish is None:
            new.append(Parish(code=r["code"], slug=r["slug"], zone=zone_of[r["zone"]], **facts))
        elif any(getattr(parish, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(parish, name, value)
            parish.save()
    bulk_create_with_history(new, Parish)
    ZoneMembership.objects.bulk_create([ZoneMembership(parish=p, zone=p.zone, since=ALWAYS) for p in new])
    return len(new)


def zone_on(parish: Parish, on: date) -> Zone:
    """The zone to which a parish belonged on a day; its zone of today where nothing was recorded."""
    membership = parish.zone_memberships.filter(since__lte=on).select_related("zone").order_by("-since").first()
    return membership.zone if membership else parish.zone


@transaction.atomic
def move_parish(*, parish: Parish, zone: Zone, since: date) -> Parish:
    """From `since` on (a past, present or future day) the parish belongs to `zone`. Earlier years keep their zone.

    Raises Refused when the zone is not in force on that day.
    """
    if not Zone.objects.current(on=since).filter(pk=zone.pk).exists():
        raise Refused(_("Esa zona no está vigente en la fecha indicada."), status=400)
    parish = Parish.objects.select_for_update(of=("self",)).select_related("zone").get(pk=parish.pk)
    if since > ALWAYS:
        ZoneMembership.objects.get_or_create(parish=parish, since=ALWAYS, defaults={"zone": parish.zone})
    ZoneMembership.objects.update_or_create(parish=parish, since=since, defaults={"zone": zone})
    _follow_zone(parish, timezone.localdate())
    return parish


def _follow_zone(parish: Parish, today: date) -> bool:
    zone = zone_on(parish, today)
    if zone.pk == parish.zone_id:
        return False
    parish.zone = zone
    parish.save(update_fields=["zone"])
    return True


@transaction.atomic
def follow_zone_of(parish: Parish) -> bool:
    """After its memberships were edited: give the parish its zone of today. Whether it changed."""
    return _follow_zone(Parish.objects.select_for_update(of=("self",)).get(pk=parish.pk), timezone.localdate())


@transaction.atomic
def follow_zones(now) -> int:
    """Moves whose day has come: how many parishes changed zone (called by tick)."""
    today = timezone.localdate(now)
    waiting = ZoneMembership.objects.filter(since__lte=today).order_by("parish_id", "since").select_related("parish")
    newest = {m.parish_id: m for m in waiting}
    moved = [m.parish for m in newest.values() if m.zone_id != m.parish.zone_id]
    return sum(_follow_zone(parish, today) for parish in moved)


@dataclass(frozen=True)
class BoundaryReport:
    """`matched` parishes got their polygon; `unmatched` codes of the file are not ours; `missing` parishes had none."""

    matched: list[str]
    unmatched: list[str]
    missing: list[str]


@transaction.atomic
def import_boundaries(*, data: bytes) -> BoundaryReport:
    """Store official polygons (GeoJSON, WGS 84), matched by INEC code: all of them or, with FileRefused, none."""
    parishes = {p.code: p for p in Parish.objects.all()}
    found, unmatched = read_boundaries(data, set(parishes))
    for code, geometry in found.items():
        parishes[code].boundary = geometry
        parishes[code].save(update_fields=["boundary"])
    missing = [f"{code} {p.name}" for code, p in sorted(parishes.items()) if code not in found]
    return BoundaryReport(sorted(found), sorted(unmatched), missing)


KINDS = {
    "": Neighbourhood.Kind.NEIGHBOURHOOD,
    "barrio": Neighbourhood.Kind.NEIGHBOURHOOD,
    "neighbourhood": Neighbourhood.Kind.NEIGHBOURHOOD,
    "comuna": Neighbourhood.Kind.COMMUNE,
    "commune": Neighbourhood.Kind.COMMUNE,
}


@transaction.atomic
def import_neighbourhoods(*, data: bytes, source: str = "") -> tuple[int, int]:
    """Store neighbourhoods and communes from a CSV `parish_code,name,kind`: (added, already there).

    Names are compared without accents and case. All lines or, with FileRefused, none.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused([_("El archivo no está en UTF-8.")]) from error
    header = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",")
    columns = {(name or "").strip() for name in reader.fieldnames or []}
    if not columns >= {"parish_code", "name"}:
        raise FileRefused([_("Faltan columnas: el archivo necesita parish_code,name,kind.")])
    parishes = {p.code: p for p in Parish.objects.all()}
    there = {(n.parish_id, plain(n.name)) for n in Neighbourhood.objects.only("parish_id", "name")}
    new, already, problems = [], 0, []
    try:
        for row in reader:
            row = {(key or "").strip(): value if isinstance(value, str) else "" for key, value in row.items()}
            try:
                neighbourhood = _neighbourhood(row, parishes, source)
            except ValidationError as error:
                problems.append(_("Línea %(n)d: %(problem)s") % {"n": reader.line_num, "problem": error.messages[0]})
                if len(problems) >= MAX_ERRORS:
                    break
                continue
            key = (neighbourhood.parish_id, plain(neighbourhood.name))
            if key in there:
                already += 1
            else:
                there.add(key)
                new.append(neighbourhood)
    except csv.Error as error:
        raise FileRefused([_("Línea %(n)d: no se pudo leer.") % {"n": reader.line_num}]) from error
    if problems:
        raise FileRefused(problems)
    Neighbourhood.objects.bulk_create(new)
    return len(new), already


def _neighbourhood(row: dict, parishes: dict[str, Parish], source: str) -> Neighbourhood:
    code = row.get("parish_code", "").strip()
    if code not in parishes:
        raise ValidationError(_("el código de parroquia «%(code)s» no existe.") % {"code": code[:20]})
    name = clean_line(row.get("name", ""))
    if not any(c.isalnum() for c in name) or len(name) > 100:
        raise ValidationError(_("el nombre está vacío o pasa de 100 caracteres."))
    kind = KINDS.get(plain(row.get("kind", "").strip()))
    if kind is None:
        raise ValidationError(_("el tipo debe ser «barrio» o «comuna»."))
    return Neighbourhood(parish=parishes[code], name=name, kind=kind, source=source[:200])
