"""What watchers of a box see."""

from django.db.models import Q

from votes.models import SupportBox


def box_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, state)}` of the public ones among `ids`, in one SELECT; who is missing is gone.

    Public is what takes supports or once did; the closed box of a draft is nobody's business, nor what is hidden.
    """
    shown = Q(open=True) | Q(supports__gt=0) | Q(closed_at__isnull=False)
    known = SupportBox.objects.filter(shown, hidden=False, pk__in=ids)
    return {
        pk: (version, {"supports": supports, "counted": counted, "threshold": threshold})
        for pk, version, supports, counted, threshold in known.values_list(
            "pk", "version", "supports", "counted", "threshold"
        )
    }
