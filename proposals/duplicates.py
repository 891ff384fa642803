"""Which proposal repeats which: reads only. What is not public is as if it were not there."""

from proposals.models import DuplicateLink, Proposal

SHOWN = 10
# Longer chains than this are nobody's doing but a mistake's: reading ends.
LONGEST = 20


def end_of(pk: int) -> int:
    """The last proposal of the chain that begins with this one (itself, if it repeats none)."""
    seen = {pk}
    while len(seen) < LONGEST:
        further = DuplicateLink.objects.active().filter(proposal=pk).values_list("original", flat=True).first()
        if further is None or further in seen:
            break
        pk = further
        seen.add(pk)
    return pk


def repeating(pk: int) -> list[int]:
    """The proposals whose chain ends with this one or passes through it, the nearest first."""
    found, newest = [], [pk]
    while newest and len(found) < 1000:
        links = DuplicateLink.objects.active().filter(original__in=newest).exclude(proposal__in=[pk, *found])
        newest = list(links.order_by("-at", "-pk").values_list("proposal", flat=True))
        found += newest
    return found


def active_link(proposal: Proposal) -> DuplicateLink | None:
    return DuplicateLink.objects.active().filter(proposal=proposal).select_related("original__parish").first()


def shown_on(proposal: Proposal) -> dict:
    """What the page of a proposal says: `link` (the active one, with `end`, the proposal to go to) or None, and
    `others`, the public ones that repeat it, at most SHOWN, and how many `more`. Two queries where there is nothing."""
    link = active_link(proposal)
    if link:
        end = end_of(link.original_id)
        public = Proposal.objects.public().select_related("parish", "box").defer("body", "search_text")
        link.end = public.filter(pk=end).first()
    found = []
    if repeats := repeating(proposal.pk):
        others = Proposal.objects.public().filter(pk__in=repeats).select_related("parish", "box")
        found = list(others.defer("body", "search_text").newest())
    return {"link": link if link and link.end else None, "others": found[:SHOWN], "more": len(found[SHOWN:])}
