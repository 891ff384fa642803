"""Visits to the place: stored once, for officers at first, for everybody with the opinions."""

import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from budgets import services
from budgets.models import FieldVisit
from tests.budgets.studies.tools import KINDS, admitted, as_, issue, officer_of
from tests.factories import make_user
from tests.proposals.files import jpeg

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def typed(**changed) -> dict:
    return {
        "visited_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "note": "qzvisita: hay un bache hondo.",
        "place": "Calle 8",
        "image": SimpleUploadedFile("foto.jpg", jpeg(), "image/jpeg"),
        "once_key": str(uuid.uuid4()),
        **changed,
    }


def address(request) -> str:
    return f"/presupuestos/solicitudes/{request.pk}/visita/"


def test_visit_sent_twice_is_stored_once_and_answered_in_json():
    request = admitted()
    client, sent = as_(officer_of("technical", request.parish)), typed()
    for _ in range(2):
        sent["image"] = SimpleUploadedFile("foto.jpg", jpeg(), "image/jpeg")
        response = client.post(address(request), sent, headers={"Accept": "application/json"})
        assert response.status_code == 201
    visit = FieldVisit.objects.get()
    assert visit.image.name.startswith("visitas/")
    assert not default_storage.exists(visit.image.name)  # out of everybody's reach


def test_visit_is_for_officers_until_the_three_opinions_are_issued():
    request = admitted()
    officer = officer_of("technical", request.parish)
    assert as_(officer).post(address(request), typed()).status_code == 302
    visit = FieldVisit.objects.get()
    photo, page = visit.address(), request.get_absolute_url()
    assert as_(officer).get(photo).status_code == 200
    assert "qzvisita" in as_(officer).get(page).text
    for other in (None, make_user(), request.author):
        assert as_(other).get(photo).status_code == 404
        assert "qzvisita" not in as_(other).get(page).text
    for kind in KINDS:
        issue(request, kind)
    visit.refresh_from_db()
    assert visit.published_at
    assert default_storage.exists(visit.image.name)
    assert "qzvisita" in as_(None).get(page).text
    assert visit.image.small_url in as_(None).get(page).text


@pytest.mark.parametrize(
    "changed",
    [
        {"note": ""},
        {"note": "\x00"},
        {"visited_at": "2999-01-01T10:00"},
        {"visited_at": "NaN"},
        {"lat": "1e999", "lon": "2"},
        {"once_key": "x"},
        {"image": SimpleUploadedFile("foto.jpg", b"MZ" * 99, "image/jpeg")},
    ],
)
def test_wrong_visit_is_refused_with_its_reason(changed):
    request = admitted()
    response = as_(officer_of("legal", request.parish)).post(
        address(request), typed(**changed), headers={"Accept": "application/json"}
    )
    assert response.status_code == 400
    assert response.json()["error"]
    assert not FieldVisit.objects.exists()


def test_key_of_another_visit_stores_nothing_more():
    request, other = admitted(), admitted()
    officer, key = officer_of("technical", request.parish), str(uuid.uuid4())
    client = as_(officer)
    assert client.post(address(request), typed(once_key=key)).status_code == 302
    assert client.post(address(other), typed(once_key=key)).status_code == 409
    assert FieldVisit.objects.count() == 1


def test_hidden_request_takes_its_visits_away():
    request = admitted()
    officer = officer_of("technical", request.parish)
    as_(officer).post(address(request), typed())
    for kind in KINDS:
        issue(request, kind)
    type(request).objects.filter(pk=request.pk).update(hidden=True)
    services.place_recent_files(timezone.now())
    assert not default_storage.exists(FieldVisit.objects.get().image.name)
