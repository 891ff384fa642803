"""A cold page weighs at most 100 kB: HTML 14, CSS 15, JavaScript 30, gzipped; images come later and have a size."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from budgets import services
from budgets.models import Request
from decide.assemblies.models import Session
from tests.budgets.decision.parishes import make_feasible, make_place
from tests.factories import (
    make_appointment,
    make_comment,
    make_parish,
    make_proposal,
    make_request,
    make_support,
    make_user,
)

LIMITS = {"html": 14_000, "css": 15_000, "js": 30_000, "total": 100_000}
PATHS = [
    "/",
    "/propuestas/",
    "/propuestas/nueva/idea/",
    "/parroquias/",
    "/respuestas/",
    "/ayuda/",
    "/cuentas/login/",
    "/mi/",
    "/asambleas/",
    "/presupuestos/2027/",
    "/presupuestos/solicitudes/",
]


@pytest.fixture
def city():
    """As full as a page of a list or of comments can be."""
    parishes = [make_parish(f"Parroquia {n}") for n in range(65)]
    author = make_user(verified=True, parish=parishes[0])
    proposals = [
        make_proposal(
            author,
            parish=parishes[n % 65],
            title=f"Propuesta número {n} con un título de largo normal",
            body="Texto. " * 300,
        )
        for n in range(25)
    ]
    for n in range(60):
        make_comment(proposals[0].thread, author, body=f"Comentario {n}: " + "palabras que dicen algo " * 8)
    make_support(proposals[0].box)
    make_appointment(author, "participation")
    return {"author": author, "pages": [proposals[0].get_absolute_url(), parishes[0].get_absolute_url(), *a_budget()]}


def a_budget() -> list[str]:
    """The pages of a parish's year, of a request and of the session, with a matrix of twenty that was decided."""
    place = make_place(seats=24, costs=(60_000, 50_000))
    parish = place.decision.parish
    for n in range(18):
        make_feasible(parish, f"Obra número {n} con un título de largo normal", 4_000)
    services.refresh_matrix(decision=place.decision, officer=place.zonal)
    place.requests = list(Request.objects.filter(candidate__decision=place.decision))
    place.fix()
    Session.objects.update(status=Session.Status.HELD)
    place.decide()
    for n in range(25):
        make_request(parish=parish, title=f"Solicitud número {n} con un título de largo normal")
    session = place.hall.session.get_absolute_url()
    year = f"/presupuestos/2027/{parish.slug}/"
    return [year, place.page, place.requests[0].get_absolute_url(), session, f"{session}pantalla/"]


def weigh(client, path) -> dict[str, int]:
    response = client.get(path, headers={"accept-encoding": "gzip"})
    assert response.status_code == 200, path
    html = gzip.decompress(response.content).decode()
    linked = {
        "css": re.findall(r'<link[^>]+rel="stylesheet"[^>]+href="/static/([^"]+)"', html),
        "js": re.findall(r'<script[^>]+src="/static/([^"]+)"', html),
    }
    weight = {"html": len(response.content)}
    for kind, names in linked.items():
        weight[kind] = sum(len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in set(names))
    for image in re.findall(r"<img[^>]*>", html):
        assert 'loading="lazy"' in image, image
        assert re.search(r'width="\d+"', image), image
        assert re.search(r'height="\d+"', image), image
    assert not re.findall(
        r'(?:src|href)="(?:https?:)?//(?!wa\.me|testserver|127\.0\.0\.1)[^"]+\.(?:js|css|woff2?)"', html
    )
    return weight | {"total": sum(weight.values())}


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [False, True], ids=["anonymous", "signed in"])
def test_cold_pages_are_light(client, city, settings, signed_in):
    settings.SECOND_FACTOR_REQUIRED = False
    if signed_in:
        client.force_login(city["author"])
    only_for = "/cuentas/login/" if signed_in else "/mi/"
    weights = {path: weigh(client, path) for path in [*PATHS, *city["pages"]] if path != only_for}

    too_heavy = {
        (path, kind): size for path, weight in weights.items() for kind, size in weight.items() if size > LIMITS[kind]
    }

    assert too_heavy == {}
    assert len(weights) > 5
