"""The administration sees assemblies, seats and registrations; all of them change only through their services.

The quorum of each level is a rule of the city: it is set here, with its history.
"""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from decide.admin import LookOnly
from decide.assemblies.models import Assembly, BoardMember, Objection, QuorumRule, Seat, StatusChange


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
