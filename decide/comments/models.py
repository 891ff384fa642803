"""Threads and comments. Whatever is discussed owns a Thread (a OneToOneField on the owner)."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from decide.accounts.models import Appointment
from decide.moderation.models import Moderated
from decide.notices.models import FollowList
from decide.once import OnceOnly


class Thread(models.Model):
    """`comments` counts what is shown. `version` is raised in the same UPDATE as every change that watchers see.

    `owner` is the person whose thing is discussed (a proposal's author): their comments carry a badge, and they
    are told that people comment. It is empty where nobody owns it, or where the owner erased the account.
    """

    comments = models.PositiveIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    open = models.BooleanField(_("abierto"), default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("de quién"),
    )
    path = models.CharField(max_length=300, blank=True, help_text=_("La página que lo muestra."))
    public = models.BooleanField(default=False, help_text=_("Si la página que lo muestra es pública."))
    # Made when somebody first follows what is discussed: `services.follow_list`.
    follow_list = models.OneToOneField(FollowList, models.SET_NULL, null=True, blank=True, related_name="thread")

    class Meta:
        verbose_name, verbose_name_plural = _("conversación"), _("conversaciones")

    def __str__(self):
        return self.path or f"#{self.pk}"


class CommentQuerySet(models.QuerySet):
    def public(self):
        return self.filter(thread__public=True)

    def shown(self):
        """Neither deleted nor hidden. A deleted comment leaves its place, without its text."""
        return self.filter(deleted_at=None, hidden=False)

    def in_place(self):
        """What has a place in its conversation: also what was deleted, and what is hidden above visible replies."""
        answered = Comment.objects.shown().filter(parent=models.OuterRef("pk"))
        return self.filter(models.Q(hidden=False) | models.Exists(answered))

    def roots(self):
        return self.filter(parent=None)

    def newest(self):
        return self.order_by("-created", "-pk")

    def oldest(self):
        return self.order_by("created", "pk")

    def most_useful(self):
        return self.order_by(models.F("not_useful") - models.F("useful"), "-created", "-pk")


class Comment(Moderated, OnceOnly):
    """A comment or a reply to one. Replies hang from a root; a reply to a reply names whom it answers.

    A deleted comment loses its text and leaves its place. A hidden one is absent; above replies that are not hidden it
    leaves a trace, without text or name.
    """

    KIND = "comment"

    thread = models.ForeignKey(Thread, models.CASCADE, related_name="all_comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    answers_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="comments", verbose_name=_("autor")
    )
    appointment = models.ForeignKey(
        Appointment, models.SET_NULL, null=True, blank=True, related_name="+", help_text=_("Habla por este cargo.")
    )
    by_owner = models.BooleanField(_("de quien lo propuso"), default=False)
    body = models.TextField(_("comentario"), max_length=3000)
    created = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    useful = models.PositiveIntegerField(default=0)
    not_useful = models.PositiveIntegerField(default=0)
    history = HistoricalRecords(excluded_fields=["useful", "not_useful", "once_key", "case", "hidden"])

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("comentario"), _("comentarios")
        indexes = [
            models.Index(fields=["thread", "parent", "-created"], name="comments_of_a_thread"),
            models.Index(fields=["thread", "-created", "-id"], name="newest_of_a_thread"),
        ]

    def __str__(self):
        return f"#{self.pk}"

    def get_absolute_url(self):
        return reverse("comments:detail", args=[self.pk])

    @property
    def anchor(self) -> str:
        return f"comentario-{self.pk}"

    def moderated_author(self):
        return self.author

    def moderated_path(self) -> str:
        return self.get_absolute_url()

    def moderated_text(self) -> str:
        return self.body


class CommentRating(models.Model):
    """Whether a person found a comment useful; one opinion per account and comment."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="ratings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    useful = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "user"], name="one_rating_per_comment_and_account")]
