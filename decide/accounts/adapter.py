"""allauth in the words of this house."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Esta cuenta está inactiva."),
        "cannot_remove_primary_email": _("No puede quitar su correo principal."),
        "duplicate_email": _("Ese correo ya es el de su cuenta."),
        "email_password_mismatch": _("El correo o la contraseña no son correctos."),
        "email_taken": _("Ese correo no se puede usar."),
        "enter_current_password": _("Escriba su contraseña actual."),
        "incorrect_code": _("El código no es correcto."),
        "incorrect_password": _("La contraseña no es correcta."),
        "invalid_or_expired_key": _("El código no es válido o ya venció."),
        "invalid_login": _("El correo o la contraseña no son correctos."),
        "invalid_password_reset": _("El código no es válido o ya venció."),
        "too_many_login_attempts": _("Demasiados intentos fallidos. Espere cinco minutos, o entre con un código."),
        "unknown_email": _("Ese correo no se puede usar."),
        "unverified_primary_email": _("Primero confirme su correo."),
        "same_as_current": _("Escriba uno distinto del actual."),
        "rate_limited": _("Ha hecho esto muchas veces en poco tiempo. Espere un momento."),
    }

    def send_mail(self, template_prefix, email, context):
        context = {"SITE_NAME": settings.SITE_NAME, "SITE_URL": settings.SITE_URL, **context}
        super().send_mail(template_prefix, email, context)
