"""The review of the zone's technical committee: returned, linked, referred, or admitted to the three studies."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets import study_rules as rules
from budgets.models import Opinion, Request
from budgets.services.lifecycle import lock_request, move
from decide.answers.deadlines import end_of_day_after
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.groups import Group
from decide.notices.services import Message
from proposals.services.lifecycle import in_spanish
from votes import services as votes

Status = Request.Status


def _lock(request: Request, officer) -> Request:
    """The request as it is now, held; refused (403) to whoever does not review it."""
    locked = lock_request(request.pk)
    if not rules.may_review(officer, locked):
        raise Refused(_("Esto lo decide la Administración Zonal de su zona."), status=403)
    return locked


@transaction.atomic
def return_request(*, request: Request, officer, reason: str) -> Request:
    """Its author corrects it and sends it again."""
    return move(_lock(request, officer), Status.RETURNED, reason=reason, by=officer)


@transaction.atomic
def refer_request(*, request: Request, officer, agency, reason: str) -> Request:
    """It is not for the participatory budget: the agency or institution that it goes to is named."""
    if not agency.active:
        raise Refused(_("Elija una dependencia o institución que esté activa."), status=400)
    return move(_lock(request, officer), Status.REFERRED, reason=reason, by=officer, referred_to=agency)


@transaction.atomic
def link_duplicate(*, request: Request, officer, original: Request, reason: str) -> Request:
    """It repeats another one of the same year. Its supporters are told where to support that one; none is moved."""
    # Both at once, boxes first and by number: two officers who link them to each other wait, and the second is refused.
    votes.lock_boxes({request.box_id, original.box_id})
    locked = {pk: lock_request(pk) for pk in sorted({request.pk, original.pk})}
    asked, first = locked[request.pk], locked[original.pk]
    if not rules.may_review(officer, asked):
        raise Refused(_("Esto lo decide la Administración Zonal de su zona."), status=403)
    if first.pk != asked.pk:
        _refuse_original(asked, first)
    return move(asked, Status.DUPLICATE, reason=reason, by=officer, duplicate_of=first)


def _refuse_original(asked: Request, first: Request) -> None:
    if first.year_id != asked.year_id:
        raise Refused(_("Las dos deben ser para el presupuesto del mismo año."), status=400)
    if not first.is_public or first.status not in rules.CAN_BE_REPEATED:
        raise Refused(
            _("La otra solicitud no sigue su camino, así que esta no se le puede unir. Elija otra."), status=409
        )


@transaction.atomic
def reopen_request(*, request: Request, officer, reason: str) -> Request:
    """What the review linked or referred comes back to it."""
    locked = _lock(request, officer)
    if locked.status not in rules.ENDED_BY_REVIEW:
        raise Refused(_("La solicitud está en otro estado y este paso ya no es posible."), status=409)
    if not any(c.isalnum() for c in reason):
        raise Refused(_("Escriba la razón: la leerán quien la presentó y todos."), status=400)
    return move(locked, Status.FILED, reason=reason, by=officer)


# --- to the studies --------------------------------------------------------------------------------------------


@transaction.atomic
def admit_request(*, request: Request, officer) -> Request:
    """To the studies: three opinions are owed from now on, and those who give them are told."""
    admitted = _admit(request, officer)
    _tell_studying([admitted])
    return admitted


def admit_requests(*, requests, officer) -> tuple[list[Request], list[tuple[Request, str]]]:
    """As `admit_request`, many at once, each in its own transaction: (admitted, [(request, why it was not)]).

    Whoever gives opinions is told once, whatever their number.
    """
    admitted, refused = [], []
    for request in requests:
        try:
            with transaction.atomic():
                admitted.append(_admit(request, officer))
        except Refused as refusal:
            refused.append((request, str(refusal.reason)))
    with transaction.atomic():
        _tell_studying(admitted)
    return admitted, refused


def _admit(request: Request, officer) -> Request:
    locked = _lock(request, officer)
    if locked.status not in rules.REVIEWED:
        raise Refused(_("La solicitud está en otro estado y este paso ya no es posible."), status=409)
    move(locked, Status.STUDY, by=officer)
    due = end_of_day_after(timezone.now(), settings.OPINION_DAYS)
    known = {opinion.kind: opinion for opinion in locked.opinions.order_by("version")}
    for kind in Opinion.Kind.values:
        opinion = known.get(kind) or Opinion(request=locked, kind=kind)
        if opinion.issued_at is None:  # also where it comes back from a first round
            opinion.due = due
            opinion.save()
    return locked


@in_spanish()
def _tell_studying(admitted: list[Request]) -> None:
    """One notice for each person, with how many are new for them."""
    if not admitted:
        return
    officers, new = rules.Officers(), {}
    for request in admitted:
        for kind in Opinion.Kind.values:
            for user in officers.of_opinion(kind, request.parish):
                new.setdefault(user, set()).add(request.title)
    key = f"opinions-new:{timezone.now().isoformat()}"
    notices.tell_all(
        [
            Message(
                kind="opinions-new",
                key=key,
                subject=_("Solicitudes nuevas para su dictamen: %(n)s") % {"n": len(titles)},
                body=_("Pasaron a estudios. Tiene %(days)s días para cada dictamen.\n\n%(titles)s")
                % {"days": settings.OPINION_DAYS, "titles": "\n".join(sorted(titles)[:20])},
                path=reverse("budgets:opinions"),
                recipients=(user,),
                group=Group.OFFICE,
            )
            for user, titles in new.items()
        ]
    )


# --- communal land ---------------------------------------------------------------------------------------------


@transaction.atomic
def record_cabildo_agreement(*, request: Request, officer, agreed_on, document) -> Request:
    """The cabildo agrees to a work on its land (Código Municipal, art. I.3.86): the day is public, the signed paper
    come)."""
    locked = lock_request(request.pk)
    if not rules.records_agreements(officer, locked):
        raise Refused(
            _("Esto lo registra la Administración Zonal de su zona o quien da el dictamen jurídico."), status=403
        )
    if not locked.communal_land:
        raise Refused(_("Esta solicitud no está en territorio comunal."), status=400)
    if agreed_on > timezone.localdate():
        raise Refused(_("El acuerdo no puede tener una fecha futura."), status=400)
    if rules.is_on_a_matrix(locked):
        raise Refused(_("La matriz de su asamblea ya está publicada: ya no cambia."), status=409)
    before = locked.cabildo_agreement.name
    locked.cabildo_agreed_on = agreed_on
    locked.cabildo_agreement.save(document.name, document, save=False)
    locked.version += 1
    locked._history_user = officer
    locked.save()
    transaction.on_commit(lambda: _put_away(locked.cabildo_agreement, before))
    return locked


def _put_away(paper, before: str) -> None:
    paper.storage.put_away(paper.name)
    if before and before != paper.name:
        paper.storage.delete(before)
