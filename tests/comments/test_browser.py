"""A thread in a real browser: ratings without losing one's place, and comments that arrive by themselves."""

import pytest

from decide.comments import services
from tests.factories import make_comment, make_proposal, make_user
from tests.moderation.tools import make_hidden

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_rating_keeps_page_and_focus(page, context, sign_in):
    thread = make_proposal().thread
    comment = make_comment(thread)
    sign_in(context, make_user())
    page.goto(thread.path)
    button = page.locator(f"#comentario-{comment.pk} button").first
    page.evaluate("window.sameDocument = true")
    for label, pressed in (("Útil (1)", "true"), ("Útil", None)):
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_function(
            "([node, text]) => node.textContent.trim() === text", arg=[button.element_handle(), label]
        )
        assert button.get_attribute("aria-pressed") == pressed
        assert page.evaluate("document.activeElement.textContent.trim()") == label
    assert page.evaluate("window.sameDocument") is True


def test_rating_by_someone_not_signed_in_leads_to_sign_in(page):
    thread = make_proposal().thread
    comment = make_comment(thread)
    page.goto(thread.path)
    page.locator(f"#comentario-{comment.pk} button").first.click()
    page.wait_for_url(f"**/cuentas/**next=/comentarios/{comment.pk}/")


def test_a_comment_and_a_reply_arrive_by_themselves(page):
    thread = make_proposal().thread
    root = make_comment(thread)
    with page.expect_websocket() as socket, page.expect_event("websocket"):
        page.goto(thread.path)
    socket.value.wait_for_event("framereceived")
    new = services.add_comment(thread=thread, author=make_user(), body="Recién llegado")
    page.wait_for_selector(f"ol[data-live-thread] > #comentario-{new.pk} >> text=Recién llegado")
    reply = services.add_comment(thread=thread, author=make_user(), body="Le respondo", parent=root)
    page.wait_for_selector(f"#respuestas-{root.pk} > #comentario-{reply.pk} >> text=Le respondo")
    assert page.inner_text("#comentarios-titulo") == "Comentarios (3)"


def test_what_moderators_hide_leaves_the_pages_that_are_open(page):
    thread = make_proposal().thread
    alone, answered = make_comment(thread, body="Una ofensa"), make_comment(thread, body="Otra ofensa")
    reply = make_comment(thread, parent=answered, answers_to=answered, body="Con calma")
    with page.expect_websocket() as socket, page.expect_event("websocket"):
        page.goto(thread.path)
    socket.value.wait_for_event("framereceived")
    for comment in (alone, answered):
        make_hidden(comment)

    page.wait_for_selector(f"#comentario-{alone.pk}", state="detached")
    page.wait_for_selector("text=Otra ofensa", state="detached")
    assert page.inner_text(f"#comentario-{reply.pk} .comment__body").strip() == "Con calma"
    assert page.inner_text("#comentarios-titulo") == "Comentarios (1)"
