from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BudgetsConfig(AppConfig):
    name = "budgets"
    verbose_name = _("Presupuestos participativos")

    def ready(self):
        from budgets import live
        from budgets.services import advising, authoring, hiding, supporting
        from decide.comments.signals import thread_changed
        from decide.moderation.signals import edit_decided, visibility_changed
        from votes.signals import boxes_changed, poll_changed

        thread_changed.connect(live.follow_thread, dispatch_uid="budgets.follow_thread")
        visibility_changed.connect(hiding.follow_visibility, dispatch_uid="budgets.follow_visibility")
        edit_decided.connect(authoring.follow_edit, dispatch_uid="budgets.follow_edit")
        boxes_changed.connect(supporting.follow_boxes, dispatch_uid="budgets.follow_boxes")
        poll_changed.connect(advising.follow_poll, dispatch_uid="budgets.follow_poll")
