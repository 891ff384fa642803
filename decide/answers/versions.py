"""What officers changed in an answer and in what they promised, for everybody to read."""

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from decide.answers.models import Answer, Milestone
from decide.versions import PER_PAGE, Budget, Version, changes_between

MODELS = {"answer": Answer, "milestone": Milestone}
# What of a milestone may change after it was promised.
TOLD = ("state", "planned", "done_on", "note")


def public_versions(answer: Answer, number=1) -> tuple:
    """(page, versions): a page of what changed since it was published, the newest first. At most four queries.

    A correction of the text, and whatever was said anew of a milestone. The agency wrote it: nobody else is named.
    """
    page = Paginator(sorted(_changes(answer), reverse=True), PER_PAGE).get_page(number)
    held = {}
    for kind, model in MODELS.items():
        wanted = {pk for _at, of, before, after in page if of == kind for pk in (before, after)}
        held |= {(kind, row.pk): row for row in model.history.filter(pk__in=wanted)} if wanted else {}
    budget, words = Budget(), {"answer": _correction, "milestone": _update}
    return page, [words[kind](held[kind, was], held[kind, now], budget) for _at, kind, was, now in page]


def _changes(answer: Answer) -> list[tuple]:
    """(when, kind, history row before, history row after) of each public change."""
    if answer.answered_at is None:
        return []
    changes, before = [], None
    if answer.corrected_at:
        for pk, at in answer.history.order_by("pk").values_list("pk", "corrected_at"):
            if before and at and at != before[1]:
                changes.append((at, "answer", before[0], pk))
            before = pk, at
    last = {}
    rows = Milestone.history.filter(answer=answer.pk).order_by("pk")
    for pk, milestone, at, *told in rows.values_list("pk", "id", "history_date", *TOLD):
        was_pk, was = last.get(milestone, (None, None))
        if was_pk and was != told:
            changes.append((at, "milestone", was_pk, pk))
        last[milestone] = pk, told
    return changes


def _correction(old, new, budget: Budget) -> Version:
    labels = [
        ("body", _("Respuesta")),
        ("institution", _("Institución a la que hay que dirigirse")),
        ("institution_contact", _("Cómo dirigirse a ella")),
    ]
    changes = changes_between(old, new, labels, budget)
    return Version(new.corrected_at, changes, f"r{new.pk}", _("Respuesta del Municipio"), new.correction_reason)


def _update(old, new, budget: Budget) -> Version:
    labels = [
        ("state", _("Estado")),
        ("planned", _("Para cuándo")),
        ("done_on", _("Fecha de cumplimiento")),
        ("note", _("Qué pasó")),
    ]
    title = _("Hito: %(title)s") % {"title": new.title}
    return Version(new.history_date, changes_between(old, new, labels, budget), f"h{new.pk}", title)
