"""People in the administration: to look and to help, never to see or change a key, nor to decide who is verified."""

from allauth.account import admin as _addresses  # noqa: F401 (registered before ours)
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factors  # noqa: F401
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from decide.accounts.models import Appointment, Body, Consent, DocumentKey, Residence, User
from decide.admin import LookOnly

# The administration has no door of its own: people sign in by the common one, with its limits and second step.
admin.site.login = secure_admin_login(admin.site.login)
admin.site.site_header = admin.site.site_title = _("Decide Quito: gestión")
admin.site.index_title = _("Gestión")


# Whoever writes addresses of accounts enters as anybody: they belong to their owners alone.
admin.site.unregister(EmailAddress)
admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """A second step that was lost is taken away here, so that its owner sets up another; its secret is not shown."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_select_related = ["user"]
    list_filter = ["type"]
    search_fields = ["user__email", "user__display_name"]
    fields = readonly_fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class DocumentInline(LookOnly, admin.TabularInline):
    model = DocumentKey
    fields = readonly_fields = ["kind", "country"]
    extra = 0
    verbose_name, verbose_name_plural = _("documento"), _("documentos")


class ConsentInline(LookOnly, admin.TabularInline):
    model = Consent
    fields = readonly_fields = ["purpose", "version", "given_at", "withdrawn_at"]
    extra = 0


class HeldInline(LookOnly, admin.TabularInline):
    model = Appointment
    fk_name = "holder"
    fields = readonly_fields = ["office", "zone", "parish", "agency", "body", "starts", "ends"]
    extra = 0
    verbose_name_plural = _("cargos")


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Accounts come from sign-up and go by the person's own hand; here they are put to rest and given entry."""

    list_display = ["email", "display_name", "home_parish", "verified", "is_active", "is_staff", "date_joined"]
    list_filter = ["is_active", "is_staff", "home_parish__zone"]
    list_select_related = ["home_parish"]
    search_fields = ["email", "display_name"]
    fields = ["email", "display_name", "home_parish", "residence", "is_active", "is_staff", "is_superuser", "groups"]
    readonly_fields = ["email", "residence"]
    filter_horizontal = ["groups"]
    inlines = [HeldInline, ConsentInline]

    @admin.display(boolean=True, description=_("verificada"))
    def verified(self, user):
        return user.residence_id is not None

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        """Only a superuser says who enters the administration."""
        fixed = [*self.readonly_fields]
        return fixed if request.user.is_superuser else [*fixed, "is_staff", "is_superuser", "groups"]


@admin.register(Residence)
class ResidenceAdmin(LookOnly, SimpleHistoryAdmin):
    list_display = ["pk", "parish", "level", "participates_from", "verified_at"]
    list_filter = ["level", "parish__zone", "parish"]
    list_select_related = ["parish"]
    date_hierarchy = "verified_at"
    inlines = [DocumentInline]


@admin.register(Appointment)
class AppointmentAdmin(SimpleHistoryAdmin):
    list_display = ["office", "holder", "holder_name", "zone", "parish", "agency", "body", "starts", "ends"]
    list_filter = ["office", "zone"]
    list_select_related = ["holder", "zone", "parish", "agency", "body"]
    search_fields = ["holder__email", "holder__display_name", "holder_name"]
    autocomplete_fields = ["holder"]
    readonly_fields = ["claimed_by", "appointed_by"]
    date_hierarchy = "starts"

    def save_model(self, request, obj, form, change):
        if not change:
            obj.appointed_by = request.user
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request, obj=None):
        """An office is ended, not deleted: it has a history."""
        return False


@admin.register(Body)
class BodyAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "parish"]
    list_filter = ["kind"]
    search_fields = ["name"]
