"""Comments to look at: their authors and the services write them, which keep the counters exact."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from decide.admin import LookOnly
from decide.comments.models import Comment, Thread


@admin.register(Thread)
class ThreadAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["path", "comments", "open", "public"]
    list_filter = ["open", "public"]
    search_fields = ["path"]
    ordering = ["-pk"]


@admin.register(Comment)
class CommentAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["pk", "created", "author", "thread", "body", "useful", "not_useful", "edited_at", "deleted_at"]
    list_select_related = ["author", "thread"]
    search_fields = ["body"]
    date_hierarchy = "created"
    ordering = ["-pk"]
    raw_id_fields = ["author", "parent", "answers_to", "thread", "appointment"]
