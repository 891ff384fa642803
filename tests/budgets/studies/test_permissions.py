"""Each office against each write of the studies: who may, and who is refused (403)."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from budgets import services
from decide.errors import Refused
from tests.budgets.studies.tools import KINDS, admitted, officer_of, opinion_of, said, studied
from tests.factories import make_agency, make_parish, make_request, make_user, make_zone

pytestmark = pytest.mark.django_db

REVIEWERS = {"zonal", "participation"}
ELSEWHERE = ["zonal elsewhere", "technical elsewhere"]
WHO = ["nobody", "author", *REVIEWERS, *KINDS, *ELSEWHERE, "technical of all", "desk", "moderator", "agency"]
# Who gives each opinion: of the zone, or of the whole District.
GIVES = {kind: {kind} for kind in KINDS} | {"technical": {"technical", "technical of all"}}


def person(who: str, request):
    if who == "nobody":
        return make_user()
    if who == "author":
        return request.author
    if who.endswith(" elsewhere"):
        return officer_of(who.removesuffix(" elsewhere"), zone=make_zone("Calderón"))
    if who.endswith(" of all"):
        return officer_of(who.removesuffix(" of all"))
    if who == "agency":
        return officer_of("agency", agency=make_agency())
    return officer_of(who, request.parish)


# --- where each act begins, and the act ---------------------------------------------------------------------


def filed(parish):
    return make_request(parish=parish, communal_land=True)


def in_studies(parish):
    return admitted(parish=parish)


def feasible(parish):
    return studied(parish=parish)


def conditional(parish):
    return studied(legal="conditional", parish=parish)


def not_feasible(parish):
    return studied(legal="not_feasible", parish=parish)


def asked_again(parish):
    request = not_feasible(parish)
    services.ask_reconsideration(request=request, by=request.author, body="Falta un dato.")
    return request


def send_back(request, user):
    services.return_request(request=request, officer=user, reason="Falta algo.")


def refer(request, user):
    services.refer_request(request=request, officer=user, agency=make_agency(), reason="Es del agua.")


def link(request, user):
    other = make_request(parish=request.parish)
    services.link_duplicate(request=request, officer=user, original=other, reason="Pide lo mismo.")


def admit(request, user):
    services.admit_request(request=request, officer=user)


def agree(request, user):
    paper = ContentFile(b"%PDF-1.7", name="a" * 32 + ".pdf")
    services.record_cabildo_agreement(request=request, officer=user, agreed_on=timezone.localdate(), document=paper)


def visit(request, user):
    services.record_visit(request=request, officer=user, visited_at=timezone.now(), note="Hay un bache.")


def write(kind):
    return lambda r, u: services.save_opinion(opinion=opinion_of(r, kind), officer=u, reason="Un borrador.")


def issue(kind):
    return lambda r, u: services.issue_opinion(opinion=opinion_of(r, kind), officer=u, **said(kind))


def correct(request, user):
    services.correct_opinion(opinion=request.opinions.get(kind="legal"), officer=user, reason="Un error.")


def record_met(request, user):
    legal = request.opinions.get(kind="legal")
    services.meet_condition(opinion=legal, officer=user, met_on=timezone.localdate())


def ask(request, user):
    services.ask_reconsideration(request=request, by=user, body="Falta un dato.")


def reply(request, user):
    services.reply_reconsideration(asked=request.reconsideration, officer=user, granted=False, reply="No cambia.")


ACTS = {
    "return": (filed, send_back, REVIEWERS),
    "refer": (filed, refer, REVIEWERS),
    "link": (filed, link, REVIEWERS),
    "admit": (filed, admit, REVIEWERS),
    "agree": (filed, agree, REVIEWERS | {"legal"}),
    "visit": (filed, visit, REVIEWERS | {*KINDS, "technical of all"}),
    **{f"write {kind}": (in_studies, write(kind), GIVES[kind]) for kind in KINDS},
    **{f"issue {kind}": (in_studies, issue(kind), GIVES[kind]) for kind in KINDS},
    "correct": (feasible, correct, {"legal"}),
    "met": (conditional, record_met, REVIEWERS | {"legal"}),
    "ask": (not_feasible, ask, {"author"}),
    "reply": (asked_again, reply, REVIEWERS),
}


@pytest.mark.parametrize("act", ACTS)
def test_office_against_write(act):
    make, do, allowed = ACTS[act]
    parish, done, refused = make_parish(), set(), {}
    for who in WHO:
        request = make(parish)
        try:
            do(request, person(who, request))
        except Refused as refusal:
            refused[who] = refusal.status
        else:
            done.add(who)
    assert done == allowed
    assert set(refused.values()) == {403}


@pytest.mark.parametrize("act", ["return", "admit", "issue technical"])
def test_nobody_reviews_or_studies_their_own_request(act):
    parish = make_parish()
    officer = officer_of("technical" if act.startswith("issue") else "zonal", parish)
    make = admitted if act.startswith("issue") else make_request
    with pytest.raises(Refused) as refusal:
        ACTS[act][1](make(parish=parish, author=officer), officer)
    assert refusal.value.status == 403
