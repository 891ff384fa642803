from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommentsConfig(AppConfig):
    name = "decide.comments"
    verbose_name = _("Comentarios")

    def ready(self):
        from decide.comments import services
        from decide.moderation.signals import edit_decided, visibility_changed

        visibility_changed.connect(services.follow_visibility, dispatch_uid="comments.follow_visibility")
        edit_decided.connect(services.follow_edit, dispatch_uid="comments.follow_edit")
