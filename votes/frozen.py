"""The rules of a poll as they stood at its opening: made once, hashed, published, and the only ones that count then.

`freeze` writes them (docs/export-format.md, rules.json); `rules_of` reads them again, kept in memory by their hash.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from threading import Lock
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from decide.errors import Refused
from decide.territory.models import Parish
from votes import canonical, clock, keys
from votes.models import Poll, Question

FORMAT = "decide-ballot-v1"
# First casts of different people in a batch, at least; and ballots of a poll or parish that are opened, at least.
BATCH = PUBLISH = 10
Choices = dict[str, list[str]]


def parishes_of(poll: Poll):
    """The parishes whose residents may vote, by code: those of its zones and its own, or all."""
    zones, own = list(poll.zones.all()), list(poll.parishes.all())
    parishes = Parish.objects.select_related("zone").order_by("code")
    if not zones and not own:
        return list(parishes)
    wanted = {parish.pk for parish in own}
    return [parish for parish in parishes if parish.pk in wanted or parish.zone in zones]


def freeze(poll: Poll) -> str:
    """The canonical rules of a poll, as text."""
    parishes = parishes_of(poll)
    everywhere = not poll.zones.exists() and not poll.parishes.exists()
    return canonical.dumps(
        {
            "format": FORMAT,
            "poll": str(poll.key),
            "title": poll.title,
            "summary": poll.summary,
            "decided_by": poll.decided_by_text,
            "answers_for": poll.answers_for.name,
            "effect": poll.effect,
            "opens_at": clock.stamp(poll.opens_at),
            "closes_at": clock.stamp(poll.closes_at),
            "level": poll.level,
            "age": settings.PARTICIPATION_AGE,
            "running_totals": poll.running_totals,
            "scope": "district" if everywhere else "parishes",
            "parishes": [
                {"code": p.code, "name": p.name, "population": p.population, "zone": p.zone.short_name}
                for p in parishes
            ],
            "population": sum(p.population for p in parishes),
            "batch": BATCH,
            "publish": PUBLISH,
            "questions": [_question(q) for q in poll.questions.prefetch_related("options")],
            "public_key": keys.public_key().hex(),
        }
    ).decode()


def _question(question: Question) -> dict:
    return {
        "key": str(question.key),
        "text": question.text,
        "help": question.help,
        "method": question.method,
        "max_choices": question.max_choices,
        "amount_cents": _cents(question.amount),
        "options": [
            {
                "key": str(option.key),
                "text": option.text,
                "description": option.description,
                "link": option.link,
                "cost_cents": _cents(option.cost) if question.method == Question.Method.BUDGET else None,
            }
            for option in question.options.all()
        ],
    }


def _cents(amount) -> int | None:
    return None if amount is None else int(amount * 100)


@dataclass(frozen=True)
class Rules:
    """Frozen rules, ready to be asked. `questions`: key → (method, most choices, cents, {option: cents or None})."""

    poll: UUID
    opens_at: datetime
    closes_at: datetime
    level: str
    live_totals: bool
    population: int
    parishes: frozenset[str]
    batch: int
    publish: int
    questions: dict[str, tuple[str, int | None, int | None, dict[str, int | None]]]
    public_key: bytes

    def canonical_choices(self, choices) -> Choices:
        """The choices in canonical form. Raises Refused (400) for what the rules do not allow.

        `choices`: `{question key: [option keys]}` with every question of the poll and nothing else; an empty list
        is a blank answer. Keys are strings; an option that is there twice is refused, not counted once.
        """
        wrong = Refused(
            _("Su voto no corresponde a esta votación. Vuelva a abrir la página y elija otra vez."), status=400
        )
        if not isinstance(choices, dict) or set(choices) != set(self.questions):
            raise wrong
        clean = {}
        for key, (method, most, amount, options) in self.questions.items():
            chosen = choices[key]
            if not isinstance(chosen, list | tuple) or not all(isinstance(o, str) and o in options for o in chosen):
                raise wrong
            if len(set(chosen)) != len(chosen):
                raise Refused(_("Una opción está marcada dos veces. Elija otra vez."), status=400)
            if method == Question.Method.SINGLE and len(chosen) > 1:
                raise Refused(_("En esta pregunta se elige una sola opción."), status=400)
            if method == Question.Method.APPROVAL and len(chosen) > most:
                raise Refused(_("En esta pregunta puede elegir hasta %(most)s opciones.") % {"most": most}, status=400)
            if method == Question.Method.BUDGET and sum(options[o] for o in chosen) > amount:
                raise Refused(_("Los proyectos elegidos pasan del monto. Quite alguno."), status=400)
            clean[key] = sorted(chosen)
        return clean

    def empty_totals(self) -> dict:
        """The counts of no ballot: every question and every option."""
        return {key: {"blank": 0, "options": dict.fromkeys(q[3], 0)} for key, q in self.questions.items()}


def count(questions: dict, choices: Choices, by: int = 1) -> None:
    """Add a ballot to counts (`by=-1`: take it away)."""
    for key, chosen in choices.items():
        for option in chosen:
            questions[key]["options"][option] += by
        if not chosen:
            questions[key]["blank"] += by


_known: OrderedDict[str, Rules] = OrderedDict()
_lock = Lock()


def rules_of(poll: Poll) -> Rules:
    """The frozen rules of a poll that was opened. Raises Refused (409) before."""
    if not poll.rules_hash:
        raise Refused(_("Esta votación todavía no se abre."), status=409)
    if rules := _known.get(poll.rules_hash):
        return rules
    text = poll.rules_json.encode()
    if sha256(text).hexdigest() != poll.rules_hash:
        raise ValueError(f"the rules of poll {poll.pk} are not those that were frozen")
    rules = _read(canonical.loads(text))
    with _lock:
        _known[poll.rules_hash] = rules
        while len(_known) > 50:
            _known.popitem(last=False)
    return rules


def _read(data: dict) -> Rules:
    return Rules(
        poll=UUID(data["poll"]),
        opens_at=clock.parse(data["opens_at"]),
        closes_at=clock.parse(data["closes_at"]),
        level=data["level"],
        live_totals=data["running_totals"] == Poll.RunningTotals.LIVE,
        population=data["population"],
        parishes=frozenset(parish["code"] for parish in data["parishes"]),
        batch=data["batch"],
        publish=data["publish"],
        questions={
            q["key"]: (
                q["method"],
                q["max_choices"],
                q["amount_cents"],
                {option["key"]: option["cost_cents"] for option in q["options"]},
            )
            for q in data["questions"]
        },
        public_key=bytes.fromhex(data["public_key"]),
    )
