import pytest

from proposals.models import Proposal
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", Proposal.Status.values)
def test_make_proposal_in_each_state(status):
    proposal = f.make_proposal(status=status, parish=f.make_parish())
    proposal.refresh_from_db()
    steps = list(proposal.status_changes.values_list("status", flat=True))
    assert steps[-1:] == ([] if status == "draft" else [status])
    assert proposal.thread.public == (status != "draft")
    assert (proposal.answer is not None) == (status in ("reached", "voting", "review", "answered", "execution", "done"))


def test_counts_follow_rows():
    proposal = f.make_proposal(parish=f.make_parish())
    f.make_support(proposal.box)
    f.make_support(proposal.box, f.make_residence(f.make_parish("Nono")))
    root = f.make_comment(proposal.thread)
    f.make_comment(proposal.thread, parent=root)
    proposal = Proposal.objects.get()
    assert (proposal.box.supports, proposal.box.counted, proposal.thread.comments) == (2, 1, 2)


def test_everything_else_is_made():
    user = f.make_user(verified=True, parish=f.make_parish("Nono"))
    assert user.residence.parish.name == "Nono"
    for office in ("participation", "zonal", "agency", "desk"):
        f.make_appointment(user, office)
    assert {a.office for a in user.appointments} == {"participation", "zonal", "agency", "desk"}
    f.make_milestone()
    f.make_service_point()
    f.make_body()
