from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from decide.accounts.signals import residences_merged


class VotesConfig(AppConfig):
    name = "votes"
    verbose_name = _("Apoyos y votaciones")

    def ready(self):
        from decide.answers.signals import answer_changed
        from votes import intentions, services
        from votes.services import aftermath
        from votes.signals import poll_changed

        user_logged_in.connect(intentions.move_to_account)
        residences_merged.connect(services.merge_supports)
        residences_merged.connect(services.merge_participations)
        poll_changed.connect(aftermath.follow_poll, dispatch_uid="votes.follow_poll")
        answer_changed.connect(aftermath.follow_answer, dispatch_uid="votes.follow_answer")
