"""The administration looks and changes nothing."""

import pytest
from django.urls import reverse

from decide.moderation import services
from decide.moderation.models import Appeal, Decision, ModerationCase, Sanction
from tests.factories import make_user
from tests.moderation.tools import make_hidden, make_sanction

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", [ModerationCase, Decision, Appeal, Sanction])
def test_admin_only_looks(client, settings, model):
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_user(is_staff=True, is_superuser=True))
    decision = make_hidden(body="<script>alert(1)</script>")
    services.appeal(decision=decision, author=decision.subject, text="<script>alert(1)</script> y una frase.")
    make_sanction(make_user(display_name="<script>alert(1)</script>"))
    name = model._meta.model_name
    row = model.objects.first()
    for address in (
        reverse(f"admin:moderation_{name}_changelist"),
        reverse(f"admin:moderation_{name}_change", args=[row.pk]),
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert b"<script>alert" not in response.content
    before = list(model.objects.values())
    assert client.post(reverse(f"admin:moderation_{name}_change", args=[row.pk]), {}).status_code == 403
    assert client.post(reverse(f"admin:moderation_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert client.get(reverse(f"admin:moderation_{name}_add")).status_code == 403
    assert before == list(model.objects.values())
