"""Offices: who appoints, and how somebody elected on paper takes up theirs with a printed code."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from decide.accounts import keys, rules
from decide.accounts.models import Appointment
from decide.errors import Refused


@transaction.atomic
def appoint(
    *,
    officer,
    office,
    holder=None,
    holder_name="",
    zone=None,
    parish=None,
    agency=None,
    body=None,
    starts=None,
    ends=None,
) -> Appointment:
    """Register that somebody holds an office from `starts` (today) until `ends` (inclusive; None: open).

    Without `holder`, `holder_name` is the name elected on paper and a credential may be issued. Raises Refused.
    """
    _need_participation(officer)
    starts = starts or timezone.localdate()
    if holder is None and not holder_name:
        raise Refused(_("Escriba el nombre de la persona, o elija su cuenta."), status=400)
    if ends and ends < starts:
        raise Refused(_("La fecha final es anterior a la inicial."), status=400)
    if office == Appointment.Office.AGENCY and agency is None:
        raise Refused(_("Elija la dependencia en la que trabaja la persona."), status=400)
    if office == Appointment.Office.ZONAL and zone is None:
        raise Refused(_("Elija la zona de la persona."), status=400)
    return Appointment.objects.create(
        office=office,
        holder=holder,
        holder_name=holder_name,
        zone=zone,
        parish=parish,
        agency=agency,
        body=body,
        starts=starts,
        ends=ends,
        appointed_by=officer,
    )


@transaction.atomic
def appoint_in_body(*, by, office, body, starts, ends=None, holder=None, holder_name="", zone=None) -> Appointment:
    """An office of a body, for the room that owns the body, which has asked who may: an assembly elects its own.

    `zone` where the body is of a whole zone: without it the office would reach every parish.
    """
    return Appointment.objects.create(
        office=office,
        holder=holder,
        holder_name=holder_name,
        body=body,
        zone=zone,
        starts=starts,
        ends=ends,
        appointed_by=by,
    )


@transaction.atomic
def end_appointment(*, officer, appointment: Appointment, on=None) -> Appointment:
    """End an office: `on` is its last day (yesterday by default, so that it gives nothing from now on)."""
    _need_participation(officer)
    return end_in_body(appointment=appointment, on=on)


@transaction.atomic
def end_in_body(*, appointment: Appointment, on=None) -> Appointment:
    """The same, for the room that owns the body."""
    appointment = _locked(appointment)
    appointment.ends = on or timezone.localdate() - timedelta(days=1)
    # One that began today, or has not begun, has no day before: it becomes one past day.
    appointment.starts = min(appointment.starts, appointment.ends)
    appointment.claim_key = appointment.claimed_by = None
    appointment.save()
    return appointment


@transaction.atomic
def issue_credential(*, officer, appointment: Appointment) -> str:
    """Make the one-time code of a printed credential; a former code stops working. Only its keyed hash is kept."""
    _need_participation(officer)
    return make_credential(appointment=appointment)


@transaction.atomic
def make_credential(*, appointment: Appointment) -> str:
    """The same, for the room that owns the body of the office, which has asked who may."""
    appointment = _locked(appointment)
    if appointment.holder_id:
        raise Refused(_("Este cargo ya tiene una cuenta. No necesita credencial."))
    if _is_over(appointment):
        raise Refused(_("Este cargo ya terminó."))
    code = keys.make_claim_code()
    appointment.claim_key, appointment.claimed_by = keys.claim_keys(code)[0], None
    appointment.save()
    return code


@transaction.atomic
def claim_appointment(*, user, code: str) -> Appointment:
    """Ask for the office of a printed credential. It gives nothing until an officer confirms it. Raises Refused."""
    found = Appointment.objects.select_for_update(of=["self"]).filter(claim_key__in=keys.claim_keys(code)).first()
    if found is None or _is_over(found):
        raise Refused(_("Ese código no es válido o ya se usó. Revíselo letra por letra."), status=400)
    if found.claimed_by_id == user.pk:
        return found
    if found.claimed_by_id:
        raise Refused(_("Otra cuenta ya usó este código y espera respuesta. Acuda a una ventanilla con su credencial."))
    found.claimed_by = user
    found.save()
    return found


@transaction.atomic
def check_claim(*, officer, appointment: Appointment, claimant: str) -> Appointment:
    """Whether this officer may now say who claims the office; refuses otherwise, and writes nothing."""
    return _checked_claim(officer, appointment, claimant)


@transaction.atomic
def confirm_claim(*, officer, appointment: Appointment, claimant: str) -> Appointment:
    """The officer saw the person, their document and the credential: the office is theirs, and the code is spent.

    `claimant` is the public id of the account that the officer's page showed: another's claim is not confirmed by it.
    """
    appointment = _checked_claim(officer, appointment, claimant)
    appointment.holder = appointment.claimed_by
    appointment.claimed_by = appointment.claim_key = None
    appointment.save()
    return appointment


@transaction.atomic
def reject_claim(*, officer, appointment: Appointment, claimant: str) -> Appointment:
    """Not the person of the credential: the code is spent, and a new credential can be issued."""
    appointment = _checked_claim(officer, appointment, claimant)
    appointment.claimed_by = appointment.claim_key = None
    appointment.save()
    return appointment


def _checked_claim(officer, appointment, claimant) -> Appointment:
    appointment = _locked(appointment)
    if appointment.claimed_by is None or str(appointment.claimed_by.public_id) != claimant:
        raise Refused(_("Este cargo no espera confirmación."))
    if not rules.can_check_claim(officer, appointment):
        raise Refused(_("Otra persona de ventanilla debe revisar esta credencial."), status=403)
    if _is_over(appointment):
        raise Refused(_("Este cargo ya terminó."))
    return appointment


def _locked(appointment) -> Appointment:
    return Appointment.objects.select_for_update(of=["self"]).get(pk=appointment.pk)


def _is_over(appointment) -> bool:
    return appointment.ends is not None and appointment.ends < timezone.localdate()


def _need_participation(officer) -> None:
    if not rules.can_appoint(officer):
        raise Refused(_("Solo la oficina de participación registra cargos."), status=403)
