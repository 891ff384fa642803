"""How long pages take on the `city` data set (SQLite, one process), beside a view that only says hello."""

import os
import subprocess
import sys
import tempfile

from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from proposals.models import Proposal
from tests.bench import median_ms, row

# Every other way to read the lists, and the pages that gather them: below 100 ms.
GATHERING = [
    "/",
    "/parroquias/",
    "/resultados/",
    "/resultados/?anio=2026",
    "/parroquias/la-argelia/",
    "/propuestas/?orden=apoyadas",
    "/propuestas/?orden=comentadas",
    "/propuestas/?orden=por-vencer",
    "/propuestas/?q=parque",
    "/propuestas/?q=parque+seguro&estado=en-apoyos&orden=apoyadas",
]
urlpatterns = [path("hello/", lambda request: HttpResponse("hello"))]


def rows() -> list[dict]:
    client = Client(headers={"accept-encoding": "gzip", "host": "127.0.0.1"})

    def get(address):
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)

    with override_settings(ROOT_URLCONF="tests.bench.pages"):
        hello = median_ms(lambda: get("/hello/"))
    long = Proposal.objects.public().filter(thread__comments__gte=200).most_discussed().first()
    return [
        row("/propuestas/, city", median_ms(lambda: get("/propuestas/")), "ms", control=hello, bar=50),
        row(
            f"a proposal with {long.thread.comments} comments",
            median_ms(lambda: get(long.get_absolute_url())),
            "ms",
            control=hello,
            bar=60,
        ),
        *(
            row(f"{path}, city", median_ms(lambda path=path: get(path), 20), "ms", control=hello, bar=100)
            for path in GATHERING
        ),
        row("the demo city, loaded", load_time(), "s", bar=20),
    ]


def load_time() -> float:
    """Seconds of the demo city itself, in a process and a folder of its own, without the start of Django."""
    code = (
        "import django, time; django.setup(); from django.core.management import call_command;"
        "call_command('migrate', verbosity=0); start = time.perf_counter();"
        "call_command('demo', '--no-server', verbosity=0); print(time.perf_counter() - start)"
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "VAR_DIR": folder}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout.split()[-1])
