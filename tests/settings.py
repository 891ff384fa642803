"""The project's own settings, with what tests need said by the environment."""

import os

os.environ.setdefault("SECRET_KEY", "tests-only-not-a-secret-0123456789-0123456789-0123456789")
os.environ.setdefault("RESIDENCE_PEPPERS", "v1:tests-only-pepper-0123456789-0123456789")
os.environ.setdefault("EMAIL_URL", "memorymail://")

from decide.settings import *  # noqa: F403
from decide.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
