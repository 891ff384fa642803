"""live.js in a real browser, on a page that extends the real base.html."""

import re

import pytest
from playwright.sync_api import expect

from decide import live
from decide.live import hubs
from tests.live import pages
from tests.live.tools import make_box, support
from votes.models import SupportBox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(settings, transactional_db):
    settings.ROOT_URLCONF = "tests.live.pages"
    settings.LIVE_TOPICS = "tests.live.pages.TOPICS"
    pages.talk.update(count=1, comments=[1], latest={"id": 1, "html": ""}, version=1)
    return make_box()


def visit(page, box):
    """Open the page and wait for its socket and the first snapshot."""
    with page.expect_websocket() as opening:
        page.goto(f"/prueba/?box={box.pk}")
    opening.value.wait_for_event("framereceived")
    page.wait_for_timeout(200)
    return opening.value


def test_figures_move_without_reloading_and_the_focus_stays(page, box):
    visit(page, box)
    page.locator("#typing").fill("a medio escri")
    said = page.evaluate_handle(
        """() => { const said = []; const status = document.querySelector("[data-live-status]");
        new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
        return said; }"""
    )
    SupportBox.objects.filter(pk=box.pk).update(supports=1233, counted=12)
    support(box.pk)
    expect(page.locator("#supports")).to_have_text("1.234")
    assert page.locator("#counted").evaluate("bar => bar.value") == 12
    expect(page.locator("[data-live-status]")).to_have_text("1.234 apoyos")
    support(box.pk)
    expect(page.locator("#supports")).to_have_text("1.235")
    page.wait_for_timeout(1500)
    assert said.json_value() == ["1.234 apoyos"]  # at most every 15 s
    assert page.evaluate("document.activeElement.id") == "typing"
    assert page.locator("#typing").input_value() == "a medio escri"
    expect(page.locator("#changed")).to_be_hidden()
    SupportBox.objects.filter(pk=box.pk).update(threshold=30)
    support(box.pk)
    expect(page.locator("#changed")).to_be_visible()


def test_one_new_comment_is_inserted_and_several_become_a_link(page, box):
    visit(page, box)
    pages.say(2)
    expect(page.locator("#thread > li")).to_have_text(["Comentario 2", "1"])
    pages.say(3, into="1")
    expect(page.locator("#respuestas-1 > li")).to_have_text(["Comentario 3"])
    page.wait_for_timeout(300)
    # Two between two messages: which is which cannot be known, so a link reloads.
    pages.talk.update(count=4, version=pages.talk["version"] + 1)
    pages.say(5)
    link = page.get_by_role("link", name="2 comentarios nuevos")
    expect(link).to_be_visible()
    pages.say(6)
    expect(page.get_by_role("link", name="3 comentarios nuevos")).to_be_visible()
    assert page.locator("#comentario-6").count() == 0
    page.get_by_role("link", name="3 comentarios nuevos").click()
    expect(page.locator("#comentario-6")).to_be_visible()


def test_what_is_hidden_while_it_is_watched_is_said_politely(page, box):
    visit(page, box)
    SupportBox.objects.filter(pk=box.pk).update(open=False)
    live.changed(f"support:{box.pk}")
    notice = page.locator("[data-live-notice]")
    expect(notice).to_have_text(re.compile("ya no está disponible"))
    expect(notice.get_by_role("link", name="Actualizar")).to_be_visible()


def test_what_never_was_public_is_no_news(page, box):
    SupportBox.objects.filter(pk=box.pk).update(open=False)
    visit(page, box)
    page.wait_for_timeout(500)
    assert page.locator("[data-live-notice]").count() == 0


HIDE = """hidden => { Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange")); }"""


def test_hidden_page_stops_watching_and_asks_again_when_it_returns(page, box):
    socket = visit(page, box)
    with socket.expect_event("close"):
        page.evaluate(HIDE, True)
    support(box.pk)
    page.wait_for_timeout(800)
    expect(page.locator("#supports")).to_have_text("0")
    with page.expect_websocket():
        page.evaluate(HIDE, False)
    expect(page.locator("#supports")).to_have_text("1")


def test_broken_socket_is_opened_again_and_asks_for_everything(page, box):
    visit(page, box)
    (hub,) = [hub for hub in hubs._hubs.values() if not hub.loop.is_closed()]

    def break_off():
        for socket in list(hub.topics[f"support:{box.pk}"].watchers):
            hub.loop.create_task(socket.send({"type": "websocket.close", "code": 1012}))

    with page.expect_websocket():
        hub.loop.call_soon_threadsafe(break_off)
    support(box.pk)
    expect(page.locator("#supports")).to_have_text("1")


def test_where_no_socket_opens_the_page_polls_with_an_etag(page, box):
    page.add_init_script(
        "window.WebSocket = class { constructor() { this.number = ++window.opened || (window.opened = 1);"
        " setTimeout(() => this.onclose({})); } close() {} send() {} };"
    )
    statuses = []
    page.on("response", lambda response: "/live/?" in response.url and statuses.append(response.status))
    page.clock.install()
    page.goto(f"/prueba/?box={box.pk}")
    let_time_pass(page, lambda: 304 in statuses)
    assert statuses[0] == 200
    support(box.pk)
    let_time_pass(page, lambda: page.locator("#supports").inner_text() == "1")
    assert page.evaluate("window.opened") >= 3  # and the socket is tried again now and then


def let_time_pass(page, until, seconds=60):
    """The page's clock runs fast, second by second, and what it asks for is answered in between."""
    for _second in range(seconds):
        page.clock.run_for(1000)
        page.wait_for_timeout(30)
        if until():
            return
    raise AssertionError(f"not within {seconds} s")


def test_save_data_opens_nothing_and_offers_a_link(page, box):
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    opened, asked = [], []
    page.on("websocket", lambda socket: opened.append(socket))
    page.on("request", lambda request: "/live/" in request.url and asked.append(request.url))
    page.clock.install()
    page.goto(f"/prueba/?box={box.pk}")
    support(box.pk)
    page.clock.run_for(60_000)
    page.wait_for_timeout(300)
    assert (opened, asked) == ([], [])
    page.locator("[data-live-refresh] a", has_text="Actualizar").click()
    expect(page.locator("#supports")).to_have_text("1")
