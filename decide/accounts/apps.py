from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "decide.accounts"

    def ready(self):
        from decide.accounts import checks  # noqa: F401
