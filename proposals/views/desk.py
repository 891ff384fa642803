from django.http import HttpResponseNotFound


def _soon(request, **kwargs):
    return HttpResponseNotFound()


support = unsupport = intentions = desk = _soon
