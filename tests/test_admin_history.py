"""The history pages of the administration: in Spanish, with what people wrote escaped."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from budgets.models import PhaseDates, Reconsideration
from decide.assemblies.models import Minutes, Objection
from decide.comments import services as comments
from proposals import services
from tests.factories import (
    make_agency,
    make_allocation,
    make_answer,
    make_appointment,
    make_assembly,
    make_comment,
    make_decision,
    make_milestone,
    make_opinion,
    make_parish,
    make_proposal,
    make_request,
    make_residence,
    make_session,
    make_thread,
    make_user,
    make_year,
    make_zone,
)
from tests.moderation.tools import make_hidden, make_sanction

pytestmark = pytest.mark.django_db
EVIL = '<script>alert("1")</script>'


def changed_proposal():
    proposal = make_proposal(title="Luz")
    return services.edit_proposal(proposal=proposal, editor=proposal.author, version=0, title=EVIL, body=EVIL)


def changed_comment():
    comment = make_comment(make_thread(path="/p/"), body=EVIL)
    return comments.edit_comment(comment=comment, editor=comment.author, body=f"{EVIL} y más")


def changed_answer():
    answer = make_answer(subject=EVIL, outcome="accepted")
    answer.body = answer.pass_reason = answer.correction_reason = EVIL
    answer.save()
    return answer


def changed_milestone():
    milestone = make_milestone(title=EVIL)
    milestone.note = EVIL
    milestone.save()
    return milestone


def changed(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


CASES = {
    "proposals_proposal": changed_proposal,
    "comments_comment": changed_comment,
    "answers_answer": changed_answer,
    "answers_milestone": changed_milestone,
    "moderation_moderationcase": lambda: changed(make_hidden().case, reason_text=EVIL),
    "moderation_sanction": lambda: changed(make_sanction(), reason_text=EVIL),
    "assemblies_assembly": lambda: changed(make_assembly(), name=EVIL),
    "assemblies_objection": lambda: Objection.objects.create(assembly=make_assembly(), author=make_user(), body=EVIL),
    "assemblies_session": lambda: changed(make_session(), place=EVIL, agenda=EVIL, observations=EVIL),
    "assemblies_minutes": lambda: changed(
        Minutes.objects.create(session=make_session(status="held")), content={"observations": EVIL}
    ),
    "budgets_request": lambda: changed(make_request(), title=EVIL, body=EVIL, status_reason=EVIL),
    "budgets_phasedates": lambda: PhaseDates.objects.create(
        year=make_year(), phase="review", starts="2026-04-01", ends="2026-04-30", note=EVIL
    ),
    "budgets_parishallocation": lambda: changed(make_allocation(), reason=EVIL),
    "budgets_opinion": lambda: changed(make_opinion(make_request()), reason=EVIL, condition=EVIL),
    "budgets_reconsideration": lambda: Reconsideration.objects.create(
        request=make_request(), body=EVIL, due=timezone.now()
    ),
    "budgets_decision": lambda: changed(make_decision(), seed=EVIL),
    "accounts_appointment": lambda: changed(make_appointment(), holder_name=EVIL),
    "accounts_residence": lambda: make_residence(make_parish(EVIL)),
    "territory_zone": lambda: changed(make_zone(), name=EVIL),
    "territory_parish": lambda: changed(make_parish(), name=EVIL),
    "territory_agency": lambda: changed(make_agency(), name=EVIL),
}
NOBODY_S_WORDS = {"assemblies_quorumrule", "budgets_budgetyear", "budgets_zonebudget"}  # percentages and amounts
ENGLISH = ["Change reason", "Changed by", "Choose a date", "View history", ">Comment<", ">Object<", ">Changed<"]


def test_every_history_of_the_administration_is_looked_at():
    shown = {m._meta.label_lower for m, a in admin.site._registry.items() if isinstance(a, SimpleHistoryAdmin)}
    assert {label.replace(".", "_") for label in shown} == {*CASES, *NOBODY_S_WORDS}


@pytest.mark.parametrize("name", CASES)
def test_history_pages_are_in_spanish_and_inert(client, settings, name):
    settings.SECOND_FACTOR_REQUIRED = False
    row = CASES[name]()
    writer = make_user(display_name=EVIL, is_staff=True, is_superuser=True)
    row._history_user = writer
    row.save()
    client.force_login(writer)
    newest = row.history.order_by("history_id").last()
    for page in (
        reverse(f"admin:{name}_history", args=[row.pk]),
        reverse(f"admin:{name}_simple_history", args=[row.pk, newest.history_id]),
    ):
        response = client.get(page)
        html = response.content.decode()
        assert response.status_code == 200
        assert "alert(" in html
        assert EVIL not in html
        assert [words for words in ENGLISH if words in html] == []
    assert "Se cambió" in client.get(reverse(f"admin:{name}_history", args=[row.pk])).content.decode()
