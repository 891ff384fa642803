"""The state of `thread:<id>` on the push channel: the same for everybody, in Spanish."""

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils import translation

from decide.comments.markup import render
from decide.comments.models import Comment, Thread
from decide.comments.reading import for_reader, rows


def thread_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, {"count": …, "latest": {"id": …, "html": …} or None})}` of the public ones. Two
    queries, and one more where an office speaks.

    `html` is the comment as the page shows it when it is new: without ratings, which do not raise the version,
    and without anything personal.
    """
    newest = Comment.objects.filter(thread=OuterRef("pk")).shown().newest().values("pk")[:1]
    threads = list(Thread.objects.filter(pk__in=ids, public=True).annotate(latest=Subquery(newest)))
    found = [row for row in rows([t.latest for t in threads if t.latest]) if row.deleted_at is None]
    with translation.override(settings.LANGUAGE_CODE):
        for row in found:
            row |= {"useful": 0, "not_useful": 0}
        for_reader(found, None)
        shown = {row.pk: {"id": row.pk, "html": render(row, can_write=True)} for row in found}
    return {t.pk: (t.version, {"count": t.comments, "latest": shown.get(t.latest)}) for t in threads}
