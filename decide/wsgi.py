"""Pages over WSGI (granian in production); the socket lives in `asgi.py`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "decide.settings")
application = get_wsgi_application()
