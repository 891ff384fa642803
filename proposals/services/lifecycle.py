"""How a proposal moves from state to state: one service, one table."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from decide import live
from decide.accounts.models import User
from decide.accounts.suspension import refuse_suspended
from decide.answers import services as answers
from decide.comments.models import Thread
from decide.errors import Refused
from decide.notices import services as notices
from decide.notices.groups import Group
from proposals import rules, search
from proposals.models import Proposal, StatusChange
from proposals.services.files import hold_images, place_files
from proposals.services.following import tell_followers, tell_published
from votes import services as votes
from votes.models import SupportBox

Status = Proposal.Status

# Which state may follow which. Whoever is not here stays where it is.
NEXT = {
    Status.DRAFT: {Status.OPEN},
    Status.OPEN: {Status.REACHED, Status.WITHDRAWN, Status.ARCHIVED},
    Status.REACHED: {Status.REVIEW, Status.VOTING},
    Status.REVIEW: {Status.ANSWERED, Status.VOTING},
    Status.VOTING: {Status.REACHED, Status.REVIEW},
    Status.ANSWERED: {Status.EXECUTION},
    Status.EXECUTION: {Status.DONE},
    Status.DONE: {Status.EXECUTION},
}
# The way of what the city answers, in order: `follow_answer` goes along it step by step.
WAY = [Status.REACHED, Status.REVIEW, Status.ANSWERED, Status.EXECUTION, Status.DONE]


def in_spanish():
    """What is stored for everybody to read is written in the city's language, whatever the actor's is."""
    return translation.override(settings.LANGUAGE_CODE)


def lock_proposal(pk: int) -> Proposal:
    """The proposal as it is now, with its box and itself locked (in this order) until the transaction ends."""
    SupportBox.objects.select_for_update(no_key=True).get(proposal=pk)
    return (
        Proposal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("box", "thread", "parish")
        .get(pk=pk)
    )


@transaction.atomic
def change_status(*, proposal, to, note="", at=None) -> Proposal:
    """Move a proposal to another state, dated (`at`, now) and public. Raises Refused (409) if it cannot follow."""
    locked = lock_proposal(proposal.pk)
    if (locked.status, to) == (Status.DRAFT, Status.OPEN):
        return publish_proposal(proposal=locked, at=at)
    return _move(locked, to, note, at)


def _move(locked: Proposal, to: str, note="", at=None) -> Proposal:
    if to not in NEXT.get(locked.status, ()):
        raise Refused(_("La propuesta está en otro estado y este paso ya no es posible."), status=409)
    locked.status = to
    locked.version += 1
    locked.save()
    if to not in rules.TAKES_SUPPORTS and locked.box.open:
        votes.close_box(box=locked.box)
    StatusChange.objects.create(proposal=locked, status=to, note=note, at=at or timezone.now())
    live.changed(f"proposal:{locked.pk}", f"support:{locked.box_id}")
    return locked


@transaction.atomic
def publish_proposal(*, proposal, at=None) -> Proposal:
    """Draft → open, at once: its box takes supports, its thread comments, and the search finds it.

    Published again (a form sent twice) it stays as it is.
    """
    locked = lock_proposal(proposal.pk)
    if locked.status == Status.OPEN:
        return locked
    if locked.author:
        refuse_suspended(locked.author)
    if not (locked.title and locked.summary):
        raise Refused(_("Falta el resumen: escríbalo antes de publicar."), status=400)
    locked.published_at = at or timezone.now()
    locked.expires_at = locked.published_at + settings.SUPPORT_PERIOD
    locked.search_text = search.search_text(locked)
    _move(locked, Status.OPEN, at=at)
    SupportBox.objects.filter(pk=locked.box_id).update(open=True)
    Thread.objects.filter(pk=locked.thread_id).update(public=True, path=locked.get_absolute_url())
    search.index_title(locked)
    hold_images(locked, locked.photos.all())
    place_files(locked.pk)
    with in_spanish():
        tell_published(locked)
    return locked


@transaction.atomic
def withdraw_proposal(*, proposal, reason, note="", told=False) -> Proposal:
    """Its author takes it back, with a reason of Proposal.Withdrawal. Supporters and followers are told, unless they
    were `told` in another way (of the proposal that this one repeats)."""
    locked = lock_proposal(proposal.pk)
    if reason not in Proposal.Withdrawal.values:
        raise Refused(_("Elija la razón del retiro."), status=400)
    if note and locked.author:
        refuse_suspended(locked.author)
    locked.withdrawal, locked.withdrawal_note = reason, note
    _move(locked, Status.WITHDRAWN)
    if not told:
        _tell_withdrawn(locked)
    return locked


@in_spanish()
def _tell_withdrawn(locked: Proposal) -> None:
    step = {
        "kind": "proposal-withdrawn",
        "key": f"proposal-withdrawn:{locked.pk}",
        "body": _("Quien propuso «%(title)s» la retiró. Razón: %(reason)s.")
        % {"title": locked.title, "reason": locked.get_withdrawal_display()},
        "path": locked.get_absolute_url(),
    }
    notices.tell(
        **step,
        subject=_("Se retiró una propuesta que usted apoyó"),
        about=f"proposal:{locked.pk}",
        group=Group.SUPPORTED,
        recipients=supporters(locked).exclude(pk=locked.author_id),
    )
    tell_followers(locked, **step, subject=_("Se retiró una propuesta que usted sigue"), exclude=[locked.author])


@transaction.atomic
def reach_threshold(*, proposal) -> Proposal:
    """Open → reached, and the answer that the city owes from now on (in `proposal.answer`).

    Does nothing if it is not open or its threshold is not reached: of two last supports at once only one counts.
    """
    locked = lock_proposal(proposal.pk)
    box = locked.box
    if locked.status != Status.OPEN or box.counted < box.threshold:
        return locked
    locked.answer = answers.owe_answer(
        kind="proposal", subject=locked.title, path=locked.get_absolute_url(), parish=locked.parish
    )
    _move(locked, Status.REACHED)
    _tell_author_reached(locked)
    return locked


@in_spanish()
def _tell_author_reached(locked: Proposal) -> None:
    if not locked.author_id:
        return
    due = date_format(timezone.localtime(locked.answer.due), "DATE_FORMAT")
    notices.tell(
        kind="proposal-reached",
        key=f"proposal-reached:{locked.pk}",
        subject=_("Su propuesta alcanzó su umbral"),
        body=_("«%(title)s» reunió los apoyos que necesitaba. El Municipio debe responderle hasta el %(due)s.")
        % {"title": locked.title, "due": due},
        path=locked.get_absolute_url(),
        about=f"proposal:{locked.pk}",
        group=Group.OWN,
        recipients=[locked.author],
    )


def archive_expired(now) -> int:
    """Archive what did not reach its threshold in time, and tell its author what remains possible. How many."""
    done = 0
    for pk in Proposal.objects.open().filter(expires_at__lte=now).values_list("pk", flat=True):
        done += _archive(pk, now)
    return done


@transaction.atomic
@in_spanish()
def _archive(pk: int, now) -> bool:
    locked = lock_proposal(pk)
    if locked.status != Status.OPEN or locked.expires_at > now:
        return False
    _move(locked, Status.ARCHIVED, at=now)
    if locked.author_id:
        notices.tell(
            kind="proposal-archived",
            key=f"proposal-archived:{locked.pk}",
            subject=_("Terminó el plazo de su propuesta"),
            body=_(
                "«%(title)s» reunió %(counted)s de los %(threshold)s apoyos que necesitaba, y quedó archivada. "
                "Todos pueden seguir leyéndola. Usted puede proponerla otra vez con los mismos textos o mejorada, "
                "apoyar una parecida, o llevarla a la asamblea de su parroquia."
            )
            % {"title": locked.title, "counted": locked.box.counted, "threshold": locked.box.threshold},
            path=locked.get_absolute_url(),
            about=f"proposal:{locked.pk}",
            group=Group.OWN,
            recipients=[locked.author],
        )
    tell_followers(
        locked,
        kind="proposal-archived",
        key=f"proposal-archived:{locked.pk}",
        subject=_("Terminó el plazo de una propuesta que usted sigue"),
        body=_("«%(title)s» no reunió los apoyos que necesitaba, y quedó archivada. Todos pueden seguir leyéndola.")
        % {"title": locked.title},
        exclude=[locked.author],
    )
    return True


@transaction.atomic
@in_spanish()
def follow_answer(sender, answer, **kwargs) -> None:
    """What happens to an answer moves its proposal: assigned → review, answered → answered, milestones → further."""
    pk = Proposal.objects.filter(answer=answer).values_list("pk", flat=True).first()
    if pk is None:
        return
    locked = lock_proposal(pk)
    to = _state_of(answer)
    if locked.status not in WAY:
        return
    if locked.status == Status.DONE and to == Status.EXECUTION:
        _move(locked, to)
        return
    for step in WAY[WAY.index(locked.status) + 1 : WAY.index(to) + 1]:
        _move(locked, step)


def _state_of(answer) -> str:
    if answer.answered_at is None:
        return Status.REVIEW if answer.agency_id else Status.REACHED
    states = {milestone.state for milestone in answer.milestones.all()} - {"cancelled"}
    if states == {"done"}:
        return Status.DONE
    return Status.EXECUTION if states & {"ongoing", "done"} else Status.ANSWERED


def supporters(proposal):
    """The accounts of those who support it (names are never published; they may be told)."""
    return User.objects.filter(residence__supports__box=proposal.box_id)
