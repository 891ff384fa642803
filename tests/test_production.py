"""Two kinds of process behind one proxy: pages over WSGI (granian), sockets over ASGI (uvicorn).

With PostgreSQL and Redis, on the settings of production: what one process writes, the other's sockets see.
"""

import json
import os
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.factories import make_parish, make_proposal, make_user

HOST = "decide.example.org"
PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
GRANIAN = ["granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws"]
UVICORN = ["uvicorn", "--ws-max-size", "4096", "--ws-per-message-deflate", "false", "--lifespan", "on"]

needs_servers = pytest.mark.skipif(
    not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")),
    reason="two processes need PostgreSQL and Redis: DATABASE_URL and REDIS_URL",
)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


SECRETS = ("SECRET_KEY", "RESIDENCE_PEPPERS", "BALLOT_KEYS", "PLATFORM_SIGNING_KEY")


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("production")


@pytest.fixture
def environment(transactional_db, var_dir):
    """What a production process gets, pointing at the database of the tests."""
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = {
        **{key: os.environ[key] for key in ("PATH", *SECRETS, "REDIS_URL")},
        "DJANGO_SETTINGS_MODULE": "decide.settings",
        "DATABASE_URL": database,
        "ALLOWED_HOSTS": HOST,
        "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
        "TRUSTED_PROXY_COUNT": "1",
        "VAR_DIR": str(var_dir),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if not (var_dir / "static").exists():
        collect = [sys.executable, "manage.py", "collectstatic", "-v0", "--no-input"]
        subprocess.run(collect, env=environment, check=True)
    return environment


@pytest.fixture
def start(environment):
    """`start(command, application)` → the port on which it answers."""
    processes = []

    def do(command: list[str], application: str) -> int:
        port = free_port()
        command = [sys.executable, "-m", *command, "--host", "127.0.0.1", "--port", str(port), application]
        processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
        until = time.monotonic() + 40
        while time.monotonic() < until and processes[-1].poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return port
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"{command[2]} did not start")

    yield do
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(timeout=20)


def request(port, method, path, headers=None, body=None):
    line = HTTPConnection("127.0.0.1", port, timeout=20)
    line.request(method, path, body=body, headers={"Host": HOST, **PROXY, **(headers or {})})
    response = line.getresponse()
    response.text = response.read().decode()
    line.close()
    return response


def open_socket(port, origin):
    line = socket.create_connection(("127.0.0.1", port))
    return connect(f"ws://{HOST}/ws/live/", sock=line, origin=origin, additional_headers=PROXY, compression=None)


def signed_in(user) -> dict:
    client = Client()
    client.force_login(user)
    token = "t" * 32
    return {
        "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}",
        "X-CSRFToken": token,
        "Referer": f"https://{HOST}/",
        "Content-Type": "application/x-www-form-urlencoded",
    }


@needs_servers
def test_a_write_over_wsgi_reaches_a_socket_of_the_other_process(start):
    parish = make_parish()
    proposal = make_proposal(parish=parish)
    resident = make_user(verified=True, parish=parish)
    pages = start(GRANIAN, "decide.wsgi:application")
    sockets = start(UVICORN, "decide.asgi:application")

    page = request(pages, "GET", proposal.get_absolute_url())
    assert page.status == 200
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    with open_socket(sockets, f"https://{HOST}") as line:
        line.send(json.dumps({"watch": [f"proposal:{proposal.pk}"]}))
        first = json.loads(line.recv(timeout=10))
        assert first["state"]["supports"] == 0
        answer = request(pages, "POST", f"{proposal.get_absolute_url()}apoyar/", signed_in(resident), "once_key=")
        assert answer.status == 303, answer.text
        seen = json.loads(line.recv(timeout=5))
        assert (seen["topic"], seen["state"]["supports"]) == (f"proposal:{proposal.pk}", 1)
        assert seen["version"] > first["version"]


@needs_servers
def test_a_stranger_opens_no_socket_and_plain_http_is_sent_to_https(start):
    sockets = start(UVICORN, "decide.asgi:application")
    with pytest.raises(InvalidStatus):
        open_socket(sockets, "https://elsewhere.example")
    with open_socket(sockets, f"https://{HOST}") as line:
        assert line.ping().wait(timeout=10)
    plain = request(sockets, "GET", "/", {"X-Forwarded-Proto": "http"})
    assert (plain.status, plain.headers["Location"]) == (301, f"https://{HOST}/")
