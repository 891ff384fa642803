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
    """`{id: (version, {"count": …, "latest": {"id": …, "html": …} or None})}` of the public ones. Two queries, and
    one more where an office speaks.

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


def removed_states(ids) -> dict[int, tuple[int, dict]]:
    """`{thread: (version, {"comments": [id, …]})}` of the public ones: the newest REMOVED that were hidden or deleted
    within REMOVED_FOR. Pages that are open take them away. Two queries.
    """
    since = timezone.now() - REMOVED_FOR
    lately = Q(hidden=True, case__decided_at__gte=since) | Q(deleted_at__gte=since)
    found = defaultdict(list)
    for thread, pk in Comment.objects.filter(lately, thread__in=ids).newest().values_list("thread", "pk"):
        if len(found[thread]) < REMOVED:
            found[thread].append(pk)
    threads = Thread.objects.filter(pk__in=ids, public=True).values_list("pk", "version")
    return {pk: (version, {"comments": found[pk]}) for pk, version in threads}
