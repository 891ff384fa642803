"""Linking a proposal to the one that it repeats. No support moves: supporters are invited, once.

Chains are kept free of circles by locks: a link goes from a proposal that repeats none to the end of another chain,
and both rows are held while it is made. Whatever could make either of them part of the other must hold one of them.
"""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from decide import live
from decide.accounts.models import User
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.groups import Group
from proposals import rules
from proposals.duplicates import active_link, end_of, repeating
from proposals.models import DuplicateLink, Proposal
from proposals.services.following import tell_followers
from proposals.services.lifecycle import in_spanish, withdraw_proposal
from votes.models import SupportBox


@transaction.atomic
def link_duplicate(*, proposal, original, by, withdraw=False, once_key=None) -> DuplicateLink:
    """Say that `proposal` repeats `original`, or the end of the chain that `original` is in.

    By the author of `proposal`, who may `withdraw` it in the same act, or by a moderator, whereupon the author is
    told. Raises Refused: 403 who, 404 one of them is not public, 400 itself, 409 linked already, a circle, withdrawn.
    """
    made = DuplicateLink.objects.filter(once_key=once_key).first() if once_key else None
    if made:
        return _same_or_refuse(made, proposal, by)
    end = end_of(original.pk)
    locked = lock_proposals(proposal.pk, end)
    duplicate, target = locked[proposal.pk], locked[end]
    if not rules.can_link(by, duplicate):
        raise Refused(_("Solo quien la propuso o moderación la enlaza con otra."), status=403)
    if original.pk == duplicate.pk:
        raise Refused(_("Elija otra propuesta: esta es la misma."), status=400)
    if not (original.is_public and target.is_public):
        raise Refused(_("Esa propuesta no existe."), status=404)
    if end_of(original.pk) != end:  # changed before the lock
        raise Refused(_("Esa propuesta se acaba de enlazar con otra. Inténtelo de nuevo."), status=409)
    if end == duplicate.pk:
        raise Refused(_("Esa propuesta ya está enlazada con esta: es la otra la que repite."), status=409)
    if active_link(duplicate):
        raise Refused(_("Esta propuesta ya está enlazada con otra. Quite primero ese enlace."), status=409)
    if target.status == Proposal.Status.WITHDRAWN:
        raise Refused(_("Esa propuesta fue retirada: elija otra."), status=409)
    if withdraw and not rules.can_withdraw(by, duplicate):
        raise Refused(_("Esta propuesta ya no se puede retirar."), status=409)
    by_moderator = not rules.is_author(by, duplicate)
    try:
        with transaction.atomic():
            link = DuplicateLink.objects.create(
                proposal=duplicate, original=target, by=by, by_moderator=by_moderator, once_key=once_key
            )
    except IntegrityError:
        raise Refused(_("Estas propuestas ya están enlazadas."), status=409) from None
    _touched(duplicate, target)
    with in_spanish():
        _tell_linked(link, duplicate, target)
    if withdraw:
        withdraw_proposal(proposal=duplicate, reason=Proposal.Withdrawal.DUPLICATE, told=rules.takes_supports(target))
    return link


@transaction.atomic
def unlink_duplicate(*, link, by, reason) -> DuplicateLink:
    """Undo a link, with a public reason. What was withdrawn stays so. Raises Refused (403, 409, 400)."""
    locked = lock_proposals(link.proposal_id, link.original_id)
    duplicate, target = locked[link.proposal_id], locked[link.original_id]
    link = DuplicateLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if not rules.can_link(by, duplicate):
        raise Refused(_("Solo quien la propuso o moderación quita el enlace."), status=403)
    if link.undone_at:
        raise Refused(_("Este enlace ya se quitó."), status=409)
    if not any(c.isalnum() for c in reason):
        raise Refused(_("Diga por qué quita el enlace: su razón será pública."), status=400)
    link.undone_at, link.undone_by, link.undone_reason = timezone.now(), by, reason[:250]
    link.save()
    _touched(duplicate, target)
    with in_spanish():
        tell_followers(
            duplicate,
            kind="proposal-unlinked",
            key=f"proposal-unlinked:{link.pk}",
            subject=_("Ya no está enlazada con otra propuesta"),
            body=_("«%(title)s» ya no se muestra como repetida. Razón: %(reason)s")
            % {"title": duplicate.title, "reason": link.undone_reason},
            exclude=[by],
        )
    return link


def lock_proposals(*pks: int) -> dict[int, Proposal]:
    """These proposals as they are now, held with their boxes: boxes first, each kind in the order of its keys."""
    list(SupportBox.objects.select_for_update(no_key=True).filter(proposal__in=pks).order_by("pk"))
    held = Proposal.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pks).order_by("pk")
    return {row.pk: row for row in held.select_related("box", "thread__follow_list", "parish", "author")}


def _same_or_refuse(made: DuplicateLink, proposal, by) -> DuplicateLink:
    if (made.proposal_id, made.by_id) != (proposal.pk, by.pk):
        raise Refused(_("Este formulario ya se envió. Abra uno nuevo."))
    return made


def _touched(*proposals: Proposal) -> None:
    for proposal in proposals:
        proposal.version += 1
        proposal.skip_history_when_saving = True  # nothing that history keeps has changed
        proposal.save(update_fields=["version"])
        del proposal.skip_history_when_saving
        live.changed(f"proposal:{proposal.pk}")


# --- telling --------------------------------------------------------------------------------------------


def _tell_linked(link: DuplicateLink, duplicate: Proposal, target: Proposal) -> None:
    """The supporters and followers of what repeats, once for each proposal that they are sent to; its author, if a
    moderator did it; and the author of the other. Not the followers of the other: whoever writes a proposal could
    reach them all by linking it."""
    key = f"proposal-linked:{target.pk}"
    if rules.takes_supports(target):
        notices.tell(
            kind="proposal-linked",
            key=key,
            group=Group.SUPPORTED,
            subject=_("Hay otra propuesta que pide lo mismo"),
            body=_(
                "Una propuesta que usted apoyó repite «%(title)s». Si está de acuerdo, apóyela también: "
                "su apoyo no se mueve solo."
            )
            % {"title": target.title},
            path=f"{target.get_absolute_url()}#apoyar",
            about=f"proposal:{target.pk}",
            recipients=_invited(link, duplicate, target),
        )
    tell_followers(
        duplicate,
        kind="proposal-linked",
        key=key,
        subject=_("Una propuesta que usted sigue repite otra"),
        body=_("«%(title)s» se enlazó con otra que pide lo mismo. En su página puede ver cuál.")
        % {"title": duplicate.title},
        exclude=[link.by, duplicate.author],
    )
    if link.by_moderator and duplicate.author:
        notices.tell(
            kind="proposal-linked",
            key=f"proposal-linked-own:{link.pk}",
            group=Group.OWN,
            subject=_("Moderación enlazó su propuesta con otra"),
            body=_(
                "Moderación vio que «%(title)s» repite otra propuesta y enlazó las dos. La suya no cambia y conserva "
                "todos sus apoyos. Si no es lo mismo, puede quitar el enlace en su página y decir por qué."
            )
            % {"title": duplicate.title},
            path=duplicate.get_absolute_url(),
            about=f"proposal:{duplicate.pk}",
            recipients=[duplicate.author],
        )
    if target.author_id and target.author_id not in (link.by_id, duplicate.author_id):
        notices.tell(
            kind="proposal-repeated",
            key=f"proposal-repeated:{target.pk}:{duplicate.pk}",
            group=Group.OWN,
            subject=_("Otra propuesta pide lo mismo que la suya"),
            body=_("En la página de «%(title)s» se ve cuál. Invitamos a quienes la apoyaron a apoyar también la suya.")
            % {"title": target.title},
            path=target.get_absolute_url(),
            about=f"proposal:{target.pk}",
            recipients=[target.author],
        )


def _invited(link: DuplicateLink, duplicate: Proposal, target: Proposal):
    """Who supports what repeats, or what repeats that, and does not support the other yet."""
    boxes = Proposal.objects.public().filter(pk__in=[duplicate.pk, *repeating(duplicate.pk)]).values("box")
    invited = User.objects.filter(residence__supports__box__in=boxes, is_active=True)
    invited = invited.exclude(residence__supports__box=target.box_id).exclude(
        pk__in=[link.by_id, duplicate.author_id or 0]
    )
    return invited.distinct()
