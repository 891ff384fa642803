"""From a write to the hubs: the names of the topics that changed, after the commit."""

from functools import partial

from django.db import transaction


def changed(*topics: str) -> None:
    """Say that the state of these topics changed, once the transaction has committed."""
    transaction.on_commit(partial(_publish, topics), robust=True)


def _publish(topics: tuple[str, ...]) -> None:
    pass
