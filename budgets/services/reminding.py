"""Who is reminded of opinions, conditions and requests for review: 10, 5 and 1 days before, and when they are late."""

from collections import Counter
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from budgets import study_rules as rules
from budgets.models import Opinion, Reconsideration, Request
from decide.answers.deadlines import end_of_day_after, in_words, reminder_at
from decide.notices.groups import Group
from decide.notices.services import Message, tell_all
from proposals.services.lifecycle import in_spanish

Status = Request.Status


@in_spanish()
def remind_of_studies(now: datetime) -> int:
    """Each person once for each day of a deadline and each reminder, with how many opinions it is about. How many
    notices were written."""
    last = end_of_day_after(now, 10)
    owed = Opinion.objects.filter(issued_at=None, due__lte=last, request__status=Status.STUDY, request__hidden=False)
    owed = list(owed.select_related("request__parish", "officer").defer("request__body", "request__search_text"))
    asked = Reconsideration.objects.filter(replied_at=None, due__lte=last, request__hidden=False)
    asked = list(asked.select_related("request__parish"))
    waiting = _conditions(now)
    if not (owed or asked or waiting):
        return 0
    officers = rules.Officers(timezone.localdate(now))
    messages = [*_of_opinions(owed, officers, now), *(_of_review(each, officers, now) for each in asked)]
    return tell_all([*messages, *(_of_condition(each, now) for each in waiting)])


def _stage(due: datetime, now: datetime) -> str:
    days = (timezone.localdate(due) - timezone.localdate(now)).days
    return reminder_at(-1 if now > due else max(0, days))


def _of_opinions(owed: list[Opinion], officers: rules.Officers, now: datetime) -> list[Message]:
    counts, people, known = Counter(), {}, {}
    for opinion in owed:
        parish = opinion.request.parish
        if (opinion.kind, parish.pk) not in known:
            known[opinion.kind, parish.pk] = officers.of_opinion(opinion.kind, parish)
        for user in [opinion.officer] if opinion.officer else known[opinion.kind, parish.pk]:
            people[user.pk] = user
            counts[user.pk, timezone.localdate(opinion.due), _stage(opinion.due, now)] += 1
    return [
        Message(
            kind="opinions-due",
            key=f"opinions-due:{day:%Y%m%d}:{stage}",
            subject=(_("Dictámenes atrasados: %(n)s") if stage == "late" else _("Dictámenes por vencer: %(n)s"))
            % {"n": n},
            body=(
                _("Se debían hasta el %(due)s. El atraso se ve en la página de cada solicitud.")
                if stage == "late"
                else _("Se deben hasta el %(due)s.")
            )
            % {"due": in_words(day)},
            path=reverse("budgets:opinions"),
            recipients=(people[pk],),
            group=Group.OFFICE,
        )
        for (pk, day, stage), n in counts.items()
    ]


def _of_review(asked: Reconsideration, officers: rules.Officers, now: datetime) -> Message:
    stage = _stage(asked.due, now)
    words = {"title": asked.request.title, "due": in_words(timezone.localdate(asked.due))}
    late = stage == "late"
    return Message(
        kind="reconsideration-due",
        key=f"reconsideration-due:{asked.pk}:{stage}",
        subject=(_("Revisión atrasada: %(title)s") if late else _("Piden revisar: %(title)s")) % words,
        body=(
            _("Debía responderse hasta el %(due)s. El atraso se ve en la página pública.")
            if late
            else _("Responda hasta el %(due)s.")
        )
        % words,
        path=reverse("budgets:reconsider_reply", args=[asked.request_id]),
        recipients=tuple(officers.of_review(asked.request.parish)),
        group=Group.OFFICE,
    )


def _conditions(now: datetime) -> list[Opinion]:
    today, last = timezone.localdate(now), timezone.localdate(end_of_day_after(now, 10))
    found = Opinion.objects.filter(
        current=True,
        issued_at__isnull=False,
        verdict=Opinion.Verdict.CONDITIONAL,
        condition_met_on=None,
        condition_due__range=(today, last),
        request__status=Status.CONDITIONAL,
        request__hidden=False,
        request__author__is_active=True,
    )
    return list(found.select_related("request__author"))


def _of_condition(opinion: Opinion, now: datetime) -> Message:
    days = (opinion.condition_due - timezone.localdate(now)).days
    words = {
        "title": opinion.request.title,
        "condition": opinion.condition,
        "who": opinion.condition_by,
        "due": in_words(opinion.condition_due),
    }
    return Message(
        kind="condition-due",
        key=f"condition-due:{opinion.pk}:{reminder_at(days)}",
        subject=_("Falta cumplir una condición: %(title)s") % words,
        body=_("%(condition)s. Quién: %(who)s. Hasta el %(due)s; si no, la solicitud no llega a la asamblea.") % words,
        path=f"{opinion.request.get_absolute_url()}#dictamenes",
        recipients=(opinion.request.author,),
        about=f"request:{opinion.request_id}",
        group=Group.OWN,
    )
