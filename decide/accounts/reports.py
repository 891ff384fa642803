"""What a report of our own fault may say: where it happened, never what somebody typed."""

from django.conf import settings
from django.views.debug import SafeExceptionReporterFilter


class NothingTyped(SafeExceptionReporterFilter):
    """Error mails and logs hold no POST field, no cookie and no variable of a frame (outside DEBUG).

    A list of sensitive names would miss the next form; document numbers and passwords must be in no report.
    """

    def get_post_parameters(self, request):
        return super().get_post_parameters(request) if settings.DEBUG else {}

    def get_safe_cookies(self, request):
        return super().get_safe_cookies(request) if settings.DEBUG else {}

    def get_traceback_frame_variables(self, request, tb_frame):
        return super().get_traceback_frame_variables(request, tb_frame) if settings.DEBUG else ()
