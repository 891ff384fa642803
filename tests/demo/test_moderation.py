"""The demo's moderation: something in every state, nothing late by accident, nothing that contradicts."""

import pytest
from django.db.models import F, Q
from django.utils import timezone

from decide.accounts.models import User
from decide.comments.models import Comment
from decide.moderation import reading, services
from decide.moderation.models import Appeal, Decision, ModerationCase, Report, Sanction


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Comment.objects.filter(case__isnull=False).exclude(hidden=Q(case__state="hidden")),
        lambda: ModerationCase.objects.filter(state="hidden").exclude(decisions__action="hide"),
        lambda: ModerationCase.objects.filter(decided_at__lt=F("opened_at")),
        lambda: Decision.objects.filter(at__lt=F("opened_at")),
        lambda: Decision.objects.filter(by=F("subject")),
        lambda: Decision.objects.filter(case__reports__reporter=F("by")),
        lambda: Decision.objects.filter(at__gt=timezone.now()),
        lambda: Appeal.objects.filter(decided_by=F("decision__by")),
        lambda: Report.objects.filter(reporter=F("case__author")),
        lambda: Report.objects.filter(created__gt=timezone.now()),
        lambda: User.objects.exclude(suspended_until=None),
    ],
)
def test_nothing_contradicts(city, wrong):
    assert list(wrong()) == []


def test_every_desk_has_something(city, city_now):
    rows = reading.queue({}, 1)
    assert [row.what for row in rows].count("case") == 4
    assert {row.what for row in rows} == {"case", "appeal", "closing"}
    assert [row.it.due < city_now for row in rows] == [True] + [False] * 5
    appeal = Appeal.objects.in_queue().get()
    assert appeal.decision.by.email == "moderacion@demo.quito"
    assert appeal.author.email == "residente9@demo.quito"
    assert Sanction.objects.to_confirm().get().by.email == "moderacion@demo.quito"


def test_the_log_has_entries_of_every_kind(city):
    figures = reading.log({}, 1)["figures"]
    assert figures["all"] >= 10
    assert 0 < figures["in_time"] < figures["all"]
    assert set(Decision.objects.values_list("action", flat=True)) >= {
        "hide", "keep", "restore", "approve_edit", "warning", "suspend7",
    }  # fmt: skip


def test_the_other_moderator_decides_the_appeal(city):
    appeal, other = Appeal.objects.in_queue().get(), User.objects.get(email="moderacion2@demo.quito")
    services.decide_appeal(
        appeal=appeal, by=other, outcome="overturned", reason_text="No nombra a nadie: es una opinión dura."
    )
    assert not Comment.objects.get(case=appeal.decision.case).hidden
