"""The participatory budget, to look at: what it holds is written on the officers' pages, where the rules are."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from budgets.models import BudgetYear, ParishAllocation, ParishIndicator, PhaseDates, ZoneBudget
from decide.admin import LookOnly

# --- the money -------------------------------------------------------------------------------------------------------


class PhaseInline(LookOnly, admin.TabularInline):
    model = PhaseDates
    fields = ["phase", "starts", "ends", "entered_at", "entered_by", "note"]
    extra = 0


@admin.register(BudgetYear)
class BudgetYearAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["year", "phase", "published", "minimum_percent"]
    inlines = [PhaseInline]


@admin.register(PhaseDates)
class PhaseDatesAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["year", "phase", "starts", "ends", "entered_at", "entered_by"]
    list_filter = ["year", "phase"]
    list_select_related = ["year", "entered_by"]


class AllocationInline(LookOnly, admin.TabularInline):
    model = ParishAllocation
    fields = ["parish", "computed", "amount", "by_hand", "reason"]
    extra = 0


@admin.register(ZoneBudget)
class ZoneBudgetAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["zone", "year", "investment", "participatory", "minimum_percent"]
    list_filter = ["year"]
    list_select_related = ["zone", "year"]
    inlines = [AllocationInline]


@admin.register(ParishAllocation)
class ParishAllocationAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["parish", "year", "computed", "amount", "by_hand"]
    list_filter = ["year", "by_hand"]
    list_select_related = ["parish", "year"]
    search_fields = ["parish__name"]


@admin.register(ParishIndicator)
class ParishIndicatorAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["parish", "year", "population", "unmet_needs", "density", "infrastructure", "invented"]
    list_filter = ["year", "invented"]
    list_select_related = ["parish", "year"]
    search_fields = ["parish__name"]
