"""The review: returned, linked, referred, admitted; each with its reason, and nothing in a circle."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from budgets import services
from budgets.models import Opinion, Request
from decide.answers.deadlines import end_of_day_after
from decide.errors import Refused
from decide.notices.models import Notice
from tests.budgets.studies.tools import KINDS, admitted, as_, officer_of
from tests.factories import make_agency, make_parish, make_request, make_support, make_user, make_year, make_zone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def parish():
    return make_parish()


@pytest.fixture
def zonal(parish):
    return officer_of("zonal", parish)


def test_returned_request_comes_back_when_its_author_sends_it_again(parish, zonal):
    request = make_request(parish=parish)
    returned = services.return_request(request=request, officer=zonal, reason="Falta la calle.")
    assert (returned.status, returned.status_reason) == ("returned", "Falta la calle.")
    assert Notice.objects.filter(recipient=request.author, kind="request-returned").exists()
    assert services.file_request(request=request, by=request.author).status == "filed"


@pytest.mark.parametrize("reason", ["", " … "])
def test_nothing_is_returned_without_words(parish, zonal, reason):
    request = make_request(parish=parish)
    with pytest.raises(Refused) as refusal:
        services.return_request(request=request, officer=zonal, reason=reason)
    assert refusal.value.status == 400


def test_duplicate_is_linked_and_its_supporters_are_told_of_the_other(parish, zonal):
    first, second = make_request(parish=parish, title="Gradas de la calle 8"), make_request(parish=parish)
    neighbour = make_user(verified=True, parish=parish)
    make_support(second.box, neighbour.residence)

    linked = services.link_duplicate(request=second, officer=zonal, original=first, reason="Las mismas gradas.")

    assert (linked.status, linked.duplicate_of) == ("duplicate", first)
    told = Notice.objects.get(recipient=neighbour, kind="request-duplicate")
    assert "Gradas de la calle 8" in told.body
    assert "apoye a la otra" in told.body
    first.box.refresh_from_db()
    assert first.box.supports == 0  # none was moved


def test_no_circle_of_duplicates_nor_another_year_nor_itself(parish, zonal):
    first, second = make_request(parish=parish), make_request(parish=parish)
    services.link_duplicate(request=second, officer=zonal, original=first, reason="La misma obra.")
    next_year = make_request(parish=parish, year=make_year(2028))
    for request, original, status in ((first, second, 409), (first, first, 400), (first, next_year, 400)):
        with pytest.raises(Refused) as refusal:
            services.link_duplicate(request=request, officer=zonal, original=original, reason="La misma obra.")
        assert refusal.value.status == status
    first.refresh_from_db()
    assert (first.status, first.duplicate_of) == ("filed", None)


def test_what_was_referred_or_linked_can_be_reviewed_again(parish, zonal):
    request = make_request(parish=parish)
    agency = make_agency()
    referred = services.refer_request(request=request, officer=zonal, agency=agency, reason="Es del agua.")
    assert (referred.status, referred.referred_to) == ("referred", agency)
    reopened = services.reopen_request(request=request, officer=zonal, reason="La empresa la devolvió.")
    assert (reopened.status, reopened.referred_to) == ("filed", None)


def test_admitted_request_is_owed_three_opinions_by_their_day_and_officers_are_told_once(parish, zonal, settings):
    settings.OPINION_DAYS = 20
    technical = officer_of("technical", parish)
    requests = [make_request(parish=parish) for _ in range(3)]

    admitted_, refused = services.admit_requests(requests=requests, officer=zonal)

    assert (len(admitted_), refused) == (3, [])
    opinions = Opinion.objects.filter(request=requests[0])
    assert {(o.kind, o.due, o.issued_at, o.current) for o in opinions} == {
        (kind, end_of_day_after(timezone.now(), 20), None, True) for kind in KINDS
    }
    assert Notice.objects.filter(recipient=technical, kind="opinions-new").count() == 1


def test_batch_admits_what_it_can_and_says_what_it_cannot(parish, zonal):
    good, done = make_request(parish=parish), admitted(parish=parish)
    elsewhere = make_request(parish=make_parish("Calderón", zone=make_zone("Calderón")))
    ticked = [good.pk, done.pk, elsewhere.pk, "x", "9" * 30]
    response = as_(zonal).post("/presupuestos/revision/", {"solicitud": ticked})
    assert response.status_code == 302
    page = as_(zonal).get("/presupuestos/revision/")
    assert page.status_code == 200
    assert set(Request.objects.filter(status="study")) == {good, done}


def test_request_that_came_back_from_studies_keeps_its_drafts_and_gets_new_days(parish, zonal):
    request = admitted(parish=parish)
    Opinion.objects.filter(request=request).update(due=timezone.now() - timedelta(days=9))
    services.change_status(request=request, status="filed")
    services.admit_request(request=request, officer=zonal)
    opinions = Opinion.objects.filter(request=request)
    assert opinions.count() == 3
    assert not opinions.filter(due__lt=timezone.now()).exists()


def test_review_page_decides_inserts_words_and_points_out_what_is_missing(parish, zonal):
    services.load_catalogue()
    request = make_request(parish=parish)
    client, address = as_(zonal), f"/presupuestos/solicitudes/{request.pk}/revisar/"
    assert client.get(address).status_code == 200
    page = client.post(address, {"action": "return", "reason": ""})
    assert page.status_code == 400
    assert "Escriba la razón" in page.text
    reason = client.get(address).context["reasons"][0]
    page = client.post(address, {"action": "return", "reason": "Hola.", "insert": reason.pk})
    assert page.status_code == 200
    assert reason.text in page.text
    assert "Hola." in page.text
    assert client.post(address, {"action": "return", "reason": reason.text}).status_code == 302
    request.refresh_from_db()
    assert request.status == "returned"


@pytest.mark.parametrize(
    "sent",
    [
        {"action": "duplicate", "reason": "x", "original": "9" * 40},
        {"action": "duplicate", "reason": "x", "original": "NaN"},
        {"action": "refer", "reason": "x", "agency": "1e400"},
        {"action": "prioritise", "reason": "x"},
        {"action": "return", "reason": "\x00"},
        {"insert": "²"},
    ],
)
def test_hostile_review_changes_nothing(parish, zonal, sent):
    request = make_request(parish=parish)
    response = as_(zonal).post(f"/presupuestos/solicitudes/{request.pk}/revisar/", sent)
    assert response.status_code in (200, 400)
    request.refresh_from_db()
    assert request.status == "filed"


def test_agreement_of_the_cabildo_is_recorded_and_its_paper_is_not_for_everybody(parish, zonal):
    request = make_request(parish=parish, communal_land=True)
    paper = ContentFile(b"%PDF-1.7", name=f"{'a' * 32}.pdf")
    services.record_cabildo_agreement(request=request, officer=zonal, agreed_on=timezone.localdate(), document=paper)
    request.refresh_from_db()
    assert request.cabildo_agreed_on == timezone.localdate()
    address = f"/presupuestos/solicitudes/{request.pk}/cabildo/acuerdo/"
    got = {name: as_(user).get(address).status_code for name, user in {
        "nobody": None, "neighbour": make_user(), "author": request.author, "zonal": zonal,
    }.items()}  # fmt: skip
    assert got == {"nobody": 404, "neighbour": 404, "author": 200, "zonal": 200}


def test_agreement_is_refused_elsewhere_and_for_a_day_to_come(parish, zonal):
    plain, communal = make_request(parish=parish), make_request(parish=parish, communal_land=True)
    tomorrow = timezone.localdate() + timedelta(days=1)
    for request, day in ((plain, timezone.localdate()), (communal, tomorrow)):
        with pytest.raises(Refused) as refusal:
            services.record_cabildo_agreement(request=request, officer=zonal, agreed_on=day, document=None)
        assert refusal.value.status == 400
