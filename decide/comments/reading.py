"""What the page of a thread shows, in four queries however many comments there are.

Comments are plain text: people write as in a message, an address becomes a link, nothing else has a meaning.
(Rendering Markdown for 300 comments costs sixty times as much, and an asterisk or a `#` would surprise.)
"""

import re
from collections import defaultdict

from django.core.paginator import Paginator
from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from decide.comments import rules
from decide.comments.models import Comment, CommentRating, Thread

ROOTS = 50  # comments on a page
REPLIES = 5  # shown below each; the others on the comment's own page
ORDERS = {"recientes": Comment.objects.newest, "utiles": Comment.objects.most_useful}
NEWEST = "recientes"

# An address ends before spaces, quotes, brackets, and the punctuation of the sentence around it.
_LINK = re.compile(r"https?://[^\s<>\"'`{}|\\^]{3,500}?(?=[.,;:!?)\]»”…]*(?:[\s<>\"'`{}|\\^]|$))", re.IGNORECASE)


def render_text(body: str) -> SafeString:
    """Safe HTML from a citizen's plain text: all escaped, lines and paragraphs kept, http(s) addresses linked."""
    html, end = [], 0
    for match in _LINK.finditer(body) if "://" in body else ():
        url = escape(match[0])
        html += [escape(body[end : match.start()]), f'<a href="{url}" rel="nofollow ugc noopener">{url}</a>']
        end = match.end()
    html.append(escape(body[end:]))
    text = re.sub("\n{2,}", "</p><p>", "".join(html)).replace("\n", "<br>")
    return mark_safe(f"<p>{text}</p>")  # every piece went through escape


def page_of(thread: Thread, order: str, number):
    """A page of roots in this order, each with `shown_replies` and `more_replies`. Two or three queries."""
    roots = ORDERS[order]().filter(thread=thread).roots().with_people()
    page = Paginator(roots, ROOTS).get_page(number)
    page.object_list = list(page.object_list)
    if thread.comments or page.object_list:
        _hang_replies(page.object_list)
    return page


def conversation(root: Comment, number):
    """A page of all the replies to one comment, the oldest first; without a number, the last page is not meant."""
    page = Paginator(root.replies.oldest().with_people(), ROOTS).get_page(number)
    page.object_list = list(page.object_list)
    return page


def page_of_reply(reply: Comment) -> int:
    """On which page of its conversation a reply stands."""
    before = Comment.objects.filter(parent=reply.parent_id, created__lt=reply.created).count()
    same = Comment.objects.filter(parent=reply.parent_id, created=reply.created, pk__lt=reply.pk).count()
    return (before + same) // ROOTS + 1


def on_first_page(comment: Comment) -> bool:
    """Whether the owner's page shows this comment without turning a page: the newest roots, the first replies."""
    root = comment.parent if comment.parent_id else comment
    newer = Comment.objects.filter(thread=root.thread_id, parent=None, created__gt=root.created)
    if newer.count() >= ROOTS:
        return False
    if not comment.parent_id:
        return True
    return Comment.objects.filter(parent=root, created__lt=comment.created).count() < REPLIES


def _hang_replies(roots: list[Comment]) -> None:
    found = defaultdict(list)
    replies = (
        Comment.objects.filter(parent__in=roots)
        .annotate(
            place=Window(RowNumber(), partition_by=F("parent"), order_by=[F("created"), F("pk")]),
            siblings=Window(Count("pk"), partition_by=F("parent")),
        )
        .filter(place__lte=REPLIES)
        .with_people()
        .oldest()
    )
    for reply in replies:
        found[reply.parent_id].append(reply)
    for root in roots:
        root.shown_replies = found[root.pk]
        root.more_replies = found[root.pk][0].siblings - len(found[root.pk]) if found[root.pk] else 0


def for_reader(comments: list[Comment], user) -> None:
    """Adds what this person may do, and their own ratings, in one query; then the text as HTML."""
    mine = {}
    if user.is_authenticated and comments:
        mine = dict(CommentRating.objects.filter(user=user, comment__in=comments).values_list("comment", "useful"))
    for comment in comments:
        comment.mine = mine.get(comment.pk)
        comment.own = rules.can_delete(user, comment)
        comment.editable = comment.own and rules.can_edit(user, comment)
    for_everybody(comments)


def for_everybody(comments: list[Comment]) -> None:
    """Adds what a comment's markup needs and what is the same for all."""
    for comment in comments:
        comment.html = render_text(comment.body)
        comment.address = comment.get_absolute_url()
