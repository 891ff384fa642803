"""A session in three browsers: the table, a delegate's phone and the wall; one item by hands and one by phones."""

import re

import pytest
from playwright.sync_api import expect

from decide.assemblies.models import Item, Session
from tests.assemblies.halls import make_hall

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
PHONE, LAPTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture
def enter(settings, new_context, sign_in):
    """`enter(user, viewport)`: the browser of somebody; None is nobody."""
    settings.SECOND_FACTOR_REQUIRED = False

    def do(user, viewport, **options):
        context = new_context(viewport=viewport, **options)
        if user:
            sign_in(context, user)
        return context.new_page()

    return do


def watching(page, address):
    """Open a page, and wait until its socket has shown the first state."""
    with page.expect_websocket() as opened:
        page.goto(address)
    opened.value.wait_for_event("framereceived")
    return page


def press(page, *words):
    """The button whose name has these words, in this order."""
    page.get_by_role("button", name=re.compile(".*".join(words))).click()


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_hall_votes_by_hands_and_by_phones_and_the_wall_follows(enter):
    hall = make_hall(seats=4, present=3, status="called", most_marks=1)
    base = f"/asambleas/sesiones/{hall.session.pk}"
    table, second = enter(hall.secretary, LAPTOP), enter(hall.zonal, PHONE)
    phone, wall = enter(hall.delegate(3), PHONE), enter(None, LAPTOP)

    # The door: the QR, and the table that confirms it.
    phone.goto(f"{base}/puerta/{hall.session.door_code}/")
    press(phone, "Estoy aquí")
    expect(phone.locator("main").get_by_text("la mesa confirma y entonces cuenta")).to_be_visible()
    watching(wall, f"{base}/pantalla/")
    expect(wall.locator(".screen__quorum strong")).to_have_text("3")
    second.goto(f"{base}/asistencia/")
    press(second, "Está aquí: Delegada 3")
    expect(wall.locator(".screen__quorum strong")).to_have_text("4")
    assert fits(second)
    assert fits(phone)

    # The table opens; the wall comes anew by itself.
    table.goto(f"{base}/mesa/")
    press(table, "Instalar la sesión")
    expect(wall.locator("main").get_by_text("Ahora no se vota nada.")).to_be_visible()
    for title, way in (("Directiva", "A mano alzada"), ("Adoquinado", "Con el teléfono")):
        form = table.locator("details", has_text="Agregar un punto")
        if form.get_attribute("open") is None:
            form.locator("summary").click()
        table.get_by_label("Qué se vota").fill(title)
        table.get_by_label("Cómo se vota").select_option(label=way)
        press(table, "Agregar")
        expect(table.get_by_role("heading", name=title)).to_be_visible()
    hands, phones = Item.objects.order_by("position")

    # By hands.
    watching(phone, f"{base}/votar/")
    press(table, "Abrir", "Directiva")
    expect(wall.get_by_role("heading", name="Directiva")).to_be_visible()
    expect(phone.locator("main").get_by_text("levante la mano en la sala")).to_be_visible()
    table.get_by_label("Manos contadas").fill("3")
    press(table, "Anotar")
    second.goto(f"{base}/mesa/")
    assert fits(second)
    press(second, "Confirmar 3")
    expect(wall.get_by_role("listitem").filter(has_text="Directiva")).to_contain_text("3")

    # By phones: what is voted appears by itself, the count only when it closes.
    table.goto(f"{base}/mesa/")
    press(table, "Abrir", "Adoquinado")
    expect(wall.get_by_role("heading", name="Adoquinado")).to_be_visible()
    press(phone, "Votar por este punto", "Adoquinado")
    expect(phone.locator("main").get_by_text("Usted votó por este punto.")).to_be_visible()
    expect(phone.locator("main").get_by_text("votos le quedan, de 1")).to_be_visible()
    expect(wall.locator(".screen__votes").filter(has_text="han votado").locator("strong")).to_have_text("1")
    assert fits(phone)
    result = wall.get_by_role("listitem").filter(has_text="Adoquinado")
    expect(result).to_be_hidden()
    press(table, "Cerrar la votación", "Adoquinado")
    expect(result).to_contain_text("1")
    expect(wall.locator("main").get_by_text("Ahora no se vota nada.")).to_be_visible()
    assert fits(wall)

    # The end, and the minutes.
    press(table, "Clausurar")
    press(table, "Clausurar")
    expect(table.get_by_role("heading", level=1)).to_have_text("Preparar el acta")
    expect(wall.locator("main").get_by_text("La sesión está clausurada.")).to_be_visible()
    expect(table.get_by_text(re.compile("Votaron con el teléfono: Delegada 3"))).to_be_visible()
    hands.refresh_from_db()
    phones.refresh_from_db()
    assert (hands.votes, phones.votes, Session.objects.get().status) == (3, 1, "held")


def test_hall_works_without_javascript(enter):
    hall = make_hall(most_marks=1)
    item = hall.item(status="open", title="Adoquinado")
    phone = enter(hall.delegate(0), PHONE, java_script_enabled=False)
    phone.goto(f"/asambleas/sesiones/{hall.session.pk}/votar/")
    press(phone, "Votar por este punto", "Adoquinado")
    expect(phone.locator("main").get_by_text("Usted votó por este punto.")).to_be_visible()
    table = enter(hall.secretary, LAPTOP, java_script_enabled=False)
    table.goto(f"/asambleas/sesiones/{hall.session.pk}/mesa/")
    press(table, "Cerrar la votación", "Adoquinado")
    item.refresh_from_db()
    assert item.votes == 1
