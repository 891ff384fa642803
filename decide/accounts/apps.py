from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "decide.accounts"
    verbose_name = _("Cuentas y cargos")

    def ready(self):
        from allauth.account.signals import email_confirmed

        from decide.accounts import checks, confirming  # noqa: F401

        email_confirmed.connect(confirming.forget_stranger_s_password)
