"""Taps of people who were not verified yet become supports, of whatever kind they were."""

from decide.errors import Refused
from votes import rules, supported
from votes.services.supports import drop_intentions


def confirm_intentions(*, user) -> tuple[list, list[tuple]]:
    """Turn a verified person's intentions into supports: `(supported, [(not possible, why)])`.

    Each support is a transaction of its own: one that is refused takes nothing away from the others. What could
    not be supported is forgotten too, once it was named. Raises Refused (403) for whoever may not support yet.
    """
    if refusal := rules.obstacle(user.residence):
        raise refusal
    kinds = {kind.model: kind for kind in supported.table().values()}
    done, refused = [], []
    for thing in supported.pending_intentions(user):
        try:
            done.append(kinds[type(thing)].support(thing, user))
        except Refused as refusal:
            refused.append((thing, str(refusal.reason)))
    drop_intentions(user=user, boxes=[thing.box_id for thing in [*done, *(thing for thing, _why in refused)]])
    return done, refused
