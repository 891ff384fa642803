"""The queue and the public log: order, filters, search, honest counts, few queries, no names."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from decide.moderation import reading, services
from decide.moderation.models import Appeal, Decision, ModerationCase, Sanction
from tests.factories import make_user
from tests.moderation.tools import REASON, decide, make_hidden, make_moderator, make_reported, make_sanction, make_thing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def desk():
    client = Client()
    client.force_login(make_moderator())
    return client


def make_appeal(by=None):
    decision = make_hidden(by=by)
    return services.appeal(decision=decision, author=decision.subject, text="No estoy de acuerdo con esto.")


def kinds(chosen=None):
    return [(row.what, row.it.pk) for row in reading.queue(chosen or {}, 1)]


def make_queue():
    """One of each, in this order of deadlines."""
    now = timezone.now()
    late, appeal, soon, closing = make_reported(), make_appeal(), make_reported(), make_sanction(kind="close")
    ModerationCase.objects.filter(pk=late.pk).update(due=now - timedelta(hours=2))
    Appeal.objects.filter(pk=appeal.pk).update(due=now - timedelta(hours=1))
    ModerationCase.objects.filter(pk=soon.pk).update(due=now + timedelta(hours=1))
    Sanction.objects.filter(pk=closing.pk).update(due=now + timedelta(hours=2))
    return [("case", late.pk), ("appeal", appeal.pk), ("case", soon.pk), ("closing", closing.pk)]


def test_the_queue_is_by_deadline_whatever_waits():
    late, appeal, soon, closing = rows = make_queue()
    assert kinds() == rows
    assert kinds({"estado": "atrasados"}) == [late, appeal]
    assert kinds({"tipo": "apelaciones"}) == [appeal]
    assert kinds({"tipo": "cierres"}) == [closing]
    assert kinds({"tipo": "comment"}) == [late, appeal, soon]
    assert kinds({"tipo": "imagenes"}) == []
    assert reading.in_queue_count() == 4


def test_images_and_edits_are_found_by_their_filter():
    image = services.open_case(kind="photo", path="/", author=None, excerpt="", state="pending")
    case = make_reported()
    decide(case, make_moderator(), "keep", "", "")
    services.keep_edit(case=case, fields={"body": "Nuevo."})
    assert kinds({"tipo": "imagenes"}) == [("case", image.pk)]
    assert kinds({"tipo": "cambios"}) == [("case", case.pk)]


def test_the_search_ignores_accents_and_capitals():
    case = make_reported(make_thing(body="El ÁRBOL de la esquina"))
    make_reported()
    assert kinds({"q": "arbol ESQUINA"}) == [("case", case.pk)]
    assert kinds({"q": "arbol nada"}) == []


def test_what_was_decided_can_be_found_again(desk):
    hidden = make_hidden(body="Ya no se ve.")
    assert kinds({"estado": "ocultos"}) == [("case", hidden.case_id)]
    assert kinds({"estado": "mantenidos"}) == []
    assert "Ya no se ve." in desk.get("/moderacion/?estado=ocultos").content.decode()


def test_the_queue_says_why_and_how_often(desk):
    thing = make_thing()
    for reason in ("spam", "insult", "spam"):
        services.report_thing(thing=thing, reporter=make_user(), reason=reason)
    page = desk.get("/moderacion/").content.decode()
    assert "Es publicidad o se repite (2)" in page
    assert "Insulta o amenaza (1)" in page


def queries_of(client, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(10) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["/moderacion/", "/moderacion/?estado=ocultos", "/moderacion/registro/"])
def test_lists_cost_the_same_for_one_row_and_for_twenty(desk, address, django_assert_max_num_queries):
    moderator = make_moderator()
    make_queue()
    make_hidden(by=moderator)
    desk.get(address)
    one = queries_of(desk, address, django_assert_max_num_queries)
    for _n in range(4):
        make_queue()
        make_hidden(by=moderator)
    assert queries_of(desk, address, django_assert_max_num_queries) == one


# --- the public log -------------------------------------------------------------------------------------------


def test_the_log_says_what_why_when_and_how_long_without_names():
    author, moderator = make_user(display_name="Autora Nombrada"), make_moderator(display_name="Moderador Nombrado")
    case = make_reported(make_thing(author=author, body="Texto que se ocultó."))
    ModerationCase.objects.filter(pk=case.pk).update(opened_at=timezone.now() - timedelta(hours=3))
    decision = decide(case, moderator, text="Explicación que nombra a Autora Nombrada.")
    page = Client().get("/moderacion/registro/").content.decode()

    for words in ("Comentario", "Se oculta", "Insulta o amenaza", "3\xa0horas"):
        assert words in page
    addresses = (case.path, decision.get_absolute_url(), case.get_absolute_url(), str(author.public_id))
    for words in ("Nombrad", "Texto que se ocultó", "Explicación", *addresses):
        assert words not in page


def test_the_log_holds_every_decision_and_only_decisions():
    appeal = make_appeal()
    services.decide_appeal(appeal=appeal, by=make_moderator(), outcome="overturned", reason_text=REASON)
    make_sanction()
    make_sanction(kind="close")
    make_reported()
    page = reading.log({}, 1)
    assert [(d.kind, d.action, d.on_appeal) for d in page["page"]] == [
        ("account", "suspend7", False),
        ("comment", "restore", True),
        ("comment", "hide", False),
    ]
    assert page["figures"]["all"] == 3
    assert (page["figures"]["hidden"], page["figures"]["restored"]) == (1, 1)


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("tipo=comment", 1), ("tipo=account", 1), ("decision=hide", 1), ("razon=insult", 2), ("razon=spam", 0),
     ("anio={year}", 2), ("anio=1999", 2), ("tipo=nada&decision=%00&razon=<script>&anio=x", 2), ("pagina=99", 2)],
)  # fmt: skip
def test_filters_of_the_log(query, found):
    make_hidden()
    make_sanction()
    response = Client().get("/moderacion/registro/?" + query.format(year=timezone.localdate().year))
    assert response.status_code == 200
    assert response.context["page"].paginator.count == found


def test_the_log_counts_what_was_late(settings):
    case = make_reported()
    ModerationCase.objects.update(
        opened_at=timezone.now() - timedelta(hours=30), due=timezone.now() - timedelta(hours=6)
    )
    decide(case, make_moderator())
    figures = reading.log({}, 1)["figures"]
    assert (figures["all"], figures["in_time"]) == (1, 0)
    assert 29.9 <= figures["hours"] <= 30.1
    assert "Fuera de plazo" in Client().get("/moderacion/registro/").content.decode()


def test_nothing_decided_yet_is_said():
    page = Client().get("/moderacion/registro/").content.decode()
    assert "Todavía no hubo que decidir nada" in page
    assert Decision.objects.count() == 0
