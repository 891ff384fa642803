"""What the city owes, to look at: answers are given on the officers' pages, where the rules are."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from decide.admin import LookOnly
from decide.answers.models import Answer, Milestone, MilestonePhoto


class MilestoneInline(LookOnly, admin.TabularInline):
    model = Milestone
    fields = ["title", "planned", "first_planned", "done_on", "state"]
    readonly_fields = ["first_planned"]
    extra = 0


@admin.register(Answer)
class AnswerAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["subject", "agency", "assign_due", "due", "answered_at", "outcome"]
    list_filter = ["outcome", "agency"]
    list_select_related = ["agency"]
    search_fields = ["subject", "search_text"]
    date_hierarchy = "due"
    inlines = [MilestoneInline]


class PhotoInline(LookOnly, admin.TabularInline):
    model = MilestonePhoto
    extra = 0


@admin.register(Milestone)
class MilestoneAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["title", "answer", "planned", "done_on", "state"]
    list_filter = ["state"]
    list_select_related = ["answer"]
    inlines = [PhotoInline]
