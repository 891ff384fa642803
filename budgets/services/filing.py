"""From a draft to the zone's desk: filing, what is kept until the period opens, the desk, and out of a proposal."""

from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets import periods
from budgets import request_rules as rules
from budgets.models import Request
from budgets.services.authoring import add_photo, draft_request
from budgets.services.files import hold_images, place_files
from budgets.services.following import follow_list, tell_followers
from budgets.services.lifecycle import lock_request, move
from budgets.services.supporting import support_request
from decide import live
from decide.accounts.models import User
from decide.accounts.suspension import refuse_suspended
from decide.comments.models import Thread
from decide.errors import Refused
from decide.images import clean_photo
from decide.notices import services as notices
from decide.notices.groups import Group
from proposals.models import Proposal
from proposals.services.following import tell_followers as tell_followers_of_proposal
from proposals.services.lifecycle import in_spanish
from votes import codes

Status = Request.Status


@transaction.atomic
def file_request(*, request, by=None, at=None) -> Request:
    """Draft → filed, where requests are taken now; otherwise → kept, for the next year. What was kept is filed so once
    its period opens, and what was returned comes back to the review.

    Filed again (a form sent twice) it stays as it is. Raises Refused: 400 without a text, 403 (suspended), 409.
    """
    locked = lock_request(request.pk)
    if locked.status == Status.FILED:
        return locked
    if locked.author:
        refuse_suspended(locked.author)
    if not any(c.isalnum() for c in locked.body):
        raise Refused(_("Falta contar qué se pide y por qué: escríbalo antes de presentarla."), status=400)
    if locked.status == Status.RETURNED:
        return move(locked, Status.FILED, by=by, at=at)
    year = periods.open_year()
    if year is None:
        return locked if locked.status == Status.KEPT else move(locked, Status.KEPT, by=by, at=at)
    if locked.status not in rules.PRIVATE:
        raise Refused(_("La solicitud está en otro estado y este paso ya no es posible."), status=409)
    locked.year = year
    locked.filed_at = at or timezone.now()
    move(locked, Status.FILED, by=by, at=at)
    Thread.objects.filter(pk=locked.thread_id).update(public=locked.is_public, path=locked.get_absolute_url())
    locked.thread.refresh_from_db()
    hold_images(locked, locked.photos.all())
    place_files(locked.pk)
    _tell_filed(locked)
    return locked


@in_spanish()
def _tell_filed(request: Request) -> None:
    """A new request: its author follows it from now on, and those who follow its parish are told."""
    follow_list(request)
    tell_followers(
        request,
        kind="request-filed",
        key=f"request-filed:{request.pk}",
        subject=_("Hay una solicitud nueva en %(parish)s") % {"parish": request.parish},
        body=_("Ingresó «%(title)s» para el presupuesto de %(year)s. Puede leerla, comentarla y apoyarla.")
        % {"title": request.title, "year": request.year.year},
        parish=True,
        exclude=[request.author],
    )


@transaction.atomic
def withdraw_request(*, request, by, reason) -> Request:
    """Its author takes it back, with a public reason, until the studies begin. Raises Refused (403, 409, 400)."""
    locked = lock_request(request.pk)
    if not rules.is_author(by, locked):
        raise Refused(_("Solo quien la presentó puede retirarla."), status=403)
    if not rules.can_withdraw(by, locked):
        raise Refused(_("Esta solicitud ya no se puede retirar."), status=409)
    refuse_suspended(by)
    return move(locked, Status.WITHDRAWN, reason=reason, by=by)


# --- the period opens ---------------------------------------------------------------------------------------


def follow_period(now: datetime) -> int:
    """While requests are taken: authors of what was kept are told once a year that they can file it now, with one tap;
    what was kept at a desk, whose author has no account, is filed. How many."""
    year = periods.open_year()
    if year is None:
        return 0
    kept = Request.objects.filter(status=Status.KEPT)
    authors = User.objects.filter(budget_requests__in=kept, is_active=True).distinct()
    done = _tell_opened(year, authors)
    for request in kept.filter(author=None, by_desk=True):
        done += file_request(request=request).status == Status.FILED
    return done


@in_spanish()
def _tell_opened(year, authors) -> int:
    return notices.tell(
        kind="requests-open",
        key=f"requests-open:{year.pk}",
        subject=_("Ya puede presentar lo que guardó"),
        body=_("Se abrió el ingreso de solicitudes para el presupuesto de %(year)s. Con un toque presenta la suya.")
        % {"year": year.year},
        path=f"{reverse('pages:mine')}#solicitudes",
        group=Group.OWN,
        recipients=authors,
    )


# --- the desk -------------------------------------------------------------------------------------------------


@transaction.atomic
def file_at_desk(*, officer, residence, **values) -> tuple[Request, str | None]:
    """File a request of a person who is present, "por ventanilla": `(request, the code of its receipt)`.

    The officer is recorded and not published. The same `once_key` again gives the same request and no code: it was
    printed the first time, and nobody can read it from what is stored. Outside the period it is kept, and filed by
    itself when that opens.
    """
    code = codes.make_code()
    request = draft_request(
        by_desk=True, desk_residence=residence, desk_officer=officer, code=codes.digest(code), **values
    )
    request = file_request(request=request)
    return request, code if request.code == codes.digest(code) else None


@transaction.atomic
def support_at_desk(*, officer, residence, request: Request) -> tuple[Request, str | None]:
    """Support for a person who is present: `(request, code)`; no code where the person supported it already."""
    code = codes.make_code()
    request, created = support_request(request=request, residence=residence, officer=officer, code=codes.digest(code))
    return request, code if created else None


# --- out of a proposal ------------------------------------------------------------------------------------------


@transaction.atomic
def request_from_proposal(*, proposal: Proposal, by, kind: str) -> Request:
    """A proposal becomes a request of its parish, with its text, place and photos; each links to the other.

    By its author, or by an officer of its zone, whereupon the author is told. It is the proposal's author's. One per
    proposal: another call gives the same one. Raises Refused: 403 (who), 409 (over, or somebody's draft stands there).
    """
    made = Request.objects.filter(proposal=proposal).first()
    if made is None:
        if not rules.may_make_request_of(by, proposal):
            raise Refused(
                _("Esta propuesta no puede pasar a solicitud, o no es usted quien puede hacerlo."), status=403
            )
        try:
            with transaction.atomic():
                made = _copy(proposal, by, kind)
        except IntegrityError:  # two at once: the first one stands
            made = Request.objects.get(proposal=proposal)
    if not (made.is_public or rules.is_author(by, made)):
        raise Refused(_("Esta propuesta ya pasó a solicitud."), status=409)
    return made


def _copy(proposal: Proposal, by, kind: str) -> Request:
    text = "\n\n".join(filter(None, [proposal.summary, proposal.body]))
    request = draft_request(
        title=proposal.title,
        kind=kind,
        parish=proposal.parish,
        body=text[:10_000],
        author=proposal.author,
        proposal=proposal,
        by_desk=proposal.by_desk,
        desk_residence=proposal.desk_residence,
        **{name: getattr(proposal, name) for name in ("neighbourhood", "street", "reference", "lat", "lon")},
    )
    for photo in proposal.photos.filter(hidden=False)[: rules.MAX_PHOTOS]:
        with photo.image.open() as stored:
            add_photo(request=request, image=clean_photo(ContentFile(stored.read(), photo.image.name)), alt=photo.alt)
    request = file_request(request=request, by=by)
    live.changed(f"proposal:{proposal.pk}")
    _tell_became_request(proposal, request, by)
    return request


@in_spanish()
def _tell_became_request(proposal: Proposal, request: Request, by) -> None:
    """Those who follow the proposal. What is kept until its period opens is nobody's to see but its author's."""
    public = request.is_public
    if not public and (proposal.author is None or by == proposal.author):
        return
    step = {
        "kind": "proposal-became-request",
        "key": f"proposal-became-request:{proposal.pk}",
        "subject": _("Pasó al presupuesto participativo: %(title)s") % {"title": proposal.title},
        "body": _("Ahora es también una solicitud para el presupuesto de %(parish)s.") % {"parish": request.parish},
        "path": request.get_absolute_url(),
    }
    if public:
        tell_followers_of_proposal(proposal, **step, exclude=[by])
    else:
        notices.tell(**step, about=f"proposal:{proposal.pk}", group=Group.OWN, recipients=[proposal.author])
