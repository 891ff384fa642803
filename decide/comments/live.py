"""The state of `thread:<id>` on the push channel: the same for everybody, in Spanish."""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone, translation

from decide.comments.markup import render
from decide.comments.models import Comment, Thread
from decide.comments.reading import for_reader, rows

REMOVED, REMOVED_FOR = 50, timedelta(hours=1)


def thread_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, {"count": …, "latest": {"id": …, "html": …} or None, "removed": [id, …]})}` of the public ones.
    Three queries, and one more where an office speaks.

    `removed` are the comments that were hidden or deleted lately: pages that are open take them away.
    `html` is the comment as the page shows it when it is new: without ratings, which do not raise the version,
    and without anything personal.
    """
    newest = Comment.objects.filter(thread=OuterRef("pk")).shown().newest().values("pk")[:1]
    threads = list(Thread.objects.filter(pk__in=ids, public=True).annotate(latest=Subquery(newest)))
    found = [row for row in rows([t.latest for t in threads if t.latest]) if row.deleted_at is None]
    removed = _removed(ids)
    with translation.override(settings.LANGUAGE_CODE):
        for row in found:
            row |= {"useful": 0, "not_useful": 0}
        for_reader(found, None)
        shown = {row.pk: {"id": row.pk, "html": render(row, can_write=True)} for row in found}
    return {
        t.pk: (t.version, {"count": t.comments, "latest": shown.get(t.latest), "removed": removed[t.pk]})
        for t in threads
    }


def _removed(ids) -> dict[int, list[int]]:
    """{thread: the newest REMOVED comments that ceased to be shown within REMOVED_FOR}."""
    since = timezone.now() - REMOVED_FOR
    lately = Q(hidden=True, case__decided_at__gte=since) | Q(deleted_at__gte=since)
    found = defaultdict(list)
    for thread, pk in Comment.objects.filter(lately, thread__in=ids).newest().values_list("thread", "pk"):
        if len(found[thread]) < REMOVED:
            found[thread].append(pk)
    return found
