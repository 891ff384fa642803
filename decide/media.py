"""Uploaded files, where no web server in front serves them: the demo and small towns (nginx does in production)."""

import re

from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

# Only what `decide.images` writes: a folder, a random name, a type.
_NAME = re.compile(r"[a-z]+/[0-9a-f]{32}(\.480)?\.(webp|pdf)")
_TYPES = {"webp": "image/webp", "pdf": "application/pdf"}


@require_safe
def media(request, path):
    """One uploaded file that everybody may see: what is hidden does not stand there (`decide.storage`)."""
    if not _NAME.fullmatch(path) or not default_storage.exists(path):
        raise Http404
    response = file_response(path)
    # Not in caches that others share: what is hidden later would live on there.
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def file_response(name: str) -> HttpResponse:
    """A stored file, wherever it stands; never shown inside a page of ours as anything but a picture.

    Whoever calls it has asked who may see it. Raises Http404 where it is gone.
    """
    kind = name.rpartition(".")[2]
    try:
        with default_storage.open(name) as stored:
            response = HttpResponse(stored.read(), content_type=_TYPES[kind])
    except FileNotFoundError:
        raise Http404 from None
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    if kind == "pdf":
        response["Content-Disposition"] = "attachment"
    return response
