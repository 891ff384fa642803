"""The administration sees the counts, and changes nothing: neither counts nor signatures nor whose they are."""

from django.contrib import admin

from votes.models import SupportBox


@admin.register(SupportBox)
class SupportBoxAdmin(admin.ModelAdmin):
    list_display = ["pk", "scope", "supports", "counted", "threshold", "open"]
    list_filter = ["open"]
    list_select_related = ["scope"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
