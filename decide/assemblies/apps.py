from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssembliesConfig(AppConfig):
    name = "decide.assemblies"
    verbose_name = _("Asambleas")

    def ready(self):
        from decide.assemblies.services import objecting
        from decide.moderation.signals import visibility_changed

        visibility_changed.connect(objecting.follow_visibility, dispatch_uid="assemblies.follow_visibility")
