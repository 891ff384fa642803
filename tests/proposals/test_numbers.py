"""A telephone number or a cédula in a proposal is pointed out before everybody reads it."""

import pytest
from django.urls import reverse

from proposals.models import Proposal
from tests.factories import make_category, make_proposal, make_user

pytestmark = pytest.mark.django_db
NUMBER, CEDULA = "099 123 4567", "1710034065"


@pytest.fixture
def author(client):
    author = make_user()
    client.force_login(author)
    return author


def typed(**fields):
    return {
        "title": "Un parque para todos",
        "summary": "Con árboles.",
        "body": f"Llamen al {NUMBER}.",
        "category": make_category("Ambiente").pk,
        "action": "publish",
        **fields,
    }


def test_number_is_marked_and_nothing_is_published(client, author):
    response = client.post(reverse("proposals:idea"), typed())

    assert response.status_code == 400
    assert f"<mark>{NUMBER}</mark>" in response.text
    assert 'value="0991234567"' in response.text
    assert not Proposal.objects.exists()


def test_whoever_says_so_publishes_it(client, author):
    response = client.post(reverse("proposals:idea"), typed(numeros="0991234567"))

    assert response.status_code == 302
    assert Proposal.objects.get().status == "open"


def test_another_number_than_the_one_pointed_out_is_pointed_out_again(client, author):
    response = client.post(reverse("proposals:idea"), typed(numeros="0991234567", summary=f"Pregunten a {CEDULA}."))

    assert response.status_code == 400
    assert f"<mark>{CEDULA}</mark>" in response.text


@pytest.mark.parametrize("field", ["title", "summary", "neighbourhood", "street", "reference", "alt1", "name1"])
def test_every_field_that_is_read_by_all(client, author, field):
    response = client.post(reverse("proposals:idea"), typed(body="", **{field: f"Fono {NUMBER}"}))

    assert response.status_code == 400
    assert f"<mark>{NUMBER}</mark>" in response.text


def test_a_draft_may_hold_anything_and_is_asked_when_it_is_published(client, author):
    client.post(reverse("proposals:idea"), typed(action="draft"))
    draft = Proposal.objects.get()
    publish = reverse("proposals:publish", args=[draft.pk])

    for response in (client.post(publish), client.get(publish)):
        assert f"<mark>{NUMBER}</mark>" in response.text
    draft.refresh_from_db()
    assert draft.status == "draft"

    client.post(publish, {"numeros": "0991234567"})
    draft.refresh_from_db()
    assert draft.status == "open"


def test_the_script_is_led_to_the_question(client, author):
    draft = make_proposal(author=author, status="draft", body=NUMBER)
    publish = reverse("proposals:publish", args=[draft.pk])

    assert client.post(publish, headers={"Accept": "application/json"}).json() == {"page": publish}


def test_what_everybody_reads_already_is_not_asked_again(client, author):
    proposal = make_proposal(author=author, body=f"Llamen al {NUMBER}.")
    fields = typed(action="save", body=f"Llamen hoy al {NUMBER}.", version=proposal.version)

    assert client.post(reverse("proposals:edit", args=[proposal.pk]), fields).status_code == 302
    fields = typed(action="save", body=f"Su cédula: {CEDULA}", version=proposal.version + 1)
    assert client.post(reverse("proposals:edit", args=[proposal.pk]), fields).status_code == 400
