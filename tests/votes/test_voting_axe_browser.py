"""The steps of voting and the observers' page as a screen reader meets them (axe), in light and in dark, at 320 px."""

import time

import pytest
from django.test import Client

from decide.accounts.views.desk import SEEN
from tests.browser.barriers import Glasses
from tests.factories import make_appointment, make_parish, make_poll, make_user
from tests.votes import urna
from tests.votes.test_voting_steps import address, hidden, marks, send
from votes import services

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture
def pages(settings):
    """`[(what, html)]` of every kind of page of the room."""
    settings.SECOND_FACTOR_REQUIRED = False
    parish = make_parish("La Argelia")
    voter, client = make_user(verified=True, parish=parish), Client()
    poll = urna.open_poll(questions=(("single", 3), ("approval", 3), ("budget", 3)))
    sealed, announced = urna.open_poll(running_totals="at_close"), make_poll()
    urna.cast_many(poll, 11, parish)
    services.sequence(poll=poll)
    closed = urna.open_poll()
    urna.cast_many(closed, 14, parish)
    closed = urna.close(closed)
    annulled = services.annul_poll(
        poll=urna.open_poll(), officer=make_appointment().holder, reason="Faltaba un dato en la pregunta."
    )
    found = [("list", client.get("/votaciones/")), ("door", client.get(address(poll)))]
    client.force_login(voter)
    polls = {"open": poll, "sealed": sealed, "announced": announced, "closed": closed, "annulled": annulled}
    found += [(what, client.get(each.get_absolute_url())) for what, each in polls.items()]
    found.append(("choose", client.get(address(poll))))
    found.append(
        ("errors", send(client, poll, {**marks(poll), "orden": "0" * 16} | marks(poll, (), (), (1, 2, 3)), "revisar"))
    )
    found.append(("review", send(client, poll, marks(poll, (1,), (1, 2), (1,)), "revisar")))
    found.append(("redrawn", send(client, poll, hidden(found[-1][1]), "sortear")))
    found.append(("receipt", send(client, poll, hidden(found[-1][1]), "emitir")))
    found.append(("mine", client.get("/mi/votaciones/")))
    check = f"{closed.get_absolute_url()}comprobar/"
    found += [("check", client.get(check)), ("verdict", client.post(check, {"kept": "hola"}))]
    found.append(("sheet", client.get(f"{closed.get_absolute_url()}hoja/")))
    officer = make_appointment().holder
    draft = make_poll(status="draft", questions=(("budget", 3),), written_by=officer)
    waiting = make_poll(status="submitted")
    client.force_login(officer)
    question = draft.questions.get()
    base = f"/votaciones/{draft.pk}/"
    inside = [
        "editar/",
        "datos/",
        "preguntas/nueva/",
        f"preguntas/{question.pk}/",
        "documentos/",
        "vista-previa/papeleta/",
    ]
    inside.append(f"preguntas/{question.pk}/opciones/nueva/")
    for path in ("/votaciones/gestion/", "/votaciones/nueva/", *(base + path for path in inside)):
        found.append((path, client.get(path)))
    found.append(("new with errors", client.post("/votaciones/nueva/", {})))
    for act in ("editar/", "devolver/"):
        found.append((act, client.get(f"/votaciones/{waiting.pk}/{act}")))
    found.append(("annul", client.get(f"/votaciones/{poll.pk}/anular/")))
    session = client.session
    session[SEEN] = {str(voter.residence_id): int(time.time())}
    session.save()
    start = f"/mostrador/persona/{voter.residence_id}/votar/"
    found.append(("desk", client.get(start)))
    client.post(start, {"votacion": poll.pk})
    found += [("urn", client.get("/urna/")), ("back", client.get("/urna/devolver/"))]
    assert {page.status_code for _what, page in found} <= {200, 400}
    return [(what, page.content.decode()) for what, page in found]


def test_no_barrier_in_any_page_of_a_vote(browser, pages):
    glasses = Glasses(browser)
    try:
        barriers = {what: found for what, html in pages if (found := glasses.barriers(html))}
    finally:
        glasses.context.close()
    assert barriers == {}
