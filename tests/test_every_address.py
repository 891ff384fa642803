"""Every address of the platform, walked by everybody: no error of ours, no change by GET, no page without its guard."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from budgets.models import FieldVisit, Reconsideration
from decide.accounts.models import Appointment
from decide.assemblies.models import Attendance, Item
from decide.moderation.services import appeal as appeal_it
from decide.moderation.services import appeal_token
from tests.factories import (
    make_agency,
    make_allocation,
    make_answer,
    make_appointment,
    make_assembly,
    make_comment,
    make_milestone,
    make_opinion,
    make_parish,
    make_proposal,
    make_request,
    make_seat,
    make_service_point,
    make_session,
    make_support,
    make_user,
)
from tests.moderation.tools import make_hidden, make_sanction

# What changes by itself when a page is looked at.
RESTLESS = {"sessions.Session", "admin.LogEntry"}
HOSTILE = [
    "%00", "%ED%A0%80", "%FF%FE", "-1", "0", "99999999999999999999", "1e9", "NaN", "' OR 1=1 --", "../../etc/passwd",
    "<script>alert(1)</script>", "%E2%80%AE", "a" * 1000, "[]", "{}", "author__password__startswith",
]  # fmt: skip

PARAMETERS = [
    *("q", "orden", "pagina", "estado", "parroquia", "zona", "tema", "topic", "sin"),
    *("next", "hilo", "dependencia", "cargo", "tipo", "decision", "razon", "anio", "caso", "nivel", "credenciales"),
    *("dictamen", "plazo", "marcar"),
]
FIELDS = ["title", "summary", "body", "q", "code", "email", "password", "number", "cedula", "reason", "once_key", "id"]
FIELDS += ["action", "reason_text", "version", "kind", "outcome", "text", "note", "decision", "seguro"]
LISTS = ["/propuestas/", "/propuestas/similares/", "/parroquias/", "/respuestas/", "/live/", "/mostrador/propuestas/"]
LISTS += ["/moderacion/", "/moderacion/registro/", "/presupuestos/2027/", "/asambleas/"]
LISTS += ["/presupuestos/solicitudes/", "/presupuestos/dictamenes/", "/presupuestos/revision/"]


def patterns(resolver=None, prefix=""):
    """(address with <converters>, name) of every view but the Django admin's."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.name


@pytest.fixture
def city():
    """One of everything; what an address needs by the name of its converter."""
    parish = make_parish()
    make_service_point(parish)
    resident = make_user(verified=True, parish=parish)
    proposal = make_proposal(author=resident, parish=parish, status="review")
    make_support(proposal.box, resident.residence)
    comment = make_comment(proposal.thread, resident)
    make_allocation(parish=parish)
    milestone = make_milestone(make_answer(outcome="accepted", agency=make_agency()))
    city = {"proposal": proposal, "comment": comment, "parish": parish, "milestone": milestone, "resident": resident}
    city["assemblies"] = assembled(parish, resident)
    city["budgets"] = studied(parish, resident)
    return city | {"moderation": moderated(proposal, resident)}


def assembled(parish, resident):
    """Ids of assemblies by the second part of their address: one open to objections, a seat, an office, a session."""
    until = timezone.now() + timedelta(days=5)
    assembly = make_assembly(
        "neighbourhood",
        parish=parish,
        status="objections",
        applied_by=resident,
        objections_until=until,
        answer_due=until,
    )
    seat = make_seat(assembly.parent, make_assembly("neighbourhood", parish=parish))
    session = make_session(assembly.parent, kind="budget", status="open", door_code="ABCDEFGH")
    # Under the session's own number, which is what the walk puts into an address for each number.
    Item.objects.create(pk=session.pk, session=session, position=1, title="Cancha", way="phones", status="open")
    Attendance.objects.create(pk=session.pk, session=session, name="Rosa Quishpe", neighbourhood="San José")
    return {"": assembly.pk, "puestos": seat.pk, "credenciales": seat.principal_id, "sesiones": session.pk}


def studied(parish, resident):
    """Ids of the budget by the second part of their address: a request that is studied, and one of its opinions."""
    asked = make_request(author=resident, parish=parish, status="not_feasible")
    issued = make_opinion(asked, "legal", "not_feasible")
    make_opinion(asked, "technical", "conditional")
    visits = {"visited_at": timezone.now(), "note": "Hay un bache."}
    FieldVisit.objects.create(pk=asked.pk, request=asked, published_at=timezone.now(), **visits)
    Reconsideration.objects.create(request=asked, body="Falta un dato.", due=timezone.now())
    return {"solicitudes": asked.pk, "dictamenes": issued.pk}


def moderated(proposal, resident):
    """Ids of moderation by the second part of their address: a hidden comment, its appeal, a warning, a closing."""
    hidden = make_hidden(make_comment(proposal.thread, resident))
    appeal = appeal_it(decision=hidden, author=resident, text="No estoy de acuerdo con esta decisión.")
    warning, closing = make_sanction(resident, kind="warning"), make_sanction(kind="close")
    ids = {"casos": hidden.case_id, "apelaciones": appeal.pk, "decisiones": warning.decision_id, "cierres": closing.pk}
    return ids | {"apelar": appeal_token(warning.decision).split("/")[-2]}


def fill(route, city):
    """The address with ids that exist, whatever the converter is called."""
    proposal = city["proposal"]
    if re.match(r"presupuestos/(escritorio/)?<int:number>", route):
        number = 2027
        kind = "zona" if "/zona/" in route else "tabla" if "/datos/" in route else "parroquia"
        slug = {"zona": city["parish"].zone.slug, "tabla": "asignaciones", "parroquia": city["parish"].slug}[kind]
        route = re.sub(r"<slug:\w+>", slug, route)
    elif route.startswith("comentarios"):
        number = city["comment"].pk
    elif route.startswith("respuestas"):
        number = proposal.answer_id
    elif route.startswith("asambleas/"):
        number = city["assemblies"].get(route.split("/")[1], city["assemblies"][""])
    elif route.startswith("presupuestos/") and route.split("/")[1] in city["budgets"]:
        number = city["budgets"][route.split("/")[1]]
    elif route.startswith("moderacion/"):
        number = city["moderation"].get(route.split("/")[1], proposal.pk)
        route = route.replace("<slug:kind>", "proposal").replace("<str:token>", city["moderation"]["apelar"])
    else:
        number = proposal.pk
    slug = city["parish"].slug if route.startswith("parroquias") else proposal.slug
    address = re.sub(r"<int:\w+>", str(number), route)
    address = re.sub(r"<slug:\w+>", slug, address)
    address = re.sub(r"<str:\w+>", "ABCDEFGH", address)
    address = re.sub(r"<uuid:\w+>", str(city["resident"].public_id), address)
    address = re.sub(r"<path:\w+>", "nada", address)
    address = re.sub(r"\(\?P<\w+>[^)]*\)", "a-b", address)
    return "/" + address.replace("^", "").replace("$", "").replace("\\Z", "")


def everything():
    """All rows of all tables, as text."""
    return {
        model._meta.label: sorted(map(str, model._base_manager.values_list()))
        for model in apps.get_models()
        if model._meta.label not in RESTLESS
    }


def visitors(city):
    """Who looks: nobody, a resident, an unverified person, and whoever holds every office."""
    officer = make_user(verified=True, parish=city["parish"])
    for office in Appointment.Office.values:
        make_appointment(officer, office, zone=city["parish"].zone, agency=city["proposal"].answer.agency)
    for user in (None, city["resident"], make_user(), officer):
        client = Client(raise_request_exception=False)
        if user:
            client.force_login(user)
        yield client


@pytest.mark.django_db
def test_every_address_answers_everybody_and_changes_nothing_by_get(city, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    clients = list(visitors(city))
    before = everything()
    broken = []
    for route, _name in patterns():
        address = fill(route, city)
        for client in clients:
            response = client.get(address)
            if response.status_code >= 500 and not address.startswith("/salud"):
                broken.append((address, response.status_code))
            if "Content-Security-Policy" not in response:
                broken.append((address, "no policy"))
        if address.startswith("/cuentas/logout"):
            clients = list(visitors(city))
            before = everything()

    assert broken == []
    assert everything() == before


@pytest.mark.django_db
def test_every_address_survives_hostile_queries(city, settings):
    """Each parameter meets each hostile value: the values move on by one from request to request."""
    settings.SECOND_FACTOR_REQUIRED = False
    client = Client(raise_request_exception=False)
    client.force_login(city["resident"])
    broken = []
    for route, _name in patterns():
        address = fill(route, city)
        # Only lists read parameters; elsewhere one round shows that none is minded.
        for turn in range(len(HOSTILE) if address in LISTS else 2):
            query = "&".join(f"{name}={HOSTILE[(n + turn) % len(HOSTILE)]}" for n, name in enumerate(PARAMETERS))
            response = client.get(f"{address}?{query}")
            if response.status_code >= 500 and not address.startswith("/salud"):
                broken.append((address, turn, response.status_code))

    assert broken == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("turn", "hostile"), enumerate(["", "\x00\u202e<script>", "9" * 3000]), ids=["empty", "hidden", "long"]
)
def test_every_address_survives_hostile_posts(city, settings, turn, hostile):
    """Empty, foreign and hostile bodies: an answer in the 200s to 400s, in turn for a resident and for every office."""
    settings.SECOND_FACTOR_REQUIRED = False
    body = dict.fromkeys(FIELDS, hostile) if hostile else {}
    _nobody, resident, _unverified, officer = visitors(city)
    broken = []
    for n, (route, _name) in enumerate(patterns()):
        address = fill(route, city)
        response = (resident, officer)[(n + turn) % 2].post(address, body)
        if response.status_code >= 500 and not address.startswith("/salud"):
            broken.append((address, response.status_code))

    assert broken == []


@pytest.mark.django_db
def test_every_post_needs_its_csrf_token(city):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(city["resident"])
    before = everything()
    accepted = []
    for route, _name in patterns():
        address = fill(route, city)
        if strict.post(address, {}).status_code not in (403, 404, 405):
            accepted.append(address)

    assert accepted == []
    assert everything() == before
