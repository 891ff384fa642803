"""A poll is written, sent, refused or approved by a second officer, and annulled in public."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from decide.errors import Refused
from decide.notices.models import Notice
from tests.factories import make_agency, make_appointment, make_parish, make_poll, make_user, make_zone
from votes import services
from votes.models import Option, Poll, PollDocument, Question
from votes.services import authoring

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def officer():
    return make_appointment().holder


@pytest.fixture
def second():
    return make_appointment().holder


@pytest.fixture
def writing(client, officer):
    client.force_login(officer)
    return client


def typed(**changes) -> dict:
    opens = timezone.localtime() + timedelta(days=2)
    return {
        "title": "Domingos sin autos",
        "summary": "Para decidir por dónde va el paseo.",
        "decided_by_text": "El Concejo Metropolitano",
        "effect": "recommendation",
        "answers_for": make_agency().pk,
        "place": "distrito",
        "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + timedelta(days=9):%Y-%m-%dT%H:%M}",
        "level": "",
        "running_totals": "live",
        **changes,
    }


def facts(**changes) -> dict:
    now = timezone.now()
    return {
        "title": "Domingos sin autos",
        "summary": "Para decidir.",
        "decided_by_text": "El Concejo",
        "effect": "recommendation",
        "answers_for": make_agency(),
        "opens_at": now + timedelta(days=2),
        "closes_at": now + timedelta(days=9),
        "level": "",
        "running_totals": "live",
        **changes,
    }


def complete(officer, **changes) -> Poll:
    poll = authoring.draft_poll(officer=officer, **facts(**changes))
    question = authoring.save_question(
        poll=poll, officer=officer, text="¿Sí o no?", help="", method="single", max_choices=None, amount=None
    )
    for text in ("Sí", "No"):
        authoring.save_option(poll=poll, officer=officer, question=question, text=text)
    return poll


def submitted(officer, **changes) -> Poll:
    return authoring.submit_poll(poll=complete(officer, **changes), officer=officer)


def photo() -> SimpleUploadedFile:
    data = BytesIO()
    Image.new("RGB", (640, 480), "green").save(data, "JPEG")
    return SimpleUploadedFile("foto.jpg", data.getvalue(), "image/jpeg")


# --- writing -------------------------------------------------------------------------------------------------


def test_officer_writes_a_whole_poll_through_the_pages(writing, officer):
    made = writing.post("/votaciones/nueva/", typed())
    poll = Poll.objects.get()
    base = f"/votaciones/{poll.pk}"
    assert made.headers["Location"] == f"{base}/editar/"
    budget = {"text": "¿Qué obras?", "help": "", "method": "budget", "amount": "1000"}
    assert writing.post(f"{base}/preguntas/nueva/", budget).status_code == 302
    question = Question.objects.get()
    options = f"{base}/preguntas/{question.pk}/opciones/nueva/"
    first = {
        "text": "Techo",
        "cost": "400.50",
        "link": "https://example.org/techo",
        "image": photo(),
        "alt": "Un techo",
    }
    assert writing.post(options, first).status_code == 302
    assert writing.post(options, {"text": "Vereda", "cost": "700", "otra": "si"}).headers["Location"] == options
    page = writing.get(f"{base}/editar/").content.decode()

    assert (poll.status, poll.written_by, poll.level, poll.thread.public) == ("draft", officer, "register", False)
    assert [(o.text, str(o.cost)) for o in question.options.all()] == [("Techo", "400.50"), ("Vereda", "700.00")]
    assert question.options.first().image.name.endswith(".webp")
    assert "Enviar a aprobar" in page


def test_desk_verification_is_the_default_where_the_result_binds(writing):
    writing.post("/votaciones/nueva/", typed(effect="binding"))
    assert Poll.objects.get().level == "desk"


def test_form_sent_twice_makes_one_poll(writing):
    key = "0a5b0f0e-97a8-4e0e-9d1c-0f6f7e6c5d4b"
    for _n in range(2):
        assert writing.post("/votaciones/nueva/", typed(once_key=key)).status_code == 302
    assert Poll.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": ""}, "title"),
        ({"effect": "orders"}, "effect"),
        ({"place": "parroquias"}, "parishes"),
        ({"place": "zonas"}, "zones"),
        ({"opens_at": "2020-01-01T08:00"}, "opens_at"),
        ({"closes_at": "2020-01-01T08:00"}, "closes_at"),
        ({"opens_at": "mañana"}, "opens_at"),
        ({"answers_for": "999999"}, "answers_for"),
        ({"level": "none"}, "level"),
    ],
)
def test_wrong_form_comes_back_with_what_was_typed(writing, changes, says):
    page = writing.post("/votaciones/nueva/", typed(**changes))

    assert page.status_code == 400
    assert says in page.context["form"].errors
    assert "El Concejo Metropolitano" in page.content.decode()
    assert not Poll.objects.exists()


def test_options_and_questions_are_moved_and_taken_away_without_a_script(writing, officer):
    poll = complete(officer)
    question = poll.questions.get()
    second = authoring.save_question(
        poll=poll, officer=officer, text="¿Cuándo?", help="", method="single", max_choices=None, amount=None
    )
    address = f"/votaciones/{poll.pk}/ordenar/"
    no = question.options.get(text="No")

    writing.post(address, {"que": "opcion", "id": no.pk, "hacer": "subir"})
    assert [o.text for o in question.options.all()] == ["No", "Sí"]
    writing.post(address, {"que": "pregunta", "id": second.pk, "hacer": "subir"})
    assert [q.text for q in poll.questions.all()] == ["¿Cuándo?", "¿Sí o no?"]
    writing.post(address, {"que": "opcion", "id": no.pk, "hacer": "quitar"})
    assert question.options.count() == 1
    asked = writing.post(address, {"que": "pregunta", "id": second.pk, "hacer": "quitar"})
    assert asked.status_code == 200
    writing.post(address, {"que": "pregunta", "id": second.pk, "hacer": "quitar", "seguro": "si"})
    assert poll.questions.count() == 1


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"que": "opcion", "id": "x", "hacer": "subir"},
        {"que": "opcion", "id": "9" * 30, "hacer": "subir"},
        {"que": "casa", "id": "1", "hacer": "subir"},
        {"que": "documento", "id": "1", "hacer": "subir"},
    ],
)
def test_hostile_arrangements_are_400_or_404(writing, officer, sent):
    poll = complete(officer)
    assert writing.post(f"/votaciones/{poll.pk}/ordenar/", sent).status_code in (400, 404)
    assert Option.objects.count() == 2


def test_rows_of_another_poll_are_missing(writing, officer):
    mine, other = complete(officer), complete(officer)
    question = other.questions.get()
    base = f"/votaciones/{mine.pk}"
    assert writing.get(f"{base}/preguntas/{question.pk}/").status_code == 404
    assert writing.post(f"{base}/preguntas/{question.pk}/opciones/nueva/", {"text": "x"}).status_code == 404
    moved = {"que": "opcion", "id": question.options.first().pk, "hacer": "quitar"}
    assert writing.post(f"{base}/ordenar/", moved).status_code == 404


def test_document_is_added_once_and_taken_away(writing, officer):
    poll = complete(officer)
    with pytest.raises(Refused):
        authoring.remove_poll_document(poll=poll, officer=officer, document=PollDocument(pk=4))
    refused = writing.post(
        f"/votaciones/{poll.pk}/documentos/", {"title": "Plano", "file": SimpleUploadedFile("x.pdf", b"no es un PDF")}
    )
    assert refused.status_code == 400
    assert not PollDocument.objects.exists()


def test_picture_without_words_for_who_cannot_see_it_is_refused(writing, officer):
    poll = complete(officer)
    question = poll.questions.get()
    sent = {"text": "Tal vez", "image": photo()}
    page = writing.post(f"/votaciones/{poll.pk}/preguntas/{question.pk}/opciones/nueva/", sent)
    assert page.status_code == 400
    assert "alt" in page.context["form"].errors


# --- who ------------------------------------------------------------------------------------------------------


def test_zonal_officer_writes_for_the_own_zone_only(client):
    own, other = make_zone("Quitumbe"), make_zone("Calderón")
    inside, outside = make_parish("Turubamba", zone=own), make_parish("Carapungo", zone=other)
    client.force_login(make_appointment(office="zonal", zone=own).holder)

    assert client.post("/votaciones/nueva/", typed()).status_code == 400
    elsewhere = typed(place="parroquias", parishes=[outside.pk])
    assert client.post("/votaciones/nueva/", elsewhere).status_code == 400
    here = typed(place="parroquias", parishes=[inside.pk])
    assert client.post("/votaciones/nueva/", here).status_code == 302
    assert Poll.objects.get().parishes.get() == inside


def test_service_refuses_a_scope_beyond_the_office():
    own, other = make_zone("Quitumbe"), make_zone("Calderón")
    zonal = make_appointment(office="zonal", zone=own).holder
    for scope in ({}, {"zones": [other]}, {"parishes": [make_parish("Carapungo", zone=other)]}):
        with pytest.raises(Refused) as refused:
            authoring.draft_poll(officer=zonal, **facts(**scope))
        assert refused.value.status == 403


@pytest.mark.parametrize("path", ["editar/", "datos/", "preguntas/nueva/", "documentos/", "vista-previa/", "anular/"])
def test_draft_is_missing_for_residents_and_for_other_zones(client, officer, path):
    make_parish("Turubamba", zone=make_zone("Quitumbe"))
    poll = complete(officer)
    client.force_login(make_user(verified=True))
    assert client.get(f"/votaciones/{poll.pk}/{path}").status_code == 403
    client.force_login(make_appointment(office="zonal", zone=make_zone("Quitumbe")).holder)
    assert client.get(f"/votaciones/{poll.pk}/{path}").status_code == 404


def test_another_officer_sees_a_draft_and_does_not_change_it(client, officer, second):
    poll = complete(officer)
    client.force_login(second)
    assert client.get(f"/votaciones/{poll.pk}/editar/").status_code == 200
    assert client.get(f"/votaciones/{poll.pk}/datos/").status_code == 403
    with pytest.raises(Refused):
        authoring.edit_poll(poll=poll, officer=second, **facts())


# --- from the draft to the announcement ------------------------------------------------------------------------


def test_incomplete_draft_is_told_everything_that_is_missing(officer):
    poll = authoring.draft_poll(officer=officer, **facts())
    with pytest.raises(Refused) as refused:
        authoring.submit_poll(poll=poll, officer=officer)
    assert refused.value.status == 400
    assert "pregunta" in str(refused.value.reason)
    authoring.save_question(
        poll=poll, officer=officer, text="¿Qué obras?", help="", method="budget", max_choices=None, amount=100
    )
    question = poll.questions.get()
    authoring.save_option(poll=poll, officer=officer, question=question, text="Techo", cost=500)
    assert len(authoring.what_is_missing(poll)) == 2


def test_second_officer_approves_and_everybody_sees_it(client, officer, second):
    poll = submitted(officer)
    assert Notice.objects.filter(kind="poll-submitted", recipient=second).exists()
    client.force_login(second)
    asked = client.post(f"/votaciones/{poll.pk}/aprobar/")
    assert asked.status_code == 200
    assert "ya no se puede cambiar" in asked.content.decode()
    done = client.post(f"/votaciones/{poll.pk}/aprobar/", {"seguro": "si"})
    poll.refresh_from_db()

    assert done.headers["Location"] == poll.get_absolute_url()
    assert (poll.status, poll.approved_by, poll.thread.public) == ("approved", second, True)
    client.logout()
    assert client.get(poll.get_absolute_url()).status_code == 200
    assert Notice.objects.filter(recipient=officer, kind="poll-approved").exists()


def test_writer_does_not_approve_not_even_in_the_database(writing, officer):
    poll = submitted(officer)
    assert writing.post(f"/votaciones/{poll.pk}/aprobar/", {"seguro": "si"}).status_code == 403
    poll.refresh_from_db()
    assert poll.status == "submitted"
    with pytest.raises(IntegrityError), transaction.atomic():
        Poll.objects.filter(pk=poll.pk).update(approved_by=officer)


def test_second_officer_sends_it_back_with_a_reason(client, officer, second):
    poll = submitted(officer)
    client.force_login(second)
    assert client.post(f"/votaciones/{poll.pk}/devolver/", {"reason": "no"}).status_code == 400
    reason = "La pregunta se puede entender de dos maneras."
    assert client.post(f"/votaciones/{poll.pk}/devolver/", {"reason": reason}).status_code == 302
    poll.refresh_from_db()

    assert (poll.status, poll.return_reason) == ("draft", reason)
    assert reason in Notice.objects.get(recipient=officer, kind="poll-returned").body
    client.force_login(officer)
    assert reason in client.get(f"/votaciones/{poll.pk}/editar/").content.decode()


def test_what_is_submitted_cannot_be_changed(writing, officer):
    poll = submitted(officer)
    for path in ("datos/", "preguntas/nueva/", "documentos/"):
        assert writing.get(f"/votaciones/{poll.pk}/{path}").status_code == 409
    with pytest.raises(Refused):
        authoring.save_option(poll=poll, officer=officer, question=poll.questions.get(), text="Otra")
    assert writing.post(f"/votaciones/{poll.pk}/devolver/").status_code == 302
    assert writing.get(f"/votaciones/{poll.pk}/datos/").status_code == 200


def test_approval_after_the_day_of_opening_is_refused(officer, second):
    poll = submitted(officer)
    Poll.objects.filter(pk=poll.pk).update(opens_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Refused) as refused:
        authoring.approve_poll(poll=poll, officer=second)
    assert refused.value.status == 409


# --- preview ----------------------------------------------------------------------------------------------------


def test_preview_is_what_a_voter_will_see_and_sends_nothing(writing, officer, client):
    poll = complete(officer)
    page = writing.get(f"/votaciones/{poll.pk}/vista-previa/")
    ballot = writing.get(f"/votaciones/{poll.pk}/vista-previa/papeleta/")

    assert "votes/detail.html" in {t.name for t in page.templates}
    assert "votes/choose.html" in {t.name for t in ballot.templates}
    for text in ("¿Sí o no?", "Sí", "No", "Votar en blanco"):
        assert text in ballot.content.decode()
    assert writing.post(f"/votaciones/{poll.pk}/vista-previa/papeleta/", {}).status_code == 405


# --- annulling ----------------------------------------------------------------------------------------------------


def test_annulling_asks_once_and_says_why_in_public(writing, officer, client):
    make_parish()
    poll = services.open_poll(poll=make_poll())
    reason = "La pregunta no decía que la opción de las 17:00 cierra otra calle."
    address = f"/votaciones/{poll.pk}/anular/"
    assert writing.post(address, {"reason": "corta"}).status_code == 400
    assert "para siempre" in writing.post(address, {"reason": reason}).content.decode()
    poll.refresh_from_db()
    assert poll.status == "open"
    assert writing.post(address, {"reason": reason, "seguro": "si"}).status_code == 302
    poll.refresh_from_db()

    assert (poll.status, poll.annulled_by) == ("annulled", officer)
    client.logout()
    page = client.get(poll.get_absolute_url()).content.decode()
    assert reason in page
    assert poll.log.count() == 2
    assert writing.post(address, {"reason": reason, "seguro": "si"}).status_code in (302, 403)


def test_draft_is_deleted_with_its_files_after_being_asked(writing, officer):
    poll = complete(officer)
    assert writing.post(f"/votaciones/{poll.pk}/borrar/").status_code == 200
    assert writing.post(f"/votaciones/{poll.pk}/borrar/", {"seguro": "si"}).status_code == 302
    assert not Poll.objects.exists()
    assert not Poll.history.exists()
