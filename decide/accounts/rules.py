"""Who may do what: yes/no questions about people and the offices they hold. They never write."""

from django.utils import timezone

from decide.accounts.models import Appointment, User

Office = Appointment.Office
# Who attends people at a desk, from a phone in an assembly too.
DESK_OFFICES = (Office.DESK, Office.ZONAL, Office.PARTICIPATION)
# Who checks a printed credential and confirms its holder.
CREDENTIAL_OFFICES = DESK_OFFICES


def is_verified(user) -> bool:
    """Whether this person may support and vote today: a verified residence, and 16 years."""
    return bool(user.is_authenticated and user.residence_id and user.residence.old_enough())


def can_write(user, now=None) -> bool:
    """Whether this person may publish text and photos, and report: an account that is not suspended now."""
    if not user.is_authenticated:
        return False
    return user.suspended_until is None or user.suspended_until <= (now or timezone.now())


def has_office(user, *offices: str) -> bool:
    """Whether the person holds one of these offices today, wherever."""
    return bool(user.is_authenticated and any(a.office in offices for a in user.appointments))


def holds(user, office: str, *, zone=None, parish=None, agency=None, body=None) -> bool:
    """Whether the person holds this office today for this place, agency or body.

    An appointment for a zone covers its parishes; one without any place covers the whole District.
    """
    return bool(
        user.is_authenticated
        and any(a.office == office and covers(a, zone, parish, agency, body) for a in user.appointments)
    )


def covers(appointment: Appointment, zone=None, parish=None, agency=None, body=None) -> bool:
    """Whether an appointment reaches everything that is asked about."""
    if agency is not None and appointment.agency_id != agency.pk:
        return False
    if body is not None and appointment.body_id != body.pk:
        return False
    if parish is not None and not _covers_parish(appointment, parish):
        return False
    if zone is not None:
        if appointment.parish_id or appointment.body_id:
            return False
        return appointment.zone_id in (None, zone.pk)
    return True


def _covers_parish(appointment: Appointment, parish) -> bool:
    if appointment.parish_id:
        return appointment.parish_id == parish.pk
    if appointment.zone_id:
        return appointment.zone_id == parish.zone_id
    if appointment.body_id:
        return appointment.body.parish_id in (None, parish.pk)
    return True


def needs_second_factor(user: User) -> bool:
    """Whoever holds an office, or enters the administration, proves who they are twice."""
    return bool(user.is_authenticated and (user.is_staff or user.appointments))


def can_check_claim(officer, appointment: Appointment) -> bool:
    """An officer confirms another person's credential, never their own."""
    return has_office(officer, *CREDENTIAL_OFFICES) and appointment.claimed_by_id not in (None, officer.pk)


def can_verify(officer, user=None) -> bool:
    """An officer verifies the person in front of them, never themselves."""
    return has_office(officer, *DESK_OFFICES) and (user is None or user.pk != officer.pk)


def can_appoint(officer) -> bool:
    """The participation office registers offices."""
    return has_office(officer, Office.PARTICIPATION)
