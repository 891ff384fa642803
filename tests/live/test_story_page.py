"""The proposal's real page: its state changes while somebody looks at it."""

import pytest
from playwright.sync_api import expect

from decide import live
from proposals.models import Proposal
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_open_proposal_page_says_that_its_state_changed(page, transactional_db):
    proposal = factories.make_proposal(status="open")
    with page.expect_websocket() as opening:
        page.goto(proposal.get_absolute_url())
    opening.value.wait_for_event("framereceived")
    notice = page.locator("[data-live-unless]")
    expect(notice).to_be_hidden()
    Proposal.objects.filter(pk=proposal.pk).update(status="reached", version=proposal.version + 1)
    live.changed(f"proposal:{proposal.pk}")
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("acaba de cambiar")
