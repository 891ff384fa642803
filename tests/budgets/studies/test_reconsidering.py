"""The author asks once that a "not feasible" is looked at again; the reply is owed by a day, in public."""

from datetime import timedelta

import pytest
from django.utils import timezone

from budgets import services
from budgets.models import Reconsideration, Request
from decide.accounts.services import erase_account, export_all
from decide.answers.deadlines import end_of_day_after
from decide.errors import Refused
from decide.notices.models import Notice
from tests.budgets.studies.tools import as_, issue, officer_of, studied
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def request_():
    return studied(legal="not_feasible")


def ask(request, body="El terreno sí es municipal.", **more) -> Reconsideration:
    return services.ask_reconsideration(request=request, by=request.author, body=body, **more)


def test_it_is_asked_once_and_its_reply_has_a_day(request_, settings):
    settings.RECONSIDERATION_DAYS = 12
    zonal = officer_of("zonal", request_.parish)
    asked = ask(request_)
    assert asked.due == end_of_day_after(timezone.now(), 12)
    assert Notice.objects.filter(recipient=zonal, kind="reconsideration-asked").exists()
    with pytest.raises(Refused) as refusal:
        ask(request_)
    assert refusal.value.status == 409


def test_only_what_is_not_feasible_is_looked_at_again():
    with pytest.raises(Refused) as refusal:
        ask(studied())
    assert refusal.value.status == 409


def test_granted_means_a_new_version_and_a_new_verdict(request_):
    legal = officer_of("legal", request_.parish)
    asked = ask(request_)
    services.reply_reconsideration(
        asked=asked, officer=officer_of("zonal", request_.parish), granted=True, reply="Hay una escritura nueva."
    )
    request_.refresh_from_db()
    assert request_.status == "study"
    draft = request_.opinions.get(kind="legal", issued_at=None)
    assert (draft.version, draft.correction_reason) == (2, "Hay una escritura nueva.")
    assert not request_.opinions.filter(kind="social", issued_at=None).exists()
    assert Notice.objects.filter(recipient=legal, kind="opinion-again").exists()
    assert Notice.objects.filter(recipient=request_.author, kind="reconsideration-replied").exists()
    page = as_(None).get(request_.get_absolute_url()).text
    assert "Se estudia de nuevo" in page
    issue(request_, "legal", officer=legal)
    request_.refresh_from_db()
    assert request_.status == "feasible"


def test_denied_stays_as_it_is_with_a_public_reason(request_):
    services.reply_reconsideration(
        asked=ask(request_), officer=officer_of("zonal", request_.parish), granted=False, reply="Nada ha cambiado."
    )
    request_.refresh_from_db()
    assert request_.status == "not_feasible"
    page = as_(None).get(request_.get_absolute_url()).text
    assert "Nada ha cambiado." in page
    assert "El terreno sí es municipal." not in page  # what the author wrote is for the zone


def test_late_reply_is_public_and_reminded(request_):
    zonal = officer_of("zonal", request_.parish)
    asked = ask(request_)
    for day in (6, 11, 14, 16, 16):
        services.remind_of_studies(timezone.now() + timedelta(days=day))
    assert Notice.objects.filter(recipient=zonal, kind="reconsideration-due").count() == 4
    Reconsideration.objects.filter(pk=asked.pk).update(due=timezone.now() - timedelta(days=1))
    assert "La respuesta se debía hasta" in as_(None).get(request_.get_absolute_url()).text


def test_pages_ask_and_reply(request_):
    author, zonal = as_(request_.author), as_(officer_of("zonal", request_.parish))
    ask_page = f"/presupuestos/solicitudes/{request_.pk}/pedir-revision/"
    reply_page = f"/presupuestos/solicitudes/{request_.pk}/responder-revision/"
    assert as_(make_user()).get(ask_page).status_code == 403
    assert zonal.get(reply_page).status_code == 404
    assert author.get(ask_page).status_code == 200
    assert author.post(ask_page, {"body": "…"}).status_code == 400
    assert author.post(ask_page, {"body": "Falta un dato."}).status_code == 302
    assert author.post(ask_page, {"body": "Falta otro."}).status_code == 409
    assert request_.title in zonal.get("/presupuestos/revision/").text
    assert "¿Responder así?" in zonal.post(reply_page, {"granted": "no", "reply": "No cambia."}).text
    assert zonal.post(reply_page, {"granted": "no", "reply": "No cambia.", "seguro": "si"}).status_code == 302
    assert Request.objects.get(pk=request_.pk).reconsideration.granted is False


def test_what_was_asked_is_given_out_and_forgotten_with_its_author(request_):
    ask(request_)
    author = request_.author
    assert "El terreno sí es municipal." in str(export_all(user=author))
    erase_account(user=author)
    asked = Reconsideration.objects.get()
    assert asked.asked_by is None
    assert not Reconsideration.history.exclude(asked_by=None).exists()
