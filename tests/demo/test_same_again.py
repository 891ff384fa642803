import hashlib
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from decide.accounts.models import User
from decide.answers.models import Answer
from decide.comments.models import Comment
from decide.demo.city import load_city
from decide.territory.services import load_territory
from proposals.models import Proposal
from votes.models import Support


def portrait() -> str:
    """A hash of everything of the city but the numbers that the database gives."""
    lines = [
        *map(repr, Proposal.objects.order_by("title").values_list("title", "status", "published_at", "search_text")),
        *map(repr, Comment.objects.order_by("created").values_list("author__email", "body", "created", "useful")),
        *map(repr, Answer.objects.order_by("subject").values_list("subject", "due", "agency__slug", "body")),
        *map(repr, User.objects.order_by("email").values_list("email", "public_id", "display_name")),
        *map(
            repr,
            Support.objects.order_by("box__proposal__title", "residence__document_keys__key").values_list(
                "residence__document_keys__key", "created", "counted"
            ),
        ),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@pytest.mark.django_db
def test_the_city_is_the_same_at_every_run(tmp_path):
    now = timezone.now() - timedelta(hours=5)
    portraits = []
    for n in range(2):
        with override_settings(MEDIA_ROOT=tmp_path / str(n)), transaction.atomic():
            load_territory()
            load_city(now)
            portraits.append(portrait())
            transaction.set_rollback(True)
    assert portraits[0] == portraits[1]
    assert not Proposal.objects.exists()
