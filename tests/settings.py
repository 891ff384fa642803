"""The project's own settings, with what tests need said by the environment."""

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

os.environ.setdefault("SECRET_KEY", "tests-only-not-a-secret-0123456789-0123456789-0123456789")
os.environ.setdefault("RESIDENCE_PEPPERS", "v1:tests-only-pepper-0123456789-0123456789")
os.environ.setdefault("BALLOT_KEYS", "v1:tests-only-ballot-key-0123456789-0123456789")
os.environ.setdefault("PLATFORM_SIGNING_KEY", "tests-only-signing-key-0123456789-0123456789")
os.environ.setdefault("EMAIL_URL", "memorymail://")
# The demo's data in ./var is nobody's test data.
os.environ.setdefault("VAR_DIR", str(Path(tempfile.gettempdir()) / "decide-tests"))
# Each xdist worker has a Redis database of its own: the cache is emptied between tests.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
if os.environ.get("REDIS_URL"):
    _given = urlsplit(os.environ.setdefault("TEST_REDIS_URL", os.environ["REDIS_URL"]))
    _database = (int(_given.path.strip("/") or 0) + _worker) % 16
    os.environ["REDIS_URL"] = _given._replace(path=f"/{_database}").geturl()

from decide.settings import *  # noqa: E402, F403
from decide.settings import CHANNEL_LAYERS, DATABASES, REDIS_URL, STATIC_ROOT, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES["default"].setdefault("TEST", {})["MIGRATE"] = False  # tests/database.py
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # No test pulls the plug of the server: a commit need not wait for the disk.
    DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
STATIC_ROOT.mkdir(exist_ok=True)  # the middleware that serves it asks for it
if REDIS_URL:
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"decide-test-{_worker}"
