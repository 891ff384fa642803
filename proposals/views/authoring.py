from django.http import HttpResponseNotFound


def _soon(request, **kwargs):
    return HttpResponseNotFound()


index = detail = versions = poster = similar = new = idea = edit = photos = withdraw = go = _soon
