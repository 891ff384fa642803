"""What the page of a thread shows, in at most four queries however many comments there are.

Comments are read as plain rows, not as models: a page of 300 is shown ten times as often as anything else here, and
rows cost a third. Comments are plain text: people write as in a message, an address becomes a link, nothing else has
a meaning (Markdown for 300 comments costs thirty times as much, and an asterisk or a `#` would surprise).
"""

import re
from collections import defaultdict
from datetime import date
from functools import lru_cache
from html import escape

from django.core.paginator import Paginator
from django.db.models import BooleanField, Count, F, FilteredRelation, Q, Value, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from decide.accounts.models import Appointment
from decide.comments import rules
from decide.comments.markup import render
from decide.comments.models import Comment, Thread
from decide.templatetags.decide import fecha

ROOTS = 50  # comments on a page
REPLIES = 5  # shown below each; the others on the comment's own page
ORDERS = {"recientes": Comment.objects.newest, "utiles": Comment.objects.most_useful}
NEWEST = "recientes"

# An address ends before spaces, quotes, brackets, and the punctuation of the sentence around it. The punctuation is
# taken away afterwards: a pattern that looks for it at each letter takes time by the square of the length.
_LINK = re.compile(r"https?://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
_AROUND = ".,;:!?)]»”…"
_LINK_LENGTHS = range(10, 509)


class Row(dict):
    """A comment as it is shown: fast for templates (items), readable by rules (attributes)."""

    def __getattr__(self, name):
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def render_text(body: str) -> SafeString:
    """Safe HTML from a citizen's plain text: all escaped, lines and paragraphs kept, http(s) addresses linked."""
    html, end = [], 0
    for match in _LINK.finditer(body) if "://" in body else ():
        address = match[0].rstrip(_AROUND)
        if len(address) not in _LINK_LENGTHS:
            continue
        url = escape(address)
        html += [escape(body[end : match.start()]), f'<a href="{url}" rel="nofollow ugc noopener">{url}</a>']
        end = match.start() + len(address)
    html.append(escape(body[end:]))
    text = re.sub("\n{2,}", "</p><p>", "".join(html)).replace("\n", "<br>")
    return SafeString(f"<p>{text}</p>")  # every piece went through escape


def page_of(thread: Thread, order: str, number, user):
    """A page of roots in this order, as rows, each with `shown_replies` and `more_replies`."""
    page = Paginator(ORDERS[order]().filter(thread=thread).roots().in_place(), ROOTS).get_page(number)
    roots = _read(page.object_list, user)
    replies = _replies_below(roots, user)
    for_reader([*roots, *(reply for below in replies.values() for reply in below)], user)
    for root in roots:
        below = replies[root.pk]
        add_markup(root, below, below[0].siblings - len(below) if below else 0, thread.open and thread.public)
    page.object_list = roots
    return page


def conversation(root: Comment, number, user):
    """A comment as a row, below it a page of all its replies, the oldest first; and that page."""
    page = Paginator(root.replies.filter(hidden=False).oldest(), ROOTS).get_page(number)
    page.object_list = _read(page.object_list, user)
    [row] = rows([root.pk], user)
    for_reader([row, *page.object_list], user)
    add_markup(row, page.object_list, 0, root.thread.open and not (root.deleted_at or root.hidden))
    return row, page


def rows(ids, user=None) -> list[Row]:
    """These comments, the newest first, without what `for_reader` adds."""
    return _read(Comment.objects.filter(pk__in=ids).newest(), user)


def _read(comments, user, **extra) -> list[Row]:
    """One query. `mine` is this person's own rating: True, False or None."""
    if user is not None and user.is_authenticated:
        own = FilteredRelation("ratings", condition=Q(ratings__user=user.pk))
        comments = comments.annotate(own_rating=own).annotate(mine=F("own_rating__useful"))
    else:
        comments = comments.annotate(mine=Value(None, output_field=BooleanField(null=True)))
    fields = ("parent_id", "answers_to_id", "author_id", "appointment_id", "by_owner", "body", "created")
    fields += ("edited_at", "deleted_at", "hidden", "useful", "not_useful", "mine", *extra)
    names = {"name": F("author__display_name"), "answered_name": F("answers_to__author__display_name")}
    names["answered_hidden"] = F("answers_to__hidden")
    return [Row(row) for row in comments.values("pk", *fields, **names)]


def _replies_below(roots: list[Row], user) -> dict[int, list[Row]]:
    """The first replies of each root, each knowing how many `siblings` there are in all. One query."""
    below = defaultdict(list)
    if roots:
        first = (
            Comment.objects.filter(parent__in=[root.pk for root in roots], hidden=False)
            .annotate(
                place=Window(RowNumber(), partition_by=F("parent"), order_by=[F("created"), F("pk")]),
                siblings=Window(Count("pk"), partition_by=F("parent")),
            )
            .filter(place__lte=REPLIES)
            .oldest()
        )
        for reply in _read(first, user, siblings=True):
            below[reply.parent_id].append(reply)
    return below


def for_reader(rows: list[Row], user) -> None:
    """Adds what a comment's markup needs; `own` and `editable` are this person's.

    Strings are escaped here: `markup.render` only puts them in their places. One query, if anybody speaks for an
    office.
    """
    me = user.pk if user is not None and user.is_authenticated else None
    held = {row.appointment_id for row in rows if row.appointment_id}
    offices = Appointment.objects.select_related("agency", "body", "parish", "zone").in_bulk(held) if held else {}
    useful, not_useful, nobody = _("Útil"), _("No útil"), _("Cuenta borrada")
    addresses = reverse("comments:detail", args=[0]).removesuffix("0/")
    reports = reverse("moderation:report", args=["comment", 0]).removesuffix("0/")
    now, language = timezone.now(), get_language()
    this_year = timezone.localtime(now).year
    pressed = ' value="none" aria-pressed="true"'  # pressed again, the opinion is taken back
    for row in rows:
        if row.hidden:  # a trace: whatever the template shows, no word and no name of it
            row |= {"name": "", "body": "", "appointment_id": None, "by_owner": False, "edited_at": None}
            row |= {"answers_to_id": None, "useful": 0, "not_useful": 0}
        created = timezone.localtime(row.created)
        strings = {
            "answers": "",
            "office": "",
            "more_label": "",
            "replies": "",
            "id": str(row.pk),
            "address": f"{addresses}{row.pk}/",
            "report": f"{reports}{row.pk}/",
            "root": str(row.parent_id or ""),
            "name": escape(row.name or nobody),
            "when": f"{_day(created.date(), this_year, language)}, {created:%H:%M}",
            "iso": created.isoformat(timespec="seconds"),
            "useful_label": f"{useful} ({row.useful})" if row.useful else useful,
            "if_useful": pressed if row.mine is True else ' value="useful"',
            "if_not_useful": pressed if row.mine is False else ' value="not_useful"',
            "not_useful_label": f"{not_useful} ({row.not_useful})" if row.not_useful else not_useful,
        }
        # A reply to a reply says to whom, while that one can be read.
        if row.answers_to_id and row.answers_to_id != row.parent_id and not row.answered_hidden:
            strings |= {"answers": f"{addresses}{row.answers_to_id}/", "answered": escape(row.answered_name or nobody)}
        if row.appointment_id in offices:
            strings["office"] = escape(str(offices[row.appointment_id]))
        row |= strings
        row["html"] = render_text(row.body)
        row["rated"] = row.useful or row.not_useful
        row["own"] = me is not None and row.author_id == me and not row.hidden and rules.can_delete(user, row)
        row["editable"] = row.own and rules.can_edit(user, row, now)


def add_markup(root: Row, replies: list[Row], more: int, can_write: bool) -> None:
    """Adds the HTML of a comment with these replies below it, and a link to `more`."""
    root["shown_replies"], root["more_replies"] = replies, more
    root["replies"] = "".join([render(reply, can_write=can_write) for reply in replies])
    if more:
        root["more_label"] = ngettext("Leer %(more)s respuesta más", "Leer %(more)s respuestas más", more) % {
            "more": more
        }
    root["markup"] = render(root, can_write=can_write)


@lru_cache(maxsize=2048)
def _day(day: date, this_year: int, language: str) -> str:
    """`fecha` of a day; it depends on the year of today and on the language."""
    return fecha(day)


def page_of_reply(reply: Comment) -> int:
    """On which page of its conversation a reply stands."""
    return Comment.objects.filter(_older(reply), parent=reply.parent_id, hidden=False).count() // ROOTS + 1


def page_where_shown(comment: Comment, order: str) -> int | None:
    """On which page of its thread a comment stands now; None for a reply beyond the first, which only its own has."""
    root = comment.parent if comment.parent_id else comment
    if comment.parent_id and Comment.objects.filter(_older(comment), parent=root, hidden=False).count() >= REPLIES:
        return None
    newer = Q(created__gt=root.created) | Q(created=root.created, pk__gt=root.pk)
    before = newer
    if order != NEWEST:
        before = Q(score__lt=root.not_useful - root.useful) | Q(newer, score=root.not_useful - root.useful)
    roots = (
        Comment.objects.filter(thread=root.thread_id).roots().in_place().annotate(score=F("not_useful") - F("useful"))
    )
    return roots.filter(before).count() // ROOTS + 1


def _older(comment: Comment) -> Q:
    return Q(created__lt=comment.created) | Q(created=comment.created, pk__lt=comment.pk)
