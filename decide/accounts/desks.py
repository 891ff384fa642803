"""Where a person is attended when the form is not enough: the nearest desks, and what to bring."""

from math import cos, hypot, radians

from django.utils.translation import gettext_lazy as _

from decide.territory.models import Parish, ServicePoint

WHAT_TO_BRING = (
    _("Su cédula, su pasaporte o su carné de refugio, el original."),
    _("Algo que muestre dónde vive: una planilla de luz o agua, un contrato de arriendo o una carta del barrio."),
    _("Si va a votar con menos de 18 años, puede ir solo o sola: no necesita a su representante."),
)


def nearest_desks(parish: Parish | None, most: int = 4) -> list[ServicePoint]:
    """Desks in the order in which a person of this parish would go: own parish, same zone, then by distance.

    Distances are of the parishes' centres, on a plane: enough within one city.
    """
    desks = list(ServicePoint.objects.select_related("parish").order_by("name"))
    if parish:
        desks.sort(key=lambda desk: _order(parish, desk.parish))
    return desks[:most]


def _order(home: Parish, there: Parish):
    away = hypot(there.lat - home.lat, (there.lon - home.lon) * cos(radians(home.lat)))
    return (there.pk != home.pk, there.zone_id != home.zone_id, away)
