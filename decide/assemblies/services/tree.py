"""The assemblies that exist from the territory: the District's, one of each zone and of each parish, as a tree."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts.models import Body
from decide.assemblies.models import Assembly, StatusChange
from decide.assemblies.services.shared import in_spanish
from decide.territory.models import Parish
from decide.text import plain

Level, Status = Assembly.Level, Assembly.Status


@in_spanish()
def ensure_assemblies() -> int:
    """Make what is missing, and follow parishes that moved to another zone: how many rows changed.

    Safe to run again and at once: two queries where nothing is to be done. A zone has an assembly while it has
    parishes; afterwards its assembly is ended, and it begins again where parishes return.
    """
    parishes = list(Parish.objects.select_related("zone").defer("boundary").order_by("pk"))
    if not parishes:
        return 0
    levels = (Level.DISTRICT, Level.ZONE, Level.PARISH)
    made = {(a.level, a.zone_id or a.parish_id): a for a in Assembly.objects.filter(level__in=levels)}
    changed = 0
    district = made.get((Level.DISTRICT, None))
    if district is None:
        district = _make(Level.DISTRICT, _("Asamblea del Distrito Metropolitano de Quito"))
        changed += 1
    zones = {p.zone_id: p.zone for p in parishes}
    of_zone = {}
    for pk, zone in sorted(zones.items()):
        name = _("Asamblea zonal de %(zone)s") % {"zone": zone.short_name}
        of_zone[pk], new = _follow(made.get((Level.ZONE, pk)), Level.ZONE, name, district, zone=zone)
        changed += new
    for (level, pk), assembly in made.items():
        if level == Level.ZONE and pk not in zones and assembly.status == Status.REGISTERED:
            _set_status(assembly, Status.ENDED, _("La zona ya no tiene parroquias."))
            changed += 1
    for parish in parishes:
        name = _("Asamblea parroquial de %(parish)s") % {"parish": parish.name}
        known = made.get((Level.PARISH, parish.pk))
        changed += _follow(known, Level.PARISH, name, of_zone[parish.zone_id], parish=parish)[1]
    return changed


def follow_territory(now) -> int:
    """`ensure_assemblies`, for tick: parishes and zones change by date and in the administration."""
    return ensure_assemblies()


def assembly_of(parish: Parish) -> Assembly:
    """The assembly of a parish, made now where the tick has not yet been there."""
    known = Assembly.objects.filter(level=Level.PARISH, parish=parish).first()
    if known is None:
        ensure_assemblies()
        known = Assembly.objects.get(level=Level.PARISH, parish=parish)
    return known


def _follow(known: Assembly | None, level, name: str, parent: Assembly, **place) -> tuple[Assembly, bool]:
    """The assembly of a place, as it should be now, and whether that was new."""
    if known is None:
        return _make(level, name, parent=parent, **place), True
    if known.status == Status.ENDED:
        _set_status(known, Status.REGISTERED, _("La zona vuelve a tener parroquias."))
    elif (known.name, known.parent_id) == (name, parent.pk):
        return known, False
    with transaction.atomic():
        locked = Assembly.objects.select_for_update(no_key=True).get(pk=known.pk)
        locked.name, locked.parent, locked.search_text = name, parent, plain(name)
        locked.save()
        Body.objects.filter(pk=locked.body_id).update(name=name[:120])
    return locked, True


def _make(level, name: str, parent=None, **place) -> Assembly:
    now = timezone.now()
    try:
        with transaction.atomic():
            return Assembly.objects.create(
                level=level,
                name=name[:120],
                parent=parent,
                status=Status.REGISTERED,
                applied_at=now,
                registered_at=now,
                search_text=plain(name),
                body=Body.objects.create(kind=Body.Kind.ASSEMBLY, name=name[:120], parish=place.get("parish")),
                **place,
            )
    except IntegrityError:  # another process made it at the same moment
        return Assembly.objects.get(level=level, **place)


@transaction.atomic
def _set_status(assembly: Assembly, status: str, reason: str) -> None:
    locked = Assembly.objects.select_for_update(no_key=True).get(pk=assembly.pk)
    locked.status = assembly.status = status
    locked.save()
    StatusChange.objects.create(assembly=locked, status=status, reason=reason)
