"""The pages of proposals, as people use them."""

import json
import re
import uuid
from urllib.parse import quote_plus

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from decide.errors import Refused
from decide.images import clean_photo
from proposals import services
from proposals.forms import FilterForm
from proposals.models import Category, Proposal, ProposalPhoto
from tests.factories import (
    make_category,
    make_comment,
    make_parish,
    make_proposal,
    make_service_point,
    make_support,
    make_user,
    make_zone,
)
from tests.proposals.files import jpeg

pytestmark = pytest.mark.django_db
LIST = "/propuestas/"
IDEA = "/propuestas/nueva/idea/"


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def typed(**changes):
    """What a person fills in."""
    return {
        "title": "Veredas continuas hasta los colegios",
        "summary": "Completar los tramos sin vereda.",
        "body": "Hoy se camina por la **calzada**.",
        "category": make_category("Movilidad").pk,
        "tags": "veredas, Niñez",
        "parish": "",
        "neighbourhood": "La Loma",
        "once_key": str(uuid.uuid4()),
        "action": "publish",
        **changes,
    }


def titles(response):
    return [p.title for p in response.context["proposals"]]


# --- the door and the form --------------------------------------------------------------------------------


def test_door_leads_to_three_places(client):
    html = client.get(reverse("proposals:new")).content.decode()
    assert {name for name in ("idea", "work", "complaint") if reverse(f"proposals:{name}") in html} == {
        "idea",
        "work",
        "complaint",
    }


@pytest.mark.parametrize("name", ["work", "complaint"])
def test_elsewhere_lists_desks_of_own_parish_first(client, name):
    far, near = make_service_point(make_parish("Nono")), make_service_point(make_parish("La Argelia"))
    client.force_login(make_user(parish=near.parish))
    response = client.get(reverse(f"proposals:{name}"))
    assert [p.pk for p in response.context["points"]] == [near.pk, far.pk]


def test_publish_by_unverified_person(client):
    author = make_user()
    client.force_login(author)
    parish = make_parish()
    response = client.post(IDEA, typed(parish=parish.pk, lat="-0.27", lon="-78.52"))
    proposal = Proposal.objects.get()
    assert response.status_code == 302
    assert response.url == proposal.get_absolute_url()
    assert (proposal.status, proposal.author, proposal.parish, proposal.lat) == ("open", author, parish, -0.27)
    assert {t.name for t in proposal.tags.all()} == {"veredas", "Niñez"}
    assert "<strong>calzada</strong>" in client.get(response.url).content.decode()


def test_draft_needs_no_summary_and_publish_does(client):
    client.force_login(make_user())
    assert client.post(IDEA, typed(summary="", action="draft")).status_code == 302
    response = client.post(IDEA, typed(summary="", action="publish"))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["summary"]
    assert [p.status for p in Proposal.objects.all()] == ["draft"]


def test_form_sent_twice_is_stored_once(client):
    client.force_login(make_user())
    fields = typed()
    first, second = client.post(IDEA, fields), client.post(IDEA, fields)
    assert first.url == second.url
    assert Proposal.objects.count() == 1


def test_form_with_key_of_another_is_refused_with_input_kept(client):
    fields = typed()
    client.force_login(make_user())
    client.post(IDEA, fields)
    client.force_login(make_user())
    response = client.post(IDEA, fields)
    assert response.status_code == 409
    assert fields["title"] in response.content.decode()


def test_anonymous_post_leads_to_sign_in_and_back_with_input(client):
    response = client.post(IDEA, typed())
    assert response.status_code == 302
    assert response.url.startswith("/cuentas/")
    assert not Proposal.objects.exists()
    client.force_login(make_user())
    html = client.get(IDEA).content.decode()
    assert "Veredas continuas hasta los colegios" in html
    assert "Completar los tramos sin vereda." in html


def test_photos_and_documents_travel_with_the_form(client):
    client.force_login(make_user())
    photo = SimpleUploadedFile("x.jpg", jpeg(), "image/jpeg")
    response = client.post(IDEA, typed(photo1=photo, alt1="Una vereda rota", photokey1=str(uuid.uuid4())))
    proposal = Proposal.objects.get()
    assert [(p.alt, p.width) for p in proposal.photos.all()] == [("Una vereda rota", 64)]
    assert 'alt="Una vereda rota"' in client.get(response.url).content.decode()


def test_bad_photo_is_refused_with_a_sentence(client):
    client.force_login(make_user())
    fake = SimpleUploadedFile("x.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    response = client.post(IDEA, typed(photo1=fake))
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["photo1"]
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("category", "999999"),
        ("category", "x' OR 1=1"),
        ("parish", "999999999999999999999999"),
        ("parish", "\x00"),
        ("title", ""),
        ("title", "…"),
        ("title", "a" * 101),
        ("summary", "a" * 201),
        ("body", "a" * 50_000),
        ("tags", "a,b,c,d,e,f"),
        ("tags", "a" * 41),
        ("lat", "4.6"),
        ("lat", "nan"),
        ("lon", "-74.08"),
        ("title", "\ud800"),
    ],
)
def test_wrong_input_is_400_with_its_field(client, field, value):
    client.force_login(make_user())
    fields = typed(lat="-0.2", lon="-78.5") | {field: value}
    response = client.post(IDEA, urlencode(fields), content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert field in response.context["form"].errors
    assert not Proposal.objects.exists()


def urlencode(fields) -> bytes:
    """Also what a browser never sends: lone surrogates."""
    return "&".join(f"{k}={quote_plus(str(v), errors='surrogatepass')}" for k, v in fields.items()).encode()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Agua\x00 limpia", "Agua limpia"),
        ("\u202eaiduC\u202c limpia", "aiduC limpia"),
        ("Ciu\u200bdad", "Ciudad"),
        ("<script>alert(1)</script> hola", "<script>alert(1)</script> hola"),
    ],
)
def test_hostile_titles_are_cleaned_and_escaped(client, given, kept):
    client.force_login(make_user())
    response = client.post(IDEA, typed(title=given))
    assert Proposal.objects.get().title == kept
    html = client.get(response.url).content.decode()
    assert "<script>alert" not in html
    assert client.get(LIST).status_code == 200


def test_search_for_similar_needs_no_account_and_keeps_input(client):
    proposal = services.publish_proposal(proposal=make_proposal(status="draft", title="Veredas hasta los colegios"))
    response = client.post(IDEA, typed(action="similar", title="beredas a los colejios"))
    assert response.status_code == 200
    assert [one.proposal for one in response.context["similar"]] == [proposal]
    assert "beredas a los colejios" in response.content.decode()
    assert "Completar los tramos sin vereda." in response.content.decode()


def test_similar_fragment(client):
    proposal = services.publish_proposal(proposal=make_proposal(status="draft", title="Veredas hasta los colegios"))
    html = client.get("/propuestas/similares/", {"q": "veredas"}).content.decode()
    assert f"{proposal.get_absolute_url()}#apoyar" in html
    assert "Apoyar esta en su lugar" in html
    assert client.get("/propuestas/similares/", {"q": "\x00"}).status_code == 200


@pytest.mark.parametrize(("status", "offers"), [("open", True), ("reached", False), ("answered", False)])
def test_similar_offers_to_support_what_takes_supports(client, status, offers):
    make_proposal(status=status, title="Veredas anchas hacia los colegios")
    html = client.get("/propuestas/similares/", {"q": "veredas colegios"}).content.decode()
    assert ("Apoyar esta en su lugar" in html, "Juntos llegan más rápido" in html) == (offers, offers)
    assert ("Lea qué pasó con ella" in html) is not offers


# --- one by one, from the phone ------------------------------------------------------------------------------


def test_script_sends_text_then_photos_then_publishes(client):
    client.force_login(make_user())
    to = json.loads(client.post(IDEA, typed(action="draft"), headers={"Accept": "application/json"}).content)
    key = str(uuid.uuid4())
    for status in (201, 201):  # the answer to the first was lost on the way
        photo = {"image": SimpleUploadedFile("foto.jpg", jpeg()), "alt": "Vereda", "once_key": key}
        answer = client.post(to["photos"], photo, headers={"Accept": "application/json"})
        assert answer.status_code == status
    done = json.loads(client.post(to["publish"], headers={"Accept": "application/json"}).content)
    proposal = Proposal.objects.get()
    assert (proposal.status, proposal.photos.count(), done["page"]) == ("open", 1, proposal.get_absolute_url())


def test_photo_to_a_proposal_of_another_is_refused(client):
    public, hidden = make_proposal(), make_proposal(status="draft")
    client.force_login(make_user())
    for proposal, status in ((public, 403), (hidden, 404)):
        photo = {"image": SimpleUploadedFile("foto.jpg", jpeg())}
        assert client.post(reverse("proposals:photos", args=[proposal.pk]), photo).status_code == status
    assert not ProposalPhoto.objects.exists()


def test_photo_that_is_none_is_400(client):
    proposal = make_proposal()
    client.force_login(proposal.author)
    photo = {"image": SimpleUploadedFile("foto.jpg", b"GIF89a")}
    answer = client.post(reverse("proposals:photos", args=[proposal.pk]), photo)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


# --- changing ----------------------------------------------------------------------------------------------------


def edit_address(proposal):
    return reverse("proposals:edit", args=[proposal.pk])


def test_edit_saves_and_publishes(client):
    proposal = make_proposal(status="draft")
    client.force_login(proposal.author)
    assert client.get(edit_address(proposal)).status_code == 200
    response = client.post(edit_address(proposal), typed(version=0, title="Mejor título"))
    proposal.refresh_from_db()
    assert (response.status_code, proposal.title, proposal.status) == (302, "Mejor título", "open")


def test_edit_of_an_older_version_shows_both_texts(client):
    proposal = make_proposal()
    client.force_login(proposal.author)
    client.post(edit_address(proposal), typed(version=0, title="Desde el teléfono"))
    response = client.post(edit_address(proposal), typed(version=0, title="Desde la oficina"))
    html = response.content.decode()
    assert response.status_code == 409
    assert "Desde el teléfono" in html
    assert "Desde la oficina" in html
    assert Proposal.objects.get().title == "Desde el teléfono"
    again = typed(version=response.context["form"].data["version"], title="Desde la oficina")
    assert client.post(edit_address(proposal), again).status_code == 302
    assert Proposal.objects.get().title == "Desde la oficina"


def test_edit_with_foreign_photo_is_400(client):
    foreign = services.add_photo(proposal=make_proposal(), image=_photo())
    proposal = make_proposal()
    client.force_login(proposal.author)
    response = client.post(edit_address(proposal), typed(version=0, remove_photos=[foreign.pk]))
    assert response.status_code == 400
    assert ProposalPhoto.objects.count() == 1


def test_edit_removes_own_photo(client):
    proposal = make_proposal()
    photo = services.add_photo(proposal=proposal, image=_photo())
    client.force_login(proposal.author)
    client.post(edit_address(proposal), typed(version=0, remove_photos=[photo.pk]))
    assert not ProposalPhoto.objects.exists()


def test_edit_after_a_support_adds_photos_and_takes_none_away(client):
    proposal = make_proposal()
    photo = services.add_photo(proposal=proposal, image=_photo())
    make_support(proposal.box)
    client.force_login(proposal.author)

    page = client.get(edit_address(proposal)).content.decode()
    response = client.post(edit_address(proposal), typed(version=0, remove_photos=[photo.pk]))

    assert 'name="remove_photos"' not in page
    assert response.status_code == 400
    with pytest.raises(Refused, match="Puede añadir"):
        services.remove_photo(proposal=proposal, photo=photo)
    services.add_photo(proposal=proposal, image=_photo())
    assert ProposalPhoto.objects.count() == 2


def _photo():
    return clean_photo(SimpleUploadedFile("x.jpg", jpeg()))


def test_edit_scope_after_support_keeps_it(client):
    proposal = make_proposal()
    make_support(proposal.box)
    client.force_login(proposal.author)
    response = client.post(edit_address(proposal), typed(version=0, parish=make_parish().pk))
    proposal.refresh_from_db()
    assert (response.status_code, proposal.parish) == (302, None)


PRIVATE = ["edit", "withdraw"]


@pytest.mark.parametrize("name", PRIVATE)
@pytest.mark.parametrize(("status", "code"), [("draft", 404), ("open", 403)])
def test_changing_what_belongs_to_another(client, name, status, code):
    proposal = make_proposal(status=status)
    client.force_login(make_user())
    assert client.get(reverse(f"proposals:{name}", args=[proposal.pk])).status_code == code
    assert client.post(reverse(f"proposals:{name}", args=[proposal.pk])).status_code == code


@pytest.mark.parametrize(("name", "code"), [("photos", 405), ("publish", 302)])
def test_nothing_changes_by_get(client, name, code):
    proposal = make_proposal(status="draft")
    client.force_login(proposal.author)
    assert client.get(reverse(f"proposals:{name}", args=[proposal.pk])).status_code == code
    proposal.refresh_from_db()
    assert proposal.status == "draft"


def test_withdraw_with_reason(client):
    proposal = make_proposal()
    client.force_login(proposal.author)
    address = reverse("proposals:withdraw", args=[proposal.pk])
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"reason": "done", "note": "Ya la hicieron."}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.status, proposal.withdrawal) == ("withdrawn", "done")
    html = client.get(proposal.get_absolute_url()).content.decode()
    assert "Ya la hicieron." in html
    assert client.get(address).status_code == 409


def test_withdraw_of_a_draft_deletes_it(client):
    proposal = make_proposal(status="draft")
    client.force_login(proposal.author)
    address = reverse("proposals:withdraw", args=[proposal.pk])
    assert client.get(address).status_code == 200
    assert Proposal.objects.exists()
    assert client.post(address).status_code == 302
    assert not Proposal.objects.exists()


# --- reading -----------------------------------------------------------------------------------------------------

DETAIL_PAGES = ["detail", "versions", "poster"]


@pytest.mark.parametrize("name", DETAIL_PAGES)
def test_wrong_slug_leads_to_the_right_one(client, name):
    proposal = make_proposal()
    response = client.get(reverse(f"proposals:{name}", args=[proposal.pk, "otro"]))
    assert (response.status_code, response.url) == (
        301,
        reverse(f"proposals:{name}", args=[proposal.pk, proposal.slug]),
    )


@pytest.mark.parametrize("name", [*DETAIL_PAGES, "go"])
@pytest.mark.parametrize("pk", [999_999, 10**30])
def test_missing_is_404(client, name, pk):
    args = [pk] if name == "go" else [pk, "algo"]
    assert client.get(reverse(f"proposals:{name}", args=args)).status_code == 404


def test_draft_is_its_authors_only(client):
    proposal = make_proposal(status="draft")
    addresses = [reverse(f"proposals:{n}", args=[proposal.pk, proposal.slug]) for n in DETAIL_PAGES]
    addresses.append(reverse("proposals:go", args=[proposal.pk]))

    def answers():
        return [client.get(a).status_code for a in addresses]

    assert answers() == [404, 404, 404, 404]
    client.force_login(make_user())
    assert answers() == [404, 404, 404, 404]
    assert titles(client.get(LIST)) == []
    client.force_login(proposal.author)
    assert answers() == [200, 200, 404, 301]
    assert titles(client.get(LIST)) == []


@pytest.mark.parametrize("status", Proposal.Status.values)
def test_detail_in_every_state(client, status):
    proposal = make_proposal(status=status, parish=make_parish())
    make_comment(proposal.thread)
    client.force_login(proposal.author)
    response = client.get(proposal.get_absolute_url())
    assert response.status_code == 200
    assert str(proposal.get_status_display()) in response.content.decode()


def test_detail_of_an_erased_author(client):
    proposal = make_proposal()
    services.erase_own(proposal.author)
    assert "ya no tiene cuenta" in client.get(proposal.get_absolute_url()).content.decode()


def test_detail_offers_edit_and_withdraw_to_the_author_only(client):
    proposal = make_proposal()
    offered = [edit_address(proposal), reverse("proposals:withdraw", args=[proposal.pk])]

    def seen():
        html = client.get(proposal.get_absolute_url()).content.decode()
        return [address in html for address in offered]

    assert seen() == [False, False]
    client.force_login(proposal.author)
    assert seen() == [True, True]


def test_detail_queries_do_not_grow(client, django_assert_max_num_queries):
    proposal = make_proposal(parish=make_parish())
    for _ in range(30):
        make_comment(proposal.thread)
    client.get(proposal.get_absolute_url())
    with django_assert_max_num_queries(12):
        client.get(proposal.get_absolute_url())


@pytest.mark.parametrize(
    ("status", "sentence"), [("open", "Apoye esta propuesta"), ("withdrawn", "Vea qué pasó con esta propuesta")]
)
def test_shared_sentence_asks_only_for_what_can_be_done(client, status, sentence):
    page = client.get(make_proposal(status=status).get_absolute_url())

    assert page.context["share_sentence"].startswith(sentence)


@pytest.mark.parametrize(("status", "offered"), [("open", True), ("archived", False)])
def test_poster_offers_the_desk_only_while_supports_are_taken(client, status, offered):
    page = client.get(make_proposal(status=status).get_absolute_url() + "cartel/").content.decode()

    assert ("También se apoya en la ventanilla" in page) is offered


def test_steps_to_come_are_not_told_as_past(client):
    labels = [step.label for step in client.get(make_proposal().get_absolute_url()).context["story"]["steps"]]

    assert labels[-3:] == ["Alcanza su umbral", "Respuesta del Municipio", "Hecha, si se acepta"]


def test_poster_has_a_code_of_the_address(client):
    proposal = make_proposal()
    html = client.get(reverse("proposals:poster", args=[proposal.pk, proposal.slug])).content.decode()
    assert f"http://testserver/propuestas/{proposal.pk}/" in html
    assert 'src="data:image/svg+xml' in html


# --- the list ---------------------------------------------------------------------------------------------


def published(title, **fields):
    return services.publish_proposal(proposal=make_proposal(status="draft", title=title, **fields))


def test_list_filters_and_orders(client):
    north, south = make_zone("Norte"), make_zone("Sur")
    nono, turubamba = make_parish("Nono", zone=north), make_parish("Turubamba", zone=south)
    a = published("Agua", parish=nono, category=make_category("Ambiente"))
    b = published("Buses", parish=turubamba, category=make_category("Movilidad"))
    c = published("Cultura", category=make_category("Movilidad"))
    make_support(b.box)
    make_comment(c.thread)
    Proposal.objects.filter(pk=a.pk).update(status="reached")
    cases = {
        "": {"Agua", "Buses", "Cultura"},
        "parroquia=nono": {"Agua"},
        "zona=sur": {"Buses"},
        "tema=movilidad": {"Buses", "Cultura"},
        "estado=con-sus-apoyos": {"Agua"},
        "estado=en-apoyos&tema=ambiente": set(),
        "q=agua&zona=norte": {"Agua"},
    }
    assert {query: set(titles(client.get(f"{LIST}?{query}"))) for query in cases} == cases
    orders = {
        "nuevas": ["Cultura", "Buses", "Agua"],
        "apoyadas": ["Buses", "Cultura", "Agua"],
        "comentadas": ["Cultura", "Buses", "Agua"],
        "por-vencer": ["Buses", "Cultura"],
    }
    assert {order: titles(client.get(f"{LIST}?orden={order}")) for order in orders} == orders


@pytest.mark.parametrize(
    "query",
    [
        *("parroquia=nada", "zona=%00", "tema=999", "estado=draft", "estado=open", "estado=x'"),
        *("orden=rank", "orden=newest", f"q={'a' * 201}"),
    ],
)
def test_list_with_invalid_filter_says_so(client, query):
    make_proposal()
    response = client.get(f"{LIST}?{query}")
    assert response.status_code == 400
    assert response.context["form"].errors
    assert "Hay un problema" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["pagina=x", "pagina=-1", "pagina=999999", "q=%00", "q=%ff", "q=%25", "q=_", "q=%5C", "q='"]
)
def test_list_never_breaks(client, query):
    make_proposal()
    assert client.get(f"{LIST}?{query}").status_code == 200


def test_every_public_state_has_its_word_in_the_address():
    assert {*FilterForm.STATES.values()} == {*Proposal.Status} - {Proposal.Status.DRAFT}


def test_list_counts_honestly_and_says_what_to_do_when_empty(client):
    assert "La primera puede ser la suya" in client.get(LIST).content.decode()
    published("Una")
    html = client.get(LIST).content.decode()
    assert " ".join(re.search('id="resultados">(.*?)<', html, re.DOTALL)[1].split()) == "1 propuesta"
    assert "Ninguna propuesta coincide" in client.get(f"{LIST}?q=zzzz").content.decode()


def test_list_chips_take_one_filter_away(client):
    make_parish("Nono")
    response = client.get(f"{LIST}?parroquia=nono&estado=en-apoyos&orden=apoyadas&pagina=2")
    chips = {c["name"]: c["address"] for c in response.context["chips"]}
    assert chips == {
        "parroquia": "?estado=en-apoyos&orden=apoyadas",
        "estado": "?parroquia=nono&orden=apoyadas",
    }


def test_list_queries_are_the_same_for_1_and_40_rows(client):
    parish = make_parish()
    query = f"{LIST}?q=propuesta&parroquia={parish.slug}&zona={parish.zone.slug}&estado=en-apoyos&orden=apoyadas"
    client.force_login(make_user(verified=True))
    counts = []
    for rows in (1, 39):
        for _ in range(rows):
            proposal = published("Una propuesta", parish=parish)
            services.add_photo(proposal=proposal, image=_photo())
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            response = client.get(query)
        assert len(response.context["proposals"]) == min(20, Proposal.objects.count())
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10


def test_categories_are_there_from_the_first_day():
    assert Category.objects.count() >= 12
