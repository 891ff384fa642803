"""Plain functions that make one row each, with what must stand beside it and nothing hidden.

Unique values come from one counter. Rows are made directly, not through services, and are consistent: counts
equal rows, dates follow states. What a test cares about it says in the call.
"""

import itertools
from datetime import date, timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.utils import timezone
from django.utils.text import slugify

from budgets.models import BudgetYear, Candidate, Decision, Opinion, ParishAllocation, Request, ZoneBudget
from decide.accounts.models import Appointment, Body, DocumentKey, Residence, User
from decide.answers.models import Answer, Milestone
from decide.assemblies.models import Assembly, Seat, Session
from decide.comments.models import Comment, Thread
from decide.territory.models import Agency, Parish, ServicePoint, Zone
from decide.text import plain
from proposals.models import Category, Proposal, StatusChange
from proposals.rules import TAKES_SUPPORTS
from proposals.search import index_title, search_text
from votes.models import Option, Poll, Question, Support, SupportBox

PASSWORD = "una-clave-de-prueba-1"
_counter = itertools.count(1)

# What was before: the states that a proposal passed through on its way.
_WAY = {
    "draft": [],
    "open": ["open"],
    "reached": ["open", "reached"],
    "review": ["open", "reached", "review"],
    "voting": ["open", "reached", "review", "voting"],
    "answered": ["open", "reached", "review", "answered"],
    "execution": ["open", "reached", "review", "answered", "execution"],
    "done": ["open", "reached", "review", "answered", "execution", "done"],
    "withdrawn": ["open", "withdrawn"],
    "archived": ["open", "archived"],
}


def number() -> int:
    """A number that no other row of this test run has."""
    return next(_counter)


# --- territory ------------------------------------------------------------------------------------------


def make_zone(short_name="Eloy Alfaro", **fields) -> Zone:
    """The zone of that name, made at the first call."""
    slug = fields.pop("slug", slugify(short_name))
    fields.setdefault("name", f"Administración Zonal {short_name}")
    return Zone.objects.get_or_create(slug=slug, defaults={"short_name": short_name, **fields})[0]


def make_parish(name="La Argelia", population_2010=57112, zone=None, **fields) -> Parish:
    """The parish of that name, made at the first call (with a code and a hexagon of its own)."""
    n = number()
    fields.setdefault("code", f"{170000 + n}")
    fields.setdefault("kind", Parish.Kind.URBAN)
    return Parish.objects.get_or_create(
        slug=fields.pop("slug", slugify(name)),
        defaults={
            "name": name,
            "population_2010": population_2010,
            "zone": zone or make_zone(),
            "lat": -0.27,
            "lon": -78.52,
            "area_km2": "7.30",
            "hex_column": n % 30_000,
            "hex_row": n % 30_000,
            **fields,
        },
    )[0]


def make_agency(acronym=None, **fields) -> Agency:
    n = number()
    acronym = acronym or f"DEP{n}"
    fields.setdefault("slug", slugify(acronym))
    fields.setdefault("name", f"Dependencia {n}")
    fields.setdefault("head_email", f"autoridad{n}@example.org")
    return Agency.objects.create(acronym=acronym, **fields)


def make_service_point(parish=None, **fields) -> ServicePoint:
    fields.setdefault("name", f"Ventanilla {number()}")
    fields.setdefault("address", "Calle de prueba s/n")
    fields.setdefault("hours", "lunes a viernes, de 8:00 a 16:30")
    return ServicePoint.objects.create(parish=parish or make_parish(), **fields)


# --- people ---------------------------------------------------------------------------------------------


def make_residence(parish=None, participates_from=date(2000, 1, 1), level=Residence.Level.REGISTER) -> Residence:
    """A verified person without an account."""
    residence = Residence.objects.create(
        parish=parish or make_parish(), participates_from=participates_from, level=level
    )
    DocumentKey.objects.create(residence=residence, kind=DocumentKey.Kind.CEDULA, key=f"v1:test-{number()}")
    return residence


def make_user(email=None, display_name=None, verified=False, parish=None, **fields) -> User:
    """An account with a confirmed address and PASSWORD; `verified`: with a residence in `parish`."""
    n = number()
    email = email or f"persona{n}@example.org"
    user = User.objects.create_user(
        email,
        PASSWORD,
        display_name=display_name or f"Persona {n}",
        residence=make_residence(parish) if verified else None,
        home_parish=parish,
        **fields,
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def make_body(kind=Body.Kind.ASSEMBLY, parish=None, **fields) -> Body:
    fields.setdefault("name", f"Asamblea {number()}")
    return Body.objects.create(kind=kind, parish=parish or make_parish(), **fields)


def make_appointment(holder=None, office="participation", **fields) -> Appointment:
    """An office held from a month ago on. The place that the office needs is made where it is not given."""
    fields.setdefault("starts", timezone.localdate() - timedelta(days=30))
    if office == "agency" and "agency" not in fields:
        fields["agency"] = make_agency()
    if office == "zonal" and "zone" not in fields:
        fields["zone"] = make_zone()
    return Appointment.objects.create(holder=holder or make_user(), office=office, **fields)


# --- what is discussed, supported, owed -------------------------------------------------------------------


def make_thread(path="", public=True, **fields) -> Thread:
    return Thread.objects.create(path=path, public=public, **fields)


def make_comment(thread=None, author=None, body=None, **fields) -> Comment:
    """A comment or (`parent=`) a reply; the thread's count goes with it."""
    n = number()
    thread = thread or make_thread()
    comment = Comment.objects.create(
        thread=thread, author=author or make_user(), body=body or f"Comentario de prueba {n}.", **fields
    )
    thread.comments += comment.deleted_at is None
    thread.version += 1
    thread.save()
    return comment


def make_box(scope=None, threshold=25, **fields) -> SupportBox:
    return SupportBox.objects.create(scope=scope, threshold=threshold, **fields)


def make_support(box, residence=None, **fields) -> Support:
    """A support; the box's counts go with it. It counts when the residence lies in the scope."""
    residence = residence or make_residence(box.scope)
    fields.setdefault("counted", box.scope_id in (None, residence.parish_id))
    support = Support.objects.create(box=box, residence=residence, **fields)
    box.supports += 1
    box.counted += support.counted
    box.version += 1
    box.save()
    return support


def make_answer(subject="Una pregunta de prueba", path="/", asked_at=None, agency=None, outcome="", **fields) -> Answer:
    """An answer that is owed since `asked_at` (now); with `agency` assigned, with `outcome` answered."""
    asked_at = asked_at or timezone.now()
    if outcome:
        agency = agency or make_agency()
        fields.setdefault("answered_at", asked_at + timedelta(days=2))
        fields.setdefault("body", "Respuesta de prueba.")
    if outcome == "elsewhere":
        fields.setdefault("institution", "Una institución de prueba")
        fields.setdefault("institution_contact", "contacto@example.org")
    if agency:
        fields.setdefault("assigned_at", asked_at + timedelta(days=1))
    fields.setdefault("assign_due", asked_at + timedelta(days=3))
    fields.setdefault("due", asked_at + timedelta(days=30))
    fields.setdefault("search_text", plain(subject)[:200])
    return Answer.objects.create(
        subject=subject, path=path, asked_at=asked_at, agency=agency, outcome=outcome, **fields
    )


def make_milestone(answer=None, **fields) -> Milestone:
    fields.setdefault("title", f"Hito {number()}")
    fields.setdefault("planned", timezone.localdate() + timedelta(days=30))
    fields.setdefault("first_planned", fields["planned"])
    if fields.get("state") == "done":
        fields.setdefault("done_on", timezone.localdate())
    return Milestone.objects.create(answer=answer or make_answer(outcome="accepted"), **fields)


def make_category(name=None) -> Category:
    name = name or f"Tema {number()}"
    return Category.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]


def make_proposal(author=None, status="open", parish=None, title=None, threshold=25, **fields) -> Proposal:
    """A proposal in `status`, with its thread, its box, the steps behind it and, from "reached" on, its answer.

    Of the whole district unless `parish` is given; published a week ago. Supports are added with `make_support`.
    """
    n = number()
    now = timezone.now()
    title = title or f"Propuesta de prueba {n}"
    way = _WAY[status]
    if way:
        fields.setdefault("published_at", now - timedelta(days=7))
        fields.setdefault("expires_at", fields["published_at"] + timedelta(days=365))
    if status == "withdrawn":
        fields.setdefault("withdrawal", Proposal.Withdrawal.OTHER)
    fields.setdefault("summary", f"Resumen de la propuesta {n}.")
    fields.setdefault("body", f"Texto de la propuesta {n}.")
    author = author or make_user()
    proposal = Proposal(
        title=title,
        author=author,
        status=status,
        parish=parish,
        category=fields.pop("category", None) or make_category("Movilidad"),
        thread=fields.pop("thread", None) or make_thread(public=bool(way), owner=author),
        box=fields.pop("box", None) or make_box(parish, threshold=threshold, open=status in TAKES_SUPPORTS),
        **fields,
    )
    proposal.search_text = search_text(proposal)
    proposal.save()
    if way:
        index_title(proposal)
    path = proposal.get_absolute_url()
    Thread.objects.filter(pk=proposal.thread_id).update(path=path)
    proposal.thread.path = path
    if "reached" in way and proposal.answer is None:
        answered = "answered" in way
        proposal.answer = make_answer(
            subject=title,
            path=path,
            asked_at=now - timedelta(days=6),
            agency=make_agency() if "review" in way else None,
            outcome="accepted" if answered else "",
            parish=parish,
        )
        proposal.save()
    StatusChange.objects.bulk_create(
        StatusChange(proposal=proposal, status=step, at=proposal.published_at + timedelta(hours=i))
        for i, step in enumerate(way)
    )
    return proposal


def make_poll(status="approved", questions=(("single", 2),), parishes=(), zones=(), **fields) -> Poll:
    """A poll up to its announcement; `votes.services.open_poll` opens it (that is what freezes its rules).

    `questions`: (method, number of options) each; approval takes up to 2, budget has 1,000 USD and costs of 400, 500…
    From an hour ago until tomorrow; of the whole district and for whoever is verified, unless said otherwise.
    """
    n = number()
    now = timezone.now()
    if status != "draft":
        fields.setdefault("submitted_at", now - timedelta(days=2))
    if status not in ("draft", "submitted"):
        fields.setdefault("approved_by", make_user())
        fields.setdefault("approved_at", now - timedelta(days=1))
    fields.setdefault("opens_at", now - timedelta(hours=1))
    fields.setdefault("closes_at", now + timedelta(days=1))
    fields.setdefault("title", f"Votación de prueba {n}")
    fields.setdefault("effect", Poll.Effect.RECOMMENDATION)
    fields.setdefault("level", Poll.Level.REGISTER)
    fields.setdefault("summary", "Para comprobar la urna.")
    fields.setdefault("decided_by_text", "El equipo de pruebas")
    poll = Poll.objects.create(
        status=status,
        written_by=fields.pop("written_by", None) or make_user(),
        answers_for=fields.pop("answers_for", None) or make_agency(),
        thread=fields.pop("thread", None) or make_thread(public=status not in ("draft", "submitted")),
        **fields,
    )
    poll.parishes.set(parishes)
    poll.zones.set(zones)
    for position, (method, options) in enumerate(questions, 1):
        question = Question.objects.create(
            poll=poll,
            position=position,
            text=f"¿Qué prefiere? ({position})",
            method=method,
            max_choices=2 if method == "approval" else None,
            amount=1000 if method == "budget" else None,
        )
        for place in range(1, options + 1):
            cost = 300 + 100 * place if method == "budget" else None
            Option.objects.create(question=question, position=place, text=f"Opción {place}", cost=cost)
    Thread.objects.filter(pk=poll.thread_id).update(path=f"/votaciones/{poll.pk}-{poll.slug}/")
    return poll


# --- assemblies and budgets -------------------------------------------------------------------------------


def make_assembly(level="parish", parish=None, status="registered", parent=None, **fields) -> Assembly:
    """An assembly with its body; those of a parish, a zone and the district are made once."""
    parish = parish or (make_parish() if level in ("neighbourhood", "commune", "parish") else None)
    if level == "zone":
        fields.setdefault("zone", make_zone())
    place = {"parish": parish} if level == "parish" else {"zone": fields["zone"]} if level == "zone" else {}
    if level in ("parish", "zone", "district") and (made := Assembly.objects.filter(level=level, **place).first()):
        return made
    name = fields.pop("name", None) or f"Asamblea {number()}"
    if parent is None and level in ("neighbourhood", "commune"):
        parent = make_assembly(parish=parish)
    now = timezone.now()
    if status == "registered":
        fields.setdefault("registered_at", now - timedelta(days=200))
    return Assembly.objects.create(
        level=level,
        name=name,
        parish=parish,
        parent=parent,
        status=status,
        body=make_body(name=name, parish=parish) if parish else Body.objects.create(kind="assembly", name=name),
        search_text=plain(name),
        **fields,
    )


def make_seat(assembly=None, sent_by=None, principal=None, alternate=None, with_alternate=True, **fields) -> Seat:
    """A seat of a parish assembly since a month ago, for a year: `principal` and `alternate` are accounts."""
    assembly = assembly or make_assembly()
    sent_by = sent_by or make_assembly("neighbourhood", parish=assembly.parish, parent=assembly)
    fields.setdefault("starts", timezone.localdate() - timedelta(days=30))
    fields.setdefault("ends", fields["starts"] + timedelta(days=364))
    dates = {"starts": fields["starts"], "ends": fields["ends"]}

    def delegate(holder):
        return make_appointment(holder or make_user(), "delegate", body=assembly.body, **dates)

    return Seat.objects.create(
        assembly=assembly,
        sent_by=sent_by,
        number=fields.pop("number", None) or number(),
        principal=delegate(principal),
        alternate=delegate(alternate) if with_alternate else None,
        **fields,
    )


def make_session(assembly=None, kind="ordinary", status="called", **fields) -> Session:
    """A session called for tomorrow; one that is open or held began an hour ago."""
    now = timezone.now()
    began = status in ("open", "held")
    fields.setdefault("starts_at", now - timedelta(hours=1) if began else now + timedelta(days=1))
    fields.setdefault("called_at", now - timedelta(days=8) if status != "draft" else None)
    if began:
        fields.setdefault("opened_at", fields["starts_at"])
    if status == "held":
        fields.setdefault("closed_at", now)
    if status == "cancelled":
        fields.setdefault("cancel_reason", "Se suspendió el servicio de agua.")
    return Session.objects.create(
        assembly=assembly or make_assembly(),
        kind=kind,
        status=status,
        place=fields.pop("place", "Casa barrial"),
        agenda=fields.pop("agenda", "1. Verificación del quórum"),
        **fields,
    )


def make_year(year=2027, phase="requests", published=True, **fields) -> BudgetYear:
    """The budget year of that number, made at the first call, without dates of its phases."""
    return BudgetYear.objects.get_or_create(year=year, defaults={"phase": phase, "published": published, **fields})[0]


def make_zone_budget(year=None, zone=None, investment="1000000.00", participatory="700000.00", **fields) -> ZoneBudget:
    year = year or make_year()
    return ZoneBudget.objects.create(
        year=year,
        zone=zone or make_zone(),
        investment=Decimal(investment),
        participatory=Decimal(participatory),
        minimum_percent=year.minimum_percent,
        **fields,
    )


def make_allocation(year=None, parish=None, amount="100000.00", zone_budget=None, **fields) -> ParishAllocation:
    year, parish = year or make_year(), parish or make_parish()
    zone_budget = (
        zone_budget
        or ZoneBudget.objects.filter(year=year, zone=parish.zone).first()
        or make_zone_budget(year, parish.zone)
    )
    return ParishAllocation.objects.create(
        year=year, parish=parish, zone_budget=zone_budget, amount=Decimal(amount), **fields
    )


def make_request(author=None, status="filed", parish=None, year=None, title=None, **fields) -> Request:
    """A budget request in `status` with its thread and box. Opinions are added with `make_opinion`."""
    n = number()
    now = timezone.now()
    parish, author = parish or make_parish(), author or make_user()
    title = title or f"Solicitud de prueba {n}"
    if status not in ("draft", "kept"):
        fields.setdefault("filed_at", now - timedelta(days=7))
    if status == "duplicate" and "duplicate_of" not in fields:
        fields["duplicate_of"] = make_request(parish=parish, year=year)
    public = status not in ("draft", "kept")
    fields.setdefault("body", f"Texto de la solicitud {n}.")
    request = Request(
        year=year or make_year(),
        parish=parish,
        kind=fields.pop("kind", "roads"),
        title=title,
        author=author,
        status=status,
        thread=fields.pop("thread", None) or make_thread(public=public, owner=author),
        box=fields.pop("box", None) or make_box(parish, open=public),
        search_text=plain(title),
        **fields,
    )
    request.save()
    path = request.get_absolute_url()
    Thread.objects.filter(pk=request.thread_id).update(path=path)
    request.thread.path = path
    return request


def make_opinion(request, kind="technical", verdict="feasible", issued=True, **fields) -> Opinion:
    """An opinion of a request: issued yesterday, or (`issued=False`) still a draft that is due in ten days."""
    now = timezone.now()
    fields.setdefault("due", now + timedelta(days=10))
    if issued:
        fields.setdefault("issued_at", now - timedelta(days=1))
        fields.setdefault("reason", "Cumple la norma.")
        if kind == "technical":
            fields.setdefault("cost", Decimal("25000.00"))
    if verdict == "conditional":
        fields.setdefault("condition", "Entregar la escritura del terreno")
        fields.setdefault("condition_by", "El comité del barrio")
        fields.setdefault("condition_due", timezone.localdate() + timedelta(days=30))
    return Opinion.objects.create(request=request, kind=kind, verdict=verdict if issued else "", **fields)


def make_decision(year=None, parish=None, status="preparing", **fields) -> Decision:
    """The decision of a parish's budget session; candidates are added with `make_candidate`."""
    parish = parish or make_parish()
    if status != "preparing":
        fields.setdefault("seed", "semilla-de-prueba")
        fields.setdefault("fixed_at", timezone.now())
    return Decision.objects.create(
        year=year or make_year(),
        parish=parish,
        session=fields.pop("session", None) or make_session(make_assembly(parish=parish), kind="budget"),
        status=status,
        budget=fields.pop("budget", Decimal("100000.00")),
        **fields,
    )


def make_candidate(decision, request=None, cost="25000.00", **fields) -> Candidate:
    request = request or make_request(status="feasible", parish=decision.parish, year=decision.year)
    fields.setdefault("number", decision.candidates.count() + 1)
    return Candidate.objects.create(decision=decision, request=request, cost=Decimal(cost), **fields)
