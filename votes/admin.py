"""The administration sees the counts, and changes nothing: neither counts nor signatures nor whose they are."""

from django.contrib import admin

from decide.admin import LookOnly
from votes.models import Poll, SupportBox


@admin.register(SupportBox)
class SupportBoxAdmin(LookOnly, admin.ModelAdmin):
    list_display = ["pk", "scope", "supports", "counted", "threshold", "open"]
    list_filter = ["open"]
    list_select_related = ["scope"]


@admin.register(Poll)
class PollAdmin(LookOnly, admin.ModelAdmin):
    """What was asked and decided, and by which officers. Neither ballots nor who voted."""

    list_display = ["title", "status", "effect", "opens_at", "closes_at", "turnout"]
    list_filter = ["status", "effect", "level"]
    search_fields = ["title"]
    fields = [
        *("title", "summary", "decided_by_text", "effect", "answers_for", "opens_at", "closes_at", "level"),
        *("running_totals", "status", "written_by", "approved_by", "approved_at", "return_reason"),
        *("opened_at", "closed_at", "turnout", "annulled_at", "annulled_by", "annul_reason", "rules_hash"),
    ]
