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
    """`{id: (version, state)}` of the public ones among `ids`, in two SELECTs.

    `options`: votes by the id of the option, null each while the totals are sealed, withheld or annulled. `counted`: in
    how many ballots (running totals move in steps), null likewise. `blank`: blank answers by the id of the question.
    """
    polls = Poll.objects.public().filter(pk__in=ids)
    rows = {row[0]: row for row in polls.values_list("pk", "version", "status", "turnout", "totals")}
    options: dict[int, list] = {pk: [] for pk in rows}
    known = Option.objects.filter(question__poll__in=rows).order_by("question__position", "position", "pk")
    for poll, *option in known.values_list("question__poll", "pk", "key", "question", "question__key"):
        options[poll].append(option)
    return {
        pk: (version, {"status": status, "turnout": turnout, **_counts(totals, options[pk])})
        for pk, version, status, turnout, totals in rows.values()
    }


def _counts(totals: dict | None, options: list) -> dict:
    if totals is None:
        return {
            "counted": None,
            "options": {str(pk): None for pk, *_rest in options},
            "blank": {str(question): None for _pk, _key, question, _its_key in options},
        }
    asked = totals["questions"]
    return {
        "counted": totals["ballots"],
        "options": {str(pk): asked[str(its)]["options"][str(key)] for pk, key, _question, its in options},
        "blank": {str(question): asked[str(its)]["blank"] for _pk, _key, question, its in options},
    }
