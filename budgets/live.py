"""What watchers of a request see."""

from budgets.models import Request
from decide import live


def request_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, {"supports", "status", "comments"})}` of the public ones, in one SELECT; others are gone."""
    columns = ("pk", "version", "box__version", "thread__version", "box__supports", "status", "thread__comments")
    return {
        pk: (
            version + box_version + thread_version,
            {"supports": supports, "status": status, "comments": comments},
        )
        for pk, version, box_version, thread_version, supports, status, comments in Request.objects.public()
        .filter(pk__in=ids)
        .values_list(*columns)
    }


def follow_thread(sender, thread, **kwargs) -> None:
    """A request shows how many comments it has: its watchers are told of them too."""
    for pk in Request.objects.filter(thread=thread).values_list("pk", flat=True):
        live.changed(f"request:{pk}")
