from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "decide.accounts"

    def ready(self):
        from allauth.account.signals import email_confirmed

        from decide.accounts import checks, confirming  # noqa: F401

        email_confirmed.connect(confirming.forget_stranger_s_password)
