"""The minutes: every field of the norm, two people who lock, one file for one content, corrections in sight."""

import hashlib
import io
import re

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from decide.accounts.services import erase_account
from decide.assemblies import services
from decide.assemblies.minutes_pdf import minutes_pdf, printable
from decide.assemblies.models import Minutes, Session
from decide.errors import Refused
from decide.notices.models import Notice
from tests.assemblies.halls import make_hall
from tests.factories import make_appointment, make_user
from tests.proposals.files import jpeg

pytestmark = pytest.mark.django_db
SECTIONS = {
    "amount": "USD 86.400",
    "matrix": {"head": ["N.º", "Pedido", "Costo"], "rows": [["1", "Adoquinado de la calle E", "USD 25.000"]]},
    "works": {"head": ["Obra", "Monto"], "rows": [["Adoquinado de la calle E", "USD 25.000"]]},
    "projects": {"head": ["Proyecto", "Monto"], "rows": []},
    "balance": "USD 61.400",
    "reserve": {"head": ["Pedido", "Votos"], "rows": [["Cancha de San José", "2"]]},
    "committee": ["Ana Caiza", "Luis Toapanta", "Rosa Quishpe", "Jorge Mena", "María Ñato"],
    "notes": ["Se aplicó la regla: por votos, lo que no alcanza se salta."],
}


def sections(session) -> dict:
    """What a budget would add; named by the settings of the test below."""
    return SECTIONS if session.kind == "budget" else {}


@pytest.fixture(autouse=True)
def _settings(settings):
    settings.SECOND_FACTOR_REQUIRED = False
    settings.MINUTES_SECTIONS = "tests.assemblies.test_minutes.sections"


def held(**fields):
    """A session that was held, with an item by hands and one by phones."""
    hall = make_hall(present=3, **fields)
    services.accredit(session=hall.session, appointment=hall.seats[3].alternate, officer=hall.secretary)
    services.add_guest(session=hall.session, name="María Ñato", neighbourhood="Lucha", officer=hall.secretary)
    hall.count(hall.item("hands", "open", title="Cancha “nueva” – San José"), 2)
    phones = hall.item("phones", "open", title="Adoquinado de la calle E")
    services.mark(item=phones, user=hall.delegate(1))
    services.mark(item=phones, user=hall.alternate(3))
    services.close_item(item=phones, officer=hall.zonal)
    services.close_session(session=hall.session, officer=hall.secretary)
    hall.session = Session.objects.get(pk=hall.session.pk)
    return hall


def words_of(pdf: bytes) -> str:
    """The text of a PDF with one of the standard fonts, in the order in which it stands."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        shown = []
        for page in opened.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tj":
                    shown.append(bytes(operands[0]).decode("windows-1252"))
        return re.sub(r"\s+", " ", " ".join(shown))


def refused(service, **arguments) -> int:
    with pytest.raises(Refused) as refusal:
        service(**arguments)
    return refusal.value.status


def publish(hall):
    for officer in (hall.secretary, hall.zonal):
        services.lock_minutes(session=hall.session, officer=officer)
    return Minutes.objects.get()


# --- what they say -------------------------------------------------------------------------------------------


def test_minutes_hold_every_field_of_the_norm():
    hall = held(kind="budget")
    content = services.draft_minutes(session=hall.session)

    assert content["zone"] == "Administración Zonal Eloy Alfaro"
    assert content["parish"] == "La Argelia"
    assert [content[name] for name in SECTIONS] == list(SECTIONS.values())
    assert [(p["name"], p["quality"]) for p in content["attendees"]][-2:] == [
        (str(hall.alternate(3)), "Acreditada/o con voto (alterna/o)"),
        ("María Ñato", "Con voz"),
    ]
    assert {p["neighbourhood"] for p in content["attendees"]} == {"San José", "Lucha"}
    quorum = content["quorum"]
    assert (quorum["entitled"], quorum["to_sit"], quorum["to_decide"]) == (4, 2, 2)
    assert [(c["present"], c["reached"]) for c in quorum["checks"]] == [(3, True)]
    assert [(i["votes"], i["present"], i["voters"]) for i in content["items"]] == [
        (2, 4, []),
        (2, 4, sorted(["Delegada 1", str(hall.alternate(3))])),
    ]
    assert (content["items"][0]["entered_by"], content["items"][0]["confirmed_by"]) == ("Paulina E.", "Marco R.")
    assert [s["role"] for s in content["signatures"]] == ["Administración zonal", "Secretaría"]
    assert re.fullmatch(r".+ de 20\d\d, \d\d:\d\d", content["opened"])


def test_pdf_says_it_in_spanish_and_the_same_content_is_the_same_file():
    hall = held(kind="budget")
    content = services.draft_minutes(session=hall.session)
    pdf = minutes_pdf(content)
    text = words_of(pdf)
    wanted = ["Acta de sesión", "Cancha “nueva” – San José", "María Ñato", "Votaron con el teléfono", "Delegada 1"]
    wanted += ["Comité de seguimiento", "USD 86.400", "Página 1 de", "Verificación de quórum", "Lista de reserva"]
    assert [words for words in wanted if words not in text] == []
    assert minutes_pdf(content) == pdf


def test_session_without_a_budget_says_that_it_does_not_apply():
    content = services.draft_minutes(session=held().session)
    assert content["matrix"] is None
    assert words_of(minutes_pdf(content)).count("No aplica") == 7


def test_letters_that_the_font_lacks_are_written_without_their_marks():
    assert printable("Šiluinça — “Ñandú” ḿ 漢\u202e…") == "Šiluinça — “Ñandú” m ?…"


def test_long_minutes_go_over_many_pages():
    hall = held()
    content = services.draft_minutes(session=hall.session)
    content["attendees"] *= 80
    content["observations"] = "Una línea que sigue. " * 400
    with pikepdf.open(io.BytesIO(minutes_pdf(content))) as pdf:
        assert len(pdf.pages) > 6


# --- two people ----------------------------------------------------------------------------------------------


def test_first_lock_freezes_and_the_second_person_publishes(client, django_capture_on_commit_callbacks):
    hall = held()
    page = reverse("assemblies:minutes", args=[hall.session.pk])
    with django_capture_on_commit_callbacks(execute=True):
        first = services.lock_minutes(session=hall.session, officer=hall.secretary)
    assert (client.get(page).status_code, client.get(first.pdf.url).status_code) == (404, 404)
    assert refused(services.lock_minutes, session=hall.session, officer=hall.secretary) == 403
    assert refused(services.write_observations, session=hall.session, officer=hall.zonal, text="Tarde") == 409
    assert refused(services.lock_minutes, session=hall.session, officer=make_user()) == 403

    with django_capture_on_commit_callbacks(execute=True):
        minutes = services.lock_minutes(session=hall.session, officer=hall.zonal)

    shown = client.get(page).content.decode()
    assert minutes.pdf_sha256 in shown
    stored = client.get(minutes.pdf.url)
    assert stored.status_code == 200
    assert hashlib.sha256(stored.content).hexdigest() == minutes.pdf_sha256
    told = Notice.objects.filter(kind="session-minutes", path=page)
    people = {a.holder_id for seat in hall.seats for a in (seat.principal, seat.alternate)}
    assert people <= set(told.values_list("recipient", flat=True))


def test_minutes_are_drawn_up_once_the_session_was_held():
    hall = make_hall()
    assert refused(services.lock_minutes, session=hall.session, officer=hall.secretary) == 409


def test_minutes_sent_back_are_a_draft_again_until_they_are_published():
    hall = held()
    table = {"session": hall.session, "officer": hall.zonal}
    services.lock_minutes(session=hall.session, officer=hall.secretary)
    services.return_minutes(**table)
    services.write_observations(**table, text="Llovió.")
    services.lock_minutes(session=hall.session, officer=hall.secretary)
    minutes = services.lock_minutes(**table)
    assert minutes.content["observations"] == "Llovió."
    assert refused(services.return_minutes, **table) == 409


def test_signed_scan_is_kept_with_its_own_hash(client):
    hall = held()
    table = {"session": hall.session, "officer": hall.secretary}
    upload = SimpleUploadedFile("acta.jpg", jpeg(), "image/jpeg")
    assert refused(services.add_scan, **table, upload=upload) == 409
    services.lock_minutes(**table)
    client.force_login(hall.secretary)
    sent = reverse("assemblies:minutes_scan", args=[hall.session.pk])
    wrong = client.post(sent, {"scan": SimpleUploadedFile("a.pdf", b"%PDF-1.4 nada", "application/pdf")})
    assert (wrong.status_code, "No pudimos leer" in wrong.content.decode()) == (400, True)
    assert client.post(sent, {"scan": SimpleUploadedFile("acta.jpg", jpeg(), "image/jpeg")}).status_code == 303
    minutes = services.lock_minutes(session=hall.session, officer=hall.zonal)
    with minutes.scan.open() as scan:
        assert hashlib.sha256(scan.read()).hexdigest() == minutes.scan_sha256
    assert client.get(minutes.scan.url).status_code == 200
    assert refused(services.add_scan, **table, upload=SimpleUploadedFile("b.jpg", jpeg(), "image/jpeg")) == 409


def test_correction_stands_beside_what_it_corrects(client):
    hall = held()
    table = {"session": hall.session, "officer": hall.zonal, "text": "Fueron tres votos.", "reason": "Error de copia."}
    assert refused(services.correct_minutes, **table) == 409
    minutes = publish(hall)
    frozen = minutes.content
    assert services.correct_minutes(**table) == services.correct_minutes(**table)
    page = client.get(reverse("assemblies:minutes", args=[hall.session.pk])).content.decode()
    assert [word for word in ("Corregida después", "Fueron tres votos.", "Error de copia.") if word not in page] == []
    assert Minutes.objects.get().content == frozen


def test_table_walks_from_draft_to_published_in_its_pages(client):
    hall = held()
    pk = hall.session.pk
    draft, lock = (reverse(f"assemblies:{name}", args=[pk]) for name in ("minutes_draft", "minutes_lock"))
    client.force_login(hall.secretary)
    client.post(reverse("assemblies:minutes_observations", args=[pk]), {"text": "Se agradeció a la Casa Somos."})
    assert "Se agradeció a la Casa Somos." in client.get(draft).content.decode()
    assert "¿Cerrar el acta?" in client.post(lock).content.decode()
    assert client.post(lock, {"seguro": "si"}).status_code == 303
    assert client.get(reverse("assemblies:minutes_pdf", args=[pk])).content[:5] == b"%PDF-"
    assert "Usted la cerró" in client.get(draft).content.decode()
    client.force_login(make_appointment(office="participation").holder)
    assert "¿Publicar el acta?" in client.post(lock).content.decode()
    assert client.post(lock, {"seguro": "si"}).url == reverse("assemblies:minutes", args=[pk])
    assert "Se agradeció a la Casa Somos." in client.get(reverse("assemblies:minutes", args=[pk])).content.decode()


# --- whose data it is ----------------------------------------------------------------------------------------


def test_delegate_takes_their_votes_along_and_the_minutes_keep_their_public_name():
    hall = held()
    delegate, secretary = hall.delegate(1), hall.secretary
    minutes = publish(hall)
    own = services.export_own(delegate)
    assert [vote["item"] for vote in own["votes_by_phone"]] == ["Adoquinado de la calle E"]
    assert [here["name"] for here in own["sessions_attended"]] == ["Delegada 1"]

    for user in (delegate, secretary):
        erase_account(user=user)

    minutes.refresh_from_db()
    assert (minutes.first_lock_by, minutes.is_locked) == (None, True)
    assert minutes.content["items"][1]["voters"][0] == "Delegada 1"
    assert not Minutes.history.filter(first_lock_by_id=secretary.pk).exists()
