"""The administration sees proposals and keeps the subjects; proposals change only through their services."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from decide.admin import LookOnly
from proposals.models import Category, Proposal, Tag


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]


@admin.register(Proposal)
class ProposalAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["title", "status", "parish", "category", "published_at"]
    list_filter = ["status", "category"]
    list_select_related = ["parish", "category"]
    search_fields = ["title", "summary"]
    exclude = ["code", "desk_residence", "search_text"]
