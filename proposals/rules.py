"""May this person do this now? Asks, never writes.

Each rule takes what is already loaded (`proposal.box` comes with the proposal), so that views, templates and the
API ask alike and at no cost.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from decide.accounts import rules as people
from decide.errors import Refused
from decide.moderation import rules as moderation
from proposals.models import Proposal
from votes import rules as signing
from votes.models import Poll
from votes.officers import writes_polls

MAX_PHOTOS = 4
MAX_DOCUMENTS = 3
MAX_TAGS = 5
# While one of these, a proposal takes supports: the city has not answered yet, and nobody has ended it.
TAKES_SUPPORTS = {Proposal.Status.OPEN, Proposal.Status.REACHED, Proposal.Status.REVIEW, Proposal.Status.VOTING}

# While one of these, its author may change it.
EDITABLE = {Proposal.Status.DRAFT, Proposal.Status.OPEN}


def is_author(user, proposal) -> bool:
    return user.is_authenticated and proposal.author_id is not None and proposal.author_id == user.pk


def was_published(proposal) -> bool:
    """It is no draft any more, whether moderators hid it or not."""
    return proposal.status != Proposal.Status.DRAFT


def is_public(proposal) -> bool:
    return proposal.is_public


def can_view(user, proposal) -> bool:
    """Whatever is public, one's own, and for moderators what is hidden. All else answers like what is missing: 404."""
    if is_public(proposal) or is_author(user, proposal):
        return True
    return was_published(proposal) and moderation.moderates(user)


def can_view_file(user, each) -> bool:
    """A photo or document: whoever sees the proposal, if it is shown; if it is hidden, its author and moderators."""
    if not each.hidden:
        return can_view(user, each.proposal)
    return is_author(user, each.proposal) or (was_published(each.proposal) and moderation.moderates(user))


def can_edit(user, proposal) -> bool:
    """Its author, until the threshold is reached: what the city answers does not change under its feet."""
    return is_author(user, proposal) and proposal.status in EDITABLE


def has_public_versions(proposal) -> bool:
    """From the first support on, each change is kept for everybody to read."""
    return was_published(proposal) and proposal.box.supports > 0


def can_remove_files(proposal) -> bool:
    """What people supported stays as they saw it: photos and documents can be added, not taken away or replaced."""
    return not has_public_versions(proposal)


def can_change_scope(proposal) -> bool:
    """The scope decides the threshold and whose supports count: it is settled by the first support."""
    return not has_public_versions(proposal)


def can_withdraw(user, proposal) -> bool:
    """Its author, while it gathers supports."""
    return is_author(user, proposal) and proposal.status == Proposal.Status.OPEN


def can_link(user, proposal) -> bool:
    """Its author or a moderator says which other one it repeats, and takes that back. No support depends on it."""
    by_author = is_author(user, proposal) and people.can_write(user)
    return proposal.is_public and (by_author or moderation.moderates(user))


def takes_supports(proposal) -> bool:
    """Whether it can be supported now by anybody."""
    return support_refusal(proposal) is None


def can_support(user, proposal) -> bool:
    """Any verified resident of the District who is old enough today (also the author)."""
    return takes_supports(proposal) and people.is_verified(user)


def support_refusal(proposal) -> Refused | None:
    """Why nobody can support it or take a support back now; None if they can."""
    if proposal.status not in TAKES_SUPPORTS or not proposal.box.open:
        reason = _("Esta propuesta ya no recibe apoyos. Su estado: %(status)s.") % {
            "status": str(proposal.get_status_display()).lower()
        }
    elif proposal.status == Proposal.Status.OPEN and proposal.expires_at <= timezone.now():
        reason = _("Terminó el plazo para apoyar esta propuesta.")
    else:
        return None
    return Refused(reason, status=409, way_out=(proposal.get_absolute_url(), _("Volver a la propuesta")))


def resident_refusal(user) -> Refused | None:
    """What keeps this account from supporting anything today: no verified residence, or not yet 16 years."""
    return signing.obstacle(user.residence)


def public_poll(proposal):
    """The poll on this proposal once everybody may see it, or None. One query where there is a poll."""
    if not proposal.poll_id or proposal.poll.status not in Poll.PUBLIC:
        return None
    return proposal.poll


def can_make_poll(user, proposal) -> bool:
    """An officer who writes polls, once the threshold is reached and while there is no answer and no poll."""
    waits = proposal.status in {Proposal.Status.REACHED, Proposal.Status.REVIEW} and not proposal.poll_id
    return waits and user.is_authenticated and writes_polls(user)
