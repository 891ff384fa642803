"""The territory in `/gestion/`, with its history."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from decide.territory import services
from decide.territory.models import Agency, Neighbourhood, Parish, ServicePoint, Zone, ZoneMembership


class MembershipInline(admin.TabularInline):
    model = ZoneMembership
    extra = 0


@admin.register(Zone)
class ZoneAdmin(SimpleHistoryAdmin):
    list_display = ["short_name", "name", "kind", "valid_from", "valid_until"]
    search_fields = ["name", "short_name"]
    prepopulated_fields = {"slug": ["short_name"]}


@admin.register(Parish)
class ParishAdmin(SimpleHistoryAdmin):
    list_display = ["name", "code", "kind", "zone", "population_2010", "population_2022"]
    list_filter = ["zone", "kind"]
    list_select_related = ["zone"]
    search_fields = ["name", "code"]
    # The zone of today follows from the dated memberships below.
    readonly_fields = ["zone"]
    inlines = [MembershipInline]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        services.follow_zone_of(form.instance)


@admin.register(Neighbourhood)
class NeighbourhoodAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "parish", "invented", "source"]
    list_filter = ["kind", "invented", "parish__zone"]
    list_select_related = ["parish"]
    search_fields = ["name", "parish__name"]
    autocomplete_fields = ["parish"]


@admin.register(Agency)
class AgencyAdmin(SimpleHistoryAdmin):
    list_display = ["name", "acronym", "municipal", "zone", "active"]
    list_filter = ["municipal", "active"]
    list_select_related = ["zone"]
    search_fields = ["name", "acronym"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(ServicePoint)
class ServicePointAdmin(admin.ModelAdmin):
    list_display = ["name", "parish", "address", "hours", "invented"]
    list_filter = ["invented", "parish__zone"]
    list_select_related = ["parish"]
    search_fields = ["name", "parish__name", "address"]
    autocomplete_fields = ["parish"]
