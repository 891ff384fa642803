"""What the officer of the zone decides about a registration: each step dated, reasoned, told to those concerned."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts import services as accounts
from decide.answers.deadlines import end_of_day_after
from decide.assemblies import rules
from decide.assemblies.models import Assembly, Objection
from decide.assemblies.models.assemblies import place_key
from decide.assemblies.services import telling
from decide.assemblies.services.seats import end_seats_of
from decide.assemblies.services.shared import add_step, lock_assembly, lock_with_parent
from decide.errors import Refused
from decide.territory.models import Neighbourhood

Status = Assembly.Status


@transaction.atomic
def open_to_objections(*, officer, assembly: Assembly, reason="", now=None) -> Assembly:
    """Its papers are in order: everybody may read it and object for ASSEMBLY_OBJECTION_DAYS."""
    now = now or timezone.now()
    locked = _for(officer, lock_assembly(assembly.pk), "open", now)
    locked.objections_until = end_of_day_after(now, settings.ASSEMBLY_OBJECTION_DAYS)
    locked.answer_due = end_of_day_after(locked.objections_until, settings.ASSEMBLY_ANSWER_DAYS)
    _decide(locked, Status.OBJECTIONS, officer, reason, now)
    telling.tell_opened(locked)
    return locked


@transaction.atomic
def return_registration(*, officer, assembly: Assembly, reason: str, now=None) -> Assembly:
    """Something is missing: whoever applied corrects it and sends it again."""
    now = now or timezone.now()
    locked = _for(officer, lock_assembly(assembly.pk), "return", now)
    _need_reason(reason)
    locked.answer_due = None
    _decide(locked, Status.RETURNED, officer, reason, now)
    telling.tell_returned(locked)
    return locked


@transaction.atomic
def refuse_registration(*, officer, assembly: Assembly, reason: str, replies=None, now=None) -> Assembly:
    """At once, or after the objections. `replies`: {pk of an objection: text}, where there are some."""
    now = now or timezone.now()
    locked = _for(officer, lock_assembly(assembly.pk), "refuse", now)
    _need_reason(reason)
    _reply(locked, replies or {}, now)
    locked.answer_due = None
    _decide(locked, Status.REFUSED, officer, reason, now)
    telling.tell_refused(locked)
    return locked


@transaction.atomic
def register_assembly(
    *, officer, assembly: Assembly, replies=None, reason="", accounts_seen=False, now=None
) -> Assembly:
    """After the period: it is the assembly of its neighbourhood, and its president and secretary take up their offices.

    `replies`: {pk: text}, one for each public objection. `accounts_seen`: the officer saw the document of whoever
    applied and says to be of the board; otherwise the account comes by printed credential. Of rivals, one is
    registered: their parent is locked, and the constraints say it again. Raises Refused.
    """
    now = now or timezone.now()
    locked = _for(officer, lock_with_parent(assembly), "register", now)
    _reply(locked, replies or {}, now)
    unanswered = Objection.objects.filter(assembly=locked, hidden=False, replied_at=None).count()
    if unanswered:
        raise Refused(_("Responda antes a cada objeción. Faltan %(n)s.") % {"n": unanswered}, status=400)
    locked.neighbourhood = _neighbourhood_of(locked)
    rival = rules.registered_rival(locked)
    if rival is not None:
        raise _place_taken(rival)
    locked.answer_due, locked.registered_at = None, now
    try:
        with transaction.atomic():
            _decide(locked, Status.REGISTERED, officer, reason, now)
    except IntegrityError:
        raise _place_taken(rules.registered_rival(locked) or locked) from None
    _appoint_board(locked, officer, accounts_seen, now)
    telling.tell_registered(locked)
    return locked


@transaction.atomic
def end_assembly(*, officer, assembly: Assembly, reason: str, now=None) -> Assembly:
    """A registered assembly is no more: its offices and the seats that it filled end, and its place is free."""
    now = now or timezone.now()
    locked = _for(officer, lock_with_parent(assembly), "end", now)
    _need_reason(reason)
    _decide(locked, Status.ENDED, officer, reason, now)
    for appointment in locked.body.appointment_set.current(timezone.localdate(now)):
        accounts.end_in_body(appointment=appointment)
    end_seats_of(locked, by=officer, reason=_("Terminó la asamblea que la envió."))
    telling.tell_ended(locked)
    return locked


ACTIONS = {
    "open": open_to_objections,
    "return": return_registration,
    "refuse": refuse_registration,
    "register": register_assembly,
    "end": end_assembly,
}


def _for(officer, locked: Assembly, action: str, now) -> Assembly:
    """The locked assembly, if this officer may do this to it now."""
    if not rules.can_decide(officer, locked):
        raise Refused(_("Esto lo decide la Administración Zonal de su zona."), status=403)
    if action not in rules.actions(locked, now):
        if action == "register" and rules.takes_objections(locked, now):
            raise Refused(_("Todavía corre el plazo para presentar objeciones."))
        raise Refused(
            _("Esta asamblea ya no está en ese paso. Mire cómo quedó."),
            way_out=(locked.get_absolute_url(), _("Ver la asamblea")),
        )
    return locked


def _need_reason(reason: str) -> None:
    if not any(c.isalnum() for c in reason):
        raise Refused(_("Explique la razón con una frase completa."), status=400)


def _decide(locked: Assembly, status: str, officer, reason: str, now) -> None:
    locked.status, locked.decided_at, locked.decided_by, locked.decision_reason = status, now, officer, reason
    locked.save()
    add_step(locked, by=officer, reason=reason, at=now)


def _reply(locked: Assembly, replies: dict[int, str], now) -> None:
    for objection in Objection.objects.filter(assembly=locked, pk__in=replies, replied_at=None).order_by("pk"):
        text = replies[objection.pk]
        if text:
            objection.reply, objection.replied_at = text, now
            objection.save(update_fields=["reply", "replied_at"])


def _neighbourhood_of(locked: Assembly) -> Neighbourhood:
    """The neighbourhood that was chosen, the one of that name in the parish, or a new one."""
    if locked.neighbourhood_id:
        return locked.neighbourhood
    for known in Neighbourhood.objects.filter(parish=locked.parish_id).order_by("pk"):
        if place_key(known.name) == locked.neighbourhood_key:
            return known
    commune = locked.level == Assembly.Level.COMMUNE
    kind = Neighbourhood.Kind.COMMUNE if commune else Neighbourhood.Kind.NEIGHBOURHOOD
    return Neighbourhood.objects.create(
        parish=locked.parish,
        name=locked.neighbourhood_name,
        kind=kind,
        invented=locked.invented,
        source=_("Registro de asambleas"),
    )


def _place_taken(rival: Assembly) -> Refused:
    return Refused(
        _("Ya hay una asamblea registrada de ese barrio: «%(name)s».") % {"name": rival},
        way_out=(rival.get_absolute_url(), _("Ver esa asamblea")),
    )


def _appoint_board(locked: Assembly, officer, accounts_seen: bool, now) -> None:
    for member in locked.board.exclude(office="").select_related("account"):
        accounts.appoint_in_body(
            by=officer,
            office=member.office,
            body=locked.body,
            starts=timezone.localdate(now),
            holder=member.account if accounts_seen else None,
            holder_name=member.name,
        )
