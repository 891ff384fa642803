"""The ballot as a person fills it in: what was sent is read strictly, and nothing of it is kept anywhere.

A step's page carries the choices of the step before in hidden fields: neither a session nor an address ever holds
them. Options stand in an order drawn anew for each voter; the draw travels with the form, so that it stays the same
from choosing to confirming.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decide.errors import Refused
from decide.templatetags.decide import usd
from votes.models import Option, Poll, Question

BLANK = "blanco"
STEP, ORDER, WORD = "paso", "orden", "cifras"
Method = Question.Method


@dataclass
class Asked:
    """One question on the ballot: its options as they were drawn, what is marked, and what is wrong with it."""

    question: Question
    name: str
    options: list[Option]
    number: int
    marked: list[str] = field(default_factory=list)
    error: str = ""

    @property
    def blank(self) -> bool:
        return self.marked == [BLANK]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if str(option.key) in self.marked]

    @property
    def total(self) -> Decimal:
        """What the marked projects cost together."""
        return sum((option.cost or 0 for option in self.chosen), Decimal(0))

    @property
    def left(self) -> Decimal:
        return (self.question.amount or 0) - self.total

    @property
    def control(self) -> str:
        return "radio" if self.question.method == Method.SINGLE else "checkbox"

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The hidden fields that carry the choice to the next step."""
        return [(self.name, value) for value in self.marked]


@dataclass
class Ballot:
    poll: Poll
    order: str
    asked: list[Asked]

    @property
    def errors(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.error]

    @property
    def choices(self) -> dict[str, list[str]]:
        """As the ballot box takes them: `{question key: [option keys, sorted]}`, an empty list for blank."""
        return {str(asked.question.key): [] if asked.blank else sorted(asked.marked) for asked in self.asked}

    @property
    def kept(self) -> list[tuple[str, str]]:
        return [(ORDER, self.order), *(pair for asked in self.asked for pair in asked.kept)]


def new_ballot(poll: Poll, order: str = "") -> Ballot:
    """An empty ballot; its options in the order that `order` draws (a new draw without it)."""
    if not re.fullmatch("[0-9a-f]{16}", order):
        order = secrets.token_hex(8)
    asked = []
    questions = poll.questions.prefetch_related("options").order_by("position", "pk")
    for number, question in enumerate(questions, 1):
        options = sorted(question.options.all(), key=lambda o: hashlib.sha256(f"{order}{o.key}".encode()).digest())
        asked.append(Asked(question, f"p-{question.key}", options, number))
    return Ballot(poll, order, asked)


def read_ballot(poll: Poll, data) -> Ballot:
    """What was sent (a QueryDict), with what is missing or too much said at each question.

    What no ballot of this poll can hold (another poll's option, the same option twice, a field of one's own) is
    refused whole (400): it did not come from the page.
    """
    ballot = new_ballot(poll, data.get(ORDER, ""))
    known = {"csrfmiddlewaretoken", STEP, ORDER, WORD, *(asked.name for asked in ballot.asked)}
    single = {name for name in data if name in (STEP, ORDER, WORD) and len(data.getlist(name)) > 1}
    if single or set(data) - known:
        raise Refused(_("El formulario trae datos que no son de esta papeleta. Ábrala de nuevo."), status=400)
    for asked in ballot.asked:
        asked.marked = data.getlist(asked.name)
        allowed = {BLANK, *(str(option.key) for option in asked.options)}
        if set(asked.marked) - allowed or len(set(asked.marked)) < len(asked.marked):
            asked.marked = []
            raise Refused(_("Una de las opciones no es de esta votación, o está repetida."), status=400)
        if asked.control == "radio" and len(asked.marked) > 1:
            raise Refused(_("En esta pregunta se elige una sola opción."), status=400)
        asked.error = _wrong(asked)
    return ballot


def _wrong(asked: Asked) -> str:
    """What keeps an answer from being counted, in a sentence; empty if nothing."""
    question, chosen = asked.question, asked.chosen
    if not asked.marked:
        return _("Elija una opción, o marque «Votar en blanco».")
    if BLANK in asked.marked and chosen:
        return _("Marcó opciones y también «Votar en blanco». Deje una de las dos cosas.")
    if question.method == Method.APPROVAL and len(chosen) > question.max_choices:
        most, n = question.max_choices, len(chosen)
        words = ngettext("Puede marcar hasta %(most)s opción.", "Puede marcar hasta %(most)s opciones.", most)
        return words % {"most": most} + " " + _("Marcó %(n)s: quite alguna.") % {"n": n}
    if question.method == Method.BUDGET and asked.left < 0:
        words = {"total": usd(asked.total), "amount": usd(question.amount), "over": usd(-asked.left)}
        return _("Lo que eligió suma %(total)s y hay %(amount)s. Quite proyectos por %(over)s.") % words
    return ""
