"""The outbox, to see what waits and what failed. Nobody writes or changes a notice here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from decide.notices import services
from decide.notices.models import Notice


@admin.register(Notice)
class NoticeAdmin(admin.ModelAdmin):
    list_display = ["created", "kind", "mail", "tries", "next_try", "mailed_at"]
    list_filter = ["mail", "group"]
    date_hierarchy = "created"
    actions = ["try_again"]
    fields = ["kind", "group", "key", "about", "subject", "created", "mail", "tries", "next_try", "mailed_at"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description=_("Volver a intentar los correos que no se pudieron enviar"), permissions=["change"])
    def try_again(self, request, queryset):
        services.retry_failed(notices=queryset)
