"""Error pages that help, whatever is broken behind them."""

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import path
from django.views import defaults
from django.views.csrf import csrf_failure

from decide.errors import Refused, refusal_page
from decide.urls import urlpatterns as real

pytestmark = pytest.mark.django_db


def fail(request):
    raise RuntimeError("broken on purpose")


def refuse(request):
    raise Refused("Esta votación ya se cerró.", way_out=("/parroquias/", "Ver las parroquias"))


urlpatterns = [*real, path("falla/", fail), path("rechaza/", refuse)]


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = __name__
    settings.DEBUG = False


def broken_context(request):
    raise RuntimeError("even the context fails")


def test_500_stands_without_context_database_or_manifest(settings):
    settings.TEMPLATES[0]["OPTIONS"]["context_processors"].append(f"{__name__}.broken_context")
    try:
        response = Client(raise_request_exception=False).get("/falla/")
    finally:
        settings.TEMPLATES[0]["OPTIONS"]["context_processors"].pop()
    assert response.status_code == 500
    assert "Algo falló de nuestro lado" in response.content.decode()


def test_500_needs_no_tag_at_all():
    html = render_to_string("500.html")
    assert "{%" not in html
    assert "Something failed on our side" in html


@pytest.mark.parametrize(
    ("view", "exception", "status", "says"),
    [
        (defaults.page_not_found, Http404(), 404, "No encontramos esa página"),
        (defaults.permission_denied, PermissionDenied(), 403, "No puede entrar aquí"),
        (defaults.bad_request, SuspiciousOperation(), 400, "No entendimos el pedido"),
    ],
)
def test_error_page_in_words(view, exception, status, says, client):
    request = client.get("/").wsgi_request
    response = view(request, exception=exception)
    assert response.status_code == status
    assert says in response.content.decode()


def test_error_page_says_nothing_of_the_cause(client):
    response = client.get("/no-existe/<script>/")
    assert response.status_code == 404
    assert b"<script>/" not in response.content


def test_csrf_failure_says_what_to_do(client):
    response = csrf_failure(client.get("/").wsgi_request)
    assert response.status_code == 403
    assert "Inténtelo otra vez" in response.content.decode()


def test_a_post_without_token_is_refused_in_words():
    response = Client(enforce_csrf_checks=True).post("/i18n/setlang/", {"language": "en"})
    assert response.status_code == 403
    assert "Inténtelo otra vez" in response.content.decode()


def test_refusal_shows_its_reason_and_a_way_out(client):
    response = client.get("/rechaza/")
    assert response.status_code == 409
    html = response.content.decode()
    assert "Esta votación ya se cerró." in html
    assert '<a class="button" href="/parroquias/">Ver las parroquias</a>' in html


def test_refusal_reason_escaped():
    request = RequestFactory().get("/")
    request.session, request.user = {}, None
    html = refusal_page(request, Refused("<b>x</b>", status=400)).content.decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in html


def test_form_in_another_encoding_is_the_sender_s_fault(settings):
    """Django's own page for 400 reads the form once more to find its token, and fails on it: 500."""
    settings.ROOT_URLCONF = "decide.urls"
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "a" * 32
    form = "application/x-www-form-urlencoded; charset=utf-7"
    answer = client.post("/propuestas/nueva/idea/", "a=1", content_type=form)
    assert answer.status_code == 400
    assert "No entendimos el pedido" in answer.content.decode()
