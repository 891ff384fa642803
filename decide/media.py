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
    """One uploaded file. Never shown inside a page of ours as anything but a picture."""
    if not _NAME.fullmatch(path) or not default_storage.exists(path):
        raise Http404
    kind = path.rpartition(".")[2]
    with default_storage.open(path) as stored:
        response = HttpResponse(stored.read(), content_type=_TYPES[kind])
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if kind == "pdf":
        response["Content-Disposition"] = "attachment"
    return response
