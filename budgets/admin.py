"""The participatory budget, to look at: what it holds is written on the officers' pages, where the rules are."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from budgets.models import (
    BudgetYear,
    Candidate,
    Decision,
    FieldVisit,
    Guideline,
    OfflineFile,
    Opinion,
    ParishAllocation,
    ParishIndicator,
    PhaseDates,
    Reconsideration,
    Request,
    ReusableReason,
    UnitPrice,
    ZoneBudget,
)
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


# --- the studies: what officers choose from is entered here ----------------------------------------------------------


@admin.register(Opinion)
class OpinionAdmin(LookOnly, SimpleHistoryAdmin):
    """Of what was issued: a draft is its officer's alone."""

    list_display = ["request", "kind", "version", "current", "verdict", "issued_at", "due"]
    list_filter = ["kind", "verdict", "current"]
    list_select_related = ["request"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(issued_at__isnull=False)


@admin.register(Reconsideration)
class ReconsiderationAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["request", "asked_at", "due", "replied_at", "granted"]
    list_select_related = ["request"]


@admin.register(FieldVisit)
class FieldVisitAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["request", "visited_at", "place", "published_at"]
    list_select_related = ["request"]


@admin.register(Guideline)
class GuidelineAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "active", "invented"]


@admin.register(UnitPrice)
class UnitPriceAdmin(admin.ModelAdmin):
    list_display = ["name", "unit", "price", "active", "invented"]


@admin.register(ReusableReason)
class ReusableReasonAdmin(admin.ModelAdmin):
    list_display = ["title", "kind", "verdict", "active"]
    list_filter = ["kind"]


# --- the requests ----------------------------------------------------------------------------------------------------


@admin.register(Request)
class RequestAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["title", "status", "year", "parish", "kind", "filed_at"]
    list_filter = ["status", "kind", "year"]
    list_select_related = ["year", "parish"]
    search_fields = ["title"]
    exclude = ["code", "desk_residence", "search_text"]


# --- what the assemblies decide --------------------------------------------------------------------------------------


class CandidateInline(LookOnly, admin.TabularInline):
    model = Candidate
    fields = ["number", "request", "cost", "way", "tie_position", "outcome", "place", "reason_code", "left"]
    extra = 0


@admin.register(Decision)
class DecisionAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["parish", "year", "status", "rule", "minimum_votes", "budget", "fixed_at", "decided_at"]
    list_filter = ["year", "status", "rule"]
    list_select_related = ["parish", "year"]
    search_fields = ["parish__name"]
    inlines = [CandidateInline]


@admin.register(OfflineFile)
class OfflineFileAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["parish", "sent_at", "sent_by", "applied_at", "applied_by"]
    list_select_related = ["decision__parish", "sent_by", "applied_by"]
    exclude = ["content"]  # names of delegates: what was read is on the table's page

    @admin.display(description=_("parroquia"))
    def parish(self, file):
        return file.decision.parish
