"""What the gathering pages read."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from proposals.models import Proposal
from tests.factories import make_answer, make_parish, make_proposal, make_user

pytestmark = pytest.mark.django_db

LONG = {"proposals_proposal.body", "proposals_proposal.search_text", "answers_answer.body", "territory_parish.boundary"}


@pytest.mark.parametrize("path", ["/", "/parroquias/{slug}/", "/propuestas/", "/mi/"])
def test_lines_of_proposals_are_sorted_without_their_long_texts(path):
    parish, user, client = make_parish(), make_user(), Client()
    client.force_login(user)
    make_proposal(user, parish=parish)
    Proposal.objects.filter(pk=make_proposal(user, parish=parish).pk).update(status="answered", answer=make_answer())
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path.format(slug=parish.slug)).status_code == 200
    lists = [q["sql"] for q in queries if re.search(r'FROM "proposals_proposal".*ORDER BY', q["sql"])]
    read = {".".join(column) for sql in lists for column in re.findall(r'"(\w+)"\."(\w+)"', sql.partition(" FROM ")[0])}
    assert "proposals_proposal.title" in read
    assert read & LONG == set()
