"""Everything in one ASGI process (the demo, small towns), or only `/ws/` behind a proxy (production).

Serve it with uvicorn and `decide.live.server.OPTIONS`. Static files are served by the middleware.
"""

import os

import django
from asgiref.sync import sync_to_async

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decide.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402  (Django must be set up before)
from django.core.handlers.asgi import ASGIHandler  # noqa: E402

from decide.live.server import lifespan, sockets  # noqa: E402


class Pages(ASGIHandler):
    """Middleware and view run in one go in the request's thread, as under WSGI.

    Django would run each middleware as a coroutine that goes to that thread and back, before the view and after it.
    """

    def load_middleware(self, is_async=True):
        super().load_middleware(is_async=False)
        self._middleware_chain = sync_to_async(self._middleware_chain, thread_sensitive=True)


application = ProtocolTypeRouter({"http": Pages(), "websocket": sockets, "lifespan": lifespan})
