"""The polling twin of the socket, for where no socket opens."""

import hashlib

from django.http import HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from decide.live import states


@require_safe
def topics(request):
    """`GET /live/?topic=proposal:42&topic=thread:311` → the same objects as the socket's, as a list, with an ETag."""
    asked = list(dict.fromkeys(request.GET.getlist("topic")))
    if len(asked) > states.MOST_TOPICS:
        return JsonResponse({"error": _("Pida como máximo 100 temas a la vez.")}, status=400)
    if not all(map(states.well_formed, asked)):
        return JsonResponse({"error": _("Un tema tiene la forma «proposal:42».")}, status=400)
    body = states.as_text(states.read_topics(asked)).encode()
    etag = quote_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    response = get_conditional_response(request, etag=etag) or HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return response
