from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from decide.comments.models import Comment, Thread


class ReadOnly:
    """Comments are written by their authors and through the services, which keep the counters exact."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Thread)
class ThreadAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["path", "comments", "open", "public"]
    list_filter = ["open", "public"]
    search_fields = ["path"]
    ordering = ["-pk"]


@admin.register(Comment)
class CommentAdmin(ReadOnly, SimpleHistoryAdmin):
    list_display = ["pk", "created", "author", "thread", "body", "useful", "not_useful", "edited_at", "deleted_at"]
    list_select_related = ["author", "thread"]
    search_fields = ["body"]
    date_hierarchy = "created"
    ordering = ["-pk"]
    raw_id_fields = ["author", "parent", "answers_to", "thread", "appointment"]
