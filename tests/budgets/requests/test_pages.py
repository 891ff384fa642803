"""The pages of requests: the list, one request, the form, who sees what; supports over HTTP; out of a proposal."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from budgets import services
from budgets.models import BudgetYear, Request
from decide.errors import Refused
from decide.images import clean_photo
from decide.live.states import read_topics
from proposals import services as proposing
from tests.factories import (
    make_agency,
    make_appointment,
    make_assembly,
    make_comment,
    make_parish,
    make_proposal,
    make_request,
    make_residence,
    make_support,
    make_user,
    make_year,
    make_zone,
)
from tests.proposals.files import jpeg
from votes import services as votes
from votes.models import Intention, Support

pytestmark = pytest.mark.django_db
LIST, NEW = "/presupuestos/solicitudes/", "/presupuestos/solicitudes/nueva/"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    """The second factor has its own tests."""
    settings.SECOND_FACTOR_REQUIRED = False


def signed_in(user=None) -> Client:
    client = Client()
    client.force_login(user or make_user())
    return client


def written(**fields) -> dict:
    return {
        "kind": "roads",
        "parish": make_parish().pk,
        "title": "Gradas en la calle Ajaví",
        "body": "La bajada es peligrosa.",
        "beneficiaries": "120",
        "action": "publish",
        **fields,
    }


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# --- the list -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Adoquín", "Taller", "Parque"}),
        ("q=adoquin", {"Adoquín"}),
        ("q=ajavi", {"Adoquín"}),
        ("anio=2026", {"Parque"}),
        ("zona=calderon", {"Taller"}),
        ("parroquia=la-argelia", {"Adoquín", "Parque"}),
        ("tipo=proyecto-social", {"Taller"}),
        ("estado=priorizadas", {"Parque"}),
        ("q=adoquin&tipo=proyecto-social", set()),
    ],
)
def test_list_is_searched_without_accents_and_filtered_in_the_address(client, query, titles):
    make_year()
    here, there = make_parish(), make_parish("Calderón", zone=make_zone("Calderón"))
    services.edit_request(
        request=(r := make_request(title="Adoquín", parish=here)), editor=r.author, version=0, street="calle Ajaví"
    )
    make_request(title="Taller", parish=there, kind="social")
    make_request(title="Parque", parish=here, status="prioritised", year=make_year(2026, phase="execution"))
    for hidden in ({"status": "draft"}, {"status": "kept"}, {"hidden": True}):
        make_request(title="Nada", parish=here, **hidden)

    response = client.get(f"{LIST}?{query}")

    assert {one.title for one in response.context["requests"]} == titles
    assert f"{len(titles)} solicitud" in text_of(response)


@pytest.mark.parametrize("query", ["anio=1", "anio=NaN", "tipo=x", "zona=%00", "estado=draft", "q=" + "a" * 300])
def test_list_says_what_is_wrong_with_a_filter(client, query):
    assert client.get(f"{LIST}?{query}").status_code == 400


def test_list_and_page_ask_the_same_for_one_row_and_for_twenty(client):
    request = make_request(author=make_user(verified=True))
    make_comment(request.thread)
    make_support(request.box)
    for _ in range(2):
        services.add_photo(request=request, image=clean_photo(ContentFile(jpeg(), name="foto.jpg")))

    def count(path):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    few = [count(LIST), count(request.get_absolute_url())]
    for _ in range(20):
        make_request()
        make_comment(request.thread)
        make_support(request.box)
    assert [count(LIST), count(request.get_absolute_url())] == few
    assert few[0] <= 10
    assert few[1] <= 10


# --- one request ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "seen_by"),
    [
        ({"status": "filed"}, {"nobody", "author", "moderator", "board"}),
        ({"status": "draft"}, {"author", "board"}),
        ({"status": "kept"}, {"author", "board"}),
        ({"status": "filed", "hidden": True}, {"author", "moderator", "board"}),
    ],
)
def test_what_is_not_public_is_missing_for_all_but_its_author(state, seen_by):
    assembly = make_assembly("neighbourhood")
    author, moderator = make_user(), make_appointment(make_user(), "moderator").holder
    board = make_appointment(make_user(), "president", body=assembly.body).holder
    request = make_request(author=author, assembly=assembly, **state)
    clients = {"nobody": Client(), "author": signed_in(author), "moderator": signed_in(moderator)}
    clients["board"] = signed_in(board)
    for path in (request.get_absolute_url(), f"{request.get_absolute_url()}versiones/"):
        codes = {name: client.get(path).status_code for name, client in clients.items()}
        assert codes == {name: 200 if name in seen_by else 404 for name in clients}


def test_page_says_why_a_request_came_back_or_ended(client):
    original, agency = make_request(title="La primera"), make_agency("EPMAPS")
    told = {
        "returned": (make_request(status="returned", status_reason="Falta el lugar."), "Falta el lugar."),
        "duplicate": (make_request(status="duplicate", duplicate_of=original), "La primera"),
        "referred": (make_request(status="referred", referred_to=agency), str(agency)),
        "withdrawn": (make_request(status="withdrawn", status_reason="Ya se hizo."), "Ya se hizo."),
    }
    for request, words in told.values():
        assert words in text_of(client.get(request.get_absolute_url()))


def test_old_address_leads_to_the_new_one(client):
    request = make_request()
    for path in (f"{LIST}{request.pk}/", f"{LIST}{request.pk}-otro/"):
        assert client.get(path)["Location"] == request.get_absolute_url()
    assert client.get(f"{LIST}{10**30}/").status_code == 404


def test_live_topic_holds_supports_status_and_comments_of_public_requests():
    request, draft = make_request(), make_request(status="draft")
    make_support(request.box)
    make_comment(request.thread)
    public, gone = read_topics([f"request:{request.pk}", f"request:{draft.pk}"])
    assert public["state"] == {"supports": 1, "status": "filed", "comments": 1}
    assert gone["gone"] is True


def test_parish_and_own_page_show_requests():
    author = make_user()
    request = make_request(author=author, title="Solicitud visible")
    kept = make_request(author=author, status="kept", title="Solicitud guardada")
    for state in ({"status": "draft"}, {"hidden": True}):
        make_request(**state)
    mine = text_of(signed_in(author).get("/mi/"))
    parish = text_of(Client().get(request.parish.get_absolute_url()))
    assert (request.title in mine, kept.title in mine) == (True, True)
    assert "Ver la solicitud de obra o proyecto" in parish


# --- the form -------------------------------------------------------------------------------------------------


def test_door_leads_to_the_form_and_the_form_begins_with_ones_own_parish():
    make_year()
    person = make_user(verified=True, parish=make_parish("Solanda"))
    assert NEW in text_of(Client().get("/propuestas/nueva/"))
    page = signed_in(person).get(NEW)
    assert page.context["form"].initial["parish"] == person.home_parish_id
    asked = signed_in(person).get(f"{NEW}?parroquia={make_parish('Lloa').slug}")
    assert asked.context["form"].initial["parish"] == make_parish("Lloa").pk


def test_unverified_person_files_with_photos_in_one_post():
    make_year()
    person = make_user()
    photo = ContentFile(jpeg(), name="foto.jpg")
    response = signed_in(person).post(NEW, written(photo1=photo, alt1="La bajada"))
    request = Request.objects.get()
    assert response["Location"] == request.get_absolute_url()
    assert (request.author, request.status, request.beneficiaries) == (person, "filed", 120)
    assert request.photos.get().alt == "La bajada"


def test_somebody_not_signed_in_comes_back_with_what_was_typed(client):
    make_year()
    response = client.post(NEW, written())
    assert response["Location"].startswith("/cuentas/")
    client.force_login(make_user())
    assert client.get(NEW).context["form"].initial["title"] == "Gradas en la calle Ajaví"


def test_outside_the_period_the_form_says_so_and_keeps_the_request():
    make_year(phase="review")
    client = signed_in()
    assert "Ahora no se reciben solicitudes" in text_of(client.get(NEW))
    page = client.post(NEW, written(), follow=True)
    request = Request.objects.get()
    assert request.status == "kept"
    assert "Su solicitud está guardada: solo usted la ve." in text_of(page)
    BudgetYear.objects.filter(pk=request.year_id).update(phase="requests", published=True)
    assert "preséntela con un toque" in text_of(client.get(request.get_absolute_url()))
    client.post(f"{LIST}{request.pk}/presentar/")
    request.refresh_from_db()
    assert (request.status, request.year.year) == ("filed", 2028)


def test_assembly_is_offered_to_its_board_only():
    make_year()
    assembly = make_assembly("neighbourhood")
    president = make_appointment(make_user(), "president", body=assembly.body).holder
    signed_in(president).post(NEW, written(parish=assembly.parish_id, assembly=assembly.pk))
    assert Request.objects.get().assembly == assembly
    assert f"Pide {assembly.name}" in text_of(Client().get(Request.objects.get().get_absolute_url()))
    client = signed_in()
    assert "assembly" not in client.get(NEW).context["form"].fields
    client.post(NEW, written(assembly=assembly.pk))
    assert Request.objects.order_by("pk").last().assembly is None


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"title": "x" * 101},
        {"title": "…"},
        {"body": "  "},
        {"kind": "bridge"},
        {"parish": "10000000000000000000000"},
        {"parish": ""},
        {"beneficiaries": "1.5e999"},
        {"beneficiaries": "NaN"},
        {"beneficiaries": str(10**30)},
        {"beneficiaries": "-1"},
        {"lat": "NaN", "lon": "-78.5"},
        {"lat": "1e400", "lon": "-78.5"},
        {"lat": "40", "lon": "-78.5"},
        {"photo1": ContentFile(b"no es una foto", name="foto.jpg")},
        {"once_key": "x"},
        {"title": "Llame al 0991234567"},
    ],
    ids=lambda fields: ",".join(f"{k}={str(v)[:12]}" for k, v in fields.items()),
)
def test_wrong_input_is_refused_in_words_and_kept(fields):
    make_year()
    response = signed_in().post(NEW, written(**fields))
    assert response.status_code == 400
    assert "Hay un problema" in text_of(response)
    assert not Request.objects.exists()


def test_nul_bytes_are_taken_out():
    make_year()
    signed_in().post(NEW, written(title="Gra\x00das", body="Tex\x00to"))
    request = Request.objects.get()
    assert (request.title, request.body) == ("Gradas", "Texto")


def test_similar_requests_are_shown_while_typing_and_without_a_script():
    make_year()
    twin = make_request(title="Adoquinado de la calle Ajaví")
    piece = text_of(Client().get(f"{LIST}similares/?q=adoquinar+ajavi&parish={twin.parish_id}"))
    assert twin.title in piece
    assert f"{twin.get_absolute_url()}#apoyar" in piece
    page = text_of(Client().post(NEW, written(title="Adoquinar Ajaví", action="similar")))
    assert twin.title in page
    assert 'value="Adoquinar Ajaví"' in page
    assert Client().get(f"{LIST}similares/?q=%00&parish={10**30}").status_code == 200


def test_two_editors_at_once_see_both_texts():
    request = make_request()
    client = signed_in(request.author)
    address = f"{LIST}{request.pk}/editar/"
    fields = written(action="save", version=0, title=request.title)
    assert client.post(address, {**fields, "body": "Primero"}).status_code == 302
    second = client.post(address, {**fields, "body": "Segundo"})
    assert second.status_code == 409
    assert "Primero" in text_of(second)
    assert "Segundo" in text_of(second)
    # What is public is never blanked as a draft.
    blank = client.post(address, {**fields, "version": 1, "body": "", "action": "draft"})
    assert blank.status_code == 400


def test_others_cannot_edit_file_or_withdraw():
    request, draft = make_request(), make_request(status="draft")
    client = signed_in()
    for act in ("editar", "presentar", "retirar"):
        assert client.post(f"{LIST}{request.pk}/{act}/").status_code == 403
        assert client.post(f"{LIST}{draft.pk}/{act}/").status_code == 404


def test_author_withdraws_with_a_reason_and_deletes_a_draft():
    request = make_request()
    client = signed_in(request.author)
    assert client.post(f"{LIST}{request.pk}/retirar/", {"reason": ""}).status_code == 400
    client.post(f"{LIST}{request.pk}/retirar/", {"reason": "Ya se hizo."})
    draft = make_request(author=request.author, status="kept")
    client.post(f"{LIST}{draft.pk}/retirar/")
    request.refresh_from_db()
    assert (request.status, Request.objects.filter(pk=draft.pk).exists()) == ("withdrawn", False)


# --- supports -------------------------------------------------------------------------------------------------


def test_support_counts_for_residents_of_the_parish_and_is_taken_back():
    request = make_request()
    near, far = make_user(verified=True), make_user(verified=True, parish=make_parish("Calderón"))
    for person in (near, far, near):
        response = signed_in(person).post(f"{request.get_absolute_url()}apoyar/")
        assert (response.status_code, response["Location"]) == (303, f"{request.get_absolute_url()}#apoyar")
    request.box.refresh_from_db()
    assert (request.box.supports, request.box.counted) == (2, 1)
    assert "Su apoyo se muestra aparte" in text_of(signed_in(far).get(request.get_absolute_url()))
    signed_in(near).post(f"{request.get_absolute_url()}retirar-apoyo/")
    request.box.refresh_from_db()
    assert (request.box.supports, request.box.counted) == (1, 0)


@pytest.mark.parametrize("status", ["prioritised", "withdrawn", "not_feasible"])
def test_decided_request_takes_no_supports(status):
    request = make_request(status=status)
    response = signed_in(make_user(verified=True)).post(f"{request.get_absolute_url()}apoyar/")
    assert response.status_code == 409
    assert not Support.objects.exists()


def test_hidden_or_draft_request_takes_no_supports():
    for state in ({"hidden": True}, {"status": "draft"}):
        request = make_request(**state)
        assert signed_in(make_user(verified=True)).post(f"{request.get_absolute_url()}apoyar/").status_code == 404
        with pytest.raises(Refused):
            services.support_request(request=request, user=make_user(verified=True))


def test_tap_of_somebody_not_verified_is_kept_and_confirmed_with_those_of_proposals(client):
    request, proposal = make_request(), make_proposal()
    for thing in (request, proposal):
        assert client.post(f"{thing.get_absolute_url()}apoyar/").status_code == 302
    person = make_user()
    client.force_login(person)  # the taps move to the account
    assert Intention.objects.filter(user=person).count() == 2
    assert request.title in text_of(client.get("/mi/apoyos-pendientes/"))
    person.residence = make_residence()
    person.save()
    page = text_of(client.post("/mi/apoyos-pendientes/"))
    assert request.title in page
    assert proposal.title in page
    assert Support.objects.filter(residence=person.residence).count() == 2
    own = text_of(client.get("/mi/apoyos/"))
    assert request.title in own
    assert proposal.title in own
    assert "Apoya 2 propuestas o solicitudes." in own


def test_tap_of_what_ended_meanwhile_is_named_and_forgotten():
    request, person = make_request(), make_user(verified=True)
    votes.keep_intention(user=person, box=request.box)
    services.change_status(request=request, status="withdrawn", reason="Ya se hizo.")
    [(thing, why)] = votes.confirm_intentions(user=person)[1]
    assert (thing, "no recibe apoyos" in why) == (request, True)
    assert not Intention.objects.exists()


def test_following_and_its_end():
    request, person = make_request(), make_user()
    client = signed_in(person)
    client.post(f"{request.get_absolute_url()}seguir/")
    assert client.get(request.get_absolute_url()).context["following"] is True
    client.post(f"{request.get_absolute_url()}dejar-de-seguir/")
    assert client.get(request.get_absolute_url()).context["following"] is False


# --- out of a proposal ----------------------------------------------------------------------------------------


def from_proposal(proposal) -> str:
    return f"{LIST}desde-propuesta/{proposal.pk}/"


def test_author_turns_a_proposal_into_a_request_in_one_step_and_both_link():
    make_year()
    author = make_user(verified=True)
    proposal = make_proposal(author=author, parish=make_parish(), neighbourhood="El Sol", body="Texto largo")
    proposing.add_photo(proposal=proposal, image=clean_photo(ContentFile(jpeg(), name="f.jpg")), alt="La curva")
    client = signed_in(author)
    assert from_proposal(proposal) in text_of(client.get(proposal.get_absolute_url()))

    response = client.post(from_proposal(proposal), {"kind": "public_space"})

    request = Request.objects.get()
    assert response["Location"] == request.get_absolute_url()
    assert (request.proposal, request.author, request.status) == (proposal, author, "filed")
    assert (request.title, request.neighbourhood, request.kind) == (proposal.title, "El Sol", "public_space")
    assert "Texto largo" in request.body
    copied, own = request.photos.get(), proposal.photos.get()
    assert (copied.alt, copied.image.name != own.image.name) == ("La curva", True)
    assert request.get_absolute_url() in text_of(Client().get(proposal.get_absolute_url()))
    assert proposal.get_absolute_url() in text_of(Client().get(request.get_absolute_url()))
    # Once: again leads to the same one.
    assert client.post(from_proposal(proposal), {"kind": "roads"})["Location"] == request.get_absolute_url()
    assert Request.objects.count() == 1


@pytest.mark.parametrize(
    ("office", "allowed"), [("zonal", True), ("participation", True), ("desk", False), (None, False)]
)
def test_officer_of_the_zone_does_it_for_the_author_who_is_told(office, allowed):
    make_year()
    author, officer = make_user(), make_user()
    proposal = make_proposal(author=author, parish=make_parish())
    proposing.follow_list(proposal)
    if office:
        make_appointment(officer, office)
    response = signed_in(officer).post(from_proposal(proposal), {"kind": "roads"})
    assert (response.status_code, Request.objects.count()) == ((302, 1) if allowed else (403, 0))
    if allowed:
        assert Request.objects.get().author == author
        assert author.notices.filter(kind="proposal-became-request").count() == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"parish": None}, 403),
        ({"status": "withdrawn"}, 403),
        ({"status": "done"}, 403),
        ({"status": "draft"}, 404),
        ({"hidden": True}, 404),
    ],
)
def test_proposal_of_the_district_or_one_that_is_over_does_not_become_a_request(fields, code):
    author = make_user()
    proposal = make_proposal(author=author, **{"parish": make_parish(), **fields})
    assert signed_in(author).post(from_proposal(proposal), {"kind": "roads"}).status_code == code
    assert not Request.objects.exists()


def test_kept_request_of_a_proposal_is_seen_by_its_author_only():
    make_year(phase="review")
    author = make_user()
    proposal = make_proposal(author=author, parish=make_parish())
    request = services.request_from_proposal(proposal=proposal, by=author, kind="roads")
    assert request.status == "kept"
    assert request.get_absolute_url() in text_of(signed_in(author).get(proposal.get_absolute_url()))
    assert "desde-propuesta" not in text_of(Client().get(proposal.get_absolute_url()))
    assert request.get_absolute_url() not in text_of(Client().get(proposal.get_absolute_url()))


def test_filing_has_its_limit(settings):
    make_year()
    client = signed_in()
    codes = [client.post(NEW, written(title=f"Solicitud {n}")).status_code for n in range(11)]
    assert codes == [302] * 10 + [429]


def test_year_that_was_long_ago_still_reads(client):
    year = make_year(2019, phase="follow_up")
    request = make_request(status="prioritised", year=year, filed_at=timezone.now() - timedelta(days=2500))
    assert client.get(request.get_absolute_url()).status_code == 200
