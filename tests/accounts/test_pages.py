"""The pages of people and of the desk, as they are walked."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from decide.accounts import desks, keys, services
from decide.accounts.models import Appointment, Residence, User
from tests.accounts.conftest import BORN, CEDULA
from tests.factories import (
    make_agency,
    make_appointment,
    make_parish,
    make_proposal,
    make_service_point,
    make_user,
    make_zone,
)
from votes.services import keep_intention

pytestmark = pytest.mark.django_db
SURE = {"seguro": "si"}


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


# --- residence ----------------------------------------------------------------------------------------------


def test_residence_page_leads_to_the_nearest_desks():
    zone, other = make_zone("Eloy Alfaro"), make_zone("La Delicia")
    mine = make_parish("La Argelia", zone=zone, lat=-0.27, lon=-78.52)
    far = make_parish("Pomasqui", zone=other, lat=-0.05, lon=-78.45)
    near_other_zone = make_parish("Puengasí", zone=other, lat=-0.26, lon=-78.50)
    same_zone = make_parish("Solanda", zone=zone, lat=-0.20, lon=-78.54)
    points = [make_service_point(p) for p in (far, near_other_zone, same_zone, mine)]
    assert desks.nearest_desks(mine) == points[::-1]
    assert [d.pk for d in desks.nearest_desks(None)] == [p.pk for p in points]
    client = signed_in(make_user(parish=mine))
    answer = client.post("/mi/residencia/", {"cedula": CEDULA, "birth_date": BORN.isoformat()})
    assert answer.status_code == 400
    for said in ("Hay un problema", points[3].name, points[3].hours, "Qué llevar"):
        assert said in words(answer)


def test_residence_just_verified_leads_to_the_supports_that_wait(register):
    register(CEDULA, BORN, make_parish())
    user = make_user()
    keep_intention(user=user, box=make_proposal().box)
    answer = signed_in(user).post("/mi/residencia/", {"cedula": CEDULA, "birth_date": BORN.isoformat()}, follow=True)
    page = answer.content.decode()
    assert "1 apoyo guardado, sin contar" in page
    assert 'href="/mi/apoyos-pendientes/"' in page


def test_what_i_accepted_has_its_date_in_words():
    client = signed_in(make_user())
    client.post("/mi/datos/novedades/", {"news": "yes"})
    page = client.get("/mi/datos/").content.decode()
    assert re.search(r"<time [^>]*>\w+ \d+ de \w+, \d\d:\d\d</time>", page)


def test_residence_verified_and_too_young(register):
    born = timezone.localdate() - timedelta(days=15 * 365)
    register(born=born)
    client = signed_in(make_user())
    answer = client.post("/mi/residencia/", {"cedula": CEDULA, "birth_date": born.isoformat()}, follow=True)
    assert "cuando cumpla 16 años" in words(answer)
    assert "Ya puede apoyar" not in words(answer)


@pytest.mark.parametrize(
    ("cedula", "born"),
    [
        ("", ""),
        ("\0", "\0"),
        ("1700000019\0", "1968-05-17"),
        ("1" * 5000, "9999-99-99"),
        ("１７", "0000-01-01"),
        ("1700000019", "2999-01-01"),
        ("1700000019", "1899-12-31"),
        ("\u202e1700000019", "x" * 3000),
    ],
)
def test_residence_wrong_input_is_refused_in_words(cedula, born):
    answer = signed_in(make_user()).post("/mi/residencia/", {"cedula": cedula, "birth_date": born})
    assert answer.status_code == 400
    assert "Hay un problema" in words(answer)


@pytest.mark.parametrize(
    "path", ["/mi/residencia/", "/mi/perfil/", "/mi/datos/", "/mi/datos/descargar/", "/mi/datos/borrar/", "/mostrador/"]
)
def test_own_pages_lead_to_sign_in_and_back(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/cuentas/login/?next={path}")


def test_page_of_somebody_not_verified_costs_few_queries(django_assert_max_num_queries):
    client = signed_in(make_user(parish=make_parish()))
    for _i in range(20):
        make_service_point()
    with django_assert_max_num_queries(8):
        client.get("/mi/residencia/")


# --- profile --------------------------------------------------------------------------------------------------


def test_profile_is_saved(register):
    user, parish = make_user(), make_parish()
    answer = signed_in(user).post("/mi/perfil/", {"display_name": "  Ana\u200b  Paz ", "home_parish": parish.pk})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.display_name, user.home_parish) == ("Ana Paz", parish)


def test_profile_refuses_foreign_ids_and_keeps_the_input():
    answer = signed_in(make_user()).post("/mi/perfil/", {"display_name": "Nueva", "home_parish": "99999"})
    assert answer.status_code == 400
    assert 'value="Nueva"' in words(answer)


# --- the desk -------------------------------------------------------------------------------------------------

DESK_PATHS = ["/mostrador/", "/mostrador/verificar/", "/mostrador/buscar/"]


@pytest.mark.parametrize("path", [*DESK_PATHS, "/mostrador/cargos/", "/mostrador/cargos/nuevo/"])
@pytest.mark.parametrize(
    ("office", "status"),
    [(None, 403), ("moderator", 403), ("agency", 403), ("desk", 200), ("zonal", 200), ("participation", 200)],
)
def test_desk_is_for_its_offices(path, office, status):
    user = make_appointment(office=office).holder if office else make_user()
    if "cargos" in path and office != "participation":
        status = 403
    assert signed_in(user).get(path).status_code == status


def test_desk_is_closed_to_offices_that_ended():
    yesterday = timezone.localdate() - timedelta(days=1)
    user = make_appointment(office="desk", ends=yesterday).holder
    assert signed_in(user).get("/mostrador/").status_code == 403


def typed(parish, **fields):
    return {
        "kind": "cedula",
        "number": CEDULA,
        "birth_date": BORN.isoformat(),
        "parish": parish.pk,
        "seen": "on",
        **fields,
    }


def test_desk_verifies_moves_and_adds_a_document():
    here, there = make_parish(), make_parish("Calderón")
    desk = signed_in(make_appointment(office="desk").holder)
    answer = desk.post("/mostrador/verificar/", typed(here), follow=True)
    residence = Residence.objects.get()
    person = f"/mostrador/persona/{residence.pk}/"
    assert answer.redirect_chain == [(person, 302)]
    desk.post(person, {"action": "move", "parish": there.pk, "seen": "on"})
    other = {"action": "add", "add-kind": "refugee", "add-number": "R-2291"}
    assert desk.post(person, other).status_code == 400  # for good: nobody ticks that for the officer
    desk.post(person, {**other, "add-seen": "on"})
    residence.refresh_from_db()
    assert residence.parish == there
    assert residence.document_keys.count() == 2
    answer = desk.post("/mostrador/buscar/", {"kind": "refugee", "number": "r2291"})
    assert answer["Location"] == person
    assert desk.post("/mostrador/buscar/", {"kind": "refugee", "number": "X-0000"}).status_code == 404


def test_desk_with_the_account_of_the_person():
    user = make_user("rosa@example.org")
    desk = signed_in(make_appointment(office="zonal").holder)
    desk.post("/mostrador/verificar/", typed(make_parish(), email="ROSA@example.org"))
    user.refresh_from_db()
    assert user.residence == Residence.objects.get()


def test_desk_needs_the_person_to_be_present():
    desk = signed_in(make_appointment(office="desk").holder)
    assert desk.post("/mostrador/verificar/", typed(make_parish(), seen="")).status_code == 400
    assert Residence.objects.count() == 0


def test_nobody_browses_residences():
    from tests.factories import make_residence

    desk = signed_in(make_appointment(office="desk").holder)
    path = f"/mostrador/persona/{make_residence().pk}/"
    refused = desk.get(path)
    assert refused.status_code == 403
    assert 'href="/mostrador/buscar/"' in refused.content.decode()
    assert desk.post(path, {"action": "move", "parish": make_parish("Otra").pk, "seen": "on"}).status_code == 403


# --- offices and credentials ------------------------------------------------------------------------------------


@pytest.fixture
def participation():
    return make_appointment(office="participation").holder


def issue(participation, **fields):
    office = services.appoint(
        officer=participation,
        **{"office": "delegate", "holder_name": "Rosa Quishpe", "parish": make_parish(), **fields},
    )
    answer = signed_in(participation).post(f"/mostrador/cargos/{office.pk}/credencial/")
    return office, re.search(r"<code>([\w-]{14})</code>", answer.content.decode())[1]


def test_credential_from_paper_to_office(participation):
    office, code = issue(participation)
    assert code.replace("-", "") not in str(Appointment.objects.values_list())
    rosa = make_user()
    answer = signed_in(rosa).post("/mi/credencial/", {"code": code.lower()}, follow=True)
    assert "Espera confirmación" in words(answer)
    assert User.objects.get(pk=rosa.pk).appointments == []  # gives nothing yet
    desk = signed_in(make_appointment(office="desk").holder)
    assert "Rosa Quishpe" in words(desk.get("/mostrador/"))
    stale = {"answer": "confirm", "claimant": str(make_user().public_id)}  # an old page, with somebody else on it
    assert desk.post(f"/mostrador/credencial/{office.pk}/", stale).status_code == 409
    assert f'value="{rosa.public_id}"' in desk.get("/mostrador/").content.decode()
    confirm = {"answer": "confirm", "claimant": str(rosa.public_id)}
    asked = desk.post(f"/mostrador/credencial/{office.pk}/", confirm)
    assert "¿Confirmar este cargo?" in words(asked)
    assert "Rosa Quishpe" in words(asked)
    assert User.objects.get(pk=rosa.pk).appointments == []  # only asked
    desk.post(f"/mostrador/credencial/{office.pk}/", {**confirm, **SURE})
    assert User.objects.get(pk=rosa.pk).appointments == [office]
    office.refresh_from_db()
    assert (office.claim_key, office.claimed_by) == (None, None)
    assert signed_in(make_user()).post("/mi/credencial/", {"code": code}).status_code == 400  # spent


def test_credential_rejected(participation):
    office, code = issue(participation)
    somebody = make_user()
    signed_in(somebody).post("/mi/credencial/", {"code": code})
    rejected = {"answer": "reject", "claimant": str(somebody.public_id)}
    asked = signed_in(participation).post(f"/mostrador/credencial/{office.pk}/", rejected)
    assert "¿Anular esta credencial?" in words(asked)
    rejected |= SURE
    signed_in(participation).post(f"/mostrador/credencial/{office.pk}/", rejected)
    office.refresh_from_db()
    assert (office.holder, office.claimed_by, office.claim_key) == (None, None, None)
    assert signed_in(make_user()).post("/mi/credencial/", {"code": code}).status_code == 400


def test_credential_nobody_confirms_their_own(participation):
    officer = make_appointment(office="desk").holder
    office, code = issue(participation)
    client = signed_in(officer)
    client.post("/mi/credencial/", {"code": code})
    own = {"answer": "confirm", "claimant": str(officer.public_id)}
    assert client.post(f"/mostrador/credencial/{office.pk}/", own).status_code == 403
    office.refresh_from_db()
    assert office.holder is None


def test_credential_issued_again_ends_the_former_code(participation):
    office, code = issue(participation)
    asked = signed_in(participation).post(f"/mostrador/cargos/{office.pk}/credencial/")
    assert "El código de la credencial anterior deja de servir." in words(asked)
    office.refresh_from_db()
    assert office.claim_key == keys.claim_keys(code)[0]
    signed_in(participation).post(f"/mostrador/cargos/{office.pk}/credencial/", SURE)
    assert signed_in(make_user()).post("/mi/credencial/", {"code": code}).status_code == 400


def test_credential_of_an_office_that_ended(participation):
    office, code = issue(participation)
    signed_in(participation).post(f"/mostrador/cargos/{office.pk}/terminar/", SURE)
    assert signed_in(make_user()).post("/mi/credencial/", {"code": code}).status_code == 400
    assert signed_in(participation).post(f"/mostrador/cargos/{office.pk}/credencial/").status_code == 409


def test_credential_code_may_be_tried_five_times_an_hour(participation):
    _office, code = issue(participation)
    client = signed_in(make_user())
    for _i in range(5):
        assert client.post("/mi/credencial/", {"code": "AAAA-BBBB-CCCC"}).status_code == 400
    assert client.post("/mi/credencial/", {"code": code}).status_code == 429


def test_credential_rotation_keeps_codes_valid(participation, settings):
    _office, code = issue(participation)
    settings.RESIDENCE_PEPPERS = {"v2": b"a-new-pepper-0123456789", **settings.RESIDENCE_PEPPERS}
    assert signed_in(make_user()).post("/mi/credencial/", {"code": code}).status_code == 302


def test_office_is_registered_and_ended_with_its_history(participation):
    holder, agency = make_user("ana@example.org"), make_agency()
    client = signed_in(participation)
    today = timezone.localdate().isoformat()
    typed = {"office": "agency", "holder": "Ana@example.org", "agency": agency.pk, "starts": today}
    assert client.post("/mostrador/cargos/nuevo/", {**typed, "agency": ""}).status_code == 400
    assert client.post("/mostrador/cargos/nuevo/", typed).status_code == 302
    office = Appointment.objects.get(office="agency")
    assert (office.holder, office.agency, office.appointed_by) == (holder, agency, participation)
    assert "¿Terminar este cargo?" in words(client.post(f"/mostrador/cargos/{office.pk}/terminar/"))
    assert User.objects.get(pk=holder.pk).appointments == [office]
    client.post(f"/mostrador/cargos/{office.pk}/terminar/", SURE)
    assert User.objects.get(pk=holder.pk).appointments == []
    assert office.history.count() == 2


@pytest.mark.parametrize("rows", [1, 20])
def test_offices_page_costs_the_same_for_1_and_20_rows(participation, rows, django_assert_max_num_queries):
    for _i in range(rows):
        make_appointment(office="agency")
    client = signed_in(participation)
    client.get("/mostrador/cargos/")
    with django_assert_max_num_queries(6):
        assert client.get("/mostrador/cargos/?q=a\0b&cargo=otro").status_code == 200
        # only the filtered list is empty: the whole one costs no more
    with django_assert_max_num_queries(6):
        assert client.get("/mostrador/cargos/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/mostrador/cargos/1/terminar/", "/mostrador/cargos/1/credencial/", "/mostrador/credencial/1/"]
)
def test_nothing_changes_by_get(participation, path):
    assert signed_in(participation).get(path).status_code == 405
