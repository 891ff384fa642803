"""What went wrong is said with its status, in words, and never as a 500 when it is not our mistake."""

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from decide.errors import Refused, RefusedMiddleware
from decide.pages import urls


@pytest.fixture
def middleware():
    return RefusedMiddleware(lambda request: None)


def test_database_that_is_away_is_a_503_that_says_nothing_was_stored(middleware):
    response = middleware.process_exception(RequestFactory().post("/"), OperationalError("deadlock detected"))

    assert response.status_code == 503
    assert "no se guardó" in response.content.decode()
    assert "deadlock" not in response.content.decode()
    assert response["Retry-After"] == "5"


def test_mistakes_of_ours_stay_visible(middleware):
    assert middleware.process_exception(RequestFactory().get("/"), ValueError("ours")) is None


@pytest.mark.django_db
def test_refusal_has_its_status_and_reason(client, monkeypatch):
    def no(request):
        raise Refused("Hoy no se puede.", status=403)

    monkeypatch.setattr(urls.urlpatterns[0], "callback", no)

    response = client.get("/")

    assert response.status_code == 403
    assert "Hoy no se puede." in response.content.decode()


@pytest.mark.django_db
def test_address_of_a_form_opened_by_itself_says_so(client):
    response = client.get("/mi/avisos/leidos/")

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert "solo recibe formularios" in response.content.decode()
