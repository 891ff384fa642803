"""The territory as loaded from the data files: its sums, and loading twice."""

from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command
from django.db.models import Sum

from decide.territory.models import Agency, Parish, Zone, ZoneMembership
from decide.territory.services import load_territory

pytestmark = pytest.mark.django_db


def test_load_fills_zones_parishes_agencies():
    assert load_territory() == {"zones": 10, "parishes": 65, "agencies": 29}
    assert Counter(Parish.objects.values_list("kind", flat=True)) == {"urban": 32, "rural": 33}
    assert Counter(Parish.objects.values_list("zone__slug", flat=True)) == {
        "eugenio-espejo": 18,
        "la-delicia": 12,
        "calderon": 2,
        "manuela-saenz": 5,
        "eloy-alfaro": 9,
        "quitumbe": 5,
        "tumbaco": 8,
        "los-chillos": 6,
    }


def test_load_twice_adds_nothing_and_writes_no_history():
    load_territory()
    before = Parish.history.count(), Zone.history.count(), Agency.history.count(), ZoneMembership.objects.count()
    assert load_territory() == {"zones": 0, "parishes": 0, "agencies": 0}
    after = Parish.history.count(), Zone.history.count(), Agency.history.count(), ZoneMembership.objects.count()
    assert before == after == (65, 10, 29, 65)


def test_load_again_corrects_figures_and_keeps_what_the_city_changed():
    load_territory()
    lloa = Parish.objects.get(slug="lloa")
    lloa.area_km2, lloa.zone = 1, Zone.objects.get(slug="quitumbe")
    lloa.save()
    Agency.objects.filter(slug="epmmop").update(head_email="autoridad@example.org")
    load_territory()
    lloa.refresh_from_db()
    assert (str(lloa.area_km2), lloa.zone.slug) == ("543.42", "quitumbe")
    assert Agency.objects.get(slug="epmmop").head_email == "autoridad@example.org"


def test_every_zone_has_its_agency_and_an_abbreviation_of_its_own():
    load_territory()
    assert set(Zone.objects.filter(agency=None)) == set()
    abbreviations = list(Zone.objects.values_list("abbreviation", flat=True))
    assert len(set(abbreviations)) == len(abbreviations) == 10
    assert all(abbreviations)


def test_zones_of_today_hold_la_mariscal_special_and_choco_after_2019():
    load_territory()
    assert Zone.objects.get(slug="la-mariscal").kind == Zone.Kind.SPECIAL
    everything = set(Zone.objects.values_list("slug", flat=True))
    assert everything - set(Zone.objects.current(date(2019, 12, 31)).values_list("slug", flat=True)) == {"choco-andino"}
    assert set(Zone.objects.current().values_list("slug", flat=True)) == everything


def test_population_is_the_sum_of_the_zones():
    load_territory()
    by_zone = dict(Zone.objects.with_parishes().values_list("slug").annotate(Sum("parishes__population_2010")))
    assert by_zone == {
        "eugenio-espejo": 468888,
        "la-delicia": 305317,
        "calderon": 162915,
        "manuela-saenz": 221599,
        "eloy-alfaro": 430105,
        "quitumbe": 320497,
        "tumbaco": 157358,
        "los-chillos": 166812,
    }


def test_population_says_its_year():
    load_territory()
    argelia, pifo = Parish.objects.get(slug="la-argelia"), Parish.objects.get(slug="pifo")
    assert (argelia.population, argelia.population_year) == (57112, 2010)
    assert (pifo.population, pifo.population_year) == (23202, 2022)


def test_command_loads(capsys):
    call_command("load_territory")
    assert capsys.readouterr().out == "10 zones, 65 parishes, 29 agencies added.\n"
