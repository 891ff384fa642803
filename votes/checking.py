"""Judging what a person kept: a receipt, a signed head, or a line of the printed sheet. Reads, stores nothing.

The platform's own word for those without a program at hand; `verificar.py` needs nobody's word.
"""

import json
import re
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from decide.templatetags.decide import fecha, number
from votes import canonical, frozen, keys
from votes.models import Head, LogEntry, Option, Poll, PublishedBallot
from votes.opening import read_receipt

# "120 9f86d081…", as on the printed sheet: how many leaves, and at least the first 16 digits of the root.
PRINTED = re.compile(r"(?P<size>[0-9]{1,12})[\s:·.]+(?P<root>[0-9a-f]{16,64})")
ONLY_VOTE = re.compile(r"[0-9a-f]{64}")


@dataclass
class Verdict:
    """`good`: True; False where something is wrong that observers must see; None where there is no answer (yet)."""

    good: bool | None
    title: str
    lines: list[str] = field(default_factory=list)


def judge(poll: Poll, kept: str) -> Verdict:
    """What a person kept of this poll, in words."""
    kept = kept.strip().rsplit("#", 1)[-1]
    if kept.startswith("{"):
        return _judge_head(poll, kept)
    tight = "".join(kept.split())
    if tight.startswith("decide1."):
        return _judge_receipt(poll, tight)
    if ONLY_VOTE.fullmatch(tight):
        return _judge_vote(poll, tight, None)
    if found := PRINTED.search(kept):
        return _judge_printed(poll, int(found["size"]), found["root"])
    return Verdict(
        None,
        _("No reconocemos ese código"),
        [_("Cópielo entero. El de un comprobante empieza con «decide1.» y una cabeza guardada con «{».")],
    )


# --- a receipt ---------------------------------------------------------------------------------------------


def _judge_receipt(poll: Poll, code: str) -> Verdict:
    receipt = read_receipt(code, frozen.rules_of(poll).public_key)
    if receipt is None:
        return Verdict(
            None,
            _("Ese código no lleva nuestra firma"),
            [_("Quizá falta una parte o cambió una letra. Cópielo entero.")],
        )
    if receipt.poll != poll.key:
        return Verdict(
            None, _("Es de otra votación"), [_("Compruébelo en la página de la votación que dice el papel.")]
        )
    return _judge_vote(poll, receipt.commitment, receipt.include_by)


def _judge_vote(poll: Poll, commitment: str, include_by) -> Verdict:
    at, ended = _find(poll, commitment)
    if at is None:
        return _not_there(poll, include_by)
    lines = [_("Está en el registro público, en la hoja %(n)s.") % {"n": number(at)}]
    if ended:
        lines.append(_("Después se cambió por otro voto. Cuenta el último."))
        return Verdict(True, _("Su voto está, y luego se cambió"), lines)
    if poll.status == Poll.Status.ANNULLED:
        lines.append(_("La votación se anuló: ningún voto se contó."))
        return Verdict(True, _("Su voto estaba"), lines)
    if poll.status != Poll.Status.CLOSED:
        lines.append(_("Se contará al cierre, si no lo cambia."))
        return Verdict(True, _("Su voto está en la urna"), lines)
    return _counted(poll, commitment, lines)


def _not_there(poll: Poll, include_by) -> Verdict:
    now = timezone.now()
    if include_by is not None and include_by > now and poll.status == Poll.Status.OPEN:
        words = {"by": fecha(include_by)}
        line = _("Entra en el registro a más tardar el %(by)s, junto con otros, para que nadie sepa cuál es el suyo.")
        return Verdict(None, _("Todavía no está en el registro público"), [line % words])
    if include_by is None:
        return Verdict(None, _("Ese voto no está en el registro público"), [_("Revise que copió las 64 cifras.")])
    return Verdict(
        False,
        _("Debía estar y no está"),
        [
            _(
                "El plazo que dice su comprobante ya pasó. Guárdelo: es la prueba. "
                "Muéstrelo a quienes observan la votación."
            )
        ],
    )


def _find(poll: Poll, commitment: str) -> tuple[int | None, bool]:
    """`(its leaf, whether a later leaf replaced or withdrew it)`."""
    needle, at, ended = commitment.encode(), None, False
    entries = LogEntry.objects.filter(poll=poll).order_by("index")
    for index, body in entries.values_list("index", "body").iterator(5000):
        body = bytes(body)
        if needle not in body:
            continue
        leaf = json.loads(body)
        if leaf["type"] == "cast" and leaf["c"] == commitment:
            at = index
        elif leaf.get("replaces") == commitment or leaf["type"] == "withdraw":
            ended = True
    return at, ended


def _counted(poll: Poll, commitment: str, lines: list[str]) -> Verdict:
    if poll.totals is None:
        lines.append(_("Se contó su participación. Con tan pocos votos no se publica ninguno."))
        return Verdict(True, _("Su voto está"), lines)
    row = PublishedBallot.objects.filter(poll=poll, commitment=commitment).first()
    if row is None:
        return Verdict(
            False, _("Está en el registro y no se contó"), [*lines, _("Guarde su comprobante: es la prueba.")]
        )
    lines.append(_("Se contó así:"))
    texts = {str(key): text for key, text in Option.objects.filter(question__poll=poll).values_list("key", "text")}
    choices = json.loads(row.choices)
    for question in poll.questions.all():
        chosen = ", ".join(texts[key] for key in choices[str(question.key)]) or _("en blanco")
        lines.append(f"{question.text} → {chosen}")
    lines.append(_("Sus seis cifras: %(word)s. Son las que usted vio al confirmar.") % {"word": row.word})
    return Verdict(True, _("Su voto se contó"), lines)


# --- a head ------------------------------------------------------------------------------------------------


def _judge_head(poll: Poll, line: str) -> Verdict:
    try:
        saved = json.loads(line)
        size, root, poll_key = saved["size"], saved["root"], saved["poll"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Verdict(None, _("No pudimos leer esa cabeza"), [_("Copie la línea entera, desde «{» hasta «}».")])
    if poll_key != str(poll.key):
        return Verdict(None, _("Es de otra votación"), [_("Compruébela en la página de su votación.")])
    if not isinstance(size, int) or isinstance(size, bool) or not isinstance(root, str) or not 0 < size < 10**12:
        return Verdict(None, _("No pudimos leer esa cabeza"), [_("Copie la línea entera, desde «{» hasta «}».")])
    if not _is_ours(poll, saved):
        return Verdict(
            None,
            _("Esa cabeza no lleva nuestra firma"),
            [_("Copie la línea entera, como la publicamos, sin cambiar nada.")],
        )
    return _judge_printed(poll, size, root)


def _is_ours(poll: Poll, saved: dict) -> bool:
    """Whether the platform signed this head, whatever the database says of it today."""
    try:
        signature = bytes.fromhex(saved["signature"])
        unsigned = canonical.dumps({name: value for name, value in saved.items() if name != "signature"})
    except (ValueError, KeyError, TypeError):
        return False
    return keys.is_signed(b"decide-head-v1" + unsigned, signature, frozen.rules_of(poll).public_key)


def _judge_printed(poll: Poll, size: int, root: str) -> Verdict:
    here = Head.objects.filter(poll=poll, size=size).first()
    if here and here.root.startswith(root):
        return _same(here)
    if here is None:
        largest = Head.objects.filter(poll=poll).order_by("-size").values_list("size", flat=True).first() or 0
        if size <= largest:
            return Verdict(None, _("Nunca firmamos una cabeza de ese tamaño"), [_("Revise el número de hojas.")])
        words = {"size": number(size), "here": number(largest)}
        line = _("Usted guardó %(size)s hojas y el registro tiene %(here)s. Guarde su copia y muéstrela.")
        return Verdict(False, _("El registro es más corto que el suyo"), [line % words])
    return Verdict(
        False,
        _("No coincide con la nuestra"),
        [_("Para ese tamaño publicamos otra raíz. Si la copió bien, guárdela: es la prueba de un cambio.")],
    )


def _same(here: Head) -> Verdict:
    words = {"size": number(here.size), "at": fecha(timezone.datetime.fromisoformat(here.time))}
    return Verdict(
        True,
        _("Es la misma cabeza"),
        [
            _("La firmamos el %(at)s, con %(size)s hojas. Lo que estaba entonces sigue igual.") % words,
            _("Para no creernos a nosotros, compruebe la copia entera con el programa de abajo."),
        ],
    )
