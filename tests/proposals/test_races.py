"""What happens at once, on the engine at hand; each with a control that shows that there is a race."""

import threading
import uuid
from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from decide.errors import Refused
from proposals import services
from proposals.models import Proposal, ProposalDocument
from proposals.services import authoring
from tests.factories import make_category, make_proposal, make_user
from votes.models import SupportBox

pytestmark = [pytest.mark.slow_race, pytest.mark.django_db(transaction=True)]


def at_once(calls) -> list:
    """What each call returned or raised, all begun together, each on a connection of its own."""
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(i, call):
        try:
            barrier.wait(10)
            results[i] = call()
        except Exception as error:
            results[i] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def filing(author, category, key):
    return lambda: services.draft_proposal(
        title="Veredas", summary="Completarlas.", category=category, author=author, once_key=key
    )


def test_one_form_sent_eight_times_at_once_is_one_proposal():
    author, category, key = make_user(), make_category(), uuid.uuid4()
    results = at_once([filing(author, category, key)] * 8)
    assert {getattr(r, "pk", r) for r in results} == {Proposal.objects.get().pk}
    assert SupportBox.objects.count() == 1


def test_control_without_the_key_there_are_eight():
    author, category = make_user(), make_category()
    at_once([filing(author, category, None)] * 8)
    assert Proposal.objects.count() == 8


def adding(proposal):
    return lambda: services.add_document(
        proposal=proposal, file=ContentFile(b"%PDF-1.4", name="a.pdf"), title="Plano", once_key=uuid.uuid4()
    )


def test_eight_documents_at_once_are_three():
    proposal = make_proposal()
    results = at_once([adding(proposal)] * 8)
    assert ProposalDocument.objects.count() == 3
    assert sum(isinstance(r, Refused) for r in results) == 5


@pytest.mark.skipif(connection.vendor == "sqlite", reason="on SQLite the immediate transaction is the lock")
def test_control_without_the_lock_there_are_more():
    proposal = make_proposal()
    meeting = threading.Barrier(8)

    def unlocked(which):
        found = Proposal.objects.get(pk=which.pk)
        meeting.wait(10)  # everybody has begun, and nobody has counted
        return found

    with patch.object(authoring, "_lock_for_files", unlocked):
        at_once([adding(proposal)] * 8)
    assert ProposalDocument.objects.count() > 3


def test_two_edits_of_one_version_at_once_store_one():
    proposal = make_proposal()
    editor = proposal.author

    def edit(title):
        return lambda: services.edit_proposal(proposal=proposal, editor=editor, version=0, title=title)

    results = at_once([edit(f"Título {n}") for n in range(6)])
    assert sum(isinstance(r, services.EditedMeanwhile) for r in results) == 5
    assert Proposal.objects.get().version == 1


def test_archiving_and_withdrawing_at_once_leaves_one_state():
    now = timezone.now()
    proposal = make_proposal(published_at=now - timezone.timedelta(days=366), expires_at=now)
    at_once(
        [
            lambda: services.archive_expired(now),
            lambda: services.archive_expired(now),
            lambda: services.withdraw_proposal(proposal=proposal, reason="other"),
        ]
    )
    last = [c.status for c in proposal.status_changes.all()]
    proposal.refresh_from_db()
    assert last in (["open", "archived"], ["open", "withdrawn"])
    assert last[-1] == proposal.status
