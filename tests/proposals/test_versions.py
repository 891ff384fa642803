"""What an author changed since there were supports, readable by everybody."""

import pytest
from django.urls import reverse

from proposals import services
from proposals.versions import public_versions
from tests.factories import make_proposal, make_support
from tests.test_versions import sides

pytestmark = pytest.mark.django_db


def test_versions_are_the_edits_made_with_supports(client):
    proposal = make_proposal(title="Primero", summary="Igual")

    def edit(**changes):
        proposal.refresh_from_db()
        services.edit_proposal(proposal=proposal, editor=proposal.author, version=proposal.version, **changes)

    edit(title="Segundo")  # nobody supports it yet
    make_support(proposal.box)
    edit(title="Tercero")
    edit(summary="Otro", body="Más texto.")
    edit(tags=["agua"])
    page, versions = public_versions(proposal)
    assert page.paginator.count == 3
    assert [[label for label, _html in v.changes] for v in versions] == [
        ["Etiquetas"],
        ["Resumen", "Propuesta"],
        ["Título"],
    ]
    assert sides(versions[2].changes[0][1]) == ("Segundo", "Tercero")
    html = client.get(reverse("proposals:versions", args=[proposal.pk, "tercero"])).content.decode()
    assert "<del>" in html
    assert "Primero" not in html


def test_versions_cost_the_same_for_1_and_30(client, django_assert_num_queries):
    proposal = make_proposal()
    make_support(proposal.box)
    for n in range(30):
        proposal.refresh_from_db()
        services.edit_proposal(proposal=proposal, editor=proposal.author, version=proposal.version, body=f"Texto {n}")
        if n in (0, 29):
            with django_assert_num_queries(2):
                public_versions(proposal)
