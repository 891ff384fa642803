"""Everything in one ASGI process (the demo, small towns), or only `/ws/` behind a proxy (production).

Serve it with uvicorn and `decide.live.server.OPTIONS`. Static files are served by the middleware.
"""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decide.settings")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  (Django must be set up before)

from decide.live.server import lifespan, sockets  # noqa: E402

application = ProtocolTypeRouter({"http": pages, "websocket": sockets, "lifespan": lifespan})
