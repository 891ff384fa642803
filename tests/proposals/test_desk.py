"""The desk: filing for a person who is present, the receipt and its code, following, and withdrawing."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from decide.accounts import services as accounts
from decide.accounts.models import Residence
from proposals import services
from proposals.models import Proposal
from tests.factories import (
    make_appointment,
    make_category,
    make_parish,
    make_proposal,
    make_support,
    make_user,
)
from tests.votes.test_services import figures, rows
from votes import codes
from votes.models import Support

pytestmark = pytest.mark.django_db

CEDULA, OTHER_CEDULA = "1710034065", "1712345675"
DESK_PAGES = ["/mostrador/propuestas/", "/mostrador/propuestas/nueva/", "/mostrador/recibo/"]


@pytest.fixture(autouse=True)
def _one_factor(settings):
    """The second factor has its own tests."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def officer():
    return make_appointment(office="desk", holder=make_user(display_name="Oficial De Ventanilla")).holder


@pytest.fixture
def desk(officer):
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def resident(officer):
    """A verified person with CEDULA, without an account."""
    return accounts.verify_at_desk(
        officer=officer, kind="cedula", country="EC", number=CEDULA, birth_date=date(1968, 4, 1), parish=make_parish()
    )


def present(**fields) -> dict:
    return {"kind": "cedula", "country": "", "number": CEDULA, "seen": "on", **fields}


def written(**fields) -> dict:
    return {
        **present(),
        "title": "Una vereda segura junto a la escuela",
        "summary": "Los niños caminan hoy por la calzada.",
        "body": "",
        "category": make_category("Movilidad").pk,
        "scope": make_parish().pk,
        **fields,
    }


def code_on(html: str) -> str:
    return re.search(r"<code>([\w-]+)</code>", html).group(1)


# --- supports -----------------------------------------------------------------------------------------------


def test_support_of_a_verified_person_counts_and_prints_a_code(desk, officer, resident):
    proposal = make_proposal(parish=resident.parish)
    response = desk.post(f"/mostrador/propuestas/{proposal.pk}/", present())
    assert (response.status_code, response.url) == (302, "/mostrador/recibo/")
    assert figures(proposal.box) == rows(proposal.box) == (1, 1)
    support = Support.objects.get()
    assert (support.residence, support.by_desk, support.desk_officer) == (resident, True, officer)
    html = desk.get("/mostrador/recibo/").content.decode()
    assert support.code == codes.digest(code_on(html))
    assert proposal.title in html


def test_person_who_is_not_verified_is_verified_in_the_same_act(desk, officer):
    proposal, home = make_proposal(), make_parish()
    form = desk.post(f"/mostrador/propuestas/{proposal.pk}/", present())
    assert form.status_code == 400
    assert "todavía no está verificada" in form.content.decode()
    assert not Residence.objects.exists()
    done = desk.post(f"/mostrador/propuestas/{proposal.pk}/", present(birth_date="1968-04-01", home=home.pk))
    assert done.status_code == 302
    residence = Residence.objects.get()
    assert (residence.parish, residence.level, residence.verified_by) == (home, "desk", officer)
    assert figures(proposal.box) == (1, 1)


def test_second_support_of_the_same_person_is_refused_with_the_document_of_any_spelling(desk, resident):
    proposal = make_proposal()
    desk.post(f"/mostrador/propuestas/{proposal.pk}/", present())
    again = desk.post(f"/mostrador/propuestas/{proposal.pk}/", present(number=f" {CEDULA[:9]}-{CEDULA[9]} "))
    assert again.status_code == 409
    assert "ya apoya esta propuesta" in again.content.decode()
    assert figures(proposal.box) == rows(proposal.box) == (1, 1)


def test_support_by_telephone_and_at_a_desk_is_one(desk, resident):
    user = make_user()
    accounts.link_account(residence=resident, user=user)
    proposal, phone = make_proposal(), Client()
    phone.force_login(user)
    phone.post(f"{proposal.get_absolute_url()}apoyar/")
    assert desk.post(f"/mostrador/propuestas/{proposal.pk}/", present()).status_code == 409
    assert figures(proposal.box) == (1, 1)


def test_officer_cannot_support_twice_at_their_own_desk(desk, officer, resident):
    officer.residence = resident
    officer.save()
    proposal = make_proposal()
    desk.post(f"{proposal.get_absolute_url()}apoyar/")
    assert desk.post(f"/mostrador/propuestas/{proposal.pk}/", present()).status_code == 409
    assert figures(proposal.box) == rows(proposal.box) == (1, 1)


def test_person_under_sixteen_is_refused_with_the_date(desk):
    born = timezone.localdate() - timedelta(days=15 * 365)
    proposal = make_proposal()
    response = desk.post(
        f"/mostrador/propuestas/{proposal.pk}/", present(birth_date=born.isoformat(), home=make_parish().pk)
    )
    assert response.status_code == 403
    assert "16 años" in response.content.decode()
    assert figures(proposal.box) == (0, 0)


def test_closed_proposal_is_refused_in_words(desk, resident):
    proposal = make_proposal(status="archived")
    response = desk.post(f"/mostrador/propuestas/{proposal.pk}/", present())
    assert response.status_code == 409
    assert "ya no recibe apoyos" in response.content.decode()


@pytest.mark.parametrize("action", ["support", "withdraw"])
def test_draft_is_not_found_at_the_desk(desk, resident, action):
    proposal = make_proposal(status="draft")
    assert desk.post(f"/mostrador/propuestas/{proposal.pk}/", present(action=action)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"number": "1710034066"}, "no es válido"),
        ({"number": ""}, "obligatorio"),
        ({"seen": ""}, "obligatorio"),
        ({"kind": "passport", "number": "AB12345", "country": ""}, "país"),
        ({"kind": "brujo"}, "válida"),
        ({"home": "999999", "birth_date": "1968-04-01"}, "válida"),
    ],
)
def test_wrong_form_is_explained_and_files_nothing(desk, fields, words):
    proposal = make_proposal()
    response = desk.post(f"/mostrador/propuestas/{proposal.pk}/", present(**fields))
    assert response.status_code == 400
    html = response.content.decode()
    assert "Hay un problema" in html
    assert words in html
    assert not Support.objects.exists()
    assert not Residence.objects.exists()


def test_withdrawal_with_the_document(desk, resident):
    proposal = make_proposal()
    make_support(proposal.box, resident)
    response = desk.post(f"/mostrador/propuestas/{proposal.pk}/", present(action="withdraw"))
    assert response.url == f"/mostrador/propuestas/{proposal.pk}/"
    assert figures(proposal.box) == rows(proposal.box) == (0, 0)
    again = desk.post(f"/mostrador/propuestas/{proposal.pk}/", present(action="withdraw"))
    assert again.status_code == 409
    assert "nada que retirar" in again.content.decode()


# --- proposals ----------------------------------------------------------------------------------------------


def test_proposal_is_published_without_account_and_name(desk, officer, resident):
    assert desk.post("/mostrador/propuestas/nueva/", written()).url == "/mostrador/recibo/"
    proposal = Proposal.objects.get()
    assert (proposal.status, proposal.author, proposal.by_desk) == ("open", None, True)
    assert (proposal.desk_officer, proposal.desk_residence) == (officer, resident)
    code = code_on(desk.get("/mostrador/recibo/").content.decode())
    assert proposal.code == codes.digest(code)
    html = Client().get(proposal.get_absolute_url()).content.decode()
    assert "Presentada por ventanilla" in html
    assert "Oficial De Ventanilla" not in html
    assert code not in html
    assert proposal.code not in html


def test_proposal_of_somebody_new_verifies_them(desk):
    filed = desk.post("/mostrador/propuestas/nueva/", written(birth_date="1968-04-01", home=make_parish().pk))
    assert filed.status_code == 302
    assert Proposal.objects.get().desk_residence == Residence.objects.get()


def test_proposal_sent_twice_is_stored_once_and_keeps_the_code(desk, resident):
    form = written(once_key="6b2f1c1e-52a1-4d47-9a9f-0a6f0c9a5d11")
    desk.post("/mostrador/propuestas/nueva/", form)
    first = code_on(desk.get("/mostrador/recibo/").content.decode())
    assert desk.post("/mostrador/propuestas/nueva/", form).url == "/mostrador/recibo/"
    again = code_on(desk.get("/mostrador/recibo/").content.decode())
    assert first == again
    assert Proposal.objects.get().code == codes.digest(first)


def test_wrong_proposal_keeps_what_was_written_but_not_the_number(desk, resident):
    response = desk.post("/mostrador/propuestas/nueva/", written(summary=""))
    assert response.status_code == 400
    html = response.content.decode()
    assert "Una vereda segura junto a la escuela" in html
    assert CEDULA not in html
    assert not Proposal.objects.exists()


def test_number_of_the_document_is_nowhere(desk, resident):
    proposal = make_proposal()
    with CaptureQueriesContext(connection) as queries:
        desk.post(f"/mostrador/propuestas/{proposal.pk}/", present())
        desk.post("/mostrador/propuestas/nueva/", written())
        pages = [desk.get(path).content.decode() for path in DESK_PAGES]
    assert not any(CEDULA in q["sql"] for q in queries)
    assert not any(CEDULA in page for page in pages)
    assert CEDULA not in str(dict(desk.session))


# --- who, and the receipt -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DESK_PAGES)
def test_desk_is_for_desks(path):
    assert Client().get(path).status_code == 302
    nobody = Client()
    nobody.force_login(make_user(verified=True))
    assert nobody.get(path).status_code == 403


def test_nobody_files_without_the_office(resident):
    nobody, proposal = Client(), make_proposal()
    nobody.force_login(make_appointment(office="agency").holder)
    assert nobody.post(f"/mostrador/propuestas/{proposal.pk}/", present()).status_code == 403
    assert nobody.post("/mostrador/propuestas/nueva/", written()).status_code == 403
    assert not Support.objects.exists()
    assert Proposal.objects.count() == 1


def test_receipt_is_only_in_the_session_that_filed(desk, resident):
    desk.post(f"/mostrador/propuestas/{make_proposal().pk}/", present())
    colleague = Client()
    colleague.force_login(make_appointment(office="desk").holder)
    response = colleague.get("/mostrador/recibo/")
    assert (response.status_code, response.url) == (302, "/mostrador/propuestas/")


def test_receipt_says_nothing_about_the_person(desk, resident):
    user = make_user(display_name="Nombre De La Persona")
    accounts.link_account(residence=resident, user=user)
    resident.parish = make_parish("Parroquia De La Persona")
    resident.save()
    desk.post(f"/mostrador/propuestas/{make_proposal().pk}/", present())
    response = desk.get("/mostrador/recibo/")
    html = response.content.decode()
    for secret in (CEDULA, "Nombre De La Persona", user.email, "Parroquia De La Persona", "Oficial De Ventanilla, "):
        assert secret not in html
    assert "no-store" in response["Cache-Control"]


def test_code_stands_in_no_address_and_is_stored_as_a_digest(desk, resident):
    proposal = make_proposal()
    response = desk.post(f"/mostrador/propuestas/{proposal.pk}/", present())
    code = code_on(desk.get("/mostrador/recibo/").content.decode())
    assert code not in response.url
    assert code.replace("-", "") not in Support.objects.get().code.upper()


# --- following ----------------------------------------------------------------------------------------------


def filed_support(officer, resident, **fields):
    return services.file_support(officer=officer, residence=resident, proposal=make_proposal(**fields))


def test_code_of_a_support_says_that_it_counts(officer, resident):
    proposal, code = filed_support(officer, resident)
    html = Client().post("/seguimiento/", {"code": code.lower().replace("-", " ")}).content.decode()
    assert "Su apoyo está registrado" in html
    assert "Cuenta para el umbral." in html
    assert proposal.title in html
    assert "Oficial De Ventanilla" not in html


def test_code_of_a_support_from_elsewhere_says_that_it_does_not_count(officer, resident):
    _proposal, code = filed_support(officer, resident, parish=make_parish("Calderón"))
    html = Client().post("/seguimiento/", {"code": code}).content.decode()
    assert "sin contar para el umbral" in html


def test_code_of_a_proposal_says_what_happened(desk, resident):
    desk.post("/mostrador/propuestas/nueva/", written())
    code = code_on(desk.get("/mostrador/recibo/").content.decode())
    services.withdraw_proposal(proposal=Proposal.objects.get(), reason="done")
    html = Client().post("/seguimiento/", {"code": code}).content.decode()
    assert "Una vereda segura junto a la escuela" in html
    assert "Retirada" in html


@pytest.mark.parametrize("typed", ["", "ABCD-EFGH-JKMN", "' OR 1=1 --", "a" * 41, "\x00", "ñ" * 12])
def test_unknown_code_finds_nothing(officer, resident, typed):
    filed_support(officer, resident)
    make_proposal()  # one without a code
    response = Client().post("/seguimiento/", {"code": typed})
    assert response.status_code in (400, 404)
    assert "Hay un problema" in response.content.decode()


def test_digest_is_not_a_code(officer, resident):
    filed_support(officer, resident)
    assert Client().post("/seguimiento/", {"code": Support.objects.get().code}).status_code == 404


def test_withdrawn_support_has_no_code_any_more(officer, resident):
    proposal, code = filed_support(officer, resident)
    services.withdraw_support(proposal=proposal, residence=resident)
    assert Client().post("/seguimiento/", {"code": code}).status_code == 404


def test_codes_cannot_be_tried_out(officer, resident):
    cache.set("limit:follow-code:a:127.0.0.1", 300, 60)
    _proposal, code = filed_support(officer, resident)
    assert Client().post("/seguimiento/", {"code": code}).status_code == 429


def test_follow_page_is_open_to_everybody_and_shows_nothing_by_itself(officer, resident):
    proposal, _code = filed_support(officer, resident)
    response = Client().get("/seguimiento/")
    assert response.status_code == 200
    assert proposal.title not in response.content.decode()


# --- finding ------------------------------------------------------------------------------------------------


def test_desk_finds_by_number_and_by_title_without_accents(desk):
    wanted = make_proposal(title="Iluminación del parque", search_text="iluminacion del parque\n\n")
    make_proposal(title="Otra cosa", search_text="otra cosa\n\n")
    make_proposal(title="Iluminación cerrada", search_text="iluminacion cerrada\n\n", status="archived")
    make_proposal(title="Iluminación en borrador", search_text="iluminacion en borrador\n\n", status="draft")
    for query in (str(wanted.pk), "iluminacion", "ILUMINACIÓN parque"):
        found = desk.get("/mostrador/propuestas/", {"q": query}).context["proposals"]
        assert list(found) == [wanted], query


@pytest.mark.parametrize("query", ["nada de nada", "9" * 30, "\ud800", "²", "%"])
def test_desk_that_finds_nothing_says_what_to_do(desk, query):
    make_proposal(title="Otra cosa", search_text="otra cosa\n\n")
    response = desk.get("/mostrador/propuestas/", {"q": query.encode("utf-8", "surrogatepass")})
    assert response.status_code == 200


def test_desk_costs_the_same_for_1_and_20_rows(desk):
    def cost(n: int) -> int:
        while Proposal.objects.count() < n:
            make_proposal(parish=make_parish())
        with CaptureQueriesContext(connection) as queries:
            desk.get("/mostrador/propuestas/")
        return len(queries)

    one, twenty = cost(1), cost(20)
    assert one == twenty <= 10
