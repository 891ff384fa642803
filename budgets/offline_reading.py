"""The file that was filled in without internet, read with suspicion: its form, its ids, its numbers; and how it differs
from what the server has. Asks, never writes."""

import hashlib
import json
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from budgets.counting.election import Election
from budgets.counting.rules import count
from budgets.models import Decision
from budgets.offline_file import FORMAT, canonical
from budgets.tally import CENTS, cents, minimum_of, project_id, tie_order
from decide.accounts.models import Appointment
from decide.assemblies.models import Item, Seat, Session
from decide.assemblies.services.seats import name_of
from decide.errors import Refused
from decide.text import clean_line, clean_text

MAX_BYTES = 1_000_000
NAMES = (
    *("format", "decision", "seed", "finished", "secretary", "reader", "opened_at", "closed_at"),
    *("present", "counts", "observations", "result"),
)
EARLY = timedelta(hours=12)


def digest(content: dict) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def _no(reason) -> Refused:
    return Refused(reason, status=400)


def read_content(data: bytes, decision: Decision) -> dict:
    """What the file says, cleaned, with nothing in it but what belongs there. Raises Refused (400) with a sentence."""
    if len(data) > MAX_BYTES:
        raise _no(_("El archivo es demasiado grande para ser de una asamblea."))
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_no_constant)
    except (ValueError, RecursionError):
        raise _no(
            _("No se puede leer el archivo. Envíe el que guardó la página sin internet, sin cambiarlo.")
        ) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT or set(found) != set(NAMES):
        raise _no(_("Este no es un archivo de la página sin internet."))
    if not (_is_whole(found["decision"]) and found["decision"] == decision.pk and found["seed"] == decision.seed):
        raise _no(_("El archivo es de otra asamblea, o de una página bajada antes de fijar estas reglas."))
    if found["finished"] is not True:
        raise _no(_("La sesión no está clausurada en el archivo. Termínela, guarde el archivo y envíelo otra vez."))
    secretary, reader = (_name(found[name]) for name in ("secretary", "reader"))
    if secretary.casefold() == reader.casefold():
        raise _no(_("Faltan los nombres de dos personas distintas: quien anota y quien vuelve a leer."))
    present = _present(found["present"], decision)
    content = {
        "format": FORMAT,
        "decision": decision.pk,
        "seed": decision.seed,
        "finished": True,
        "secretary": secretary,
        "reader": reader,
        "opened_at": _moment(found["opened_at"]),
        "closed_at": _moment(found["closed_at"]),
        "present": present,
        "counts": _counts(found["counts"], decision, len(present)),
        "observations": _text(found["observations"], 3000, clean_text),
        "result": _result(found["result"]),
    }
    if content["opened_at"] > content["closed_at"]:
        raise _no(_("En el archivo la sesión se clausura antes de instalarse."))
    return content


def _no_constant(text):
    raise ValueError(text)


def _is_whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _whole(value) -> int:
    if not _is_whole(value):
        raise _no(_("El archivo tiene un número que no puede ser. Nada se guardó."))
    return value


def _text(value, most: int, clean) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise _no(_("El archivo tiene un texto que no puede ser. Nada se guardó."))
    try:
        return clean(value)
    except ValidationError as error:
        raise _no(" ".join(error.messages)) from None


def _name(value) -> str:
    name = _text(value, 120, clean_line)
    if not any(c.isalpha() for c in name):
        raise _no(_("Faltan los nombres de dos personas distintas: quien anota y quien vuelve a leer."))
    return name


def _moment(value) -> str:
    """As it is written everywhere: UTC, whole seconds."""
    try:
        moment = parse_datetime(value) if isinstance(value, str) and len(value) < 40 else None
        if moment is None or timezone.is_naive(moment):
            raise ValueError
        return moment.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        raise _no(_("El archivo tiene una fecha que no puede ser. Nada se guardó.")) from None


def _rows(value, names: set, most: int) -> list[dict]:
    if not isinstance(value, list) or len(value) > most:
        raise _no(_("El archivo no tiene la forma que debe. Nada se guardó."))
    if not all(isinstance(row, dict) and set(row) == names for row in value):
        raise _no(_("El archivo no tiene la forma que debe. Nada se guardó."))
    return value


def _present(value, decision: Decision) -> list[dict]:
    """Seats of this assembly and delegates of this assembly, each once."""
    rows = [
        {"seat": _whole(row["seat"]), "appointment": _whole(row["appointment"]), "at": _moment(row["at"])}
        for row in _rows(value, {"seat", "appointment", "at"}, 2000)
    ]
    assembly = decision.session.assembly
    seats, people = {row["seat"] for row in rows}, {row["appointment"] for row in rows}
    if len(seats) != len(rows) or len(people) != len(rows):
        raise _no(_("En el archivo un puesto o una persona está dos veces."))
    known = Seat.objects.filter(assembly=assembly, pk__in=seats).count()
    delegates = Appointment.objects.filter(
        pk__in=people, body=assembly.body_id, office=Appointment.Office.DELEGATE
    ).count()
    if known != len(seats) or delegates != len(people):
        raise _no(_("En el archivo hay puestos o delegaciones que no son de esta asamblea."))
    return sorted(rows, key=lambda row: row["seat"])


def _counts(value, decision: Decision, present: int) -> list[dict]:
    """One count for each of the matrix, read twice, of no more people than there were."""
    rows = _rows(value, {"id", "votes", "again", "at"}, 300)
    if not all(isinstance(row["id"], str) for row in rows):
        raise _no(_("El archivo no tiene la forma que debe. Nada se guardó."))
    ids = [project_id(c) for c in decision.candidates.all()]
    if sorted(row["id"] for row in rows) != sorted(ids):
        raise _no(_("El archivo no tiene un conteo para cada solicitud de la matriz."))
    counted = {}
    for row in rows:
        votes, again = _whole(row["votes"]), _whole(row["again"])
        if votes != again:
            raise _no(_("En el archivo los dos conteos de una solicitud no coinciden."))
        if votes > present:
            raise _no(_("En el archivo hay más votos que personas presentes."))
        counted[row["id"]] = {"id": row["id"], "votes": votes, "again": again, "at": _moment(row["at"])}
    return [counted[one] for one in ids]


def _result(value) -> dict:
    if not isinstance(value, dict) or set(value) != {"winners", "cost"} or not isinstance(value["winners"], list):
        raise _no(_("El archivo no tiene el resultado."))
    if len(value["winners"]) > 300 or not all(isinstance(one, str) and len(one) < 20 for one in value["winners"]):
        raise _no(_("El archivo no tiene el resultado."))
    return {"winners": [_text(one, 20, clean_line) for one in value["winners"]], "cost": _whole(value["cost"])}


# --- beside what the server has ----------------------------------------------------------------------------------


def moment_of(text: str, session: Session, now=None) -> datetime:
    """The hour of the file, as far as it can be true: a computer's clock may be wrong."""
    now = now or timezone.now()
    return min(max(parse_datetime(text), session.starts_at - EARLY), now)


def differences(content: dict, decision: Decision) -> list[str]:
    """What the file says and the server does not, or otherwise, each in a sentence."""
    session = decision.session
    found = [*_of_the_clock(content, session), *_of_attendance(content, session)]
    candidates = {project_id(c): c for c in decision.candidates.select_related("item__hand_count", "request")}
    for row in content["counts"]:
        found += _of_a_count(row, candidates[row["id"]])
    return found + _of_the_result(content, decision, list(candidates.values()))


def _of_the_clock(content: dict, session: Session) -> list[str]:
    said = [content["opened_at"], content["closed_at"]]
    if any(moment_of(text, session) != parse_datetime(text) for text in said):
        return [_("El reloj de ese equipo no estaba a la hora: se toma la hora más cercana que puede ser.")]
    return []


def _of_attendance(content: dict, session: Session) -> list[str]:
    here = {
        a.seat_id: a
        for a in session.attendances.filter(seat__isnull=False, confirmed=True).select_related("appointment__holder")
    }
    in_file = {row["seat"]: row["appointment"] for row in content["present"]}
    people = Appointment.objects.filter(pk__in=in_file.values()).select_related("holder").in_bulk()
    found = []
    for seat, appointment in in_file.items():
        there = here.get(seat)
        words = {"name": name_of(people[appointment])}
        if there is None and here:
            found.append(_("%(name)s está en el archivo y no en la lista del servidor.") % words)
        elif there is not None and there.appointment_id != appointment:
            words["other"] = there.name
            found.append(_("El puesto de %(other)s lo tiene en el archivo %(name)s.") % words)
    found += [
        _("%(name)s está en la lista del servidor y no en el archivo.") % {"name": a.name}
        for seat, a in here.items()
        if seat not in in_file
    ]
    return found


def _of_a_count(row: dict, candidate) -> list[str]:
    item, words = candidate.item, {"title": candidate.request.title, "votes": row["votes"]}
    if item is None:
        return []
    hands = getattr(item, "hand_count", None)
    there = item.votes if item.status == Item.Status.CLOSED else hands.votes if hands else None
    if there is not None and there != row["votes"]:
        words["there"] = there
        return [_("«%(title)s»: el archivo dice %(votes)s votos y el servidor %(there)s.") % words]
    if item.way == Item.Way.PHONES and item.status == Item.Status.WAITING:
        return [_("«%(title)s» se iba a votar con el teléfono y se votó a mano alzada.") % words]
    if item.way == Item.Way.PHONES and item.status == Item.Status.OPEN:
        return [
            _("«%(title)s» se estaba votando con el teléfono: quite esos votos o complete el acta en papel.") % words
        ]
    return []


def _of_the_result(content: dict, decision: Decision, candidates: list) -> list[str]:
    votes = {row["id"]: row["votes"] for row in content["counts"]}
    election = Election.of_votes(
        budget=cents(decision.budget),
        items=[(project_id(c), cents(c.cost), votes[project_id(c)]) for c in candidates],
        scale=CENTS,
    )
    outcome = count(election, decision.rule, minimum_votes=minimum_of(decision), tie_order=tie_order(candidates))
    said = content["result"]
    if said["winners"] == outcome.winners and said["cost"] == outcome.cost:
        return []
    return [_("El resultado que trae el archivo no es el que da la regla con sus conteos: vale el de la regla.")]
