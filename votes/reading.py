"""What the pages of a poll show: its figures, made from what may be seen now, and who took part."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from votes import canonical, frozen, keys
from votes.models import Option, Participation, Poll, Question


def polls():
    """With what every page and card of polls shows, in four queries."""
    return Poll.objects.select_related("answers_for", "thread").prefetch_related("zones", "parishes__zone")


@dataclass
class Row:
    """One line of a result: an option, or the blank ballots (`option` None). `votes` is None while sealed."""

    option: Option | None
    votes: int | None
    ballots: int
    chosen: bool = False

    @property
    def percent(self) -> int:
        """Whole per cent of the ballots."""
        return round(self.votes * 100 / self.ballots) if self.votes and self.ballots else 0


@dataclass
class Result:
    """One question with its lines: options by votes once they may be seen, otherwise as they were written."""

    question: Question
    rows: list[Row]
    blank: Row
    ballots: int
    tied: bool = False

    @property
    def winners(self) -> list[Row]:
        return [row for row in self.rows if row.chosen]

    @property
    def spent(self) -> Decimal:
        return sum((row.option.cost or 0 for row in self.winners), Decimal(0))


def results_of(poll: Poll, totals: dict | None = None) -> list[Result]:
    """The figures of each question from `totals` (the poll's own): nothing is counted here."""
    totals = poll.totals if totals is None else totals
    ballots = totals["ballots"] if totals else 0
    counted = totals["questions"] if totals else {}
    shown = []
    for question in poll.questions.prefetch_related("options"):
        of_question = counted.get(str(question.key)) or {}
        votes = of_question.get("options") or {}
        rows = [Row(o, votes.get(str(o.key), 0) if of_question else None, ballots) for o in question.options.all()]
        blank = Row(None, of_question.get("blank", 0) if of_question else None, ballots)
        result = Result(question, rows, blank, ballots)
        if of_question:
            rows.sort(key=lambda row: (-row.votes, row.option.position))
            _choose(result)
        shown.append(result)
    return shown


def _choose(result: Result) -> None:
    """Which lines won: the most votes; with a budget, one project after the other while it fits into the amount."""
    rows, method = [row for row in result.rows if row.votes], result.question.method
    if method == Question.Method.BUDGET:
        left = result.question.amount
        for row in rows:
            if row.option.cost <= left:
                row.chosen, left = True, left - row.option.cost
        chosen = {row.votes for row in rows if row.chosen}
        result.tied = any(row.votes in chosen for row in rows if not row.chosen)
        return
    best = [row for row in rows if row.votes == rows[0].votes]
    result.tied = len(best) > 1
    for row in best:
        row.chosen = True


def has_voted(poll: Poll, residence_id) -> bool:
    return bool(residence_id) and Participation.objects.filter(poll=poll, residence=residence_id).exists()


# What a line about a poll needs, for pages of other sections: no texts and no figures but the turnout.
LINE = ("title", "slug", "status", "opens_at", "closes_at", "opened_at", "turnout")


def polls_of(residence_id):
    """In which polls a resident took part, newest first: that, and nothing of what."""
    voted = Poll.objects.public().filter(participations__residence=residence_id)
    return voted.only(*LINE).order_by("-opens_at", "-pk")


def in_sight(parish=None):
    """What is open or announced (for the people of a parish), the first to close first: one query."""
    found = Poll.objects.filter(status__in=[Poll.Status.OPEN, Poll.Status.APPROVED])
    if parish is not None:
        found = found.of_parish(parish.pk, parish.zone_id)
    return found.only(*LINE).current_first()


def open_for(parish) -> list[Poll]:
    """What is open in a parish (None: everywhere), the first to close first."""
    found = polls().open()
    if parish is not None:
        found = found.of_parish(parish.pk, parish.zone_id)
    return found.order_by("closes_at", "pk")


@dataclass
class Place:
    """A parish whose result is opened, with the leading line of each question."""

    name: str
    zone: str
    ballots: int
    leading: list[str]


def places_of(poll: Poll) -> dict:
    """The results by zone and parish, within the limits of the ballot box, from the frozen rules and the totals.

    `{"parishes": [Place], "zones": [(name, ballots, how many of its parishes are withheld)], "withheld": ballots}`.
    A zone's figures are those of its opened parishes only.
    """
    rules = canonical.loads(poll.rules_json.encode())
    opened = poll.totals.get("parishes") or {}
    names = {o["key"]: o["text"] for q in rules["questions"] for o in q["options"]}
    parishes, zones = [], {}
    for parish in rules["parishes"]:
        zone = zones.setdefault(parish["zone"], [0, 0])
        if own := opened.get(parish["code"]):
            leading = [_leading(own["questions"][q["key"]], names) for q in rules["questions"]]
            parishes.append(Place(parish["name"], parish["zone"], own["ballots"], leading))
            zone[0] += own["ballots"]
        else:
            zone[1] += 1
    shown = sum(place.ballots for place in parishes)
    return {
        "questions": [q["text"] for q in rules["questions"]],
        "parishes": sorted(parishes, key=lambda p: (p.zone, p.name)),
        "zones": sorted((name, ballots, withheld) for name, (ballots, withheld) in zones.items()),
        "withheld": poll.totals["ballots"] - shown,
    }


def _leading(counted: dict, names: dict) -> str:
    """`Sí (12)`, or what is tied, or blank."""
    best = max([counted["blank"], *counted["options"].values()])
    first = [names[key] for key, votes in counted["options"].items() if votes == best]
    first += [_("En blanco")] if counted["blank"] == best else []
    return f"{' / '.join(first)} ({best})"


def fingerprint_of(poll: Poll) -> str:
    """Of the key that signs this poll's log (the one that its rules name), in groups for people who compare by eye."""
    digits = keys.fingerprint(frozen.rules_of(poll).public_key)
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))
