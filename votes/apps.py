from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from decide.accounts.signals import residences_merged


class VotesConfig(AppConfig):
    name = "votes"
    verbose_name = _("Apoyos")

    def ready(self):
        from votes import intentions, services

        user_logged_in.connect(intentions.move_to_account)
        residences_merged.connect(services.merge_supports)
        residences_merged.connect(services.merge_participations)
