"""What a request passes through before and after its view."""

import gzip

import pytest
from asgiref.sync import AsyncToSync, SyncToAsync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string

from decide.static_files import static_files

STYLE = "p { color: black } " * 200


@pytest.fixture
def turns(monkeypatch):
    """The changes between coroutine and thread, by direction."""
    made = {"to thread": 0, "to loop": 0}
    for kind, name in ((SyncToAsync, "to thread"), (AsyncToSync, "to loop")):

        def counted(self, *args, call=kind.__call__, name=name, **kwargs):
            made[name] += 1
            return call(self, *args, **kwargs)

        monkeypatch.setattr(kind, "__call__", counted)
    return made


def test_every_middleware_is_plain():
    assert [path for path in settings.MIDDLEWARE if not getattr(import_string(path), "sync_capable", True)] == []


@pytest.mark.django_db
def test_a_page_over_wsgi_starts_no_loop(turns):
    assert Client().get("/ayuda/").status_code == 200
    assert turns == {"to thread": 0, "to loop": 0}


@pytest.mark.django_db(transaction=True)
async def test_a_page_over_asgi_goes_to_its_thread_once(turns):
    """Once for middleware and view; Django goes there for what begins and what ends with a request besides."""
    from decide.asgi import application

    headers = [(b"host", b"testserver")]
    scope = {"type": "http", "method": "GET", "path": "/ayuda/", "query_string": b"", "headers": headers}
    page = ApplicationCommunicator(application, scope)
    await page.send_input({"type": "http.request"})
    assert (await page.receive_output(20))["status"] == 200
    await page.receive_output(5)
    await page.wait(5)
    assert turns["to loop"] == 0
    assert turns["to thread"] <= 3


@pytest.fixture
def chain(settings, tmp_path):
    (tmp_path / "a.css").write_text(STYLE)
    (tmp_path / "a.css.gz").write_bytes(gzip.compress(STYLE.encode()))
    settings.STATIC_ROOT, settings.SERVESTATIC_USE_STATIC_ROOT = tmp_path, True
    settings.SERVESTATIC_USE_FINDERS = settings.SERVESTATIC_AUTOREFRESH = False
    return static_files(lambda request: HttpResponse("a page"))


def test_a_file_is_served_compressed_where_that_is_understood(chain):
    plain = chain(RequestFactory().get("/static/a.css"))
    assert (plain.status_code, plain.content.decode()) == (200, STYLE)
    assert plain["Content-Type"] == 'text/css; charset="utf-8"'
    packed = chain(RequestFactory().get("/static/a.css", headers={"accept-encoding": "gzip"}))
    assert packed["Content-Encoding"] == "gzip"
    assert packed["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.content).decode() == STYLE
    assert packed["Content-Length"] == str(len(packed.content))


def test_a_file_that_the_browser_has_is_not_sent_again(chain):
    tag = chain(RequestFactory().get("/static/a.css"))["ETag"]
    again = chain(RequestFactory().get("/static/a.css", headers={"if-none-match": tag}))
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("method", "status"), [("head", 200), ("post", 405)])
def test_a_file_is_only_read(chain, method, status):
    answer = getattr(RequestFactory(), method)("/static/a.css")
    assert (chain(answer).status_code, chain(answer).content) == (status, b"")


@pytest.mark.parametrize("path", ["/", "/static/", "/static/b.css", "/static/../a.css", "/static/%2e%2e/a.css"])
def test_what_is_no_file_is_left_to_the_pages(chain, path):
    assert chain(RequestFactory().get(path)).content == b"a page"


def test_a_part_of_a_file_is_served_as_a_part(chain):
    part = chain(RequestFactory().get("/static/a.css", headers={"range": "bytes=2-5"}))
    assert (part.status_code, part.content.decode()) == (206, STYLE[2:6])
