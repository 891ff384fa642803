"""May this resident sign? Asks, never writes."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from decide.errors import Refused


def obstacle(residence) -> Refused | None:
    """What keeps a person from signing today: no verified residence, or not yet 16 years (Constitution, art. 62)."""
    if residence is None:
        return Refused(
            _("Para que su apoyo cuente, verifique primero que vive en Quito."),
            status=403,
            way_out=(reverse("accounts:residence"), _("Verificar mi residencia")),
        )
    if not residence.old_enough():
        day = date_format(residence.participates_from, "DATE_FORMAT")
        return Refused(_("Podrá apoyar desde el %(day)s, el día en que cumple 16 años.") % {"day": day}, status=403)
    return None


def counts_in(box, residence) -> bool:
    """Whether this resident's support counts towards the threshold: they live in the scope of the box."""
    return box.scope_id in (None, residence.parish_id)
