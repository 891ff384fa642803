"""What the pages gather: few queries, each for one block of a page, none for a row."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, FloatField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from decide.territory.hexagons import parish_rows
from decide.text import plain
from proposals.models import Proposal, ProposalPhoto

Status = Proposal.Status
OWED = (Status.REACHED, Status.REVIEW, Status.VOTING)
MOVED = (Status.ANSWERED, Status.EXECUTION, Status.DONE)


def in_lines(proposals):
    """Proposals with what a line of ours shows: no photos, no author, and no long texts to sort."""
    related = proposals.select_related("parish", "category", "box", "answer")
    return related.defer("body", "search_text", "parish__boundary", "answer__body")


def nearly_there(proposals):
    """Those still gathering supports, the nearest to its threshold first."""
    share = Cast("box__counted", FloatField()) / F("box__threshold")
    return in_lines(proposals.open()).order_by(share.desc(), "expires_at", "pk")


def lately_moved(proposals):
    """Those that got an answer, newest first."""
    return in_lines(proposals.filter(status__in=MOVED)).order_by(F("answer__answered_at").desc(nulls_last=True), "-pk")


def add_photos(proposals: list[Proposal]) -> None:
    """Give each proposal its first photo as `.photo`, or None: one query for all of them."""
    first = {}
    for photo in ProposalPhoto.objects.filter(proposal__in=[p.pk for p in proposals], hidden=False).order_by("pk"):
        first.setdefault(photo.proposal_id, photo)
    for proposal in proposals:
        proposal.photo = first.get(proposal.pk)


@dataclass
class Tally:
    """How many public proposals there are, by state, in one parish or all together."""

    by_status: Counter

    @property
    def all(self) -> int:
        return self.by_status.total()

    @property
    def open(self) -> int:
        return self.by_status[Status.OPEN]

    @property
    def owed(self) -> int:
        return sum(self.by_status[s] for s in OWED)

    @property
    def answered(self) -> int:
        return sum(self.by_status[s] for s in MOVED)

    @property
    def execution(self) -> int:
        return self.by_status[Status.EXECUTION]

    @property
    def done(self) -> int:
        return self.by_status[Status.DONE]


def tallies(proposals=None) -> tuple[dict[int | None, Tally], Tally]:
    """({parish pk, or None for the whole District: Tally}, the Tally of all of them): one query."""
    proposals = Proposal.objects.public() if proposals is None else proposals
    by_parish, everything = {}, Tally(Counter())
    for parish, status, count in proposals.order_by().values_list("parish", "status").annotate(Count("pk")):
        by_parish.setdefault(parish, Tally(Counter())).by_status[status] += count
        everything.by_status[status] += count
    return by_parish, everything


@dataclass
class ZoneOfParishes:
    """The parishes of one zone, for the tables beside the map."""

    name: str
    abbreviation: str
    parishes: list[dict]

    @property
    def open(self) -> int:
        return sum(p["tally"].open for p in self.parishes)


def parishes_by_zone(by_parish: dict, words: str = "", zone: str = "", rows=None) -> list[ZoneOfParishes]:
    """The parishes whose name, zone or code holds every word (accents and capitals ignored), zone by zone."""
    wanted = plain(words).split()
    zones: dict[str, ZoneOfParishes] = {}
    for row in rows if rows is not None else parish_rows():
        text = plain(f"{row['name']} {row['official_name']} {row['zone__short_name']} {row['code']}")
        if (zone and row["zone__slug"] != zone) or not all(word in text for word in wanted):
            continue
        row["tally"] = by_parish.get(row["pk"], Tally(Counter()))
        name = row["zone__short_name"]
        zones.setdefault(name, ZoneOfParishes(name, row["zone__abbreviation"], [])).parishes.append(row)
    return sorted(zones.values(), key=lambda z: plain(z.name))


# The words of three steps, told on the home page and in the help.
HOW = [
    (_("Proponga"), _("Cuente qué quiere lograr en su parroquia o en toda la ciudad. Con foto, si la tiene.")),
    (_("Reúna apoyos"), _("Comparta su propuesta. Los vecinos con residencia verificada la apoyan con un toque.")),
    (
        _("Reciba respuesta"),
        _("Al llegar al umbral, una dependencia del Municipio debe responder con plazo, a la vista de todos."),
    ),
]
