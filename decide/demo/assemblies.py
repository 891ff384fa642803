"""The assemblies of the demo city: neighbourhoods with their boards, whom they sent for each term, registrations under
way, and the session of La Argelia that is called for today. All invented, and labelled so."""

import hashlib
import random
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.text import slugify
from fpdf import FPDF

from decide.accounts.models import Appointment, Body, User
from decide.answers.deadlines import end_of_day_after
from decide.assemblies.models import (
    Assembly,
    Attendance,
    BoardMember,
    FoundingFile,
    Item,
    Objection,
    Seat,
    Session,
    StatusChange,
)
from decide.assemblies.models.assemblies import place_key
from decide.assemblies.services.attendance import new_door_code, place_of
from decide.assemblies.services.hall import quorum_of
from decide.assemblies.services.registering import search_text
from decide.assemblies.services.seats import name_of, term_ends
from decide.demo import bulk
from decide.demo.budget_years import at, texts
from decide.demo.people import DATA, FOUNDED
from decide.territory.models import Neighbourhood

Level, Status, Office = Assembly.Level, Assembly.Status, Appointment.Office
ARGELIA = "170116"
TERM_BEGAN = 60  # days since La Argelia's delegates of today were elected
SENT = 4  # from each neighbourhood assembly to its parish
ELECTED_TODAY = 6  # assemblies of La Argelia that have elected for this term
THERE_ALREADY = 15  # delegates on today's list before the session opens
REGISTERED = "Registro de asambleas"
MONTH_OF_TERMS = 11
MOST_SENT = 320  # people that a parish's delegates are taken from
NAMES = texts()["names"]
PEOPLE = NAMES["people"]


@dataclass
class Towns:
    """The parish assemblies by code of the parish, and what hangs from each."""

    parish: dict[str, Assembly]
    local: dict[str, list[Assembly]] = field(default_factory=dict)
    # The newest seats of each parish that the past had.
    seats: dict[str, list[Seat]] = field(default_factory=dict)
    # Names that were not yet sent to its assembly, by code: nobody is there twice by chance.
    unsent: dict[str, list[str]] = field(default_factory=dict)
    seed: str = "delegados"

    def places(self, code: str) -> list[str]:
        """The neighbourhoods of a parish."""
        return [a.neighbourhood_name for a in self.local[code]]

    def names(self, code: str, number: int) -> list[str]:
        """So many people of a parish, others at each call."""
        left = self.unsent.setdefault(code, people_of(f"{self.seed} {code}", MOST_SENT))
        self.unsent[code] = left[number:]
        return left[:number]


def people_of(seed: str, number: int) -> list[str]:
    """So many different names."""
    rng, found = random.Random(seed), {}
    while len(found) < number:
        found[f"{rng.choice(PEOPLE)} {rng.choice('ABCDFGJLMNPQRSTVZ')}. {rng.choice('ABCDGLMPRSTV')}."] = None
    return list(found)


def stored_towns(seed: str) -> Towns:
    """What is registered already. `seed` tells its delegates from those that are there."""
    found = Assembly.objects.registered().select_related("parish__zone", "body").defer("parish__boundary")
    towns = Towns({a.parish.code: a for a in found.filter(level=Level.PARISH).order_by("parish__code")}, seed=seed)
    for assembly in found.filter(level=Level.NEIGHBOURHOOD).order_by("pk"):
        towns.local.setdefault(assembly.parish.code, []).append(assembly)
    return towns


def write_assemblies(sizes: Mapping[str, int], accounts: dict[str, User], now: datetime) -> Towns:
    """`sizes`: how many seats each parish had in its largest hall, by code."""
    founded = now - timedelta(days=FOUNDED)
    above = Assembly.objects.filter(level__in=[Level.DISTRICT, Level.ZONE, Level.PARISH])
    above.update(applied_at=founded, registered_at=founded)
    towns = stored_towns("delegados")
    facts = tomllib.loads((DATA / "assemblies.toml").read_text(encoding="utf-8"))
    _write_local(towns, {code: -(-size // SENT) for code, size in sizes.items()}, facts["commune"], accounts, founded)
    for sketch in facts["registration"]:
        _write_registration(sketch, towns, accounts, now)
    return towns


# --- what is registered -------------------------------------------------------------------------------------------


def _write_local(towns: Towns, numbers, commune: dict, accounts, founded: datetime) -> None:
    plans = []
    for code, number in numbers.items():
        names = NAMES["argelia" if code == ARGELIA else "neighbourhoods"]
        if code != ARGELIA:
            names = random.Random(f"barrios {code}").sample(names, len(names))
        plans += [(code, name, Level.NEIGHBOURHOOD) for name in names[:number]]
    plans.append((commune["parish"], commune["place"], Level.COMMUNE))
    known = {(n.parish_id, n.name): n for n in Neighbourhood.objects.all()}
    places = [known.get((towns.parish[code].parish_id, name)) for code, name, _level in plans]
    places = [
        place or Neighbourhood(parish=towns.parish[code].parish, name=name, invented=True, source=REGISTERED)
        for place, (code, name, _level) in zip(places, plans, strict=True)
    ]
    for place, (_code, _name, level) in zip(places, plans, strict=True):
        place.kind = "commune" if level == Level.COMMUNE else place.kind
    bulk.create(place for place in places if place.pk is None)
    theirs = Body.objects.get(kind=Body.Kind.ASSEMBLY, name__startswith="Asamblea de La Argelia Alta")
    made = []
    for place, (code, name, level) in zip(places, plans, strict=True):
        title = theirs.name if (code, name) == (ARGELIA, "La Argelia Alta") else f"Asamblea barrial {name}"
        title = commune["name"] if level == Level.COMMUNE else title
        body = theirs if title == theirs.name else Body(kind="assembly", name=title, parish=place.parish)
        made.append(_assembly(level, title, body, towns.parish[code], name, founded, neighbourhood=place))
    bulk.create(a.body for a in made if a.body.pk is None)
    for assembly in made:
        assembly.status, assembly.registered_at, assembly.by_desk = Status.REGISTERED, founded, True
        assembly.objections_until = founded - timedelta(days=1)
        assembly.decided_at, assembly.decided_by = founded, _zonal(accounts, assembly.parish)
        assembly.extent = commune["extent"] if assembly.level == Level.COMMUNE else ""
    bulk.create(made)
    _write_steps(made)
    _write_boards(made, commune, accounts)
    for assembly in made:
        towns.local.setdefault(assembly.parish.code, []).append(assembly)


def _zonal(accounts, parish) -> User:
    return accounts[f"zonal-{parish.zone.slug}"]


def _assembly(level, name, body, parent: Assembly, place: str, now: datetime, **fields) -> Assembly:
    assembly = Assembly(
        level=level,
        name=name,
        slug=slugify(name)[:130],
        parent=parent,
        body=body,
        parish=parent.parish,
        neighbourhood_name=place,
        neighbourhood_key=place_key(place),
        founded_on=timezone.localdate(now - timedelta(days=60)),
        invented=True,
        applied_at=now - timedelta(days=30),
        **fields,
    )
    assembly.search_text = search_text(assembly)
    return assembly


def _write_steps(made: list[Assembly]) -> None:
    rows = []
    for assembly in made:
        officer = assembly.decided_by
        opened = assembly.objections_until - timedelta(days=settings.ASSEMBLY_OBJECTION_DAYS)
        rows += [
            StatusChange(assembly=assembly, status=Status.APPLIED, at=assembly.applied_at),
            StatusChange(assembly=assembly, status=Status.OBJECTIONS, at=opened, by=officer),
            StatusChange(
                assembly=assembly, status=Status.REGISTERED, at=assembly.registered_at, by=assembly.decided_by
            ),
        ]
    bulk.add(rows)


def _write_boards(made: list[Assembly], commune: dict, accounts) -> None:
    """A president and a secretary each, elected on paper; one has an account."""
    president = accounts["presidenta"]
    boards, offices = [], []
    for assembly in made:
        names = people_of(f"directiva {assembly.parish.code} {assembly.name}", 2)
        names = commune["board"] if assembly.level == Level.COMMUNE else names
        for place, (office, role, name) in enumerate(
            zip(("president", "secretary"), ("Presidencia", "Secretaría"), names, strict=True)
        ):
            hers = office == "president" and assembly.body.name.startswith("Asamblea de La Argelia Alta")
            name = president.display_name if hers else name
            account = president if hers else None
            boards.append(
                BoardMember(assembly=assembly, office=office, role=role, name=name, account=account, position=place)
            )
            if not hers:
                offices.append(
                    Appointment(
                        office=office,
                        holder_name=name,
                        body=assembly.body,
                        starts=timezone.localdate(assembly.registered_at),
                        appointed_by=assembly.decided_by,
                    )
                )
    bulk.add(boards)
    bulk.add(offices)


# --- who was sent -------------------------------------------------------------------------------------------------


def term_of(day: date) -> date:
    """The first day of the term in which this day lies: delegates of the past were elected in November."""
    return date(day.year - (day.month < MONTH_OF_TERMS), MONTH_OF_TERMS, 1)


def write_seats(towns: Towns, sizes: Mapping[str, int], starts: date, accounts) -> dict[str, list[Seat]]:
    """Whom the neighbourhoods sent to each parish for the term that begins on this day: every fourth was there in the
    term before, and was re-elected."""
    seats = []
    for code, size in sizes.items():
        target, before = towns.parish[code], towns.seats.get(code, [])
        senders = [a for a in towns.local[code] if a.level == Level.NEIGHBOURHOOD]
        for n, name in enumerate(towns.names(code, size)):
            again = n % SENT == 1 and n < len(before) and before[n].term == 1
            seats.append(
                Seat(
                    assembly=target,
                    sent_by=senders[n // SENT],
                    number=n % SENT + 1,
                    starts=starts,
                    ends=term_ends(starts),
                    term=2 if again else 1,
                    principal=_delegate(target, before[n].principal.holder_name if again else name, starts, accounts),
                )
            )
    bulk.create(seat.principal for seat in seats)
    found = {}
    for seat in bulk.create(seats):
        found.setdefault(seat.assembly.parish.code, []).append(seat)
    towns.seats |= found
    return found


def _delegate(target: Assembly, name: str, starts: date, accounts) -> Appointment:
    return Appointment(
        office=Office.DELEGATE,
        holder_name=name,
        body=target.body,
        starts=starts,
        ends=term_ends(starts),
        appointed_by=_zonal(accounts, target.parish),
    )


def write_delegates_of_today(towns: Towns, accounts, now: datetime) -> list[Seat]:
    """La Argelia's 24 seats: six neighbourhood assemblies elected four each, with alternates; one is delegada@."""
    target, day = towns.parish[ARGELIA], timezone.localdate(now - timedelta(days=TERM_BEGAN))
    senders = towns.local[ARGELIA][:ELECTED_TODAY]
    names = towns.names(ARGELIA, 2 * SENT * ELECTED_TODAY)
    held = _elections(senders, day, accounts)
    hers = Appointment.objects.get(holder=accounts["delegada"], office=Office.DELEGATE)
    hers.body, hers.parish, hers.starts, hers.ends = target.body, None, day, term_ends(day)
    hers.holder_name, hers.appointed_by = "", _zonal(accounts, target.parish)
    hers._history_date = at(day, 12)
    hers.save()
    seats = []
    for n in range(SENT * len(senders)):
        principal, alternate = (_delegate(target, name, day, accounts) for name in names[2 * n : 2 * n + 2])
        seats.append(
            Seat(
                assembly=target,
                sent_by=senders[n // SENT],
                elected_in=held[n // SENT],
                number=n % SENT + 1,
                starts=day,
                ends=term_ends(day),
                principal=principal if n else hers,
                alternate=alternate,
            )
        )
    bulk.create(
        [a for seat in seats for a in (seat.principal, seat.alternate) if a.pk is None], at=lambda a: at(a.starts, 12)
    )
    return bulk.create(seats)


def _elections(senders: list[Assembly], day: date, accounts) -> list[Session]:
    """Each of them met and elected: whoever came had a vote."""
    sessions, there = [], []
    for n, assembly in enumerate(senders):
        starts = at(day, 9 + n % 3)
        sessions.append(
            Session(
                assembly=assembly,
                kind=Session.Kind.ELECTION,
                starts_at=starts,
                place=f"Casa barrial de {assembly.neighbourhood_name}",
                agenda="1. Instalación.\n2. Elección de cuatro representantes a la asamblea parroquial.",
                status=Session.Status.HELD,
                called_at=starts - timedelta(days=8),
                called_by=_zonal(accounts, assembly.parish),
                opened_at=starts + timedelta(minutes=15),
                closed_at=starts + timedelta(minutes=95),
                door_code=new_door_code(),
                created=starts - timedelta(days=8),
            )
        )
    bulk.create(sessions, at=lambda s: s.closed_at, by=_zonal(accounts, senders[0].parish))
    rng = random.Random("elecciones")
    for session in sessions:
        names = people_of(f"vecinos {session.assembly.name}", rng.randrange(22, 41))
        there += [
            Attendance(
                session=session,
                name=name,
                neighbourhood=session.assembly.neighbourhood_name,
                at=session.opened_at - timedelta(minutes=rng.randrange(1, 14)),
                recorded_by=session.called_by,
            )
            for name in names
        ]
    bulk.add(there)
    return sessions


# --- what is under way --------------------------------------------------------------------------------------------


def _write_registration(sketch: dict, towns: Towns, accounts, now: datetime) -> None:
    parent, applied = towns.parish[sketch["parish"]], now - timedelta(days=sketch["applied"], hours=2)
    who, zonal = accounts[sketch["account"]], _zonal(accounts, parent.parish)
    body = Body.objects.create(kind=Body.Kind.ASSEMBLY, name=sketch["name"], parish=parent.parish)
    assembly = _assembly(Level.NEIGHBOURHOOD, sketch["name"], body, parent, sketch["place"], applied)
    assembly.applied_by, assembly.applied_at, assembly.extent = who, applied, sketch["extent"]
    assembly.founded_on = timezone.localdate(now - timedelta(days=sketch["founded"]))
    assembly.status = sketch["status"]
    steps = [StatusChange(status=Status.APPLIED, at=applied, by=who)]
    if "opened" in sketch:
        decided = now - timedelta(days=sketch["opened"], hours=1)
        assembly.objections_until = end_of_day_after(decided, settings.ASSEMBLY_OBJECTION_DAYS)
        assembly.answer_due = end_of_day_after(assembly.objections_until, settings.ASSEMBLY_ANSWER_DAYS)
        steps.append(StatusChange(status=Status.OBJECTIONS, at=decided, by=zonal))
    elif "returned" in sketch:
        decided = now - timedelta(days=sketch["returned"], hours=1)
        assembly.decision_reason = sketch["reason"]
        steps.append(StatusChange(status=Status.RETURNED, at=decided, by=zonal, reason=sketch["reason"]))
    else:
        assembly.answer_due = end_of_day_after(applied, settings.ASSEMBLY_ANSWER_DAYS)
    if len(steps) > 1:
        assembly.decided_at, assembly.decided_by = decided, zonal
    assembly.search_text = search_text(assembly)
    assembly._history_date, assembly._history_user = steps[-1].at, who
    assembly.save()
    for step in steps:
        step.assembly = assembly
    bulk.create(steps)
    _write_papers(assembly, sketch["board"], who)
    for account, days, text in sketch.get("objections", ()):
        objection = Objection(assembly=assembly, author=accounts[account], body=text)
        objection.created = objection._history_date = now - timedelta(days=days, hours=3)
        objection._history_user = accounts[account]
        objection.save()


def _write_papers(assembly: Assembly, board: list[str], who: User) -> None:
    bulk.create(
        BoardMember(
            assembly=assembly,
            office=office,
            role=role,
            name=name,
            account=who if name == who.display_name else None,
            position=place,
        )
        for place, (office, role, name) in enumerate(
            zip(("president", "secretary"), ("Presidencia", "Secretaría"), board, strict=True)
        )
    )
    lines = [
        f"Acta de constitución: {assembly.name}",
        "Documento inventado para la demostración de Decide Quito.",
        f"Parroquia {assembly.parish}. Alcance: {assembly.extent}",
        f"Preside {board[0]}; lleva la secretaría {board[1]}.",
    ]
    data = paper(lines, assembly.applied_at)
    stored = FoundingFile(assembly=assembly, kind=FoundingFile.Kind.MINUTES, created=assembly.applied_at)
    stored.sha256, stored.size = hashlib.sha256(data).hexdigest(), len(data)
    stored.file.save(f"{uuid.uuid5(uuid.NAMESPACE_URL, assembly.name).hex}.pdf", ContentFile(data), save=False)
    stored.save()
    stored.file.storage.put_away(stored.file.name)
    names = "\n".join(people_of(f"lista {assembly.name}", 24))
    FoundingFile.objects.create(assembly=assembly, kind="attendance", names=names, created=assembly.applied_at)


def paper(lines: list[str], moment: datetime) -> bytes:
    """A PDF of one page with these lines."""
    pdf = FPDF()
    pdf.set_creation_date(moment)
    pdf.add_page()
    pdf.set_font("Helvetica", size=13)
    for line in lines:
        pdf.multi_cell(0, 9, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


# --- today --------------------------------------------------------------------------------------------------------


def write_session_of_today(towns: Towns, seats: list[Seat], accounts, now: datetime) -> Session:
    """La Argelia meets today: fifteen are on the list, so that secretaria@ can open it at once; delegada@ is one of
    them and votes by phone. One more is at the door and waits to be confirmed."""
    facts = tomllib.loads((DATA / "assemblies.toml").read_text(encoding="utf-8"))["today"]
    secretary, assembly = accounts["secretaria"], towns.parish[ARGELIA]
    called = now - timedelta(days=9)
    session = Session(
        assembly=assembly,
        kind=Session.Kind.ORDINARY,
        starts_at=at(timezone.localdate(now), 18),
        place=facts["place"],
        agenda=facts["agenda"].strip(),
        status=Session.Status.CALLED,
        called_at=called,
        called_by=secretary,
        door_code=new_door_code(),
        created=called,
    )
    session.entitled, session.quorum_to_sit, session.quorum_to_decide = quorum_of(session)
    session._history_date, session._history_user = called, secretary
    session.save()
    for position, way in enumerate(("hands", "phones"), 1):
        title, detail = facts[way]
        Item.objects.create(session=session, position=position, title=title, detail=detail, way=way)
    came = random.Random("hoy").sample(seats[1:], THERE_ALREADY)
    bulk.create(
        Attendance(
            session=session,
            seat=seat,
            appointment=seat.principal,
            name=name_of(seat.principal),
            neighbourhood=place_of(seat),
            means="qr" if seat is came[-1] else "list",
            at=now - timedelta(minutes=40 - 2 * n),
            confirmed=seat is not came[-1],
            recorded_by=None if seat is came[-1] else secretary,
        )
        for n, seat in enumerate([seats[0], *came])
    )
    return session
