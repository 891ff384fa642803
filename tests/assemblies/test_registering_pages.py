"""The pages of assemblies over HTTP: who may do what, what is kept, what answers what is wrong."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from decide.accounts.models import Appointment
from decide.assemblies.models import Assembly, Objection, Seat
from decide.assemblies.services import ensure_assemblies
from decide.moderation import services as moderation
from tests.assemblies.registrations import (
    apply,
    held_session,
    make_zonal,
    objected,
    open_now,
    paper,
    period_over,
    ready,
    register,
)
from tests.factories import make_appointment, make_assembly, make_parish, make_seat, make_session, make_user, make_zone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def as_(user) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def typed(**changed) -> dict:
    """A filled form."""
    return {
        "level": "neighbourhood",
        "name": "Asamblea barrial de San José",
        "parish": make_parish().pk,
        "neighbourhood_name": "San José",
        "extent": "Desde la quebrada hasta la avenida.",
        "founded_on": "2026-01-15",
        "president": "Digna Ortiz",
        "secretary": "Luis Toapanta",
        "applicant_is": "president",
        "role1": "Tesorería",
        "name1": "Inés Guamán",
        "attendance_names": "Reservado Quishpe",
        "minutes": paper(),
        **changed,
    }


# --- registering --------------------------------------------------------------------------------------------


def test_form_makes_an_application_that_only_its_author_sees():
    author = make_user()
    response = as_(author).post("/asambleas/registrar/", typed())

    assembly = Assembly.objects.get(level="neighbourhood")
    assert response.url == assembly.get_absolute_url()
    assert [m.role for m in assembly.board.all()] == ["Presidencia", "Secretaría", "Tesorería"]
    assert as_(author).get(response.url).status_code == 200
    for other in (None, make_user(), make_appointment(office="participation").holder):
        assert as_(other).get(response.url).status_code == 404


def test_what_was_typed_survives_signing_in():
    client = Client()
    response = client.post("/asambleas/registrar/", typed(minutes=""))
    assert response.url == "/cuentas/login/?next=/asambleas/registrar/"
    client.force_login(make_user())
    page = client.get("/asambleas/registrar/").text
    assert "Asamblea barrial de San José" in page
    assert "Reservado Quishpe" in page


def test_wrong_form_comes_back_with_its_input_and_its_reasons():
    response = as_(make_user()).post(
        "/asambleas/registrar/", typed(founded_on="2999-01-01", name1="", attendance_names="", president="\x00")
    )
    assert response.status_code == 400
    for text in ("no puede ser una fecha futura", "Escriba el cargo y el nombre", "Adjunte la lista de asistencia"):
        assert text in response.text
    assert "Desde la quebrada" in response.text
    assert "Vuelva a elegir los archivos" in response.text


def test_file_that_is_no_paper_is_refused():
    fake = SimpleUploadedFile("acta.pdf", b"MZ" * 500, "application/pdf")
    response = as_(make_user()).post("/asambleas/registrar/", typed(minutes=fake))
    assert response.status_code == 400
    assert "No pudimos leer la foto" in response.text


def test_telephone_number_in_public_words_is_pointed_out():
    response = as_(make_user()).post("/asambleas/registrar/", typed(extent="Llame al 0991234567 para entrar."))
    assert response.status_code == 400
    assert "todos podrán leerlo" in response.text


@pytest.mark.parametrize(
    "changed",
    [
        {"parish": "9" * 40},
        {"parish": "NaN"},
        {"founded_on": "31/02/2026"},
        {"founded_on": "1.5e999"},
        {"level": "district"},
        {"applicant_is": "admin"},
        {"once_key": "x"},
        {"name": "\x00\u202e"},
        {"name": "a" * 5000},
        {"minutes": ""},
    ],
)
def test_hostile_form_is_a_clear_400(changed):
    assert as_(make_user()).post("/asambleas/registrar/", typed(**changed)).status_code == 400


def test_known_neighbourhood_is_found_by_its_name_whatever_its_accents():
    assembly = register()
    zonal = make_zonal(assembly.parish)
    page = as_(zonal).get(f"/asambleas/registrar/?parroquia={assembly.parish.slug}").text
    assert '<option value="San José">' in page
    response = as_(make_user()).post("/asambleas/registrar/", typed(neighbourhood_name="SAN JOSE"))
    assert response.status_code == 409
    assert "Ya hay una asamblea registrada de ese barrio" in response.text


# --- who may do what: each role and each write ----------------------------------------------------------------


def everybody(assembly, applicant) -> dict:
    zone = assembly.parish.zone
    return {
        "nobody": None,
        "resident": make_user(verified=True),
        "applicant": applicant,
        "zonal": make_appointment(office="zonal", zone=zone).holder,
        "other zone": make_appointment(office="zonal", zone=make_zone("Otra")).holder,
        "participation": make_appointment(office="participation").holder,
        "desk": make_appointment(office="desk").holder,
        "president": make_appointment(office="president", body=assembly.body).holder,
    }


def statuses(people, address, data=None) -> dict:
    """{who: status} of a POST by each of them; the write is undone where a test does not care who was first."""
    return {name: as_(user).post(address, data or {}).status_code for name, user in people.items()}


def test_writes_are_for_whom_they_are_for():
    applicant = make_user()
    assembly = ready(applicant=applicant)
    people = everybody(assembly, applicant)
    decide = statuses(people, f"/asambleas/{assembly.pk}/decidir/", {"action": "register"})
    assert decide == {
        "nobody": 302, "resident": 403, "applicant": 403, "zonal": 200, "other zone": 403, "participation": 403,
        "desk": 403, "president": 403,
    }  # fmt: skip
    on_paper = statuses(people, "/asambleas/registrar/en-papel/")
    assert on_paper == {
        "nobody": 302, "resident": 403, "applicant": 403, "zonal": 400, "other zone": 400, "participation": 400,
        "desk": 400, "president": 403,
    }  # fmt: skip
    correct = statuses(people, f"/asambleas/{assembly.pk}/corregir/")
    assert correct == {name: 409 if name == "applicant" else 302 if name == "nobody" else 403 for name in people}

    Assembly.objects.filter(pk=assembly.pk).update(status="registered")
    elect = statuses(people, f"/asambleas/{assembly.pk}/elegir/")
    may = {"zonal", "participation", "president"}
    assert elect == {name: 400 if name in may else 302 if name == "nobody" else 403 for name in people}
    seat = make_seat(assembly.parent, assembly)
    people |= {"principal": seat.principal.holder, "alternate": seat.alternate.holder}
    leave = statuses(people, f"/asambleas/puestos/{seat.pk}/cambio/")
    may |= {"principal", "alternate"}
    assert leave == {name: 400 if name in may else 302 if name == "nobody" else 403 for name in people}
    office = Appointment.objects.create(office="secretary", body=assembly.body, holder_name="Luis")
    credential = statuses(people, f"/asambleas/credenciales/{office.pk}/")
    assert {name for name, status in credential.items() if status == 200} == {"zonal", "participation"}


def test_papers_are_opened_by_whom_they_are_for():
    applicant = make_user()
    assembly = open_now(apply(applicant))
    people = everybody(assembly, applicant)
    minutes, attendance = (assembly.founding_files.get(kind=kind).pk for kind in ("minutes", "attendance"))

    def opens(address):
        return {name for name, user in people.items() if as_(user).get(address).status_code == 200}

    assert opens(f"/asambleas/{assembly.pk}/constitucion/{minutes}/") == set(people)
    assert opens(f"/asambleas/{assembly.pk}/asistencia/{attendance}/") == {"applicant", "zonal"}
    assert opens(f"/asambleas/{assembly.pk}/constitucion/{attendance}/") == set()
    other = apply(name="Otra", neighbourhood_name="Otro barrio")
    assert opens(f"/asambleas/{other.pk}/asistencia/{attendance}/") == set()


# --- the story ----------------------------------------------------------------------------------------------


def test_story_from_the_desk_to_the_register():
    assembly = apply()
    officer = as_(make_zonal(assembly.parish))
    decide = f"/asambleas/{assembly.pk}/decidir/"
    assert decide in officer.get("/asambleas/escritorio/").text
    assert officer.post(decide, {"action": "return"}).status_code == 400
    assert officer.post(decide, {"action": "register"}).status_code == 400
    assert officer.post(decide, {"action": "open"}).url == assembly.get_absolute_url()

    neighbour, page = make_user(), assembly.get_absolute_url()
    assert "Cualquier persona con cuenta puede objetar" in Client().get(page).text
    sent = as_(neighbour).post(f"/asambleas/{assembly.pk}/objetar/", {"objection": "Ya hay otra."})
    objection = Objection.objects.get()
    assert sent.url == f"{page}#objecion-{objection.pk}"
    assert "Ya hay otra." in Client().get(page).text

    period_over(assembly)
    assert "Ya hay otra." in officer.get(decide).text
    assert officer.post(decide, {"action": "register"}).status_code == 400
    answer = {"action": "register", f"reply{objection.pk}": "No es el mismo barrio.", "reason": ""}
    assert "¿Registrar esta asamblea?" in officer.post(decide, answer).text
    assert officer.post(decide, answer | {"seguro": "si"}).url == page
    told = Client().get(page).text
    for text in ("Registrada", "No es el mismo barrio.", "Digna Ortiz", "Se abrió a objeciones"):
        assert text in told
    assert "Reservado Quishpe" not in told
    assert officer.post(decide, {"action": "open"}).status_code == 400


def test_objection_of_somebody_not_signed_in_is_kept_and_a_late_one_is_refused():
    assembly = open_now(apply())
    client = Client()
    response = client.post(f"/asambleas/{assembly.pk}/objetar/", {"objection": "Mi objeción escrita."})
    assert response.status_code == 302
    client.force_login(make_user())
    assert client.get(f"/asambleas/{assembly.pk}/objetar/").url.endswith("#objeciones")
    assert "Mi objeción escrita." in client.get(assembly.get_absolute_url()).text
    period_over(assembly)
    assert client.post(f"/asambleas/{assembly.pk}/objetar/", {"objection": "Tarde."}).status_code == 409


def test_hidden_objection_is_read_by_its_author_and_moderators_alone():
    assembly, author, moderator = open_now(apply()), make_user(), make_appointment(office="moderator").holder
    objection = objected(assembly, author, body="qzobjecion")
    assert as_(None).get(f"/moderacion/reportar/objection/{objection.pk}/").status_code in (200, 302)
    case = moderation.case_of(thing=objection)
    moderation.decide(case=case, by=moderator, action="hide", reason="insult", reason_text="Insulta.", seen_version=0)

    def reads(user):
        return "qzobjecion" in as_(user).get(assembly.get_absolute_url()).text

    assert [reads(user) for user in (None, make_user(), make_zonal(assembly.parish), author, moderator)] == [
        False,
        False,
        False,
        True,
        True,
    ]


def test_late_answer_is_seen_and_rivals_see_each_other():
    one, other = open_now(apply()), open_now(apply(name="La otra asamblea", neighbourhood_name="san jose"))
    for seen, rival in ((one, other), (other, one)):
        assert (
            rival.name in re.search(r'id="rivales".*?</section>', Client().get(seen.get_absolute_url()).text, re.S)[0]
        )
    past = timezone.now() - timedelta(days=40)
    Assembly.objects.filter(pk=one.pk).update(objections_until=past, answer_due=past + timedelta(days=1))
    assert "La Administración Zonal debía responder hasta el" in Client().get(one.get_absolute_url()).text


def test_credential_of_the_elected_is_printed_once_and_again_only_after_asking():
    assembly = register()
    officer = as_(make_zonal(assembly.parish))
    office = Appointment.objects.get(body=assembly.body, office="secretary")
    address = f"/asambleas/credenciales/{office.pk}/"
    assert address in officer.get("/asambleas/escritorio/").text
    first = officer.post(address)
    assert re.search(r"<code>[\w-]{14}</code>", first.text)
    assert "no-store" in first["Cache-Control"]
    assert "¿Emitir otra credencial?" in officer.post(address).text
    assert officer.post(address, {"seguro": "si"}).status_code == 200


def test_board_records_an_election_and_the_page_shows_who_represents():
    assembly = make_assembly("neighbourhood")
    board = as_(make_appointment(office="president", body=assembly.body).holder)
    address, session = f"/asambleas/{assembly.pk}/elegir/", held_session(assembly)
    wrong = board.post(address, {"session": session.pk, "alternate1": "Eva"})
    assert wrong.status_code == 400
    assert "Escriba también a quién suple." in wrong.text
    foreign = held_session(make_assembly("neighbourhood"))
    assert board.post(address, {"session": foreign.pk, "principal1": "Ana"}).status_code == 400
    sent = {"session": session.pk, "principal1": "Ana Pillajo", "alternate1": "Eva Chango"}
    assert "¿Registrar a quienes se eligió?" in board.post(address, sent).text
    assert board.post(address, sent | {"seguro": "si"}).status_code == 302
    again = board.post(address, sent | {"seguro": "si"})
    assert again.status_code == 409
    for page in (assembly, assembly.parent):
        assert "Ana Pillajo" in Client().get(page.get_absolute_url()).text

    seat = Seat.objects.get()
    left = board.post(f"/asambleas/puestos/{seat.pk}/cambio/", {"who": "principal", "reason": "Se mudó."})
    assert "Eva Chango pasa de suplente a principal." in left.text
    board.post(f"/asambleas/puestos/{seat.pk}/cambio/", {"who": "principal", "reason": "Se mudó.", "seguro": "si"})
    assert "Lo asume Eva Chango." in Client().get(assembly.parent.get_absolute_url()).text


# --- lists --------------------------------------------------------------------------------------------------


@pytest.fixture
def several():
    make_parish("Lloa", zone=make_zone("Sur"))
    register()
    ensure_assemblies()
    make_assembly("commune", parish=make_parish("Lloa"), name="Comuna Ñuñurco", neighbourhood_name="Ñuñurco")
    apply(name="La que espera", neighbourhood_name="Otro")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=nunurco", {"Comuna Ñuñurco"}),
        ("nivel=barrial", {"Asamblea barrial de San José"}),
        ("nivel=barrial&zona=sur", set()),
        ("zona=sur", {"Comuna Ñuñurco", "Asamblea parroquial de Lloa", "Asamblea zonal de Sur"}),
        ("parroquia=lloa", {"Comuna Ñuñurco", "Asamblea parroquial de Lloa"}),
        ("estado=con-objeciones", set()),
        ("q=espera", set()),
    ],
)
def test_assemblies_are_found(client, several, query, names):
    response = client.get(f"/asambleas/?{query}")
    assert {assembly.name for assembly in response.context["page"]} == names
    assert response.status_code == 200
    taken = b"".join(client.get(f"/asambleas/datos.csv?{query}").streaming_content).decode("utf-8-sig")
    assert {row["nombre"] for row in csv.DictReader(io.StringIO(taken))} == names
    assert "Digna Ortiz" not in taken
    assert client.get(f"/asambleas/datos.xlsx?{query}").status_code == 200


@pytest.mark.parametrize("query", ["zona=x", "estado=%00", "parroquia=" + "9" * 500, "nivel=1e9"])
def test_wrong_filter_is_a_400_with_its_reason(client, several, query):
    assert client.get(f"/asambleas/?{query}").status_code == 400
    assert client.get(f"/asambleas/datos.csv?{query}").status_code == 400
    assert client.get("/asambleas/?pagina=1.5e999").status_code == 200


def test_empty_city_says_what_to_do(client):
    assert "Todavía no hay asambleas." in client.get("/asambleas/").text
    assert "Ninguna asamblea coincide." in client.get("/asambleas/?q=nada").text


def test_tree_shows_every_level_and_the_parish_page_leads_to_its_assembly(client, several):
    page = client.get("/asambleas/").text
    for name in (
        "Asamblea del Distrito Metropolitano de Quito",
        "Asamblea zonal de Sur",
        "Asamblea parroquial de Lloa",
    ):
        assert name in page
    parish = Assembly.objects.get(name="Asamblea parroquial de Lloa")
    assert f"/asambleas/{parish.pk}/" in client.get("/parroquias/lloa/").text


def test_pages_ask_the_same_few_questions_for_one_row_and_for_many(client, several, django_assert_max_num_queries):
    assembly = Assembly.objects.get(level="neighbourhood", status="registered")
    officer = as_(make_zonal(assembly.parish))
    objecting = open_now(apply(name="Otra", neighbourhood_name="Tercero"))
    pages = ["/asambleas/", "/asambleas/?nivel=barrial", assembly.get_absolute_url(), objecting.get_absolute_url()]
    pages += [assembly.parent.get_absolute_url(), assembly.parent.parent.get_absolute_url()]

    def count():
        counted = {}
        for page in pages:
            with django_assert_max_num_queries(10) as captured:
                assert client.get(page).status_code == 200
            counted[page] = len(captured)
        for page in ("/asambleas/escritorio/", f"/asambleas/{objecting.pk}/decidir/"):
            with django_assert_max_num_queries(13) as captured:  # also the session, the account and its offices
                assert officer.get(page).status_code == 200
            counted[page] = len(captured)
        return counted

    make_seat(assembly.parent, assembly)
    make_session(assembly)
    make_session(assembly.parent)
    objected(objecting)
    few = count()
    for n in range(20):
        local = make_assembly("neighbourhood", parish=assembly.parish)
        make_seat(assembly.parent, local)
        make_session(assembly.parent)
        open_now(apply(name=f"Pide {n}", neighbourhood_name=f"Pide {n}"))
        apply(name=f"Espera {n}", neighbourhood_name=f"Espera {n}")
        Appointment.objects.create(office="secretary", body=local.body, holder_name="Luis")
        objected(objecting)
    assert count() == few
