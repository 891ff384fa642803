"""The advisory poll: made from its page, announced only while it informs one parish before its assembly, and read
beside the matrix once it is closed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from budgets.models import Decision
from decide.assemblies.models import Session
from decide.errors import Refused
from tests.budgets.decision.parishes import make_participation, make_place
from tests.factories import make_agency, make_parish, make_residence
from tests.votes.urna import after_the_close, cast, choose
from votes import clock, services
from votes.frozen import PUBLISH
from votes.models import Poll
from votes.services import authoring

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings):
    settings.SECOND_FACTOR_REQUIRED = False
    there = make_place(costs=(60_000, 50_000), status="called", present=0)
    move(there, 20)
    there.fix()
    return there


def move(place, days: int) -> None:
    """The assembly meets so many days from now."""
    Session.objects.filter(pk=place.hall.session.pk).update(starts_at=timezone.now() + timedelta(days=days))


def make_draft(client, place) -> Poll:
    """As the zonal officer makes it, from the page of the decision."""
    client.force_login(place.zonal)
    address = f"{place.page}consulta/"
    assert address in client.get(place.page).content.decode()
    opens = timezone.localtime() + timedelta(days=2)
    typed = {"opens_at": f"{opens:%Y-%m-%dT%H:%M}", "answers_for": make_agency().pk}
    for days, status in ((30, 400), (9, 302)):
        closes = timezone.localtime() + timedelta(days=days)
        response = client.post(address, typed | {"closes_at": f"{closes:%Y-%m-%dT%H:%M}"})
        assert response.status_code == status
    poll = place.again().poll
    assert response.url == client.get(address).url == f"/votaciones/{poll.pk}/editar/"
    client.logout()
    return poll


def submitted(place, poll, **changed) -> Poll:
    """The draft with these changes, sent for approval."""
    if changed:
        Poll.objects.filter(pk=poll.pk).update(**changed)
    return authoring.submit_poll(poll=poll, officer=place.zonal)


@pytest.mark.parametrize(("ballots", "shown"), [(PUBLISH, True), (3, False)])
def test_poll_is_made_from_its_page_and_its_figures_stand_beside_once_it_is_closed(client, place, ballots, shown):
    poll = submitted(place, make_draft(client, place))
    assert poll.title not in client.get(place.page).content.decode()
    authoring.approve_poll(poll=poll, officer=make_participation())
    page = client.get(place.page).content.decode()
    assert poll.title in page
    assert "Sus votos se leen aquí cuando se cierra" in page
    assert "La asamblea se adelantó" not in page

    poll.refresh_from_db()
    with clock.pretend(poll.opens_at + timedelta(seconds=1)):
        poll = services.open_poll(poll=poll)
        for positions in [(1,)] * 2 + [(2,)] * (ballots - 2):
            cast(poll, make_residence(place.decision.parish), choose(poll, positions))
    with after_the_close(poll):
        services.close_poll(poll=poll)
    page = client.get(place.page).content.decode()
    section = " ".join(page[page.index('id="consulta"') :].split())
    assert "no decide" in section
    assert ('<td>1. Adoquinado</td> <td class="number">2</td>' in section) is shown
    assert (f'<td>2. Baterías sanitarias</td> <td class="number">{ballots - 2}</td>' in section) is shown
    assert ("Con tan pocos votos" in section) is not shown
    assert place.again().status == Decision.Status.FIXED  # it decides nothing


@pytest.mark.parametrize("how", ["after the assembly", "to recommend", "of another parish", "once it was decided"])
def test_draft_that_became_something_else_is_not_announced(client, place, how):
    poll = make_draft(client, place)
    changed = {}
    if how == "after the assembly":
        changed = {"closes_at": timezone.now() + timedelta(days=21)}
    elif how == "to recommend":
        changed = {"effect": Poll.Effect.RECOMMENDATION}
    elif how == "of another parish":
        poll.parishes.add(make_parish("Lloa"))
    else:
        Decision.objects.filter(pk=place.decision.pk).update(status="decided", result={}, decided_at=timezone.now())
    submitted(place, poll, **changed)
    with pytest.raises(Refused) as refused:
        authoring.approve_poll(poll=poll, officer=make_participation())
    assert refused.value.status == 409
    poll.refresh_from_db()
    assert poll.status == Poll.Status.SUBMITTED


def test_assembly_that_meets_earlier_than_its_poll_ends_says_so(client, place):
    poll = submitted(place, make_draft(client, place))
    authoring.approve_poll(poll=poll, officer=make_participation())
    move(place, 5)
    assert "La asamblea se adelantó" in client.get(place.page).content.decode()


def test_deleted_draft_leaves_room_for_another(client, place):
    authoring.delete_draft(poll=make_draft(client, place), officer=place.zonal)
    assert make_draft(client, place).pk == place.again().poll_id
