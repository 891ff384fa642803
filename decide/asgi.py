"""Everything in one ASGI process (the demo, small towns), or only `/ws/` behind a proxy (production)."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decide.settings")
application = get_asgi_application()
