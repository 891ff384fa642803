"""The frame for browser tests works, and its check for errors can fail."""

import pytest

from tests.factories import make_user

pytestmark = pytest.mark.browser


def test_page_is_served_by_the_real_application(page):
    assert page.goto("/").status == 200


def test_sign_in_needs_no_form(context, page, sign_in):
    sign_in(context, make_user())
    page.goto("/")
    response = page.request.get("/mi/", max_redirects=0)
    assert response.status != 302


def test_planted_console_error_is_noticed(page, problems):
    page.goto("/")
    page.evaluate("console.error('planted')")
    page.wait_for_timeout(100)
    assert problems == ["planted"]
    problems.clear()
