"""Who follows a proposal: its author from the first day, whoever chose to, and those who follow its parish."""

from django.utils.translation import gettext as _

from decide.comments import services as comments
from decide.notices import services as notices
from decide.notices.models import FollowList
from proposals.models import Proposal


def follow_list(proposal: Proposal) -> FollowList:
    """The list of those who follow a proposal. At the first call it is made, with its author on it."""
    thread = proposal.thread
    if thread.follow_list is None:
        made = comments.follow_list(thread=thread, title=proposal.title, about=f"proposal:{proposal.pk}")
        if proposal.author_id:
            notices.follow(user=proposal.author, list=made, own=True)
    return thread.follow_list


def tell_followers(proposal: Proposal, *, kind: str, key: str, subject, body, path="", parish=False, exclude=()) -> int:
    """Tell those who follow the proposal and, for what its whole parish should know, those who follow the parish.

    `path` is the proposal's page where none is given. What they are told is theirs only while it is public.
    """
    lists = [follow_list(proposal), notices.parish_list(proposal.parish) if parish else None]
    return notices.tell_followers(
        lists,
        kind=kind,
        key=key,
        subject=subject,
        body=body,
        path=path or proposal.get_absolute_url(),
        about=f"proposal:{proposal.pk}",
        exclude=exclude,
    )


def tell_published(proposal: Proposal) -> None:
    """A new proposal: its author follows it from now on, and those who follow its parish are told."""
    follow_list(proposal)
    if proposal.parish is None:
        return
    tell_followers(
        proposal,
        kind="proposal-published",
        key=f"proposal-published:{proposal.pk}",
        subject=_("Hay una propuesta nueva en %(parish)s") % {"parish": proposal.parish},
        body=_("Se publicó «%(title)s». Puede leerla, comentarla y apoyarla.") % {"title": proposal.title},
        parish=True,
        exclude=[proposal.author],
    )
