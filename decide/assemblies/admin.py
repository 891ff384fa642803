"""The administration sees assemblies, seats, registrations, sessions; all change only through their services.

The quorum of each level is a rule of the city: it is set here, with its history.
"""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from decide.admin import LookOnly
from decide.assemblies.models import (
    Assembly,
    BoardMember,
    Correction,
    Item,
    Minutes,
    Objection,
    QuorumRule,
    Seat,
    Session,
    StatusChange,
)


class ItemsInline(LookOnly, admin.TabularInline):
    model = Item
    fields = ["position", "title", "way", "status", "votes", "present"]
    extra = 0


class CorrectionsInline(LookOnly, admin.TabularInline):
    model = Correction
    fields = ["at", "text", "reason"]
    extra = 0


class BoardInline(LookOnly, admin.TabularInline):
    model = BoardMember
    fields = ["role", "name"]
    extra = 0


class StepsInline(LookOnly, admin.TabularInline):
    model = StatusChange
    fields = ["at", "status", "reason"]
    extra = 0


@admin.register(Assembly)
class AssemblyAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["name", "level", "status", "parish", "zone", "answer_due"]
    list_filter = ["level", "status"]
    list_select_related = ["parish", "zone"]
    search_fields = ["name", "neighbourhood_name"]
    exclude = ["search_text", "neighbourhood_key"]
    inlines = [BoardInline, StepsInline]


@admin.register(Objection)
class ObjectionAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["assembly", "created", "hidden", "replied_at"]
    list_select_related = ["assembly"]


@admin.register(Seat)
class SeatAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["assembly", "sent_by", "number", "starts", "ends", "term"]
    list_select_related = ["assembly", "sent_by"]
    search_fields = ["assembly__name", "sent_by__name"]


@admin.register(QuorumRule)
class QuorumRuleAdmin(SimpleHistoryAdmin):
    list_display = ["level", "sit_percent", "decide_percent"]


@admin.register(Session)
class SessionAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["assembly", "kind", "status", "starts_at", "place"]
    list_filter = ["status", "kind"]
    list_select_related = ["assembly"]
    search_fields = ["assembly__name", "place"]
    inlines = [ItemsInline]


@admin.register(Minutes)
class MinutesAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["session", "first_lock_at", "locked_at", "pdf_sha256"]
    list_select_related = ["session__assembly"]
    inlines = [CorrectionsInline]
