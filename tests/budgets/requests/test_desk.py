"""The desk: a request or a support of a person who is present, the receipt and its code."""

import pytest
from django.test import Client
from django.utils import timezone

from budgets import services
from budgets.models import BudgetYear, Request
from tests.factories import make_parish, make_proposal, make_request, make_year
from tests.proposals.test_desk import CEDULA, code_on, desk, officer, present, resident  # noqa: F401  (fixtures)
from votes import codes
from votes.models import Support

pytestmark = pytest.mark.django_db
DESK, NEW = "/mostrador/solicitudes/", "/mostrador/solicitudes/nueva/"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    """The second factor has its own tests."""
    settings.SECOND_FACTOR_REQUIRED = False


def written(**fields) -> dict:
    return {
        **present(),
        "what": "roads",
        "parish": make_parish().pk,
        "title": "Gradas en la calle Ajaví",
        "body": "La bajada es peligrosa.",
        **fields,
    }


def follow(code: str):
    return Client().post("/seguimiento/", {"code": code})


def test_officer_files_for_a_person_who_is_present_and_the_code_follows_it(desk, officer, resident):  # noqa: F811
    make_year()
    response = desk.post(NEW, written(), follow=True)
    request = Request.objects.get()
    assert (request.status, request.by_desk, request.author) == ("filed", True, None)
    assert (request.desk_officer, request.desk_residence, request.kind) == (officer, resident, "roads")
    html = response.content.decode()
    assert "Comprobante de solicitud" in html
    assert codes.digest(code_on(html)) == request.code

    page = follow(code_on(html)).content.decode()
    assert request.title in page
    assert request.get_absolute_url() in page
    public = Client().get(request.get_absolute_url()).content.decode()
    assert "Presentada por ventanilla" in public
    assert officer.display_name not in public


def test_form_sent_twice_files_once_and_keeps_the_code(desk, resident):  # noqa: F811
    make_year()
    key = "5f0f3e0a-0000-4000-8000-000000000001"
    first = desk.post(NEW, written(once_key=key), follow=True).content.decode()
    second = desk.post(NEW, written(once_key=key), follow=True).content.decode()
    assert Request.objects.count() == 1
    assert code_on(first) == code_on(second)


def test_what_was_filed_outside_the_period_is_kept_and_files_itself_when_that_opens(desk, resident):  # noqa: F811
    year = make_year(phase="")
    html = desk.post(NEW, written(), follow=True).content.decode()
    assert "Ingresará sola cuando se abra el período" in html
    assert "Ingresará sola" in follow(code_on(html)).content.decode()
    BudgetYear.objects.filter(pk=year.pk).update(phase="requests")
    assert services.follow_period(timezone.now()) == 1
    assert Request.objects.get().status == "filed"


def test_hidden_request_is_still_followed_by_whoever_has_its_code(desk, resident):  # noqa: F811
    make_year()
    html = desk.post(NEW, written(), follow=True).content.decode()
    request = Request.objects.get()
    Request.objects.update(hidden=True)
    page = follow(code_on(html))
    assert page.status_code == 200
    assert request.get_absolute_url() not in page.content.decode()


@pytest.mark.parametrize("fields", [{"number": "123"}, {"what": ""}, {"title": ""}, {"body": ""}, {"seen": ""}])
def test_wrong_input_files_nothing_and_keeps_what_was_typed(desk, resident, fields):  # noqa: F811
    make_year()
    response = desk.post(NEW, written(**fields))
    assert (response.status_code, Request.objects.count()) == (400, 0)
    assert CEDULA not in response.content.decode()


def test_support_is_registered_once_and_withdrawn(desk, officer, resident):  # noqa: F811
    request = make_request()
    address = f"{DESK}{request.pk}/"
    html = desk.post(address, present(), follow=True).content.decode()
    support = Support.objects.get()
    assert (support.residence, support.desk_officer, support.by_desk) == (resident, officer, True)
    assert "Su apoyo está registrado" in follow(code_on(html)).content.decode()
    assert desk.post(address, present()).status_code == 409
    desk.post(address, present(action="withdraw"))
    assert not Support.objects.exists()
    assert follow(code_on(html)).status_code == 404


def test_desk_finds_requests_that_take_supports_by_number_and_title(desk):  # noqa: F811
    request = make_request(title="Adoquinado de la calle")
    make_request(title="Adoquinado viejo", status="not_funded")
    make_proposal(title="Adoquinado propuesto")
    for query in (str(request.pk), "adoquinado"):
        page = desk.get(f"{DESK}?q={query}")
        assert list(page.context["requests"]) == [request]
        assert f"{DESK}{request.pk}/" in page.content.decode()


def test_desk_is_for_officers(client):
    for path in (DESK, NEW, f"{DESK}{make_request().pk}/"):
        assert client.get(path).status_code == 302
