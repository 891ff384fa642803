"""Who may vote, in words, and what keeps a person from it: said before anything is asked. Asks, never writes.

This is for pages: it says the next step. The ballot box asks its own frozen rules again when the vote is cast.
"""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from decide.accounts.models import Residence
from decide.errors import Refused
from decide.templatetags.decide import fecha
from votes import frozen
from votes.models import Poll

Status, Level = Poll.Status, Poll.Level


def scope_words(poll: Poll) -> str:
    """`todo el Distrito`, `La Argelia y Solanda`, `la zona Eloy Alfaro`. M2Ms are best prefetched."""
    zones = [zone.short_name for zone in poll.zones.all()]
    parishes = [parish.name for parish in poll.parishes.all()]
    if zones:
        label = _("la zona %(names)s") if len(zones) == 1 else _("las zonas %(names)s")
        return label % {"names": _listed(zones)}
    return _listed(parishes) if parishes else _("todo el Distrito")


def _listed(names: list[str]) -> str:
    names = sorted(names)
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s y %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def who_votes(poll: Poll) -> str:
    """Who may vote, in one sentence."""
    words = {"where": scope_words(poll)}
    if poll.level == Level.DESK:
        return (
            _("Votan quienes viven en %(where)s, tienen 16 años o más y mostraron su documento en ventanilla.") % words
        )
    return _("Votan quienes viven en %(where)s y tienen 16 años o más, con su residencia verificada.") % words


def how_to_be_verified(poll: Poll) -> str:
    if poll.level == Level.DESK:
        return _("Para votar aquí, vaya una vez a una ventanilla con su documento. Le toma diez minutos.")
    return _("Para votar, verifique su residencia: 3 minutos si consta en el registro; si no, en ventanilla.")


def not_now(poll: Poll, now) -> Refused | None:
    """Why nobody can vote in this poll at this moment."""
    way_out = (poll.get_absolute_url(), _("Ver la votación"))
    if poll.status == Status.ANNULLED:
        return Refused(_("Esta votación se anuló. Su página dice por qué."), status=409, way_out=way_out)
    if poll.status == Status.CLOSED or poll.closes_at <= now:
        reason = _("Esta votación se cerró el %(day)s. Ya no recibe votos.") % {"day": fecha(poll.closes_at)}
        return Refused(reason, status=409, way_out=way_out)
    if poll.status != Status.OPEN or poll.opens_at > now:
        reason = _("Esta votación todavía no se abre. Se abre el %(day)s.") % {"day": fecha(poll.opens_at)}
        return Refused(reason, status=409, way_out=way_out)
    return None


def not_this_person(poll: Poll, residence: Residence | None) -> Refused | None:
    """Why this resident may not vote here, and what to do about it."""
    verify = (reverse("accounts:residence"), _("Verificar mi residencia"))
    if residence is None:
        return Refused(how_to_be_verified(poll), status=403, way_out=verify)
    if not residence.old_enough():
        day = date_format(residence.participates_from, "DATE_FORMAT")
        return Refused(_("Podrá votar desde el %(day)s, el día en que cumple 16 años.") % {"day": day}, status=403)
    if not in_scope(poll, residence.parish):
        words = {"where": scope_words(poll), "parish": residence.parish.name}
        reason = _(
            "Aquí votan quienes viven en %(where)s. Su residencia verificada es %(parish)s. "
            "Si se mudó, cambie su parroquia en una ventanilla."
        )
        return Refused(reason % words, status=403, way_out=(reverse("votes:list"), _("Ver otras votaciones")))
    if poll.level == Level.DESK and residence.level != Level.DESK:
        reason = _(
            "Este resultado pesa más, y por eso pide una verificación en ventanilla. La suya es por el registro. "
            "Vaya una vez con su documento y podrá votar."
        )
        return Refused(reason, status=403, way_out=(f"{reverse('pages:help')}#ventanillas", _("Ver las ventanillas")))
    return None


def in_scope(poll: Poll, parish) -> bool:
    if poll.rules_hash:
        return parish.code in frozen.rules_of(poll).parishes
    zones, parishes = poll.zones.all(), poll.parishes.all()
    if not zones and not parishes:
        return True
    return parish.zone_id in {z.pk for z in zones} or parish.pk in {p.pk for p in parishes}
