"""Finding requests without accents, and those like another one. The search of the proposals does the work."""

from dataclasses import dataclass

from budgets.models import Request
from decide.text import plain
from proposals.search import SIMILAR_AT_MOST, SIMILAR_FROM, grams_of, similarity

# A parish has some dozens of requests in a year, so that their titles are simply compared; of the whole District, where
# no parish is known yet, the newest.
COMPARED = 600
ENDED = [Request.Status.WITHDRAWN, Request.Status.DUPLICATE, Request.Status.REFERRED]


def search_text(request: Request) -> str:
    """Title, nothing, everything else: three lines, as `proposals.search.matching` weighs them."""
    rest = " ".join(
        [
            *(request.body, request.beneficiaries_note),
            *(request.neighbourhood, request.street, request.reference, request.parish.name),
        ]
    )
    return "\n".join(" ".join(plain(part).split()) for part in (request.title, "", rest))


@dataclass(frozen=True)
class Similar:
    request: Request
    score: float  # 0 to 1


def similar_to(title: str, *, year, parish=None, besides=None) -> list[Similar]:
    """The public requests of a year (and of a parish) whose titles are most like this one, best first, at most
    SIMILAR_AT_MOST. Two queries."""
    typed = grams_of(title)
    if len(typed) < 3 or year is None:
        return []
    near = Request.objects.public().of_year(year).exclude(status__in=ENDED).exclude(pk=besides)
    if parish:
        near = near.in_parish(parish)
    titles = near.order_by("-pk").values_list("pk", "title")[:COMPARED]
    scores = {pk: similarity(typed, grams_of(other)) for pk, other in titles}
    best = sorted((pk for pk in scores if scores[pk] >= SIMILAR_FROM), key=lambda pk: (-scores[pk], -pk))
    best = best[:SIMILAR_AT_MOST]
    shown = near.filter(pk__in=best).select_related("parish", "box").defer("body", "search_text").in_bulk()
    return [Similar(shown[pk], scores[pk]) for pk in best if pk in shown]
