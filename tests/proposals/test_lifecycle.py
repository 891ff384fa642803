"""The table of states, and what each step does besides moving."""

from datetime import timedelta
from itertools import product

import pytest
from django.conf import settings
from django.utils import timezone

from decide.answers import services as answers
from decide.errors import Refused
from decide.notices.models import Notice
from proposals import services
from proposals.models import Proposal, StatusChange
from proposals.services.lifecycle import NEXT
from tests.factories import (
    make_agency,
    make_answer,
    make_appointment,
    make_proposal,
    make_residence,
    make_support,
    make_user,
)

pytestmark = pytest.mark.django_db
Status = Proposal.Status

ALLOWED = {
    ("draft", "open"),
    ("open", "reached"),
    ("open", "withdrawn"),
    ("open", "archived"),
    ("reached", "review"),
    ("review", "answered"),
    ("reached", "voting"),
    ("review", "voting"),
    ("voting", "reached"),
    ("voting", "review"),
    ("answered", "execution"),
    ("execution", "done"),
    ("done", "execution"),
}


def test_table_lists_exactly_these_steps():
    assert {(str(a), str(b)) for a, following in NEXT.items() for b in following} == ALLOWED


@pytest.mark.parametrize(("before", "after"), list(product(Status.values, Status.values)))
def test_change_status_every_pair(before, after):
    proposal = make_proposal(status=before)
    version, steps = proposal.version, proposal.status_changes.count()
    if after == "withdrawn":
        proposal.withdrawal = "other"
        proposal.save()
    if (before, after) in ALLOWED:
        moved = services.change_status(proposal=proposal, to=after)
        assert (moved.status, moved.version) == (after, version + 1)
        assert list(proposal.status_changes.values_list("status", flat=True))[steps:] == [after]
    else:
        with pytest.raises(Refused) as refused:
            services.change_status(proposal=proposal, to=after)
        assert refused.value.status == 409
        proposal.refresh_from_db()
        assert (proposal.status, proposal.version, proposal.status_changes.count()) == (before, version, steps)


def test_publish_opens_box_and_thread():
    proposal = make_proposal(status="draft")
    proposal.box.open = False
    proposal.box.save()
    published = services.publish_proposal(proposal=proposal)
    published.box.refresh_from_db()
    published.thread.refresh_from_db()
    assert published.status == "open"
    assert published.expires_at - published.published_at == settings.SUPPORT_PERIOD
    assert published.box.open
    assert (published.thread.public, published.thread.path) == (True, published.get_absolute_url())
    assert published.grams.exists()
    assert [c.status for c in published.status_changes.all()] == ["open"]


def test_publish_twice_is_once():
    proposal = services.publish_proposal(proposal=make_proposal(status="draft"))
    again = services.publish_proposal(proposal=proposal)
    assert (again.version, again.status_changes.count()) == (proposal.version, 1)


def test_publish_without_summary_is_refused():
    with pytest.raises(Refused) as refused:
        services.publish_proposal(proposal=make_proposal(status="draft", summary=""))
    assert refused.value.status == 400


def test_withdraw_closes_box_and_tells_supporters():
    proposal = make_proposal()
    supporter = make_user(verified=True)
    make_support(proposal.box, supporter.residence)
    make_support(proposal.box, make_residence())
    withdrawn = services.withdraw_proposal(proposal=proposal, reason="duplicate", note="Es igual a otra.")
    withdrawn.box.refresh_from_db()
    assert (withdrawn.status, withdrawn.withdrawal, withdrawn.box.open) == ("withdrawn", "duplicate", False)
    assert (withdrawn.get_withdrawal_display(), withdrawn.withdrawal_note) == ("Está duplicada", "Es igual a otra.")
    assert list(Notice.objects.values_list("recipient", flat=True)) == [supporter.pk]


def test_withdraw_with_unknown_reason_is_refused():
    with pytest.raises(Refused) as refused:
        services.withdraw_proposal(proposal=make_proposal(), reason="porque sí")
    assert refused.value.status == 400


@pytest.mark.parametrize("status", [s for s in Status.values if s != "open"])
def test_withdraw_after_gathering_is_refused(status):
    with pytest.raises(Refused) as refused:
        services.withdraw_proposal(proposal=make_proposal(status=status), reason="other")
    assert refused.value.status == 409


def test_archive_expired_archives_only_what_is_open_and_over():
    now = timezone.now()
    over = make_proposal(published_at=now - timedelta(days=366), expires_at=now - timedelta(days=1))
    going = make_proposal()
    reached = make_proposal(
        status="reached", published_at=now - timedelta(days=366), expires_at=now - timedelta(days=1)
    )
    assert services.archive_expired(now) == 1
    assert services.archive_expired(now) == 0
    states = dict(Proposal.objects.values_list("pk", "status"))
    assert states == {over.pk: "archived", going.pk: "open", reached.pk: "reached"}
    notice = Notice.objects.get()
    assert notice.recipient == over.author
    assert "apoyar una parecida" in notice.body


def test_reach_threshold_owes_one_answer():
    proposal = make_proposal(threshold=2)
    make_support(proposal.box)
    assert services.reach_threshold(proposal=proposal).status == "open"
    make_support(proposal.box)
    reached = services.reach_threshold(proposal=proposal)
    again = services.reach_threshold(proposal=proposal)
    assert (reached.status, again.answer_id) == ("reached", reached.answer_id)
    assert reached.answer.path == proposal.get_absolute_url()
    assert Notice.objects.filter(recipient=proposal.author, kind="proposal-reached").count() == 1


def test_follow_answer_from_assigned_to_done():
    proposal = make_proposal(status="reached")
    office = make_appointment(office="participation").holder
    agency = make_agency()
    officer = make_appointment(office="agency", agency=agency).holder

    def status():
        proposal.refresh_from_db()
        return proposal.status

    answers.assign_answer(answer=proposal.answer, officer=office, agency=agency)
    assert status() == "review"
    answers.give_answer(answer=proposal.answer, officer=officer, outcome="accepted", body="Se hará en marzo.")
    assert status() == "answered"
    assert not Proposal.objects.get(pk=proposal.pk).box.open
    today = timezone.localdate()
    first = answers.add_milestone(answer=proposal.answer, officer=officer, title="Estudios", planned=today)
    assert status() == "answered"
    answers.update_milestone(milestone=first, officer=officer, state="ongoing")
    assert status() == "execution"
    answers.update_milestone(milestone=first, officer=officer, state="done")
    assert status() == "done"
    second = answers.add_milestone(answer=proposal.answer, officer=officer, title="Obra", planned=today)
    answers.update_milestone(milestone=second, officer=officer, state="ongoing")
    assert status() == "execution"
    steps = list(StatusChange.objects.filter(proposal=proposal).values_list("status", flat=True))
    assert steps == ["open", "reached", "review", "answered", "execution", "done", "execution"]


def test_follow_answer_of_somebody_else_changes_nothing():
    proposal = make_proposal(status="reached")
    services.follow_answer(sender=None, answer=make_answer(outcome="rejected"))
    proposal.refresh_from_db()
    assert proposal.status == "reached"
