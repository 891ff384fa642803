"""What watchers of a box and of a poll see."""

from django.db.models import Q

from votes.models import Option, Poll, SupportBox


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


def poll_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, {"status": …, "turnout": …, "options": …})}` of the public ones among `ids`, in two SELECTs.

    `options`: votes by the id of the option, null each while the totals are sealed, withheld or annulled.
    """
    return {
        pk: (version, {"status": status, "turnout": turnout, "options": _votes(totals, options)})
        for pk, version, status, turnout, totals, options in _public(ids)
    }


def tally_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, state)}`: what the bars of a public poll need beside the votes, in two SELECTs.

    `options` as in `poll_states`; `counted`: in how many ballots (running totals move in steps); `blank`: blank
    answers by the id of the question. All null while the totals are sealed, withheld or annulled.
    """
    return {
        pk: (version, {"options": _votes(totals, options), **_ballots(totals, options)})
        for pk, version, _status, _turnout, totals, options in _public(ids)
    }


def _public(ids):
    """Each public poll's columns, and its options in their order."""
    polls = Poll.objects.public().filter(pk__in=ids)
    rows = polls.values_list("pk", "version", "status", "turnout", "totals")
    options: dict[int, list] = {row[0]: [] for row in rows}
    known = Option.objects.filter(question__poll__in=options).order_by("question__position", "position", "pk")
    for poll, *option in known.values_list("question__poll", "pk", "key", "question", "question__key"):
        options[poll].append(option)
    return [(*row, options[row[0]]) for row in rows]


def _votes(totals: dict | None, options: list) -> dict:
    if totals is None:
        return {str(pk): None for pk, *_rest in options}
    asked = totals["questions"]
    return {str(pk): asked[str(its)]["options"][str(key)] for pk, key, _question, its in options}


def _ballots(totals: dict | None, options: list) -> dict:
    if totals is None:
        return {"counted": None, "blank": {str(question): None for _pk, _key, question, _its in options}}
    asked = totals["questions"]
    blank = {str(question): asked[str(its)]["blank"] for _pk, _key, question, its in options}
    return {"counted": totals["ballots"], "blank": blank}
