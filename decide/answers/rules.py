"""Who may do what with an answer: yes/no questions that never write.

The offices decide, on the day: the participation office assigns; the officers of the agency that has the question, and
for the agency of a zone the zone's officers, answer it and report on what was promised.
"""

from django.utils import timezone

from decide.accounts.models import Appointment, User
from decide.accounts.rules import has_office, holds
from decide.territory.models import Agency

Office = Appointment.Office
DESK_OFFICES = (Office.PARTICIPATION, Office.AGENCY, Office.ZONAL)


def speaks_for(user, agency: Agency | None) -> bool:
    """Whether the person holds an office of this agency, or of the zone that it administers."""
    if agency is None:
        return False
    if holds(user, Office.AGENCY, agency=agency):
        return True
    return agency.zone_id is not None and holds(user, Office.ZONAL, zone=agency.zone)


def assigns(user) -> bool:
    return has_office(user, Office.PARTICIPATION)


def can_assign(user, answer) -> bool:
    return assigns(user) and answer.answered_at is None and answer.agency_id is None


def can_answer(user, answer) -> bool:
    return answer.answered_at is None and speaks_for(user, answer.agency)


def can_pass_on(user, answer) -> bool:
    return answer.passed_at is None and can_answer(user, answer)


def can_reassign(user, answer) -> bool:
    return assigns(user) and answer.answered_at is None and answer.agency_id is not None


def can_extend(user, answer) -> bool:
    return answer.extended_at is None and not answer.is_late and can_answer(user, answer)


def can_correct(user, answer) -> bool:
    return answer.answered_at is not None and speaks_for(user, answer.agency)


def can_report(user, answer) -> bool:
    """Milestones: the officers of the agency that answered, on what it accepted."""
    return answer.promises and speaks_for(user, answer.agency)


def agencies_of(user) -> list[int]:
    """The ids of the agencies that the person speaks for today: they come with the appointments."""
    agencies = {a.agency_id for a in user.appointments if a.office == Office.AGENCY}
    zonal = [getattr(a.zone, "agency", None) for a in user.appointments if a.office == Office.ZONAL]
    return sorted(agencies | {agency.pk for agency in zonal if agency})


class Officers:
    """Who is told: the accounts that hold the offices on a day. One query for all agencies."""

    def __init__(self, on=None):
        held = Appointment.objects.current(on or timezone.localdate()).filter(office__in=DESK_OFFICES)
        self._held = list(held.filter(holder__is_active=True).select_related("holder"))

    def participation(self) -> list[User]:
        return self._who(lambda a: a.office == Office.PARTICIPATION)

    def of(self, agency: Agency | None) -> list[User]:
        """The officers of an agency, with those of the zone that it administers; nobody for None."""
        if agency is None:
            return []
        return self._who(
            lambda a: (
                (a.office == Office.AGENCY and a.agency_id == agency.pk)
                or (a.office == Office.ZONAL and agency.zone_id is not None and a.zone_id == agency.zone_id)
            )
        )

    def _who(self, wanted) -> list[User]:
        return list({a.holder_id: a.holder for a in self._held if wanted(a)}.values())
