"""Finding proposals without accents, and titles like another one, on SQLite and PostgreSQL alike.

`Proposal.search_text` holds three lines in lower case without accents: the title, the summary, and everything else.
Where a word stands in it says how much it weighs. `TitleGram` holds the three-letter pieces of the titles, so that
`parqe` still finds `parque`.
"""

import re
from collections import Counter
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Case, Count, Field, IntegerField, Lookup, Value, When

from decide.text import plain
from proposals.models import Proposal, TitleGram

MAX_QUERY = 200
MAX_WORDS = 8
WEIGHTS = {"title": 8, "summary": 3, "body": 1}

# Words that say nothing about what a title is about.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a al ante con contra de del desde e el en entre es esta este hacia hasta la las lo los mas me mi no nos o "
        "para pero por que quiero se ser si sin sobre su sus tambien un una unas uno unos y ya",
    )
)
SIMILAR_AT_MOST = 5
SIMILAR_FROM = 0.4
CANDIDATES = 40
ROWS = 6000
LEAST = 4
SAMPLE = 2000


@Field.register_lookup
class Like(Lookup):
    """`LIKE` with the pattern as given; `pattern` below escapes what a person typed."""

    lookup_name = "like"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return rf"{left} LIKE {right} ESCAPE '\'", [*left_params, *right_params]


def search_text(proposal) -> str:
    """The three lines of a proposal that the search reads."""
    parish = proposal.parish.name if proposal.parish else ""
    rest = " ".join([proposal.body, proposal.neighbourhood, proposal.street, proposal.reference, parish])
    return "\n".join(" ".join(plain(part).split()) for part in (proposal.title, proposal.summary, rest))


def words_of(query: str) -> list[str]:
    """What is looked for, each word once, at most MAX_WORDS; small words are dropped unless there are no others."""
    words = list(dict.fromkeys(re.findall(r"\w+", plain(query))))
    return ([w for w in words if w not in STOP_WORDS] or words)[:MAX_WORDS]


def escape_like(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def matching(proposals, query: str):
    """Those with every word of the query somewhere, with `rank`: title over summary over text. None for no word."""
    words = words_of(query)
    if not words:
        return proposals.none().annotate(rank=Value(0))
    rank = Value(0)
    for word in words:
        proposals = proposals.filter(search_text__contains=word)
        word = escape_like(word)
        rank = rank + Case(
            When(search_text__like=f"{word}%\n%\n%", then=WEIGHTS["title"] + 1),
            When(search_text__like=f"%{word}%\n%\n%", then=WEIGHTS["title"]),
            When(search_text__like=f"%{word}%\n%", then=WEIGHTS["summary"]),
            default=WEIGHTS["body"],
            output_field=IntegerField(),
        )
    return proposals.annotate(rank=rank)


def grams_of(title: str) -> set[str]:
    """Three-letter pieces of the words that say something: ` pa`, `par`, `arq`, … `ue `."""
    words = re.findall(r"\w+", plain(title))
    words = [w for w in words if w not in STOP_WORDS] or words
    padded = [f" {word[:30]} " for word in words[:20]]
    return {word[i : i + 3] for word in padded for i in range(len(word) - 2)}


def index_title(proposal) -> None:
    """Keep the pieces of a public title; called by the services that write titles."""
    wanted = grams_of(proposal.title)
    held = set(TitleGram.objects.filter(proposal=proposal).values_list("gram", flat=True))
    TitleGram.objects.filter(proposal=proposal, gram__in=held - wanted).delete()
    TitleGram.objects.bulk_create(
        [TitleGram(proposal=proposal, gram=gram) for gram in sorted(wanted - held)], ignore_conflicts=True
    )


@dataclass(frozen=True)
class Similar:
    proposal: Proposal
    score: float  # 0 to 1


def similarity(typed: set[str], title: set[str]) -> float:
    """Half Dice's coefficient, half how much of what was typed is in the title: a title half typed finds its twin."""
    common = len(typed & title)
    if not common:
        return 0.0
    return common / (len(typed) + len(title)) + common / len(typed) / 2


def similar_to(title: str, *, besides=None) -> list[Similar]:
    """The public proposals still alive whose titles are most like this one, best first, at most SIMILAR_AT_MOST.

    Asks only for the rarest pieces, so that 20,000 titles answer within milliseconds: what every title has
    (`cal`, `par`) tells little and costs most. Three queries, and two more each ten minutes.
    """
    typed = grams_of(title)
    if len(typed) < 3:
        return []
    found = (
        TitleGram.objects.filter(gram__in=_telling(typed))
        .values("proposal")
        .annotate(common=Count("gram"))  # not the key: this is read from the index alone
        .order_by("-common", "-proposal")
        .values_list("proposal", flat=True)[:CANDIDATES]
    )
    alive = Proposal.objects.public().exclude(status__in=[Proposal.Status.WITHDRAWN, Proposal.Status.ARCHIVED])
    near = alive.filter(pk__in=list(found)).exclude(pk=besides).values_list("pk", "title")
    scores = {pk: similarity(typed, grams_of(near_title)) for pk, near_title in near}
    best = sorted((pk for pk in scores if scores[pk] >= SIMILAR_FROM), key=lambda pk: (-scores[pk], -pk))
    best = best[:SIMILAR_AT_MOST]
    shown = alive.filter(pk__in=best).select_related("parish", "box").defer("body", "search_text").in_bulk()
    return [Similar(shown[pk], scores[pk]) for pk in best]


def _telling(typed: set[str]) -> list[str]:
    """The rarest pieces, as many as together stand in about ROWS titles, and at least LEAST that some title has."""
    frequency, telling, rows = _frequencies(), [], 0
    for gram in sorted(typed, key=lambda gram: (frequency.get(gram, 0), gram)):
        rows += frequency.get(gram, 0)
        if rows > ROWS and sum(g in frequency for g in telling) >= LEAST:
            break
        telling.append(gram)
    return telling


def _frequencies() -> dict[str, float]:
    """In about how many titles each piece stands, from the newest SAMPLE, some minutes ago: it only chooses pieces."""
    frequency = cache.get("proposals:grams")
    if frequency is None:
        public = Proposal.objects.public()
        titles = list(public.order_by("-pk").values_list("title", flat=True)[:SAMPLE])
        scale = public.count() / max(1, len(titles))
        counts = Counter(gram for title in titles for gram in grams_of(title))
        frequency = {gram: n * scale for gram, n in counts.items()}
        cache.set("proposals:grams", frequency, 600)
    return frequency


# By the words of the address.
ORDERS = {
    "afines": lambda proposals: proposals.order_by("-rank", "-published_at", "-pk"),
    "nuevas": lambda proposals: proposals.newest(),
    "apoyadas": lambda proposals: proposals.most_supported(),
    "comentadas": lambda proposals: proposals.most_discussed(),
    "por-vencer": lambda proposals: proposals.about_to_expire(),
}
