"""The administration looks at comments and changes nothing."""

import pytest
from django.urls import reverse

from tests.factories import make_comment, make_user


@pytest.mark.django_db
def test_admin_shows_and_does_not_change(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    comment = make_comment(body="Lo que se dijo")
    client.force_login(make_user(is_staff=True, is_superuser=True))
    for name, thing in (("comment", comment), ("thread", comment.thread)):
        assert client.get(reverse(f"admin:comments_{name}_changelist")).status_code == 200
        change = reverse(f"admin:comments_{name}_change", args=[thing.pk])
        assert client.get(change).status_code == 200
        assert client.post(change, {"body": "Otra cosa", "comments": 9}).status_code == 403
        assert client.get(reverse(f"admin:comments_{name}_add")).status_code == 403
        assert (
            client.post(reverse(f"admin:comments_{name}_delete", args=[thing.pk]), {"post": "yes"}).status_code == 403
        )
    comment.refresh_from_db()
    assert comment.body == "Lo que se dijo"
