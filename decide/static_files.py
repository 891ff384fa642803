"""Static files where no proxy serves them: the demo and small towns."""

from django.http import HttpResponse
from servestatic.middleware import ServeStaticMiddleware


def static_files(get_response):
    """servestatic's files, headers and compressed twins, answered by a plain middleware.

    Its own middleware exists only as a coroutine. One coroutine among plain middleware costs every page a loop of its
    own under WSGI and two changes of thread under ASGI: more than Django itself takes to say hello.
    """
    files = ServeStaticMiddleware(_never)

    def middleware(request):
        path = request.path_info
        found = files.find_file(path) if files.autorefresh else files.files.get(path)
        return get_response(request) if found is None else _answer(found.get_response(request.method, request.META))

    return middleware


async def _never(request):
    raise AssertionError("The chain goes on in `static_files`.")


def _answer(served) -> HttpResponse:
    response = HttpResponse(status=served.status)
    del response["Content-Type"]  # servestatic's headers say it
    for name, value in served.headers:
        if value is not None:
            response[name] = value
    if served.file is not None:
        with served.file as file:
            response.content = file.read()
    return response
