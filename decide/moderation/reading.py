"""What the pages of moderation show. Each list costs the same few queries whatever its length."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Avg, CharField, Count, DurationField, ExpressionWrapper, F, Prefetch, Q, Value
from django.db.models.functions import ExtractYear
from django.utils import timezone

from decide.moderation import rules
from decide.moderation.models import Appeal, Decision, ModerationCase, Report, Sanction
from decide.text import plain

PAGE = 20
OPEN_REPORTS = Prefetch("reports", Report.objects.filter(decision=None), to_attr="open_reports")


# --- the queue ------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A line of the queue: `what` is "case", "appeal" or "closing", `it` the row, `case` its case if it has one."""

    what: str
    it: object

    @property
    def case(self) -> ModerationCase | None:
        return {"case": lambda: self.it, "appeal": lambda: self.it.decision.case}.get(self.what, lambda: self.it.case)()

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why it was reported, and how often: [(label, count)], the most frequent first."""
        reports = self.it.open_reports if self.what == "case" else []
        return Counter(report.get_reason_display() for report in reports).most_common()


def queue(chosen: dict, number):
    """A page of what waits for moderators, by deadline; or of cases that were decided, the newest first."""
    words, kind, state = (chosen.get(name) or "" for name in ("q", "tipo", "estado"))
    cases = ModerationCase.objects.search(words)
    if state in ("ocultos", "mantenidos"):
        wanted = ModerationCase.State.HIDDEN if state == "ocultos" else ModerationCase.State.KEPT
        page = Paginator(_of_kind(cases.filter(state=wanted), kind).order_by("-decided_at", "-pk"), PAGE)
        page = page.get_page(number)
        page.object_list = [Row("case", case) for case in page.object_list.prefetch_related(OPEN_REPORTS)]
        return page
    parts = {
        "case": _of_kind(cases.in_queue(), kind),
        "appeal": _appeals(words, kind),
        "closing": _closings(words, kind),
    }
    if state == "atrasados":
        now = timezone.now()
        parts = {what: rows.filter(due__lt=now) for what, rows in parts.items()}
    first, *others = [
        rows.order_by().annotate(what=Value(what, output_field=CharField())).values_list("due", "pk", "what")
        for what, rows in parts.items()
    ]
    page = Paginator(first.union(*others, all=True).order_by("due", "pk", "what"), PAGE).get_page(number)
    page.object_list = _load(list(page.object_list))
    return page


def _of_kind(cases, kind: str):
    if kind == "imagenes":
        return cases.filter(state=ModerationCase.State.PENDING)
    if kind == "cambios":
        return cases.filter(pending_edit__isnull=False)
    if kind in ("apelaciones", "cierres"):
        return cases.none()
    return cases.filter(kind=kind) if kind else cases


def _appeals(words: str, kind: str):
    appeals = Appeal.objects.in_queue()
    for word in plain(words).split()[:8]:
        appeals = appeals.filter(decision__case__search_text__contains=word)
    if kind in ("imagenes", "cambios", "cierres"):
        return appeals.none()
    return appeals.filter(decision__kind=kind) if kind and kind != "apelaciones" else appeals


def _closings(words: str, kind: str):
    waiting = Sanction.objects.to_confirm()
    return waiting if not words and kind in ("", "cierres") else waiting.none()


def _load(keys) -> list[Row]:
    wanted = {what: [pk for _due, pk, kind in keys if kind == what] for what in ("case", "appeal", "closing")}
    rows = {
        "case": ModerationCase.objects.prefetch_related(OPEN_REPORTS),
        "appeal": Appeal.objects.select_related("decision__case"),
        "closing": Sanction.objects.select_related("case"),
    }
    found = {what: rows[what].in_bulk(pks) if pks else {} for what, pks in wanted.items()}
    return [Row(what, found[what][pk]) for _due, pk, what in keys if pk in found[what]]


def in_queue_count() -> int:
    """How much waits, in one query."""
    appeals, closings = Appeal.objects.in_queue(), Sanction.objects.to_confirm()
    keys = [rows.order_by().values_list("pk") for rows in (ModerationCase.objects.in_queue(), appeals, closings)]
    return keys[0].union(*keys[1:], all=True).count()


# --- a person -------------------------------------------------------------------------------------------


def record_of(person) -> dict:
    """What was decided before about a person, for moderators: the newest decisions and sanctions, and how many."""
    if person is None:
        return {}
    decisions = Decision.objects.filter(subject=person)
    counts = decisions.aggregate(
        hidden=Count("pk", filter=Q(action="hide")),
        restored=Count("pk", filter=Q(action="restore")),
        sanctions=Count("pk", filter=Q(action__in=Sanction.Kind.values)),
    )
    return {"person": person, "decisions": decisions.select_related("case")[:10], **counts}


def standing_of(user) -> dict:
    """What a person sees of moderation on their own pages: what is not shown, their sanctions, what can be appealed."""
    now = timezone.now()
    hidden = ModerationCase.objects.filter(author=user, state__in=["hidden", "pending"])
    return {
        "hidden": list(hidden.order_by("-decided_at", "-pk")[:20]),
        "sanctions": list(user.sanctions.in_force(now).select_related("decision")),
        "to_appeal": [
            decision
            for decision in user.moderation_decisions.filter(
                action__in=Decision.APPEALABLE, appeal=None, at__gt=now - timedelta(days=settings.APPEAL_DAYS)
            ).select_related("case", "sanction")[:5]
            if rules.is_open(decision, now)
        ],
        "suspended": user.suspended_until if user.suspended_until and user.suspended_until > now else None,
    }


def told_to(user, number):
    """A page of what was decided about a person, the newest first."""
    decisions = user.moderation_decisions.exclude(action=Decision.Action.KEEP)
    decisions = decisions.select_related("case", "appeal", "sanction").order_by("-at", "-pk")
    page = Paginator(decisions, PAGE).get_page(number)
    page.object_list = list(page.object_list)
    for decision in page.object_list:
        decision.can_be_appealed = rules.is_open(decision)
    return page


# --- the public log ---------------------------------------------------------------------------------------


def years() -> list[int]:
    found = Decision.objects.order_by().annotate(year=ExtractYear("at")).values_list("year", flat=True).distinct()
    return sorted(found, reverse=True)


def log(chosen: dict, number) -> dict:
    """A page of the log with its figures: how many, how many in time, and how long it took on average."""
    names = {"tipo": "kind", "decision": "action", "razon": "reason", "anio": "at__year"}
    filters = {field: chosen[name] for name, field in names.items() if chosen.get(name)}
    decisions = Decision.objects.filter(**filters)
    took = ExpressionWrapper(F("at") - F("opened_at"), output_field=DurationField())
    figures = decisions.aggregate(
        all=Count("pk"),
        in_time=Count("pk", filter=Q(at__lte=F("due"))),
        hidden=Count("pk", filter=Q(action="hide")),
        restored=Count("pk", filter=Q(action="restore")),
        # What was decided on the spot waited for nobody.
        average=Avg(took, filter=Q(at__gt=F("opened_at"))),
    )
    paginator = Paginator(decisions.defer("excerpt", "reason_text").order_by("-at", "-pk"), PAGE)
    paginator.count = figures["all"]
    average = figures["average"] or timedelta()
    figures["hours"] = round(average.total_seconds() / 3600, 1)
    return {"page": paginator.get_page(number), "figures": figures}
