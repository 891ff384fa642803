"""Collects the static files where they changed: a warm start must not do it again."""

import hashlib
import os

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect() -> bool:
    """Collect into STATIC_ROOT unless nothing changed since the last time; whether it was done."""
    stamp = settings.VAR_DIR / "static.stamp"
    now = fingerprint()
    if stamp.exists() and stamp.read_text() == now and settings.STATIC_ROOT.exists():
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)
    return True


def fingerprint() -> str:
    """A hash of the names, sizes and times of all static files of the project and its libraries."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            facts = os.stat(storage.path(path))
            digest.update(f"{path}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
