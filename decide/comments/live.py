"""The state of `thread:<id>` on the push channel: the same for everybody, in Spanish."""

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.template.loader import render_to_string
from django.utils import translation

from decide.comments.models import Comment, Thread
from decide.comments.reading import for_everybody


def thread_states(ids) -> dict[int, tuple[int, dict]]:
    """`{id: (version, {"count": …, "latest": {"id": …, "html": …} or None})}` of the public ones. Two queries.

    `html` is the comment as the page shows it when it is new: without ratings, which do not raise the version,
    and without anything personal.
    """
    newest = Comment.objects.filter(thread=OuterRef("pk")).shown().newest().values("pk")[:1]
    threads = list(Thread.objects.filter(pk__in=ids, public=True).annotate(latest=Subquery(newest)))
    comments = Comment.objects.shown().with_people().in_bulk([t.latest for t in threads if t.latest])
    return {t.pk: (t.version, {"count": t.comments, "latest": _shown(comments.get(t.latest))}) for t in threads}


def _shown(comment: Comment | None) -> dict | None:
    if comment is None:
        return None
    comment.useful = comment.not_useful = 0
    for_everybody([comment])
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string("comments/_comment.html", {"comment": comment, "open": True})
    return {"id": comment.pk, "html": html}
