"""What watchers of a proposal see."""

from decide import live
from proposals.models import Proposal


def proposal_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, state)}` of the public ones among `ids`, in one SELECT; who is missing is gone."""
    rows = (
        Proposal.objects.public()
        .filter(pk__in=ids)
        .values_list(
            "pk",
            "version",
            "box__version",
            "thread__version",
            "box__supports",
            "box__threshold",
            "status",
            "thread__comments",
        )
    )
    return {
        pk: (
            version + box_version + thread_version,
            {"supports": supports, "threshold": threshold, "status": status, "comments": comments},
        )
        for pk, version, box_version, thread_version, supports, threshold, status, comments in rows
    }


def follow_thread(sender, thread, **kwargs) -> None:
    """A proposal shows how many comments it has: its watchers are told of them too."""
    for pk in Proposal.objects.filter(thread=thread).values_list("pk", flat=True):
        live.changed(f"proposal:{pk}")
