"""Moderation to look at: everything is decided on the moderators' pages, where the rules are."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from decide.admin import LookOnly
from decide.moderation.models import Appeal, Decision, ModerationCase, Report, Sanction


class ReportInline(LookOnly, admin.TabularInline):
    """Why, never who: whoever reports is shown to nobody."""

    model = Report
    fields = readonly_fields = ["reason", "note", "created", "decision"]
    extra = 0


@admin.register(ModerationCase)
class ModerationCaseAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["pk", "kind", "state", "author", "opened_at", "due", "decided_at", "reason"]
    list_filter = ["state", "kind", "reason"]
    list_select_related = ["author"]
    search_fields = ["search_text"]
    date_hierarchy = "opened_at"
    inlines = [ReportInline]


@admin.register(Decision)
class DecisionAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["at", "kind", "action", "reason", "by", "on_appeal"]
    list_filter = ["action", "kind", "reason", "on_appeal"]
    list_select_related = ["by"]
    date_hierarchy = "at"


@admin.register(Appeal)
class AppealAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["created", "decision", "due", "outcome", "decided_at"]
    list_filter = ["outcome"]
    list_select_related = ["decision"]
    date_hierarchy = "created"


@admin.register(Sanction)
class SanctionAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["at", "kind", "user", "reason", "until", "confirmed_at", "dropped_at", "lifted_at"]
    list_filter = ["kind", "reason"]
    list_select_related = ["user"]
    date_hierarchy = "at"
