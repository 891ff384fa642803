"""Two officers declare in public, on a page, that the log goes on from an earlier state."""

import pytest

from tests.factories import make_appointment, make_user
from tests.votes import urna
from tests.votes.test_sequencing import _commit, restored  # noqa: F401  fixtures
from votes import services
from votes.models import BallotBox

pytestmark = pytest.mark.django_db
REASON = "Se restauró el respaldo del lunes por una falla del disco."


@pytest.fixture(autouse=True)
def _offices_without_a_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def test_two_officers_declare_and_everybody_reads_it(client, restored):  # noqa: F811
    services.sequence(poll=restored)
    page, form = f"{restored.get_absolute_url()}comprobar/", f"/votaciones/{restored.pk}/bifurcacion/"
    assert "El registro está detenido" in client.get(page).content.decode()
    for n in (1, 2):
        client.force_login(make_appointment().holder)
        assert client.get(form).status_code == 200
        assert client.post(form, {"reason": "corta"}).status_code == 400
        assert BallotBox.objects.get(poll=restored).halted_at
        assert client.post(form, {"reason": REASON}).url == page
        assert bool(BallotBox.objects.get(poll=restored).halted_at) == (n == 1)
    assert "El registro está detenido" not in client.get(page).content.decode()
    assert client.get(form).status_code == 409
    assert REASON in urna.export(restored)["log.jsonl"].decode()


def test_nobody_without_an_office_declares(client, restored):  # noqa: F811
    services.sequence(poll=restored)
    form = f"/votaciones/{restored.pk}/bifurcacion/"
    client.force_login(make_user())
    assert client.post(form, {"reason": REASON}).status_code in (403, 404)
    assert BallotBox.objects.get(poll=restored).halted_at
