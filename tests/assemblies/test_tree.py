"""The assemblies that exist from the territory."""

import datetime

import pytest
from django.utils import timezone

from decide.accounts.models import Body
from decide.assemblies.models import Assembly, StatusChange
from decide.assemblies.services import ensure_assemblies
from decide.territory.services import load_territory, move_parish
from decide.tick.due import DUE
from tests.factories import make_parish, make_zone

pytestmark = pytest.mark.django_db


def tree() -> dict[str, str | None]:
    """The name of each assembly and of the one above it."""
    rows = Assembly.objects.registered().values_list("name", "parent__name")
    return dict(rows)


def test_district_has_one_assembly_of_each_zone_and_parish_with_their_bodies():
    load_territory()

    ensure_assemblies()

    counted = [Assembly.objects.filter(level=level).count() for level in ("district", "zone", "parish")]
    assert counted == [1, 8, 65]
    assert Body.objects.filter(kind="assembly", assembly__isnull=False).count() == 74
    assert tree()["Asamblea parroquial de La Argelia"] == "Asamblea zonal de Eloy Alfaro"
    assert tree()["Asamblea zonal de Eloy Alfaro"] == "Asamblea del Distrito Metropolitano de Quito"
    body = Assembly.objects.get(name="Asamblea parroquial de La Argelia").body
    assert (body.name, body.parish.name) == ("Asamblea parroquial de La Argelia", "La Argelia")


def test_second_run_changes_nothing_and_asks_two_questions(django_assert_num_queries):
    load_territory()
    ensure_assemblies()

    with django_assert_num_queries(2):
        assert ensure_assemblies() == 0


def test_nothing_is_made_where_there_is_no_territory():
    assert ensure_assemblies() == 0
    assert Assembly.objects.count() == 0


def test_parish_that_moves_hangs_from_its_new_zone_and_an_empty_zone_s_assembly_ends():
    parish, other = make_parish(), make_parish("Quitumbe", zone=make_zone("Quitumbe"))
    ensure_assemblies()
    today = timezone.localdate()

    move_parish(parish=parish, zone=other.zone, since=today)
    ensure_assemblies()

    assert tree()["Asamblea parroquial de La Argelia"] == "Asamblea zonal de Quitumbe"
    assert "Asamblea zonal de Eloy Alfaro" not in tree()
    assert StatusChange.objects.get().reason == "La zona ya no tiene parroquias."

    move_parish(parish=parish, zone=make_zone(), since=today + datetime.timedelta(days=0))
    ensure_assemblies()
    assert tree()["Asamblea parroquial de La Argelia"] == "Asamblea zonal de Eloy Alfaro"


def test_tick_follows_the_territory_after_the_zones():
    assert DUE.index("decide.assemblies.services.follow_territory") > DUE.index(
        "decide.territory.services.follow_zones"
    )
