"""The only writes on threads and comments.

Order of locks: the moderation case where there is one, the thread, the comment; rating locks the comment alone. So
nobody waits in a circle.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from decide import live
from decide.accounts.suspension import refuse_suspended
from decide.comments import rules
from decide.comments.models import Comment, CommentRating, Thread
from decide.comments.signals import thread_changed
from decide.errors import Refused
from decide.fields import need_text
from decide.moderation import rules as moderating
from decide.moderation import services as moderation
from decide.moderation.models import ModerationCase
from decide.notices import services as notices
from decide.notices.groups import Group
from decide.notices.models import FollowList
from decide.text import clean_text

LONGEST = 3000  # characters


def open_thread(*, path: str = "", public: bool = False, owner=None) -> Thread:
    """A new thread. `path` is the page that shows it; `owner` the person whose thing is discussed, if anybody."""
    return Thread.objects.create(path=path, public=public, owner=owner)


@transaction.atomic
def follow_list(*, thread: Thread, title: str, about: str) -> FollowList:
    """The list of those who follow what is discussed, made at the first call. `about` names it ("proposal:17")."""
    locked = Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
    if locked.follow_list is None:
        locked.follow_list = notices.make_list(title=title, path=locked.path, about=about)
        locked.save(update_fields=["follow_list"])
    thread.follow_list = locked.follow_list
    return locked.follow_list


@transaction.atomic
def add_comment(
    *, thread: Thread, author, body: str, parent=None, appointment=None, by_owner: bool = False, once_key=None
) -> Comment:
    """A comment, or a reply to `parent` (a reply to a reply hangs from the same root and names whom it answers).

    `appointment` is the office that `author` speaks for: it must be theirs, today. A known `once_key` returns the
    stored comment. Raises Refused: 404 (not public, or `parent` of another thread), 409 (closed), 403, 400.
    """
    refuse_suspended(author)
    thread = _locked_thread(thread.pk)
    if once_key and (stored := Comment.objects.filter(once_key=once_key).first()):
        return _same_author(stored, author)
    if not thread.open:
        raise Refused(_("Esta conversación está cerrada: ya no recibe comentarios."), status=409)
    if parent:  # as it is under the lock of the thread
        parent = Comment.objects.select_related("parent", "author").filter(pk=parent.pk).first()
    if parent and (parent.thread_id != thread.pk or parent.hidden):
        raise Refused(_("Este comentario no existe."), status=404)
    if parent and parent.deleted_at:
        raise Refused(_("Su autor eliminó ese comentario: ya no se puede responder."), status=409)
    if appointment and not (appointment.holder_id == author.pk and _is_current(appointment)):
        raise Refused(_("Hoy usted no ejerce ese cargo: comente a título personal."), status=403)
    comment = Comment(
        thread=thread,
        author=author,
        body=_checked(body),
        parent=parent and (parent.parent or parent),
        answers_to=parent,
        appointment=appointment,
        by_owner=by_owner or (thread.owner_id is not None and thread.owner_id == author.pk),
        once_key=once_key,
    )
    try:
        with transaction.atomic():
            comment.save()
    except IntegrityError:  # the same form, sent at the same moment to two threads
        raise Refused(_("Este formulario ya se envió."), status=409) from None
    _raise(thread, comment, "added", comments=F("comments") + 1)
    _tell(thread, comment)
    return comment


@transaction.atomic
def edit_comment(*, comment: Comment, editor, body: str) -> Comment:
    """New words, shown as edited; the earlier ones stay in the history. Raises Refused (403, 404, 409, 400).

    After a decision of moderators they wait until one has looked: the comment that is returned is still as it was.
    """
    refuse_suspended(editor)
    thread, comment = _locked(comment)
    check_edit(editor, comment)
    body = _checked(body)
    if moderating.edit_waits(comment.case):
        comment.case = moderation.keep_edit(case=comment.case, fields={"body": body})
    elif body != comment.body:
        _write_anew(thread, comment, body)
        if comment.case:
            moderation.refresh_case(case=comment.case, excerpt=body)
    return comment


def _write_anew(thread: Thread, comment: Comment, body: str) -> None:
    comment.body = body
    comment.edited_at = timezone.now()
    comment.save(update_fields=["body", "edited_at"])
    _raise(thread, comment, "edited")


def check_edit(editor, comment: Comment) -> None:
    """Raises Refused, with the reason, where this person cannot edit this comment now."""
    if comment.author_id != editor.pk:
        raise Refused(_("Solo su autor puede editar un comentario."), status=403)
    if comment.deleted_at:
        raise Refused(_("Este comentario ya se eliminó."), status=409)
    if not rules.can_edit(editor, comment):
        raise Refused(
            _("Ya pasó el tiempo para editar este comentario. Puede responderlo o eliminarlo."),
            way_out=(comment.get_absolute_url(), _("Volver a la conversación")),
        )


@transaction.atomic
def delete_comment(*, comment: Comment, author) -> Comment:
    """Takes the text away, from the history too, and leaves the place of the comment. Twice is once.

    Raises Refused (403, 404).
    """
    thread, comment = _locked(comment)
    if comment.author_id != author.pk:
        raise Refused(_("Solo su autor puede eliminar un comentario."), status=403)
    if comment.deleted_at:
        return comment
    comment.body = ""
    comment.deleted_at = timezone.now()
    comment.save(update_fields=["body", "deleted_at"])
    Comment.history.filter(id=comment.pk).update(body="")
    if comment.case:
        moderation.close_gone(case=comment.case)
    counters = {} if comment.hidden else {"comments": F("comments") - 1}
    _raise(thread, comment, "deleted", **counters)
    return comment


@transaction.atomic
def follow_visibility(sender, case: ModerationCase, hidden: bool, **kwargs) -> None:
    """A moderator hid a comment, or shows it again: it leaves its thread and the count in the same transaction."""
    thread, comment = _locked_of(case)
    if comment is None or comment.hidden == hidden:
        return
    Comment.objects.filter(pk=comment.pk).update(hidden=hidden)
    comment.hidden = hidden
    # What its author deleted is not counted any more, hidden or not.
    counters = {} if comment.deleted_at else {"comments": F("comments") + (-1 if hidden else 1)}
    _raise(thread, comment, "hidden" if hidden else "restored", **counters)


@transaction.atomic
def follow_edit(sender, case: ModerationCase, fields: dict, approved: bool, **kwargs) -> None:
    """A moderator looked at words that waited."""
    thread, comment = _locked_of(case)
    if approved and comment is not None and comment.deleted_at is None:
        _write_anew(thread, comment, fields["body"])


def _locked_of(case: ModerationCase) -> tuple[Thread | None, Comment | None]:
    """The comment of a case with its thread, public or not; (None, None) where the case is of something else."""
    thread = Thread.objects.select_for_update(of=("self",), no_key=True).filter(all_comments__case=case).first()
    if thread is None:
        return None, None
    return thread, Comment.objects.select_for_update(of=("self",), no_key=True).get(case=case)


@transaction.atomic
def rate_comment(*, comment: Comment, user, useful: bool | None) -> Comment:
    """Says that a comment is useful (True), not useful (False), or takes the opinion back (None).

    Repeating it changes nothing. Raises Refused (404, 409).
    """
    # `no_key`: replies that point to this comment need not wait.
    comment = Comment.objects.public().select_for_update(of=("self",), no_key=True).filter(pk=comment.pk).first()
    if comment is None or comment.hidden:
        raise Refused(_("Este comentario no existe."), status=404)
    if comment.deleted_at:
        raise Refused(_("Este comentario ya se eliminó."), status=409)
    if not rules.can_rate(user, comment):
        raise Refused(_("No puede valorar su propio comentario."), status=409)
    before = CommentRating.objects.filter(comment=comment, user=user).first()
    was = before.useful if before else None
    if was == useful:
        return comment
    if useful is None:
        before.delete()
    else:
        CommentRating.objects.update_or_create(comment=comment, user=user, defaults={"useful": useful})
    # Counters are not part of the history: `.update()` is right here.
    Comment.objects.filter(pk=comment.pk).update(
        useful=F("useful") + int(useful is True) - int(was is True),
        not_useful=F("not_useful") + int(useful is False) - int(was is False),
    )
    comment.refresh_from_db(fields=["useful", "not_useful"])
    return comment


def export_own(user) -> dict:
    """What a person wrote and rated, for the download of their own data."""
    comments = Comment.objects.filter(author=user).select_related("thread", "appointment").oldest()
    ratings = CommentRating.objects.filter(user=user).order_by("pk")
    return {
        "comments": [
            {
                "id": c.pk,
                "page": c.thread.path if c.thread.public else "",
                "in_reply_to": c.answers_to_id,
                "text": c.body,
                "created": c.created.isoformat(),
                "edited": c.edited_at and c.edited_at.isoformat(),
                "deleted": c.deleted_at and c.deleted_at.isoformat(),
                "hidden_by_moderators": c.hidden,
                "office": str(c.appointment) if c.appointment else None,
            }
            for c in comments
        ],
        "ratings": [{"comment": r.comment_id, "useful": r.useful} for r in ratings],
    }


@transaction.atomic
def erase_own(user) -> None:
    """Before an account is erased: its comments stay without an author, in the history too; its ratings go."""
    for opinion, counter in ((True, "useful"), (False, "not_useful")):
        rated = CommentRating.objects.filter(user=user, useful=opinion).values("comment")
        Comment.objects.filter(pk__in=rated).update(**{counter: F(counter) - 1})
    CommentRating.objects.filter(user=user).delete()
    threads = list(Comment.objects.filter(author=user).order_by("thread").values_list("thread", flat=True).distinct())
    # The office goes with the name: together with its dates it would say who wrote.
    Comment.objects.filter(author=user).update(author=None, appointment=None)
    Comment.history.filter(author_id=user.pk).update(author=None, appointment=None)
    Comment.history.filter(history_user_id=user.pk).update(history_user=None)
    Thread.objects.filter(owner=user).update(owner=None)
    Thread.objects.filter(pk__in=threads).update(version=F("version") + 1)
    live.changed(*(f"{kind}:{pk}" for pk in threads for kind in ("thread", "removed")))


def _locked_thread(pk: int) -> Thread:
    thread = Thread.objects.select_for_update(no_key=True).filter(pk=pk, public=True).first()
    if thread is None:
        raise Refused(_("Esta conversación no existe."), status=404)
    return thread


def _locked(comment: Comment) -> tuple[Thread, Comment]:
    """For its author: the case first, as moderators do."""
    case = Comment.objects.filter(pk=comment.pk).values("case")
    list(ModerationCase.objects.select_for_update(no_key=True).filter(pk__in=case))
    thread = _locked_thread(comment.thread_id)
    locked = Comment.objects.select_for_update(of=("self",), no_key=True).select_related("case")
    return thread, locked.get(pk=comment.pk)


def _raise(thread: Thread, comment: Comment, what: str, **counters) -> None:
    """The counters and the version in one UPDATE; watchers and the owner's room are told."""
    Thread.objects.filter(pk=thread.pk).update(version=F("version") + 1, **counters)
    thread.refresh_from_db(fields=["comments", "version"])
    live.changed(f"thread:{thread.pk}", f"removed:{thread.pk}")
    thread_changed.send(sender=Thread, thread=thread, comment=comment, what=what)


def _tell(thread: Thread, comment: Comment) -> None:
    """Whoever is answered; and, at most once a day, who follows what is discussed. Never oneself.

    Neither name nor text goes with it: what is deleted or anonymised here should not live on in other people's mail.
    """
    answered = {c.author for c in (comment.answers_to, comment.parent) if c and c.author_id} - {comment.author}
    about = f"comment:{comment.pk}"
    notices.tell(
        kind="comment-reply",
        group=Group.REPLY,
        key=about,
        about=about,
        subject=_("Respondieron a su comentario"),
        body=_("Hay una respuesta nueva en una conversación en la que usted participa."),
        path=comment.get_absolute_url(),
        recipients=answered,
    )
    news = {
        "kind": "thread-comment",
        "key": f"thread:{thread.pk}:{timezone.localdate():%Y-%m-%d}",
        "about": about,
        "subject": _("Hay comentarios nuevos"),
        "path": f"{thread.path}#comentarios",
    }
    told = {comment.author, *answered}
    # Their own words for whoever owns it, unless they stopped following it.
    if thread.owner_id and thread.owner not in told and _follows_own(thread):
        own = _("Comentaron lo que usted propuso. Le avisamos una vez al día como máximo.")
        notices.tell(**news, group=Group.OWN, body=own, recipients=[thread.owner])
    if thread.follow_list is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        followed = _("Comentaron «%(title)s», que usted sigue. Le avisamos una vez al día como máximo.")
        followed %= {"title": thread.follow_list.title}
    notices.tell_followers(thread.follow_list, **news, body=followed, exclude=[*told, thread.owner])


def _follows_own(thread: Thread) -> bool:
    return thread.follow_list is None or thread.follow_list.follows.filter(user=thread.owner_id).exists()


def _same_author(stored: Comment, author) -> Comment:
    if stored.author_id != author.pk:
        raise Refused(_("Este formulario ya se envió desde otra cuenta."), status=409)
    return stored


def _is_current(appointment) -> bool:
    today = timezone.localdate()
    return appointment.starts <= today and (appointment.ends is None or today <= appointment.ends)


def _checked(body: str) -> str:
    try:
        body = clean_text(body)
        need_text(body)
    except ValidationError as error:
        raise Refused(error.messages[0], status=400) from None
    if len(body) > LONGEST:
        raise Refused(_("El comentario es demasiado largo: escriba hasta 3.000 caracteres."), status=400)
    return body
