"""The administration sees the counts, and changes nothing: neither counts nor signatures nor whose they are."""

from django.contrib import admin

from decide.admin import LookOnly
from votes.models import SupportBox


@admin.register(SupportBox)
class SupportBoxAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["pk", "scope", "supports", "counted", "threshold", "open"]
    list_filter = ["open"]
    list_select_related = ["scope"]
