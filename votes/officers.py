"""Which officer may write, approve and annul which poll. Asks, never writes.

The participation office answers for every poll; a zonal administration for those of its own zone. Whoever wrote a poll
does not approve it.
"""

from django.utils.translation import gettext as _

from decide.accounts.models import Appointment
from decide.accounts.rules import has_office
from decide.errors import Refused
from votes.models import Poll

Office = Appointment.Office
OFFICES = (Office.PARTICIPATION, Office.ZONAL)
Status = Poll.Status


def writes_polls(user) -> bool:
    """Whether the person holds an office that writes polls, wherever."""
    return has_office(user, *OFFICES)


def covers_scope(user, zones, parishes) -> bool:
    """Whether the person may put a question to these zones and parishes; neither of them is the whole District."""
    if has_office(user, Office.PARTICIPATION):
        return True
    own = {a.zone_id for a in user.appointments if a.office == Office.ZONAL}
    asked = {zone.pk for zone in zones} | {parish.zone_id for parish in parishes}
    return bool(asked) and asked <= own


def is_in_charge(user, poll) -> bool:
    """Whether the person sees the poll before it is public, and may annul it."""
    return writes_polls(user) and covers_scope(user, poll.zones.all(), poll.parishes.all())


def can_see(user, poll) -> bool:
    """What is public, and what one is in charge of. Everything else answers like what is missing: 404."""
    if poll.status in Poll.PUBLIC:
        return True
    return user.is_authenticated and (is_in_charge(user, poll) or can_approve(user, poll))


def can_write(user, poll) -> bool:
    """Who began the draft, or anybody in charge where that account is gone."""
    if poll.status != Status.DRAFT or not is_in_charge(user, poll):
        return False
    return poll.written_by_id in (None, user.pk)


def can_approve(user, poll) -> bool:
    """A second officer: of the participation office, or of a zone that the poll concerns."""
    if poll.status != Status.SUBMITTED or not writes_polls(user) or poll.written_by_id == user.pk:
        return False
    if has_office(user, Office.PARTICIPATION):
        return True
    own = {a.zone_id for a in user.appointments if a.office == Office.ZONAL}
    zones = {zone.pk for zone in poll.zones.all()} | {parish.zone_id for parish in poll.parishes.all()}
    return not zones or bool(zones & own)


def can_annul(user, poll) -> bool:
    return poll.status in (Status.APPROVED, Status.OPEN) and is_in_charge(user, poll)


def refuse_unless(allowed: bool, poll, sentence=None) -> None:
    """Raises Refused: 403 where the office does not reach, 409 where the poll has moved on."""
    if not allowed:
        raise Refused(sentence or _("Usted no puede hacer esto con esta votación, o ya cambió de estado."), status=403)
