"""The form on a phone with a poor line, played in a real browser."""

import re

import pytest

from proposals import services
from proposals.models import Proposal
from tests.factories import make_category, make_proposal, make_user
from tests.proposals.files import jpeg

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
IDEA = "/propuestas/nueva/idea/"
PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def author():
    make_category("Movilidad")
    return make_user()


@pytest.fixture
def phone(new_context, sign_in, author):
    context = new_context(**PHONE)
    sign_in(context, author)
    return context


def fill(page, title="Veredas hasta el colegio"):
    page.fill("#id_title", title)
    page.fill("#id_summary", "Completar los tramos sin vereda.")
    page.select_option("#id_category", label="Movilidad")


def kept(page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((k) => k.startsWith('kept:'))")


def test_what_was_typed_survives_a_closed_browser(phone):
    page = phone.new_page()
    page.goto(IDEA)
    fill(page)
    page.wait_for_timeout(800)  # it is kept half a second after the last key
    assert len(kept(page)) == 1
    page.close()
    page = phone.new_page()
    page.goto(IDEA)
    assert page.input_value("#id_title") == ""
    page.get_by_role("button", name="Seguir con eso").click()
    assert page.input_value("#id_title") == "Veredas hasta el colegio"
    assert page.locator("#id_category option:checked").inner_text() == "Movilidad"
    page.get_by_role("button", name="Publicar").click()
    page.wait_for_url(re.compile("/propuestas/[0-9]+-veredas"))
    assert kept(page) == []
    page.goto(IDEA)
    assert page.locator("[data-kept]").count() == 0


def test_what_was_typed_can_be_deleted(phone):
    page = phone.new_page()
    page.goto(IDEA)
    fill(page)
    page.wait_for_timeout(800)  # it is kept half a second after the last key
    assert len(kept(page)) == 1
    page.reload()
    page.get_by_role("button", name="Borrarlo").click()
    assert kept(page) == []
    page.reload()
    assert page.locator("[data-kept]").count() == 0


def test_what_was_sent_without_a_line_is_offered_again(phone, problems):
    page = phone.new_page()
    page.goto(IDEA)
    fill(page)
    phone.set_offline(True)
    page.get_by_role("button", name="Publicar").click()
    page.wait_for_timeout(500)
    phone.set_offline(False)
    page = phone.new_page()
    page.goto(IDEA)
    page.get_by_role("button", name="Seguir con eso").click()
    assert page.input_value("#id_summary") == "Completar los tramos sin vereda."
    assert not Proposal.objects.exists()
    problems.clear()


def test_form_with_errors_keeps_what_was_typed_on_the_phone(phone, problems):
    page = phone.new_page()
    page.goto(IDEA)
    fill(page, title="…")
    page.get_by_role("button", name="Publicar").click()
    page.get_by_role("heading", name="Hay un problema").wait_for()
    assert len(kept(page)) == 1
    page.close()
    page = phone.new_page()
    page.goto(IDEA)
    page.get_by_role("button", name="Seguir con eso").click()
    assert page.input_value("#id_summary") == "Completar los tramos sin vereda."
    problems.clear()  # the answer was a 400


def test_photos_are_made_small_and_sent_again_when_they_fail(phone, problems):
    page = phone.new_page()
    page.goto(IDEA)
    fill(page)
    assert page.locator("[data-photo]:visible").count() == 1
    page.set_input_files("#id_photo1", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(3000, 2000)})
    page.fill("#id_alt1", "Una vereda rota")
    page.set_input_files("#id_photo2", {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": jpeg(1000, 2400)})
    sizes, failures = [], []

    def flaky(route):
        body = route.request.post_data_buffer or b""
        if len(failures) < 2:
            failures.append(len(body))
            route.abort()
        else:
            sizes.append(len(body))
            route.continue_()

    page.route("**/fotos/", flaky)
    page.get_by_role("button", name="Publicar").click()
    page.wait_for_url(re.compile("/propuestas/[0-9]+-veredas"), timeout=30_000)
    proposal = Proposal.objects.get()
    photos = sorted((p.width, p.height, p.alt) for p in proposal.photos.all())
    assert photos == [(667, 1600, ""), (1600, 1067, "Una vereda rota")]
    assert (proposal.status, len(sizes), len(failures)) == ("open", 2, 2)
    assert kept(page) == []
    problems.clear()  # the two that failed


def test_similar_appear_while_typing(phone):
    services.publish_proposal(proposal=make_proposal(status="draft", title="Parque para perros en Quitumbe"))
    page = phone.new_page()
    page.goto(IDEA)
    assert page.get_by_role("button", name="Buscar parecidas").count() == 0
    page.locator("#id_title").press_sequentially("parqe para perros")
    link = page.get_by_role("link", name=re.compile("Apoyar esta en su lugar"))
    link.wait_for()
    assert page.evaluate("document.activeElement.id") == "id_title"
    link.click()
    page.wait_for_url(re.compile("#apoyar$"))


@pytest.mark.parametrize(
    ("place", "said", "lat"),
    [((-0.2299, -78.5249), "Ubicación guardada", "-0.22990"), ((40.4, -3.7), "fuera de Quito", "")],
)
def test_own_place(new_context, sign_in, author, place, said, lat):
    context = new_context(
        **PHONE, geolocation={"latitude": place[0], "longitude": place[1]}, permissions=["geolocation"]
    )
    sign_in(context, author)
    page = context.new_page()
    page.goto(IDEA)
    page.get_by_role("button", name="Usar mi ubicación").click()
    page.get_by_text(said).wait_for()
    assert page.input_value("#id_lat") == lat


def test_two_taps_store_one(phone):
    page = phone.new_page()
    page.goto(IDEA)
    fill(page)
    page.evaluate("""() => {
        const button = document.querySelector('button[value=publish]');
        button.click(); button.click();
    }""")
    page.wait_for_url(re.compile("/propuestas/[0-9]+-veredas"))
    assert Proposal.objects.count() == 1


def test_without_javascript(new_context, sign_in, author):
    context = new_context(**PHONE, java_script_enabled=False)
    sign_in(context, author)
    page = context.new_page()
    page.goto(IDEA)
    fill(page)
    page.set_input_files("#id_photo1", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(800, 600)})
    page.get_by_role("button", name="Buscar parecidas").click()
    page.get_by_text("No encontramos propuestas parecidas.").wait_for()
    assert page.input_value("#id_title") == "Veredas hasta el colegio"
    page.set_input_files("#id_photo1", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(800, 600)})
    page.get_by_role("button", name="Publicar").click()
    page.wait_for_url(re.compile("/propuestas/[0-9]+-veredas"))
    assert Proposal.objects.get().photos.count() == 1
