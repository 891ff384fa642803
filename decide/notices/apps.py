from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "decide.notices"
    verbose_name = _("Avisos")

    def ready(self):
        from decide.notices import following

        user_logged_in.connect(following.move_to_account)
