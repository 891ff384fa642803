"""Compiles the catalogues: `.mo` files are made where they are needed and are not in git."""

import os
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.reloader import translation_file_changed


def compile_translations() -> list[Path]:
    """Write `django.mo` beside each `django.po` that is newer; returns the files written.

    This process then reads them: Django has read the Spanish catalogue while it loaded the models, before it was
    there. Another process may have written the files, so what was read is forgotten whoever wrote them.
    """
    written = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                half = target.with_suffix(f".{os.getpid()}.half")
                polib.pofile(str(source)).save_as_mofile(str(half))
                half.replace(target)  # another process may be reading it
                written.append(target)
            translation_file_changed(None, target)
    return written
