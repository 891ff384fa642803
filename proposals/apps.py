from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProposalsConfig(AppConfig):
    name = "proposals"
    verbose_name = _("Propuestas")

    def ready(self):
        from decide.answers.signals import answer_changed
        from decide.comments.signals import thread_changed
        from decide.moderation.signals import edit_decided, visibility_changed
        from proposals import live, services
        from proposals.services import authoring, hiding, supporting, telling, voting
        from votes.signals import boxes_changed, poll_changed

        answer_changed.connect(services.follow_answer, dispatch_uid="proposals.follow_answer")
        # After the proposal has moved: receivers are called in this order.
        answer_changed.connect(telling.tell_of_answer, dispatch_uid="proposals.tell_of_answer")
        thread_changed.connect(live.follow_thread, dispatch_uid="proposals.follow_thread")
        visibility_changed.connect(hiding.follow_visibility, dispatch_uid="proposals.follow_visibility")
        edit_decided.connect(authoring.follow_edit, dispatch_uid="proposals.follow_edit")
        poll_changed.connect(voting.follow_poll, dispatch_uid="proposals.follow_poll")
        poll_changed.connect(telling.tell_of_poll, dispatch_uid="proposals.tell_of_poll")
        boxes_changed.connect(supporting.follow_boxes, dispatch_uid="proposals.follow_boxes")
