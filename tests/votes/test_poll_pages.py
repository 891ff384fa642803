"""The list, one poll and its result, what a person sees of their own part, and what followers are told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from decide.answers.models import Answer
from decide.live import states
from decide.notices import services as notices
from decide.notices.models import Notice
from tests.factories import make_appointment, make_parish, make_poll, make_residence, make_user, make_zone
from tests.votes import urna
from votes import services
from votes.models import Poll
from votes.services.aftermath import follow_list, remind_of_close

pytestmark = pytest.mark.django_db


def titles(client, query="") -> list[str]:
    return [card["poll"].title for card in client.get(f"/votaciones/{query}").context["cards"]]


# --- the list ------------------------------------------------------------------------------------------------


def test_list_shows_open_then_upcoming_then_what_is_over(client):
    make_parish()
    make_poll(title="Por abrir", opens_at=timezone.now() + timedelta(hours=2))
    urna.close(urna.open_poll(title="Cerrada"))
    urna.open_poll(title="Abierta")
    make_poll(title="Borrador", status="draft")
    make_poll(title="Por aprobar", status="submitted")

    assert titles(client) == ["Abierta", "Por abrir", "Cerrada"]
    assert titles(client, "?estado=abiertas") == ["Abierta"]
    assert titles(client, "?estado=cerradas") == ["Cerrada"]


def test_search_ignores_accents_and_capitals(client):
    make_poll(title="Rutas de bus en Calderón")
    make_poll(title="Otra cosa")
    assert titles(client, "?q=CALDERON") == ["Rutas de bus en Calderón"]
    assert titles(client, "?q=nada+de+esto") == []
    assert "Quitar" in client.get("/votaciones/?q=nada").content.decode()


def test_parish_filter_finds_its_own_its_zone_s_and_everybody_s(client):
    zone = make_zone("Quitumbe")
    here = make_parish("Turubamba", zone=zone)
    there = make_parish("Calderón", zone=make_zone("La Delicia"))
    make_poll(title="De todos")
    make_poll(title="De la zona", zones=[zone])
    make_poll(title="De aquí", parishes=[here])
    make_poll(title="De allá", parishes=[there])

    assert set(titles(client, f"?parroquia={here.slug}")) == {"De todos", "De la zona", "De aquí"}


def test_empty_list_says_what_will_come(client):
    page = client.get("/votaciones/").content.decode()
    assert "Todavía no hay votaciones" in page


@pytest.mark.parametrize("query", ["?estado=otra", "?parroquia=marte"])
def test_unknown_filter_is_said(client, query):
    assert client.get(f"/votaciones/{query}").status_code == 400


def test_queries_do_not_grow_with_the_list(client, django_assert_max_num_queries):
    make_poll(parishes=[make_parish()])
    with django_assert_max_num_queries(10) as few:
        client.get("/votaciones/")
    for _n in range(19):
        make_poll(parishes=[make_parish()])
    with django_assert_max_num_queries(10) as many:
        client.get("/votaciones/")
    assert len(many) == len(few)


# --- one poll --------------------------------------------------------------------------------------------------


def test_open_poll_shows_running_totals_in_bars_with_their_figures(client):
    poll = urna.open_poll()
    urna.cast_many(poll, 12)
    services.sequence(poll=poll)
    page = client.get(poll.get_absolute_url()).content.decode()
    option = poll.questions.get().options.first()

    assert f'data-live-field="options.{option.pk}"' in page
    assert "Cómo va" in page
    poll.refresh_from_db()
    votes = poll.totals["questions"][str(option.question.key)]["options"][str(option.key)]
    assert f'value="{votes}"' in page


def test_live_state_has_what_the_page_binds(client):
    poll = urna.open_poll()
    urna.cast_many(poll, 11)
    services.sequence(poll=poll)
    page = client.get(poll.get_absolute_url()).content.decode()
    [message] = states.read_topics([f"tally:{poll.pk}"])
    assert f'data-live="tally:{poll.pk}"' in page
    for question in poll.questions.all():
        assert f"blank.{question.pk}" in page
        assert str(question.pk) in message["state"]["blank"]
        for option in question.options.all():
            assert str(option.pk) in message["state"]["options"]
    assert message["state"]["counted"] == 11
    assert 'data-live-of="counted"' in page


def test_sealed_poll_says_when_figures_come_and_shows_only_turnout(client):
    poll = urna.open_poll(running_totals="at_close")
    urna.cast_many(poll, 12)
    services.sequence(poll=poll)
    page = client.get(poll.get_absolute_url()).content.decode()

    assert "Los resultados se ven al cierre" in page
    assert "<progress" not in page
    assert "12" in page


def test_closed_poll_says_first_what_was_decided_and_what_happens_now(client):
    parish = make_parish("La Argelia")
    poll = urna.open_poll()
    for n in range(14):
        urna.cast(poll, make_residence(parish), urna.choose(poll, (1,) if n < 9 else (2,)))
    poll = urna.close(poll)
    page = client.get(poll.get_absolute_url()).content.decode()

    assert page.index("Qué se decidió") < page.index('id="cifras"') < page.index("Por qué se vota")
    assert "Opción 1" in page[page.index("Qué se decidió") : page.index("Qué pasa ahora")]
    assert "debe responder hasta" in page
    assert "La Argelia" in page
    assert "Comprobar el conteo" in page
    assert poll.rules_hash not in page  # hashes stay under "Comprobar el conteo"


def test_close_makes_the_city_owe_an_answer_by_the_named_agency():
    poll = urna.open_poll()
    poll = urna.close(poll)
    answer = Answer.objects.get()

    poll.refresh_from_db()
    assert poll.answer == answer
    assert (answer.kind, answer.agency, answer.path) == ("poll", poll.answers_for, poll.get_absolute_url())
    assert answer.assigned_at is not None


def test_few_ballots_publish_turnout_only(client):
    poll = urna.open_poll()
    urna.cast_many(poll, 9)
    poll = urna.close(poll)
    page = client.get(poll.get_absolute_url()).content.decode()

    assert "Votaron menos de 10 personas" in page
    assert "<progress" not in page


def test_tie_is_said_and_left_to_the_answer(client):
    poll = urna.open_poll()
    for n in range(12):
        urna.cast(poll, choices=urna.choose(poll, (1,) if n % 2 else (2,)))
    page = client.get(urna.close(poll).get_absolute_url()).content.decode()
    assert "Empate:" in page


def test_budget_is_won_by_the_most_voted_that_fit(client):
    poll = urna.open_poll(questions=(("budget", 3),))  # 1,000 USD; 400, 500 and 600
    for n in range(12):
        urna.cast(poll, choices=urna.choose(poll, (3,) if n < 6 else (2,) if n < 10 else (1,)))
    page = client.get(urna.close(poll).get_absolute_url())
    [result] = page.context["results"]

    # 600 is first; 500 no longer fits into 400; 400 does.
    assert [row.option.position for row in result.winners] == [3, 1]
    assert "USD 1.000 de USD 1.000" in page.content.decode()


def test_parish_with_few_ballots_is_not_shown(client):
    shown, few, fewer = (make_parish(name) for name in ("La Argelia", "Lloa", "Nono"))
    poll = urna.open_poll()
    for parish, n in ((shown, 12), (few, 4), (fewer, 3)):
        urna.cast_many(poll, n, parish)
    page = client.get(urna.close(poll).get_absolute_url())

    assert [place.name for place in page.context["places"]["parishes"]] == ["La Argelia"]
    assert page.context["places"]["withheld"] == 7


def test_person_sees_whether_they_appear_as_having_voted_and_nobody_else_does(client):
    parish = make_parish("La Argelia")
    voted, idle = (make_user(verified=True, parish=parish) for _n in "12")
    poll = urna.open_poll()
    urna.cast(poll, voted.residence)
    poll = urna.close(poll)
    seen = {}
    for user in (voted, idle):
        client.force_login(user)
        seen[user] = client.get(poll.get_absolute_url()).content.decode()
        mine = client.get("/mi/votaciones/").content.decode()
        assert (poll.title in mine) == (user == voted)
    assert "Consta que usted votó." in seen[voted]
    assert "Consta que usted no votó." in seen[idle]


def test_other_slug_leads_to_the_right_address(client):
    poll = make_poll()
    assert client.get(f"/votaciones/{poll.pk}-otra/").headers["Location"] == poll.get_absolute_url()
    assert client.get(f"/votaciones/{poll.pk}/").headers["Location"] == poll.get_absolute_url()


def test_detail_has_few_queries(client, django_assert_max_num_queries):
    poll = urna.open_poll(questions=(("single", 3), ("approval", 5), ("budget", 4)))
    with django_assert_max_num_queries(10):
        client.get(poll.get_absolute_url())


def test_home_and_parish_lead_to_what_is_open(client):
    here = make_parish("La Argelia")
    there = make_parish("Calderón", zone=make_zone("La Delicia"))
    poll = urna.open_poll(parishes=[here], title="Escalinatas de La Argelia")
    assert poll.get_absolute_url() in client.get("/").content.decode()
    assert poll.get_absolute_url() in client.get(here.get_absolute_url()).content.decode()
    assert poll.get_absolute_url() not in client.get(there.get_absolute_url()).content.decode()
    assert "/votaciones/" in client.get("/ayuda/").content.decode()


# --- what people are told ------------------------------------------------------------------------------------------


def test_followers_of_the_parish_and_of_the_poll_are_told_each_step_once():
    here, there = make_parish("La Argelia"), make_parish("Calderón", zone=make_zone("La Delicia"))
    neighbour, stranger, fan = make_user(), make_user(), make_user()
    notices.follow(user=neighbour, list=notices.list_of_parish(here))
    notices.follow(user=stranger, list=notices.list_of_parish(there))
    poll = make_poll(parishes=[here])
    notices.follow(user=fan, list=follow_list(poll))
    poll = services.open_poll(poll=poll)
    services.open_poll(poll=poll)
    urna.close(poll)

    for user in (neighbour, fan):
        assert sorted(user.notices.values_list("kind", flat=True)) == ["poll-closed", "poll-opened"]
    assert not stranger.notices.exists()
    assert Notice.objects.filter(kind="poll-opened").first().path == poll.get_absolute_url()


def test_last_call_comes_once_and_only_for_long_polls():
    here, now = make_parish("La Argelia"), timezone.now()
    neighbour = make_user()
    notices.follow(user=neighbour, list=notices.list_of_parish(here))
    day = timedelta(days=1)
    services.open_poll(poll=make_poll(opens_at=now - 5 * day, closes_at=now + day / 2))
    services.open_poll(poll=make_poll(opens_at=now - day, closes_at=now + day / 2))
    for _n in range(2):
        remind_of_close(now)
    assert neighbour.notices.filter(kind="poll-closing").count() == 1


def test_annulment_is_told_with_its_reason():
    here = make_parish("La Argelia")
    neighbour = make_user()
    notices.follow(user=neighbour, list=notices.list_of_parish(here))
    poll = urna.open_poll()
    services.annul_poll(poll=poll, officer=make_appointment().holder, reason="Faltaba un dato en la pregunta.")
    assert "Faltaba un dato" in neighbour.notices.get(kind="poll-annulled").body


def test_following_a_poll_from_its_page(client):
    poll = make_poll()
    client.force_login(user := make_user())
    assert client.post(f"{poll.get_absolute_url()}seguir/").status_code == 303
    assert "Usted lo sigue" in client.get(poll.get_absolute_url()).content.decode()
    client.post(f"{poll.get_absolute_url()}dejar-de-seguir/")
    assert not user.follows.exists()


@pytest.mark.django_db(transaction=True)
def test_tick_opens_closes_and_answers_follow():
    make_parish()
    poll = make_poll(closes_at=timezone.now() + timedelta(hours=1))
    services.follow_polls(timezone.now())
    with urna.after_the_close(poll):
        services.follow_polls(timezone.now())
    poll = Poll.objects.get()
    assert (poll.status, poll.answer is not None) == ("closed", True)
