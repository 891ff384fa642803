from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProposalsConfig(AppConfig):
    name = "proposals"
    verbose_name = _("Propuestas")

    def ready(self):
        from decide.answers.signals import answer_changed
        from decide.comments.signals import thread_changed
        from proposals import live, services
        from proposals.services import supporting, telling
        from votes.signals import boxes_changed

        answer_changed.connect(services.follow_answer, dispatch_uid="proposals.follow_answer")
        # After the proposal has moved: receivers are called in this order.
        answer_changed.connect(telling.tell_of_answer, dispatch_uid="proposals.tell_of_answer")
        thread_changed.connect(live.follow_thread, dispatch_uid="proposals.follow_thread")
        boxes_changed.connect(supporting.follow_boxes, dispatch_uid="proposals.follow_boxes")
