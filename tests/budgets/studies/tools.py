"""Officers, and requests that are being studied."""

from datetime import timedelta
from decimal import Decimal

from django.test import Client
from django.utils import timezone

from budgets import services
from budgets.models import Guideline, Opinion, Request
from tests.factories import make_appointment, make_parish, make_request

KINDS = ("technical", "social", "legal")


def officer_of(office: str, parish=None, **fields):
    """Who holds this office in the zone of this parish; for a zone's office without a parish, in the District."""
    if parish is not None and office != "participation":
        fields.setdefault("zone", parish.zone)
    return make_appointment(office=office, **fields).holder


def guideline() -> Guideline:
    return Guideline.objects.get_or_create(code="L1", defaults={"name": "Calles seguras", "invented": True})[0]


def admitted(officer=None, **fields) -> Request:
    """A request whose three opinions are owed."""
    fields.setdefault("parish", make_parish())
    request = make_request(**fields)
    zonal = officer or officer_of("zonal", request.parish)
    return services.admit_request(request=request, officer=zonal)


def opinion_of(request, kind="technical") -> Opinion:
    return request.opinions.select_related("request__parish").get(kind=kind, issued_at=None)


def said(kind="technical", verdict="feasible", **changed) -> dict:
    """What an officer of this kind writes."""
    values = {"verdict": verdict, "reason": "Cumple la norma.", "guideline": guideline()}
    if kind == "technical":
        values["cost"] = Decimal("25000.00")
    if verdict == "conditional":
        values["condition"], values["condition_by"] = "Entregar la escritura", "El comité del barrio"
        values["condition_due"] = timezone.localdate() + timedelta(days=20)
    return values | changed


def issue(request, kind="technical", verdict="feasible", officer=None, **changed) -> Opinion:
    officer = officer or officer_of(kind, request.parish)
    return services.issue_opinion(opinion=opinion_of(request, kind), officer=officer, **said(kind, verdict, **changed))


def studied(technical="feasible", social="feasible", legal="feasible", **fields) -> Request:
    """A request with its three opinions issued."""
    request = admitted(**fields)
    for kind, verdict in zip(KINDS, (technical, social, legal), strict=True):
        issue(request, kind, verdict)
    request.refresh_from_db()
    return request


def as_(user) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client
