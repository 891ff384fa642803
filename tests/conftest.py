"""What every test stands on: an empty cache, uploads of its own, and for browser tests a real server and Chromium.

Browser tests (`@pytest.mark.browser`) use `live_asgi` (the address of the real ASGI application on a free loopback
port), `new_context`, `context`, `page` and `sign_in`. They run last: Playwright keeps an event loop running in the
main thread. Where no Chromium is they are skipped loudly; with CI=true that is a failure.
"""

import os
import shutil
import socket
import threading
import time

import pytest

CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
CHROMIUM = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium") or shutil.which("google-chrome") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


# --- what is there ------------------------------------------------------------------------------------------


def pytest_configure(config):
    # Playwright's loop lives in the thread that also calls the ORM.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(config, items):
    # Stable: browser tests last, and of those the longest first, so that no worker ends the run alone with one.
    items.sort(key=lambda item: (item.get_closest_marker("browser") is not None, "tests/browser/" not in item.nodeid))
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser and not CHROMIUM:
        if CI:
            raise pytest.UsageError(f"CI=true and no Chromium: {len(browser)} browser tests cannot run.")
        for item in browser:
            item.add_marker(pytest.mark.skip(reason="NO CHROMIUM: install it or set CHROMIUM_PATH"))


def pytest_terminal_summary(terminalreporter):
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if "NO CHROMIUM" in str(r.longrepr)]
    if skipped:
        terminalreporter.section("BROWSER TESTS SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(skipped)} browser tests did NOT run: there is no Chromium on this machine.")


def missing(what: str) -> None:
    """A server that a test needs is not there: a loud skip, and with CI=true a failure."""
    if CI:
        pytest.fail(f"CI=true and {what} is missing.")
    pytest.skip(f"NO SERVER: {what}")


@pytest.fixture
def redis_url() -> str:
    """The address of a real Redis: REDIS_URL, or the one on loopback where it answers."""
    url = os.environ.get("REDIS_URL", "")
    if not url:
        try:
            socket.create_connection(("127.0.0.1", 6379), timeout=1).close()
        except OSError:
            missing("Redis")
        url = "redis://127.0.0.1:6379/15"
    return url


# --- each test begins clean -----------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _translations():
    """The compiled catalogues are not in git."""
    from decide.demo.translations import compile_translations

    compile_translations()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """pytest-django's, made from the models and emptied quickly (see tests/database.py)."""
    from django.test import TransactionTestCase

    from tests import database

    with django_db_blocker.unblock():
        database.complete()
    TransactionTestCase._fixture_teardown = database.empty


@pytest.fixture(autouse=True)
def _clean_slate(settings, tmp_path):
    """Limits live in the cache, uploads in MEDIA_ROOT, the demo's mails in VAR_DIR, a visitor's language in the
    thread: none outlives its test."""
    from django.core.cache import cache
    from django.utils import translation

    cache.clear()
    translation.deactivate()
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()


# --- a real server and real browsers -----------------------------------------------------------------------------


@pytest.fixture
def live_asgi(transactional_db):
    """The address of the real ASGI application (pages, sockets, static files), served by uvicorn in a thread.

    It ends before the transactional database is flushed.
    """
    import uvicorn
    from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

    from decide.asgi import application
    from decide.live.server import OPTIONS

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(ASGIStaticFilesHandler(application), log_level="warning", **OPTIONS)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="live_asgi")
    thread.start()
    until = time.monotonic() + 20
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    assert server.started, "uvicorn did not start"
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=20)
    listener.close()
    assert not thread.is_alive(), "uvicorn did not stop"


@pytest.fixture(scope="session")
def browser_type_launch_args():
    """For pytest-playwright's `browser`: Debian's Chromium."""
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def problems() -> list[str]:
    """Errors of console and pages of all contexts of this test; whoever expects one removes it from the list."""
    return []


@pytest.fixture
def new_context(browser, live_asgi, problems):
    """`new_context(**options)`: one more person's browser, e.g. `viewport=…`, `java_script_enabled=False`."""
    contexts = []

    def make(**options):
        context = browser.new_context(**{"base_url": live_asgi, "locale": "es-EC", **options})
        context.set_default_timeout(15_000)
        context.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def context(new_context):
    return new_context()


@pytest.fixture
def page(context):
    return context.new_page()


@pytest.fixture
def sign_in(live_asgi):
    """`sign_in(context, user)`: signed in without the form."""
    from django.conf import settings
    from django.test import Client

    def do(context, user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_asgi}])

    return do
