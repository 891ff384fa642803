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


# --- polls: by the rules that were frozen at the opening ------------------------------------------------------


def poll_obstacle(asked, residence) -> Refused | None:
    """What keeps a person from voting here today (`asked`: votes.frozen.Rules), or None: said before anything is asked.

    Level and parish are those that were verified, never those of the profile.
    """
    if residence is None:
        return Refused(
            _("Para votar, verifique su residencia: 3 minutos si consta en el registro; si no, en ventanilla."),
            status=403,
            way_out=(reverse("accounts:residence"), _("Verificar mi residencia")),
        )
    if asked.level == "desk" and residence.level != "desk":
        return Refused(
            _("Para esta votación hay que verificarse en una ventanilla. Acuda una vez con su documento."),
            status=403,
            way_out=(reverse("accounts:residence"), _("Ver cómo verificarme")),
        )
    if residence.parish.code not in asked.parishes:
        place = {"parish": residence.parish}
        return Refused(
            _("Aquí votan quienes viven en el ámbito de la votación. Usted consta en %(parish)s.") % place, status=403
        )
    if not residence.old_enough():
        day = date_format(residence.participates_from, "DATE_FORMAT")
        return Refused(_("Podrá votar desde el %(day)s, el día en que cumple 16 años.") % {"day": day}, status=403)
    return None


def not_open(poll, status: str, *, after: bool = False) -> Refused:
    """Why nobody votes in this poll now: 409."""
    if status == "annulled":
        return Refused(_("Esta votación se anuló. La razón está en su página."), status=409)
    if after or status == "closed":
        return Refused(_("Esta votación ya se cerró. Su último voto recibido es el que cuenta."), status=409)
    return Refused(_("Esta votación todavía no se abre."), status=409)
