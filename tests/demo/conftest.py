import importlib
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from decide.demo.city import load_city
from decide.territory.services import load_territory

importlib.import_module("decide.urls")  # as it is without DEMO=1, before any test says otherwise


@pytest.fixture(scope="module")
def _city(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo city, loaded once for a module and rolled back after it."""
    media, now = tmp_path_factory.mktemp("media"), timezone.now() - timedelta(hours=5)
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        load_territory()
        load_city(now)
        yield media, now
        transaction.set_rollback(True)


@pytest.fixture
def city(_city, db):
    """For one test: the demo city, and what the test does to it is undone. Gives the folder of its pictures."""
    return _city[0]


@pytest.fixture
def city_now(_city):
    """The moment from which the city's dates are counted back."""
    return _city[1]
