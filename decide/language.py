"""The language of a page: Spanish, until somebody chooses English in the footer."""

from django.middleware.locale import LocaleMiddleware


class SpanishFirst(LocaleMiddleware):
    """Only the switch in the footer (a cookie) changes the language.

    Many telephones in Quito were never set to Spanish: what a browser says it prefers is not what its owner reads.
    """

    def process_request(self, request):
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        super().process_request(request)
